package org.comfyee.web.socket;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.comfyee.workflow.json.Json;

/** A preview as the frames that clients know, each made once for all of them. */
final class PreviewFrames {
    private static final int PREVIEW_IMAGE = 1;
    private static final int PREVIEW_IMAGE_WITH_METADATA = 4;
    private static final int JPEG = 1;
    private static final int PNG = 2;
    private static final String PNG_TYPE = "image/png";

    private final Map<String, Object> metadata;
    private final byte[] image;
    private byte[] plain;
    private byte[] withMetadata;

    /** @param metadata of which node of which prompt it is, and its {@code image_type} */
    PreviewFrames(Map<String, Object> metadata, byte[] image) {
        this.metadata = metadata;
        this.image = image;
    }

    /** Whether it is what a node gives, which comes as PNG, rather than a glimpse of work in progress. */
    boolean isResult() {
        return PNG_TYPE.equals(metadata.get("image_type"));
    }

    synchronized byte[] plain() {
        if (plain == null) {
            int type = isResult() ? PNG : JPEG;
            plain = ByteBuffer.allocate(8 + image.length).putInt(PREVIEW_IMAGE).putInt(type).put(image).array();
        }
        return plain;
    }

    synchronized byte[] withMetadata() {
        if (withMetadata == null) {
            var json = Json.write(metadata).getBytes(StandardCharsets.UTF_8);
            withMetadata = ByteBuffer.allocate(8 + json.length + image.length)
                    .putInt(PREVIEW_IMAGE_WITH_METADATA).putInt(json.length).put(json).put(image).array();
        }
        return withMetadata;
    }
}
