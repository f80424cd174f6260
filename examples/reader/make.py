"""Draws the photos of samples/ and recorded/: text of known content, in the font that Pillow itself carries.

    pip install pillow
    python make.py                   # then: python reference.py --record
"""

import pathlib
import random

from PIL import Image, ImageDraw, ImageFont

HERE = pathlib.Path(__file__).parent

RECEIPT = [
    (20, 16, 26, "CORNER BAKERY"), (20, 60, 17, "2 x Sourdough bread"), (270, 60, 17, "9.80"),
    (20, 92, 17, "1 x Apple cake"), (270, 92, 17, "4.50"), (20, 124, 17, "3 x Hot chocolate"), (270, 124, 17, "7.20"),
    (20, 170, 21, "Total EUR"), (262, 170, 21, "21.50"), (20, 216, 15, "Thank you, come again"),
]

# Size, paper, ink, and texts as (x, y, size, text).
PAGES = [
    ((256, 64), "white", "black", [(16, 16, 26, "Hello world")]),
    ((320, 160), "white", "black", []),
    ((320, 128), "black", "white", [(20, 20, 24, "White on black"), (20, 74, 24, "reads as well")]),
    ((400, 96), "#f4ecd8", "#5b3a1e", [(16, 12, 22, "Sepia paper"), (16, 52, 22, "Brown ink 1887")]),
    ((640, 64), "white", "black", [(12, 14, 28, "A line much longer than three hundred pixels")]),
    ((480, 160), "white", "black", [(20, 20, 22, "Left top"), (300, 22, 22, "Right top"),
                                     (20, 100, 22, "Left low"), (300, 98, 22, "Right low")]),
    ((1200, 150), "white", "navy", [(40, 40, 54, "Wider than the detector takes: 1200")]),
    ((160, 480), "white", "black", [(20, 30 + 60 * i, 24, word) for i, word in
                                     enumerate("one two three four five six seven".split())]),
    ((300, 90), "#203040", "#ffd060", [(20, 24, 30, "STOP 42 km/h")]),
    ((360, 120), "white", "red", [(20, 16, 24, "Invoice 2026-1187"), (20, 66, 24, "Total: 42.50 EUR")]),
    ((420, 110), "white", "black", [(20, 14, 20, "mail: info@example.com"), (20, 60, 20, "www.example.com/shop")]),
    ((250, 250), "#e8e8e8", "#303030", [(20, 30, 60, "Big"), (20, 130, 14, "and rather small below")]),
    ((330, 70), "white", "black", [(14, 20, 24, "+49 (0)30 123-456")]),
    ((500, 200), "white", "black", [(20, 20, 18, "Name"), (200, 20, 18, "City"), (380, 20, 18, "Age"),
                                     (20, 70, 18, "Ada"), (200, 70, 18, "London"), (380, 70, 18, "36"),
                                     (20, 120, 18, "Grace"), (200, 120, 18, "New York"), (380, 120, 18, "85")]),
    ((97, 41), "white", "black", [(8, 6, 22, "odd")]),
    ((400, 80), "#fff8f0", "#406040", [(16, 20, 26, "50% off, only today!")]),
    ((352, 128), "white", "#777777", [(20, 20, 24, "Grey on white is"), (20, 70, 24, "harder to read")]),
    ((512, 96), "#0044aa", "white", [(24, 24, 34, "Platform 9 Departure")]),
    ((300, 200), "white", "black", [(30, 20 + 36 * i, 18, f"{i + 1}. item no {(i + 3) * 17}") for i in range(5)]),
]


def draw(size, paper, ink, texts):
    page = Image.new("RGB", size, paper)
    pen = ImageDraw.Draw(page)
    for x, y, height, text in texts:
        pen.text((x, y), text, fill=ink, font=ImageFont.load_default(height))
    return page


def speckled(page, seed):
    """Dust: single pixels that a detector should not take for text."""
    dust = random.Random(seed)
    for _ in range(60):
        at = dust.randrange(page.width), dust.randrange(page.height)
        page.putpixel(at, tuple(dust.randrange(256) for _ in range(3)))
    return page


def main():
    pages = [draw(*page) for page in PAGES]
    pages.append(speckled(draw((360, 100), "white", "black", [(20, 30, 30, "Dust on the lens")]), 5))
    # The other kinds of pixel that a PNG may hold: grey, palette, transparent.
    pages[0], pages[3], pages[9] = pages[0].convert("L"), pages[3].quantize(16), pages[9].convert("RGBA")
    for number, page in enumerate(pages):
        page.save(HERE / "recorded" / f"{number:02}.png", optimize=True)
    draw((340, 256), "white", "#222222", RECEIPT).save(HERE / "samples/receipt.png", optimize=True)


if __name__ == "__main__":
    main()
