"""Draws the icons of the program on a telephone from its mark: `make icons`."""

import re
from cmath import exp, pi
from pathlib import Path

from PIL import Image, ImageColor, ImageDraw

STATIC = Path(__file__).parents[2] / "static"
FIELD = 48  # the mark is drawn on so many by so many
FINER = 4  # drawn so many times larger, edges come out smooth
STEPS = 90  # lines in half a circle
SHADES = 16
PAPER = "#FBF8F3"

# By name: pixels, which part of the field's width the mark is given, and whether there is paper behind it.
# Of a maskable icon only a circle of 80 % is certain to be seen; what Apple shows is opaque.
ICONS = {
    "icon-192": (192, 1.0, False),
    "icon-512": (512, 1.0, False),
    "maskable-512": (512, 0.75, True),
    "apple-180": (180, 0.85, True),
}


def drawn(pixels: int, part: float, is_on_paper: bool) -> Image.Image:
    """The mark as a picture."""
    mark = (STATIC / "mark.svg").read_text()
    scale, edge = pixels * FINER * part / FIELD, pixels * FINER * (1 - part) / 2
    shape = Image.new("L", (pixels * FINER, pixels * FINER))
    draw = ImageDraw.Draw(shape)
    for path in re.findall(r' d="([^"]+)"', mark):
        outline: list[complex] = []
        for command, figures in re.findall(r"([MLA])([\d. ]+)", path):
            *arc, x, y = (float(figure) for figure in figures.split())
            end = complex(x, y)
            if command == "A":  # half a circle, whose last figure says which way round
                middle, way = (outline[-1] + end) / 2, 1 if arc[-1] else -1
                spoke = outline[-1] - middle
                outline += [middle + spoke * exp(way * 1j * pi * step / STEPS) for step in range(1, STEPS)]
            outline.append(end)
        draw.polygon([(edge + scale * each.real, edge + scale * each.imag) for each in outline], fill=255)
    shape = shape.resize((pixels, pixels), Image.Resampling.BOX)
    colour = ImageColor.getrgb(re.findall(r'fill="(#\w+)"', mark)[0])
    if is_on_paper:
        paper = Image.new("RGB", shape.size, PAPER)
        paper.paste(colour, mask=shape)
        return paper.quantize(SHADES)
    picture = Image.new("RGBA", shape.size, (*colour, 0))
    picture.putalpha(shape)
    return picture.quantize(SHADES, Image.Quantize.FASTOCTREE)


def main() -> None:
    """Write each icon."""
    for name, how in ICONS.items():
        drawn(*how).save(STATIC / "icons" / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
