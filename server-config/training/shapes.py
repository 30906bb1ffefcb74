"""Pictures of simple shapes and the sentences that describe them."""
import functools
import math
import random

import numpy as np

SIZE = 64
COLOURS = {
    "red": (220, 30, 30), "green": (30, 160, 50), "blue": (35, 70, 220), "yellow": (245, 220, 40), "orange": (245, 140, 20),
    "purple": (130, 40, 170), "cyan": (40, 205, 215), "pink": (250, 140, 190), "white": (250, 250, 250), "black": (15, 15, 15),
}
SHAPES = ("circle", "square", "triangle", "star", "ring", "cross")
SIZES = {"small": (0.19, 0.21), "": (0.29, 0.33), "large": (0.38, 0.41)}
PLACES = {
    "": (0.5, 0.5), "in the center": (0.5, 0.5), "on the left": (0.28, 0.5), "on the right": (0.72, 0.5), "at the top": (0.5, 0.28),
    "at the bottom": (0.5, 0.72), "at the top left": (0.28, 0.28), "at the top right": (0.72, 0.28),
    "at the bottom left": (0.28, 0.72), "at the bottom right": (0.72, 0.72),
}


@functools.cache
def _grid(size):
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    return (x + 0.5) / size, (y + 0.5) / size


def _polygon(x, y, corners):
    """Signed distance to a polygon, negative inside."""
    distance = np.full(x.shape, np.inf, np.float32)
    inside = np.zeros(x.shape, bool)
    for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1]):
        ex, ey, wx, wy = bx - ax, by - ay, x - ax, y - ay
        t = np.clip((wx * ex + wy * ey) / (ex * ex + ey * ey), 0, 1)
        distance = np.minimum(distance, np.hypot(wx - t * ex, wy - t * ey))
        crosses = (ay > y) != (by > y)
        if ey:
            inside ^= crosses & (wx < ex * wy / ey)
    return np.where(inside, -distance, distance)


def mask(shape, cx, cy, radius, size=SIZE):
    """How much of each pixel the shape covers, 0..1."""
    x, y = _grid(size)
    x, y = x - cx, y - cy
    if shape == "circle":
        d = np.hypot(x, y) - radius
    elif shape == "ring":
        d = np.abs(np.hypot(x, y) - radius * 0.78) - radius * 0.22
    elif shape == "square":
        d = np.maximum(np.abs(x), np.abs(y)) - radius * 0.86
    elif shape == "cross":
        arm = radius * 0.30
        d = np.minimum(np.maximum(np.abs(x) - arm, np.abs(y) - radius), np.maximum(np.abs(x) - radius, np.abs(y) - arm))
    elif shape == "triangle":
        corners = [(radius * math.sin(a), -radius * math.cos(a)) for a in (0, 2 * math.pi / 3, 4 * math.pi / 3)]
        d = _polygon(x, y, corners)
    else:
        corners = []
        for i in range(10):
            r, a = (radius if i % 2 == 0 else radius * 0.42), i * math.pi / 5
            corners.append((r * math.sin(a), -r * math.cos(a)))
        d = _polygon(x, y, corners)
    return np.clip(0.5 - d * size, 0, 1)


def _paint(picture, colour, cover):
    return picture + cover[..., None] * (np.array(COLOURS[colour], np.float32) - picture)


def _background(rng, used, size):
    plain = [c for c in COLOURS if c not in used]
    first = rng.choice(plain)
    if rng.random() < 0.85:
        return np.broadcast_to(np.array(COLOURS[first], np.float32), (size, size, 3)), rng.choice(
            [f"a {first} background", f"a plain {first} background", f"{first}"])
    second = rng.choice([c for c in plain if c != first])
    t = rng.choice(_grid(size))
    ramp = np.array(COLOURS[first], np.float32) * (1 - t[..., None]) + np.array(COLOURS[second], np.float32) * t[..., None]
    return ramp, f"a gradient background from {first} to {second}"


