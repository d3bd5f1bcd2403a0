"""The camera: the page reads codes by itself, and only where it cannot the server does."""

import base64
import io
import json
import shutil
from collections.abc import Iterator

import pytest
import qrcode
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from ground.wire.assets import reader_files
from people.scanning.pictures import texts_on
from tests.browser.conftest import SHOP
from tests.browser.house import CHROMIUM, PHONE, signed_in
from tests.browser.pictures import held, photo

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

# Where there is npm the reader was brought (`make reader`); elsewhere the server's way is all there is.
HAS_READER = shutil.which("npm") is not None

Card = tuple[str, str, str]

# What the page's own reader says of pictures that come all at once; the server is there in vain.
READ = """async (pictures) => {
  const { pictureReader } = await import("/static/scanning/pictures.js");
  const files = document.querySelector("[data-viewfinder]").dataset.reader.match(/\\S+/g) ?? [];
  const read = pictureReader(files, () => Promise.reject(new Error("no server")));
  return Promise.all(pictures.map(async (source) => {
    const image = Object.assign(new Image(), { src: source });
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width, image.height];
    canvas.getContext("2d").drawImage(image, 0, 0);
    return read(canvas).catch(() => "ask the server");
  }));
}"""

# How the server answers for each file that this browser needs to read codes by itself.
FILES = """async () => {
  const { filesNeeded } = await import("/static/desk/camera.js");
  return Promise.all((await filesNeeded()).map(async (file) => (await fetch(file)).status));
}"""

# A browser that reads codes sees frame by frame what it is told, or it is broken; frames come fast.
OWN_READER = """window.BarcodeDetector = class {
  static getSupportedFormats() { return Promise.resolve(["code_128", "ean_13", "ean_8", "qr_code"]); }
  detect() {
    if (!frames) return Promise.reject(new Error("it is broken"));
    return Promise.resolve((frames.shift() ?? []).map((rawValue) => ({ rawValue })));
  }
};
const wait = window.setTimeout;
window.setTimeout = (action, ms) => wait(action, ms === 400 ? 5 : ms);
const frames = %s;"""


@pytest.fixture(scope="module")
def telephone(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """A telephone on which a volunteer is signed in."""
    context = signed_in(browser, address, "volunteer2", PHONE).context
    yield context
    context.close()


@pytest.fixture
def desk(telephone: BrowserContext) -> Iterator[Page]:
    """The desk on it."""
    page = telephone.new_page()
    page.goto(f"/v/{SHOP}/desk")
    yield page
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.close()


def picture(code: Image.Image) -> bytes:
    file = io.BytesIO()
    held(code).save(file, "PNG")
    return file.getvalue()


def stripes(text: str, kind: str) -> Image.Image:
    drawn = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind)).to_image(scale=2)
    high, wide = drawn.shape
    return Image.frombytes("L", (wide, high), bytes(memoryview(drawn))).convert("RGB")


def test_page_and_server_read_the_same(desk: Page, cards: list[Card]):
    assert bool(reader_files()) == HAS_READER, "make reader"
    number, token, _name = cards[0]
    pictures = [
        picture(qrcode.make(f"HTTPS://AIXIN.EXAMPLE/C/{token}", box_size=5).convert("RGB")),
        picture(qrcode.make("HTTPS://AIXIN.EXAMPLE/R/0123456789ABCDEF", box_size=5).convert("RGB")),
        *(
            picture(stripes(text, kind))
            for text, kind in (
                (number, "Code128"),
                ("6901028075831", "EAN13"),
                ("96385074", "EAN8"),
                ("036000291452", "UPCA"),
            )
        ),
        picture(Image.new("RGB", (100, 100), "white")),
    ]
    by_server = [texts_on(each) for each in pictures]
    assert [len(texts) for texts in by_server] == [1] * 6 + [0]
    addresses = [f"data:image/png;base64,{base64.b64encode(each).decode()}" for each in pictures]
    by_page = desk.evaluate(READ, addresses)
    assert by_page == (by_server if HAS_READER else ["ask the server"] * 7)
    assert desk.evaluate(FILES) == ([200] * 4 if HAS_READER else [])


def test_the_server_reads_where_the_browser_s_reader_breaks_and_ours_does_not_come(
    desk: Page, cards: list[Card]
):
    desk.add_init_script(OWN_READER % "null")
    desk.reload()
    desk.route("**/pictureworker.js", lambda route: route.abort())
    with desk.expect_request("**/desk/read"):
        desk.locator("[data-camera]").click()
    desk.wait_for_url(f"**/desk/{cards[0][0]}")


def test_a_photo_is_read_like_a_frame_and_is_not_sent(desk: Page, cards: list[Card]):
    """What is no picture is the server's to refuse, and so is what the page found nothing on."""
    number, token, _name = cards[0]
    sent: list[int] = []
    desk.on("request", lambda request: sent.append(len(request.post_data_buffer or b"")))
    chosen = desk.locator("input[type=file]")
    for content, words in {
        picture(Image.new("RGB", (100, 100), "white")): "没有看到码",
        b"no picture": "不是照片",
    }.items():
        chosen.set_input_files({"name": "photo.png", "mimeType": "image/png", "buffer": content})
        expect(desk.locator("[data-told]")).to_contain_text(words)
    card = Image.open(io.BytesIO(photo(f"HTTPS://AIXIN.EXAMPLE/C/{token}"))).resize((4000, 3000))
    file = io.BytesIO()
    card.save(file, "JPEG", quality=95)
    sent.clear()
    chosen.set_input_files({"name": "card.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()})
    desk.wait_for_url(f"**/desk/{number}")
    assert max(sent) < len(file.getvalue()) / 4


def test_a_browser_that_reads_codes_loads_nothing_and_counts_each_piece_once(
    desk: Page, cards: list[Card], barcodes: list[str]
):
    """Goods with another code beside their own, which is seen now and then; what is away comes again."""
    number, _token, _name = cards[0]
    goods, other, nothing = barcodes[0], "https://maker.example/", [[]] * 4
    frames = [[], [number], [other, goods], [other], [goods], [], [goods], *nothing, [goods], *nothing]
    loaded: list[str] = []
    desk.on("request", lambda request: loaded.append(request.url.rpartition("/")[2]))
    desk.add_init_script(OWN_READER % json.dumps(frames))
    desk.reload()
    loaded.clear()
    desk.locator("[data-camera]").click()
    expect(desk.locator(f".tile[data-barcodes~='{goods}'] input")).to_have_value("2")
    assert "read" not in loaded
    assert "pictureworker.js" not in loaded
    assert desk.evaluate(FILES) == []


def test_a_camera_that_cannot_be_used_says_what_to_do(desk: Page):
    """In words beside the field; on a page that came without encryption, no browser has a camera."""
    button, told = desk.locator("[data-camera]"), desk.locator("[data-told]")
    for trouble, words in {
        "NotAllowedError": "地址栏左边",
        "NotFoundError": "手机自带的浏览器",
        "NotReadableError": "别的程序",
    }.items():
        desk.evaluate(
            "name => navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', name))",
            trouble,
        )
        button.click()
        expect(told).to_contain_text(words)
    desk.evaluate("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })")
    button.click()
    expect(told).to_contain_text("手机自带的浏览器")
    desk.evaluate("Object.defineProperty(window, 'isSecureContext', { value: false })")
    button.click()
    expect(told).to_contain_text("https")
