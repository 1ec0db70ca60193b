"""Make the pictures of the documentation: ``python docs/figures.py`` writes docs/images/."""

from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mien.datasets.drawn import draw_face
from mien.emotions import EMOTIONS
from mien.report.robustness import drawn_sheet

IMAGES = Path(__file__).parent / "images"


def drawn_faces(columns: int = 8, side: int = 64, margin: int = 96) -> Image.Image:
    """Return a sheet of drawn faces, one row an emotion, its name beside it."""
    sheet = Image.new("L", (margin + columns * side, len(EMOTIONS) * side), 255)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(15)
    for row, emotion in enumerate(EMOTIONS):
        pen.text((margin - 8, (row + 0.5) * side), emotion, 0, font, anchor="rm")
        for column in range(columns):
            face = draw_face(emotion, np.random.default_rng((2013, row, column)), side)
            sheet.paste(Image.fromarray(face), (margin + column * side, row * side))
    return sheet.quantize(32)


def corruptions() -> Image.Image:
    """Return a drawn face under every corruption at every level."""
    encoded = BytesIO()
    drawn_sheet().savefig(encoded, dpi=90, format="png")
    return Image.open(encoded).convert("L")


def main() -> None:
    """Write every figure."""
    IMAGES.mkdir(exist_ok=True)
    drawn_faces().save(IMAGES / "drawn_faces.png", optimize=True)
    corruptions().save(IMAGES / "corruptions.png", optimize=True)


if __name__ == "__main__":
    main()
