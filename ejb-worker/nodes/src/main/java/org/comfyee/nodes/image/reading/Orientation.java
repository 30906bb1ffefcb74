package org.comfyee.nodes.image.reading;

import com.drew.imaging.ImageMetadataReader;
import com.drew.imaging.ImageProcessingException;
import com.drew.metadata.exif.ExifIFD0Directory;
import java.io.IOException;
import java.nio.file.Path;

/** How a camera was held (Exif tag 0x0112): mirrored or turned, or both. */
record Orientation(boolean swapsSides, boolean mirrorsX, boolean mirrorsY) {
    private static final Orientation UPRIGHT = new Orientation(false, false, false);

    static Orientation of(Path path) throws IOException {
        try {
            var directory = ImageMetadataReader.readMetadata(path.toFile()).getFirstDirectoryOfType(ExifIFD0Directory.class);
            var value = directory == null ? null : directory.getInteger(ExifIFD0Directory.TAG_ORIENTATION);
            return value == null ? UPRIGHT : of(value);
        } catch (ImageProcessingException e) {
            // Formats without Exif data.
            return UPRIGHT;
        }
    }

    private static Orientation of(int value) {
        return switch (value) {
            case 2 -> new Orientation(false, true, false);
            case 3 -> new Orientation(false, true, true);
            case 4 -> new Orientation(false, false, true);
            case 5 -> new Orientation(true, false, false);
            case 6 -> new Orientation(true, false, true);
            case 7 -> new Orientation(true, true, true);
            case 8 -> new Orientation(true, true, false);
            default -> UPRIGHT;
        };
    }

    Picture upright(Picture picture) {
        if (equals(UPRIGHT)) {
            return picture;
        }
        int width = swapsSides ? picture.height() : picture.width();
        int height = swapsSides ? picture.width() : picture.height();
        var turned = new int[width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int u = swapsSides ? y : x;
                int v = swapsSides ? x : y;
                int column = mirrorsX ? picture.width() - 1 - u : u;
                int row = mirrorsY ? picture.height() - 1 - v : v;
                turned[y * width + x] = picture.argb()[row * picture.width() + column];
            }
        }
        return new Picture(width, height, turned, picture.transparent());
    }
}
