package org.comfyee.workflow.node;

/** An encoded picture of work in progress; the type is {@code image/jpeg} or {@code image/png}. */
public record Preview(String mimeType, byte[] image) {}
