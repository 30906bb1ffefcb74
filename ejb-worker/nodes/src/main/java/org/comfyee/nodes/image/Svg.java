package org.comfyee.nodes.image;

import java.util.List;

/** Drawings in Scalable Vector Graphics, as UTF-8 text. */
public record Svg(List<String> documents) {}
