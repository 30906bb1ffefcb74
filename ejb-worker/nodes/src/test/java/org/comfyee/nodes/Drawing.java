package org.comfyee.nodes;

import java.awt.Color;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A shape in one colour on a background of another: can be drawn, and looked for in a picture,
 * as the training of the shapes checkpoint does.
 */
record Drawing(Form form, Paint paint, Paint ground) {
    private static final int EDGE = 3;
    private static final double LEAST_OVERLAP = 0.7;
    private static final int[] CHANNEL_SHIFTS = {16, 8, 0};

    /** What was found in a picture. */
    record Findings(boolean rightColours, boolean rightForm, String details) {
        boolean right() {
            return rightColours && rightForm;
        }
    }

    enum Paint {
        RED(220, 30, 30), GREEN(30, 160, 50), BLUE(35, 70, 220), YELLOW(245, 220, 40), ORANGE(245, 140, 20), PURPLE(130, 40, 170), CYAN(40, 205, 215),
        PINK(250, 140, 190), WHITE(250, 250, 250), BLACK(15, 15, 15);

        private final Color color;

        Paint(int red, int green, int blue) {
            color = new Color(red, green, blue);
        }

        static Paint nearest(int rgb) {
            return Arrays.stream(values()).min(Comparator.comparingDouble(paint -> paint.squaredDistance(rgb))).orElseThrow();
        }

        private double squaredDistance(int rgb) {
            return IntStream.of(CHANNEL_SHIFTS).mapToDouble(shift -> Math.pow(channel(rgb, shift) - channel(color.getRGB(), shift), 2)).sum();
        }
    }

    enum Form {
        CIRCLE, SQUARE, TRIANGLE, STAR, RING, CROSS;

        /** Of radius 1 around the origin. */
        private Shape unit() {
            return switch (this) {
                case CIRCLE -> square(1, true);
                case SQUARE -> square(0.86, false);
                case TRIANGLE -> corners(3, 1, 1);
                case STAR -> corners(10, 1, 0.42);
                case RING -> {
                    var area = new Area(square(1, true));
                    area.subtract(new Area(square(0.56, true)));
                    yield area;
                }
                case CROSS -> {
                    var area = new Area(new Rectangle2D.Double(-1, -0.3, 2, 0.6));
                    area.add(new Area(new Rectangle2D.Double(-0.3, -1, 0.6, 2)));
                    yield area;
                }
            };
        }

        private static Shape square(double half, boolean round) {
            return round ? new Ellipse2D.Double(-half, -half, 2 * half, 2 * half) : new Rectangle2D.Double(-half, -half, 2 * half, 2 * half);
        }

        private static Shape corners(int count, double even, double odd) {
            var path = new Path2D.Double();
            for (int i = 0; i < count; i++) {
                double angle = 2 * Math.PI * i / count;
                double radius = i % 2 == 0 ? even : odd;
                if (i == 0) {
                    path.moveTo(0, -radius);
                } else {
                    path.lineTo(radius * Math.sin(angle), -radius * Math.cos(angle));
                }
            }
            path.closePath();
            return path;
        }

        Shape at(double x, double y, double radius) {
            var place = AffineTransform.getTranslateInstance(x, y);
            place.scale(radius, radius);
            return place.createTransformedShape(unit());
        }
    }

    String sentence() {
        return "a " + name(paint) + " " + name(form) + " on a " + name(ground) + " background";
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    BufferedImage draw(int size, double radius) {
        var picture = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
        var graphics = picture.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setColor(ground.color);
        graphics.fillRect(0, 0, size, size);
        graphics.setColor(paint.color);
        graphics.fill(form.at(size / 2.0, size / 2.0, radius * size));
        graphics.dispose();
        return picture;
    }

    /** The colour at the edge, the most frequent one of what is nearer to the paint than to that, and the form that covers it best. */
    Findings findIn(BufferedImage picture) {
        int size = picture.getWidth();
        var pixels = picture.getRGB(0, 0, size, size, null, 0, size);
        var border = IntStream.range(0, pixels.length).filter(i -> Math.min(Math.min(i % size, size - 1 - i % size), Math.min(i / size, size - 1 - i / size)) < EDGE);
        var foundGround = mostFrequent(border.map(i -> pixels[i]));
        if (foundGround == paint) {
            return new Findings(false, false, "all is " + paint);
        }
        var object = new boolean[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            object[i] = isNearer(pixels[i], paint.color, foundGround.color);
        }
        int[] covered = IntStream.range(0, pixels.length).filter(i -> object[i]).toArray();
        if (covered.length < pixels.length / 100) {
            return new Findings(false, false, "nothing on " + foundGround);
        }
        var foundPaint = mostFrequent(Arrays.stream(covered).map(i -> pixels[i]));
        var overlaps = overlaps(object, covered, size);
        var foundForm = overlaps.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
        return new Findings(foundPaint == paint && foundGround == ground, foundForm.getKey() == form && foundForm.getValue() > LEAST_OVERLAP,
                foundPaint + " " + foundForm + " on " + foundGround);
    }

    /** Whether a pixel lies nearer to the first colour than to the other, on the line between the two. */
    private static boolean isNearer(int rgb, Color color, Color other) {
        double along = 0;
        double length = 0;
        for (int shift : CHANNEL_SHIFTS) {
            double start = channel(other.getRGB(), shift);
            double step = channel(color.getRGB(), shift) - start;
            along += (channel(rgb, shift) - start) * step;
            length += step * step;
        }
        return along > length / 2;
    }

    private static int channel(int rgb, int shift) {
        return rgb >> shift & 255;
    }

    /** For each form the greatest share of union that the intersection with the object has, over radii. */
    private static EnumMap<Form, Double> overlaps(boolean[] object, int[] covered, int size) {
        // All forms have their mean in the middle.
        double x = Arrays.stream(covered).map(i -> i % size).average().orElseThrow() + 0.5;
        double y = Arrays.stream(covered).map(i -> i / size).average().orElseThrow() + 0.5;
        var best = new EnumMap<Form, Double>(Form.class);
        for (var form : Form.values()) {
            for (double radius = 0.12 * size; radius <= 0.46 * size; radius += 0.01 * size) {
                best.merge(form, overlap(object, form.at(x, y, radius), size), Math::max);
            }
        }
        return best;
    }

    private static double overlap(boolean[] object, Shape shape, int size) {
        int both = 0;
        int either = 0;
        for (int i = 0; i < object.length; i++) {
            boolean inside = shape.contains(i % size + 0.5, i / size + 0.5);
            both += inside && object[i] ? 1 : 0;
            either += inside || object[i] ? 1 : 0;
        }
        return (double) both / either;
    }

    private static Paint mostFrequent(IntStream pixels) {
        var counts = new EnumMap<Paint, Integer>(Paint.class);
        pixels.forEach(pixel -> counts.merge(Paint.nearest(pixel), 1, Integer::sum));
        return counts.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
    }

    static double difference(int rgb, int other) {
        return IntStream.of(CHANNEL_SHIFTS).map(shift -> Math.abs(channel(rgb, shift) - channel(other, shift))).sum();
    }
}
