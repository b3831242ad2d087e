#!/usr/bin/env python3
# /// script
# dependencies = ["numpy", "scikit-image"]
# ///
"""Computes cues of tiny made-up views with NumPy, and segments with scikit-image, as an independent
check of crates/cues.

Writes crates/cues/tests/oracle.csv: one row per row of a map, `map,v0,v1,...`. The inputs stand in
the file beside the expected cues. Run it from the repository's root:

    uv run scripts/cues-oracle.py > crates/cues/tests/oracle.csv
"""

import sys

import numpy as np

H, W = 36, 30
SIGMA = 0.75
SIDES = [3, 9, 15]
FOV = 1.2

y, x = np.mgrid[0:H, 0:W]


def u16(values):
    return np.clip(np.floor(65535 * values + 0.5), 0, 65535).astype(int)


def made_up_rgb():
    """A chequered and a striped area, a disc and a ramp, so that every scale finds something."""
    channels = []
    for k in range(3):
        v = 40 + 3 * x + 2 * k * y
        v = np.where((x // 6 + y // 5) % 2 == 0, v, 255 - v)
        v = np.where((x - 19) ** 2 + (y - 22) ** 2 < 49, 30 + 90 * k, v)
        v = v + (x * 7 + y * 13 + k * 29 + x * y) % 11
        channels.append(v % 256)
    return np.stack(channels)


def made_up_depth():
    """A slanted wall, a nearer box and a window through which nothing is seen; 512 per metre."""
    depth = 1500 + 25 * x + 7 * y
    depth = np.where((x > 8) & (x < 17) & (y > 12), 800 + 3 * y, depth)
    return np.where((x > 20) & (x < 26) & (y > 3) & (y < 9), 65535, depth)


def made_up_normals():
    n = np.stack([np.sin(x / 5.0), np.cos(y / 7.0) - 0.5, 1.0 + 0 * x])
    return n / np.sqrt((n**2).sum(0))


def sobel(v, valid):
    """Magnitude with kernels [1 2 1]/4 x [1 0 -1]; zero where a neighbour is not valid."""
    smooth = lambda a, ax: (np.roll(a, 1, ax) + 2 * a + np.roll(a, -1, ax)) / 4
    slope = lambda a, ax: np.roll(a, -1, ax) - np.roll(a, 1, ax)
    magnitude = np.sqrt((slope(smooth(v, 0), 1) ** 2 + slope(smooth(v, 1), 0) ** 2) / 2)
    padded = np.pad(valid, 1)
    eroded = np.ones_like(valid)
    for dy in range(3):
        for dx in range(3):
            eroded &= padded[dy : dy + H, dx : dx + W]
    return np.where(eroded, magnitude, 0)


def edges_texture(luma):
    """Masked blur as the two-dimensional convolution of its definition: G(x)/G(1)."""
    radius = int(4 * SIGMA + 0.5)
    d = np.arange(-radius, radius + 1)
    kernel = np.exp(-0.5 * (d[:, None] ** 2 + d[None, :] ** 2) / SIGMA**2)

    def gauss(image):
        padded = np.pad(image, radius)
        return sum(
            kernel[i, j] * padded[i : i + H, j : j + W]
            for i in range(2 * radius + 1)
            for j in range(2 * radius + 1)
        )

    return u16(sobel(gauss(luma) / gauss(np.ones((H, W))), np.ones((H, W), bool)))


def edges_occlusion(depth):
    return u16(sobel(np.sqrt(depth / 65536), depth < 65036))


def keypoints_2d(luma):
    margin = max(SIDES) + 1
    padded = np.pad(luma, margin, mode="edge")

    def lobe(r, c, a, b):
        """The sum over rows r+1..r+a and columns c+1..c+b."""
        return padded[r + 1 : r + a + 1, c + 1 : c + b + 1].sum()

    response = np.zeros((H, W))
    for s in SIDES:
        t, h = s // 3, (s - 1) // 2
        for i in range(H):
            for j in range(W):
                r, c = i + margin, j + margin
                dxy = -(
                    lobe(r - t, c + 1, t, t)
                    + lobe(r + 1, c - t, t, t)
                    - lobe(r - t, c - t, t, t)
                    - lobe(r + 1, c + 1, t, t)
                ) / s**2
                dxx = -(
                    lobe(r - t + 1, c - h, 2 * t - 1, s)
                    - 3 * lobe(r - t + 1, c - t // 2, 2 * t - 1, t)
                ) / s**2
                dyy = -(
                    lobe(r - h, c - t + 1, s, 2 * t - 1)
                    - 3 * lobe(r - t // 2, c - t + 1, t, 2 * t - 1)
                ) / s**2
                response[i, j] = max(response[i, j], dxx * dyy - 0.81 * dxy**2)
    return u16(response)


def rays():
    focal = W / (2 * np.tan(FOV / 2))
    return np.stack([(x + 0.5 - W / 2) / focal, -(y + 0.5 - H / 2) / focal, -1.0 + 0 * x])


def depth_euclidean(depth):
    """The coded distance of the points themselves from the eye."""
    points = rays() * (depth / 512)
    coded = np.floor(512 * np.sqrt((points**2).sum(0)) + 0.5)
    return np.where(depth == 65535, 65535, np.minimum(coded, 65534)).astype(int)


def reshading(depth, normals):
    """Not rounded to 8 bits."""
    ray = rays()
    length = np.sqrt((ray**2).sum(0))
    cos = -(normals * ray).sum(0) / length
    distance = depth / 512 * length
    light = np.clip(1.6 * cos * 8 / (8 + distance**2), 0, 1)
    return np.where(depth == 65535, 0.0, 255 * light)


def made_up_pieces():
    """A wall, a floor, a door, a ball and a lamp in colours of their own, with grain."""
    v, u = np.mgrid[0:48, 0:64]
    piece = np.where(v < 30, 0, 1)
    piece = np.where((v < 30) & (u >= 44) & (u < 56), 2, piece)
    piece = np.where((u - 19) ** 2 + (v - 36) ** 2 < 64, 3, piece)
    piece = np.where((u - 35) ** 2 + (v - 8) ** 2 < 20, 4, piece)
    colours = np.array(
        [[190, 185, 170], [120, 85, 60], [90, 110, 130], [180, 60, 50], [250, 245, 200]]
    )
    grain = np.stack([(u * 7 + v * 13 + k * 29 + u * v) % 5 for k in range(3)])
    return (colours[piece].transpose(2, 0, 1) + grain - v // 4).astype(np.uint8)


def segments(rgb):
    """What the authors call, with the numbers of an image of this width."""
    from skimage import graph, segmentation

    image = rgb.transpose(1, 2, 0)
    share = rgb.shape[2] / 512
    regions = segmentation.felzenszwalb(
        image, scale=200 * share**2, sigma=3 * share, min_size=int(np.ceil(20 * share**2))
    )
    regions = regions.astype(int)
    g = graph.rag_mean_color(image, regions, mode="similarity")
    return graph.cut_normalized(regions, g, thresh=0.005, num_cuts=10, max_edge=2.0, rng=1)


def main():
    rgb, depth, normals = made_up_rgb(), made_up_depth(), made_up_normals()
    luma = (0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]) / 255
    pieces = made_up_pieces()
    maps = {
        "red": rgb[0],
        "green": rgb[1],
        "blue": rgb[2],
        "depth": depth,
        "normal_x": normals[0],
        "normal_y": normals[1],
        "normal_z": normals[2],
        "edges_texture": edges_texture(luma),
        "edges_occlusion": edges_occlusion(depth),
        "keypoints_2d": keypoints_2d(luma),
        "reshading": reshading(depth, normals),
        "depth_euclidean": depth_euclidean(depth),
        "pieces_red": pieces[0],
        "pieces_green": pieces[1],
        "pieces_blue": pieces[2],
        "segment_unsup2d": segments(pieces),
    }
    for name, values in maps.items():
        text = "{:.7f}" if values.dtype.kind == "f" else "{}"
        for row in values:
            sys.stdout.write(",".join([name, *(text.format(v) for v in row)]) + "\n")


main()
