#!/usr/bin/env python3
# /// script
# dependencies = ["numpy"]
# ///
"""Computes 3-D keypoints of a tiny made-up view pixel by pixel, with NumPy's eigenvectors and a queue
for each pixel, as an independent check of crates/cues.

Writes crates/cues/tests/narf.csv: rows of the z-distances, then of the interest. Run it from the
repository's root:

    uv run scripts/narf-oracle.py > crates/cues/tests/narf.csv
"""

import sys

import numpy as np

H, W = 44, 48
FOV = 1.0
SUPPORT = 0.3
STEPS = [(-1, 0), (1, 0), (0, -1), (0, 1)]
INF = float("inf")


def made_up_depth():
    """The corner of a room with a box on its floor and a window; a bar is near to the eye."""
    focal = W / (2 * np.tan(FOV / 2))
    y, x = np.mgrid[0:H, 0:W]
    rx, ry = (x + 0.5 - W / 2) / focal, -(y + 0.5 - H / 2) / focal
    with np.errstate(divide="ignore"):
        floor = np.where(ry < 0, -0.75 / ry, INF)
        # Walls turned by 30 and -60 degrees, both 1.6 m away.
        right = 1.6 / np.maximum(0.866 + 0.5 * rx, 1e-9)
        left = 1.6 / np.maximum(0.5 - 0.866 * rx, 1e-9)
    z = np.minimum(floor, np.minimum(left, right))
    z = np.where((x > 27) & (x < 36) & (y > 21) & (y < 33), 1.15 + 0.01 * (x - 27), z)
    z = np.where((x > 6) & (x < 15) & (y > 5) & (y < 14), INF, z)
    z = np.where((x > 36) & (x < 43) & (y > 3) & (y < 40), 0.62, z)
    return np.round(z, 5)