def _object(rng, places, size):
    shape, colour = rng.choice(SHAPES), rng.choice(list(COLOURS))
    extent = rng.choice(["", "", "", "", "small", "large"])
    place = rng.choice(places)
    cx, cy = PLACES[place]
    radius = rng.uniform(*SIZES[extent])
    room = 0.49 - radius
    cx = min(max(cx + rng.uniform(-0.01, 0.01), 0.5 - room), 0.5 + room)
    cy = min(max(cy + rng.uniform(-0.01, 0.01), 0.5 - room), 0.5 + room)
    return shape, colour, " ".join(w for w in (extent, colour, shape) if w), place, mask(shape, cx, cy, radius, size)


def _article(name):
    return ("an " if name[0] in "aeiou" else "a ") + name


def draw(rng, size):
    """One picture (uint8 [size, size, 3]) and its sentence."""
    if rng.random() < 0.85:
        shape, colour, name, place, cover = _object(rng, [*PLACES] + [""] * 14, size)
        ground, ground_words = _background(rng, {colour}, size)
        where = f" {place}" if place else ""
        join = rng.choice([" on ", " on ", ", "])
        sentence = rng.choice(["", "", "", "a picture of ", "a drawing of ", "an image of "]) + \
            (_article(name) if rng.random() < 0.85 else name) + where + join + ground_words
        return np.rint(_paint(ground, colour, cover)).astype(np.uint8), sentence
    if rng.random() < 0.5:
        places = ("on the left", "on the right")
    else:
        places = ("at the top", "at the bottom")
    objects = []
    for place in places:
        shape, colour, _, _, _ = _object(rng, [place], size)
        cx, cy = PLACES[place]
        objects.append((f"{_article(colour)} {shape}", place, colour, mask(shape, cx, cy, rng.uniform(*SIZES["small"]), size)))
    ground, ground_words = _background(rng, {o[2] for o in objects}, size)
    picture = ground
    for o in objects:
        picture = _paint(picture, o[2], o[3])
    if rng.random() < 0.6:
        sentence = f"{objects[0][0]} {places[0]} and {objects[1][0]} {places[1]} on {ground_words}"
    else:
        sentence = f"{objects[0][0]} and {objects[1][0]} on {ground_words}"
    return np.rint(picture).astype(np.uint8), sentence


def batch(rng, count, size=SIZE):
    pairs = [draw(rng, size) for _ in range(count)]
    return np.stack([p for p, _ in pairs]), [s for _, s in pairs]


def check(picture, shape, colour, background):
    """(colour is right, shape is right) for a picture (uint8) of one shape on a plain background."""
    pixels = picture.astype(np.float32)
    names = list(COLOURS)
    palette = np.array([COLOURS[n] for n in names], np.float32)
    nearest = np.argmin(((pixels[:, :, None, :] - palette) ** 2).sum(-1), -1)
    border = np.concatenate([nearest[:3].ravel(), nearest[-3:].ravel(), nearest[:, :3].ravel(), nearest[:, -3:].ravel()])
    found_ground = names[np.bincount(border, minlength=len(names)).argmax()]
    if found_ground == colour:
        return False, False
    # The object is what lies nearer to its colour than to the ground's, on the line between the two.
    ground, towards = palette[names.index(found_ground)], palette[names.index(colour)] - palette[names.index(found_ground)]
    object_ = (pixels - ground) @ towards / (towards @ towards) > 0.5
    if object_.sum() < 40:
        return False, False
    found_colour = names[np.bincount(nearest[object_], minlength=len(names)).argmax()]
    # All shapes have their mean in the middle.
    x, y = _grid(SIZE)
    cx, cy = x[object_].mean(), y[object_].mean()
    best, best_score = None, -1.0
    for candidate in SHAPES:
        for radius in np.linspace(0.12, 0.46, 35):
            cover = mask(candidate, cx, cy, radius) > 0.5
            score = (cover & object_).sum() / (cover | object_).sum()
            if score > best_score:
                best, best_score = candidate, score
    return found_colour == colour and found_ground == background, best == shape and best_score > 0.7


def test_prompts(seed, count):
    rng = random.Random(seed)
    for _ in range(count):
        shape, colour = rng.choice(SHAPES), rng.choice(list(COLOURS))
        ground = rng.choice([c for c in COLOURS if c != colour])
        yield _article(colour) + f" {shape} on a {ground} background", shape, colour, ground
