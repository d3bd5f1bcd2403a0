"""What the camera sees: cards and articles as people hold them."""

import io

import qrcode
import zxingcpp
from PIL import Image, ImageEnhance, ImageFilter

SIZE = (640, 480)
TABLE = "#d8d2c4"
LASTS = 40  # frames


def film(card: str, barcode: str) -> bytes:
    """A card for a while, tilted and in dim light, then an article's barcode, and so on."""
    return dim(tilted(held(drawn(card)))) * LASTS + jpeg(held(striped(barcode))) * LASTS


def photo(text: str) -> bytes:
    """A photo of a card, a little turned."""
    return jpeg(held(drawn(text)))


def drawn(text: str) -> Image.Image:
    return qrcode.make(text, box_size=7).convert("RGB")


def striped(code: str) -> Image.Image:
    stripes = zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.EAN13).to_image(scale=3)
    high, wide = stripes.shape
    return Image.frombytes("L", (wide, high), bytes(memoryview(stripes))).convert("RGB")


def held(code: Image.Image) -> Image.Image:
    """The code on a table, a little turned."""
    code = code.rotate(8, expand=True, fillcolor=TABLE)
    frame = Image.new("RGB", SIZE, TABLE)
    frame.paste(code, ((SIZE[0] - code.width) // 2, (SIZE[1] - code.height) // 2))
    return frame


def tilted(frame: Image.Image) -> Image.Image:
    """The same from the side: the far edge is shorter than the near one."""
    wide, high = SIZE
    corners = (-130, -60, -20, high + 10, wide + 20, high + 40, wide + 60, -30)
    return frame.transform(SIZE, Image.Transform.QUAD, corners, Image.Resampling.BILINEAR, fillcolor=TABLE)


def dim(frame: Image.Image) -> bytes:
    """The same in the evening: a quarter of the light, and the grain that cameras add."""
    dark = ImageEnhance.Brightness(frame.filter(ImageFilter.GaussianBlur(1))).enhance(0.25)
    grain = Image.effect_noise(SIZE, 12).convert("RGB")
    return jpeg(Image.blend(dark, grain, 0.12))


def jpeg(frame: Image.Image) -> bytes:
    file = io.BytesIO()
    frame.save(file, "JPEG", quality=80)
    return file.getvalue()