class Scale:
    """One range image of the scale space."""

    def __init__(self, points):
        self.points = points  # H x W x 3, infinite where nothing is hit
        self.h, self.w = points.shape[:2]
        self.range = np.sqrt((points**2).sum(2))
        self.hit = np.isfinite(self.range)
        self.focal = self.w / (2 * np.tan(FOV / 2))
        self.surfaces()
        self.borders()
        self.changes()

    def inside(self, x, y):
        return 0 <= x < self.w and 0 <= y < self.h

    def pixels(self):
        return [(x, y) for y in range(self.h) for x in range(self.w)]

    def half(self):
        half = np.full((self.h // 2, self.w // 2, 3), INF)
        for y in range(self.h // 2):
            for x in range(self.w // 2):
                four = [(v, u) for v in (2 * y, 2 * y + 1) for u in (2 * x, 2 * x + 1)]
                best = min(four, key=lambda at: self.range[at])
                half[y, x] = self.points[best]
        return Scale(half)

    def surfaces(self):
        self.normal, self.mean, self.reach = {}, {}, {}
        for x, y in self.pixels():
            if not self.hit[y, x]:
                continue
            p = self.points[y, x]
            near = [
                self.points[v, u]
                for v in range(y - 2, y + 3)
                for u in range(x - 2, x + 3)
                if self.inside(u, v) and self.hit[v, u]
            ]
            near.sort(key=lambda q: ((q - p) ** 2).sum())
            reach = ((near[min(9, len(near)) - 1] - p) ** 2).sum()
            near = np.array([q for q in near if ((q - p) ** 2).sum() <= 4 * reach])
            if len(near) < 3:
                continue
            normal = np.linalg.eigh(np.cov(near.T, bias=True))[1][:, 0]
            self.normal[x, y] = normal if normal @ p < 0 else -normal
            self.mean[x, y] = near.mean(0)
            self.reach[x, y] = reach

    def change(self, x, y, point, distance):
        square = ((point - self.points[y, x]) ** 2).sum()
        if square <= self.reach[x, y]:
            return 0.0
        score = 1 - np.sqrt(self.reach[x, y] / square)
        return -score if distance < self.range[y, x] else score

    def score(self, x, y, dx, dy):
        if (x, y) not in self.normal or not self.inside(x + dx, y + dy):
            return 0.0
        if not self.hit[y + dy, x + dx]:
            return 1.0
        ahead = [(x + k * dx, y + k * dy) for k in (1, 2, 3)]
        ahead = [(u, v) for u, v in ahead if self.inside(u, v) and self.hit[v, u]]
        point = np.mean([self.points[v, u] for u, v in ahead], axis=0)
        return self.change(x, y, point, np.mean([self.range[v, u] for u, v in ahead]))

    def borders(self):
        first = [{(x, y): self.score(x, y, *step) for x, y in self.pixels()} for step in STEPS]
        scores = []
        for old in first:
            new = dict(old)
            for (x, y), s in old.items():
                if s + 0.5 * (1 - s) < 0.8:
                    continue
                around = [(x + i, y + j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]
                mean = np.mean([old[at] for at in around if at in old])
                new[x, y] = s if mean < 0 else s + 0.5 * mean * (1 - s)
            scores.append(new)
        shadows = [{} for _ in STEPS]
        for k, (dx, dy) in enumerate(STEPS):
            for x, y in self.pixels():
                s = scores[k][x, y]
                if s < 0.8:
                    continue
                if s == 1 and self.inside(x + dx, y + dy) and not self.hit[y + dy, x + dx]:
                    shadows[k][x, y] = (x + dx, y + dy)
                    continue
                ahead = [(x + i * dx, y + i * dy) for i in (1, 2, 3)]
                ahead = [at for at in ahead if scores[k ^ 1].get(at, 0) < 0]
                far = min(ahead, key=lambda at: scores[k ^ 1][at], default=None)
                if far is not None:
                    s *= max(0.9, 1 - (1 + scores[k ^ 1][far]) ** 3)
                scores[k][x, y] = s if far is not None and s >= 0.8 else 0.0
                if scores[k][x, y] > 0:
                    shadows[k][x, y] = far
        self.hidden, sides = set(), {}
        for k, (dx, dy) in enumerate(STEPS):
            for (x, y), far in shadows[k].items():
                s = scores[k][x, y]
                rivals, at = [(x - dx, y - dy)], (x + dx, y + dy)
                between = []
                while at != far:
                    between.append(at)
                    at = (at[0] + dx, at[1] + dy)
                if any(scores[k].get(rival, 0) > s for rival in rivals + between):
                    continue
                sides.setdefault((x, y), []).append((dx, dy))
                self.hidden.update(between + [far])
        raw = {}
        for (x, y), steps in sides.items():
            dx, dy = np.sum(steps, axis=0)
            if (dx, dy) == (0, 0):
                continue
            ray = np.array(
                [(x + dx + 0.5 - self.w / 2) / self.focal, -(y + dy + 0.5 - self.h / 2) / self.focal, -1]
            )
            normal = self.normal[x, y]
            beyond = ray * (normal @ self.mean[x, y]) / (normal @ ray)
            raw[x, y] = (beyond - self.points[y, x]) / np.linalg.norm(beyond - self.points[y, x])
        self.direction = {}
        for (x, y), own in raw.items():
            total, count = own.copy(), 1
            for (u, v), other in raw.items():
                if max(abs(u - x), abs(v - y)) > 2 or (u, v) == (x, y) or own @ other < -0.5:
                    continue
                if abs(self.change(x, y, self.points[v, u], self.range[v, u])) >= 0.95 * 0.8:
                    continue
                total, count = total + other, count + 1
            if count >= 3:
                self.direction[x, y] = total / np.linalg.norm(total)

    def changes(self):
        self.changed = {}
        for x, y in self.pixels():
            if not self.hit[y, x] or (x, y) in self.hidden:
                continue
            if (x, y) in self.direction:
                self.changed[x, y] = (1.0, self.direction[x, y])
                continue
            if (x, y) not in self.normal:
                continue
            normals = []
            for dx, dy in [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]:
                for k in (1, 2):
                    at = (x + k * dx, y + k * dy)
                    if not self.inside(*at) or not self.hit[at[1], at[0]]:
                        continue
                    if at in self.hidden:
                        break
                    if at in self.normal:
                        normals.append(self.normal[at])
            if len(normals) < 3:
                continue
            values, vectors = np.linalg.eigh(np.cov(np.array(normals).T, bias=True))
            if values[2] >= 0.04:
                self.changed[x, y] = (np.sqrt(values[2]), vectors[:, 2])

    def patch(self, x, y):
        """Connected points within the ball, by a queue."""
        seen, queue = {(x, y)}, [(x, y)]
        for u, v in queue:
            if not self.hit[v, u] or (u, v) in self.hidden:
                continue
            distance = np.linalg.norm(self.points[v, u] - self.points[y, x])
            if distance > SUPPORT / 2 and max(abs(u - x), abs(v - y)) > 2:
                continue
            yield u, v, distance / (SUPPORT / 2)
            for at in [(u + i, v + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]:
                if at not in seen and self.inside(*at):
                    seen.add(at)
                    queue.append(at)

    def interest(self, x, y):
        ray = self.points[y, x] / self.range[y, x]
        right = np.cross(ray, [0, 1, 0])
        right /= np.linalg.norm(right)
        up = np.cross(right, ray)
        bins, least = np.zeros(18), 1.0
        for u, v, phi in self.patch(x, y):
            if (u, v) not in self.changed:
                continue
            w, direction = self.changed[u, v]
            least = min(least, (1 - w / 2 * max(0, 1 - phi / 0.25)) ** 2)
            angle = np.degrees(np.arctan2(direction @ up, direction @ right))
            k = int(np.floor((angle + 365) / 10)) % 18
            near = max(abs(u - x), abs(v - y)) <= 1
            bins[k] = max(bins[k], w if near else w * (1 - phi))
        pairs = [
            bins[i] * bins[j] * 2 * min(j - i, 18 - j + i) / 18
            for i in range(18)
            for j in range(i + 1, 18)
        ]
        return least * np.sqrt(max(pairs))


def interest_image(scale, angle):
    has_half = angle < np.radians(4)
    near = SUPPORT / np.tan(20 * angle) if has_half else 0
    coarse = None
    image = np.zeros((scale.h, scale.w))
    for x, y in scale.pixels():
        if not scale.hit[y, x] or (x, y) in scale.hidden:
            continue
        if scale.range[y, x] >= near:
            image[y, x] = scale.interest(x, y)
            continue
        if coarse is None:
            coarse = interest_image(scale.half(), 2 * angle)
        for v, a in [(y // 2, 0.75), ((y // 2) + (1 if y % 2 else -1), 0.25)]:
            for u, b in [(x // 2, 0.75), ((x // 2) + (1 if x % 2 else -1), 0.25)]:
                v, u = np.clip(v, 0, coarse.shape[0] - 1), np.clip(u, 0, coarse.shape[1] - 1)
                image[y, x] += a * b * coarse[v, u]
    return image


def main():
    z = made_up_depth()
    focal = W / (2 * np.tan(FOV / 2))
    y, x = np.mgrid[0:H, 0:W]
    rays = np.stack([(x + 0.5 - W / 2) / focal, -(y + 0.5 - H / 2) / focal, -1.0 + 0 * x], axis=2)
    hit = np.isfinite(z)
    points = np.where(hit[..., None], rays * np.where(hit, z, 1)[..., None], INF)
    interest = interest_image(Scale(points), FOV / W)
    for name, values, text in [("metres", z, "{:.5f}"), ("keypoints_3d", 65536 * interest, "{:.0f}")]:
        for row in values:
            sys.stdout.write(",".join([name, *(text.format(v) for v in row)]) + "\n")


main()
