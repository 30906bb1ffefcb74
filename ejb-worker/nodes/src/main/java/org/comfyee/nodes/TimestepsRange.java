package org.comfyee.nodes;

/**
 * A part of a sampling.
 *
 * @param start share of the way from noise to picture, 0 to 1
 * @param end likewise
 */
public record TimestepsRange(double start, double end) {}
