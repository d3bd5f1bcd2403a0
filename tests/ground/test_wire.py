"""What browsers load: the files of the program, what each page weighs, and what is not compressed."""

import gzip
import json
import re
import runpy
from functools import cache
from urllib.parse import urljoin

import pytest
from flask import g, url_for
from PIL import Image, ImageChops

from ground.wire import assets, compression, styles, worker
from ground.wire.assets import ROOT, all_assets, current_version
from tests.cast import COUNTY, SIGN_INS, TOWNSHIP, VILLAGE

GZIP = {"Accept-Encoding": "gzip, deflate"}
FROM_A_LINK = GZIP | {"Sec-Fetch-Site": "cross-site"}
FROM_OUR_PAGE = GZIP | {"Sec-Fetch-Site": "same-origin"}

MOST_BYTES, MOST_BYTES_OF_A_CARD = 80_000, 30_000
MOST_BYTES_OF_ALL = 100_000  # of all files, which the service worker takes at once
LOADED = re.compile(r'<(?:link|script|img)\b[^>]*?(?:href|src)="(/static[^"]+)"')
IMPORTED = re.compile(r'^import (?:[^"]* from )?"([^"]+)"', re.MULTILINE)
IMPORTED_WHEN_NEEDED = re.compile(r'\bimport\("([^"]+)"\)')


def bytes_of(answer):
    """What an answer takes on the wire, its head included."""
    return len(answer.data) + sum(len(f"{name}: {value}\r\n") for name, value in answer.headers)


def root():
    """What stands before the name of a file in its address."""
    return f"/static/v/{current_version()}/"


def imported_by(name):
    """The files that a script imports at once, and those that they import."""
    content = all_assets()[name].content.decode() if name.endswith(".js") else ""
    own = {urljoin(name, other) for other in IMPORTED.findall(content)}
    return own.union(*(imported_by(other) for other in own))


def loaded_by(html):
    """The names of all files of the program that a page loads."""
    names = {path.removeprefix(root()) for path in LOADED.findall(html)}
    return names.union(*map(imported_by, names))


@pytest.fixture
def weight_of(app):
    """What the first look at a page takes on the wire, and its address."""

    @cache
    def weight_of_file(name):
        answer = app.test_client().get(root() + name, headers=GZIP)
        assert answer.status_code == 200, name
        return bytes_of(answer)

    def weight_of(client, path):
        answer = client.get(path, headers=FROM_OUR_PAGE, follow_redirects=True)
        assert (answer.status_code, answer.content_encoding) == (200, "gzip"), path
        loaded = loaded_by(gzip.decompress(answer.data).decode())
        return bytes_of(answer) + sum(map(weight_of_file, loaded)), answer.request.path

    return weight_of


# --- What pages weigh ---


def test_everybody_s_first_page_and_a_card_s_are_light(cast, client_of, weight_of):
    """Over 400 kbit/s the first of them all is there in two seconds."""
    cast.earn(cast.worker, 1000)
    weights, of_each_role = {}, {role: username for username, _name, role, _area in SIGN_INS}
    for username in ["worker", *of_each_role.values()]:
        weight, where = weight_of(client_of(cast.user(username)), "/")
        weights[f"{username} at {where}"] = weight
    assert {who: weight for who, weight in weights.items() if weight >= MOST_BYTES} == {}
    assert weight_of(client_of(None), f"/c/{cast.card.token}")[0] < MOST_BYTES_OF_A_CARD


# --- The files ---


@pytest.fixture
def sheet(plain_app):
    """The address of the stylesheet, as pages have it."""
    with plain_app.test_request_context():
        return url_for("static", filename="aixin.css")


def test_a_file_is_kept_for_a_year_under_the_address_of_its_version(client_of, sheet):
    client, content = client_of(None), (assets.STATIC / "aixin.css").read_bytes()
    for path, kept in {
        sheet: "public, max-age=31536000, immutable",
        "/static/v/ofanolderone/aixin.css": "public, no-cache",
        "/static/aixin.css": "public, no-cache",
    }.items():
        plain, small = client.get(path), client.get(path, headers=GZIP)
        assert (plain.data, gzip.decompress(small.data)) == (content, content)
        assert (plain.content_encoding, small.content_encoding) == (None, "gzip")
        for answer in (plain, small):
            assert answer.headers["Cache-Control"] == kept
            assert (answer.mimetype, list(answer.vary)) == ("text/css", ["Accept-Encoding"])
        assert plain.get_etag() != small.get_etag()


def test_a_file_is_asked_for_anew_and_in_parts(client_of, sheet):
    client = client_of(None)
    for headers in (GZIP, {}):
        whole = client.get(sheet, headers=headers)
        tag = whole.headers["ETag"]
        same = client.get(sheet, headers=headers | {"If-None-Match": tag})
        assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", tag)
        assert same.headers["Cache-Control"] == whole.headers["Cache-Control"]
        head = client.head(sheet, headers=headers)
        assert (head.status_code, head.data, head.content_length) == (200, b"", len(whole.data))
        part = client.get(sheet, headers=headers | {"Range": "bytes=100-199", "If-Range": tag})
        assert (part.status_code, part.data) == (206, whole.data[100:200])
        assert part.headers["Content-Range"] == f"bytes 100-199/{len(whole.data)}"
        beyond = client.get(sheet, headers=headers | {"Range": "bytes=999999-"})
        assert beyond.status_code == 416


@pytest.mark.parametrize("taken", ["identity", "br", "gzip;q=0, identity"])
def test_who_takes_no_gzip_gets_it_as_it_is(client_of, sheet, taken):
    assert client_of(None).get(sheet, headers={"Accept-Encoding": taken}).content_encoding is None


def test_every_file_that_is_named_is_there():
    """In templates, scripts, and the manifest; scripts name each other by where they lie."""
    named = {worker.SCRIPT}
    for template in assets.TEMPLATES.rglob("*.html"):
        named |= set(re.findall(r"url_for\('static', filename='([^']+)'\)", template.read_text()))
    for name, asset in all_assets().items():
        if name.endswith(".js"):
            content = asset.content.decode()
            others = IMPORTED.findall(content) + IMPORTED_WHEN_NEEDED.findall(content)
            assert all(other.startswith(".") for other in others), name
            named |= {urljoin(name, other) for other in others}
    icons = json.loads(all_assets()["app.webmanifest"].content)["icons"]
    named |= {icon["src"] for icon in icons}
    assert named == all_assets().keys()


def test_the_service_worker_is_told_of_every_file_and_no_cache_keeps_that(client_of):
    """Its name is that of the release, so browsers find the next one; it weighs little, all in all."""
    client = client_of(None)
    answer = client.get("/worker.js")
    told, begins = answer.text.removeprefix("self.RELEASE = ").split(";\n")[:2]
    assert json.loads(told) == {"version": current_version(), "root": root(), "files": list(all_assets())}
    assert begins == f'importScripts("{root()}offline/worker.js")'
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/javascript", "public, no-cache")
    assert ("Set-Cookie" in answer.headers, "default-src" in answer.headers["Content-Security-Policy"]) == (
        False,
        True,
    )
    assert sum(len(file.gzipped or file.content) for file in all_assets().values()) < MOST_BYTES_OF_ALL


def test_the_version_changes_with_any_file(monkeypatch):
    before, one = current_version(), all_assets()
    assert assets.current_version.__wrapped__() == before
    changed = one | {"narrow.js": assets.Asset.of("narrow.js", one["narrow.js"].content + b" ")}
    monkeypatch.setattr(assets, "all_assets", lambda: changed)
    assert assets.current_version.__wrapped__() != before


def test_a_file_is_the_same_for_everybody(cast, client_of, sheet):
    """With a session in its head any cache on the way would hand it to the next one."""
    client = client_of(cast.clerk)
    assert "Set-Cookie" in client.get("/sign-in").headers
    answer = client.get(sheet)
    assert ("Set-Cookie" in answer.headers, list(answer.vary)) == (False, ["Accept-Encoding"])


# --- On a telephone ---


def test_it_can_be_installed_and_opens_where_each_role_begins(client_of, cast):
    client = client_of(cast.worker_user)
    page = client.get("/", follow_redirects=True).text
    address = re.findall(r'<link rel="manifest" href="([^"]+)"', page)[0]
    told = json.loads(client.get(address).data)
    assert {urljoin(address, told[name]) for name in ("start_url", "scope")} == {"/"}
    assert (told["name"], told["display"]) == ("爱心", "standalone")
    assert f'<meta name="theme-color" content="{told["theme_color"]}">' in page
    for icon in told["icons"]:
        answer = client.get(urljoin(address, icon["src"]))
        picture = Image.open(answer.get_data() and assets.STATIC / icon["src"])
        assert (answer.mimetype, f"{picture.width}x{picture.height}") == (icon["type"], icon["sizes"])
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in told["icons"]}
    assert "maskable" in {icon.get("purpose") for icon in told["icons"]}


def test_the_icons_are_those_of_the_mark():
    """`make icons` draws them."""
    made = runpy.run_path(str(ROOT / "docs/pictures/icons.py"))
    for name, how in made["ICONS"].items():
        kept = Image.open(assets.STATIC / f"icons/{name}.png").convert("RGBA")
        difference = ImageChops.difference(kept, made["drawn"](*how).convert("RGBA"))
        assert max(high for _low, high in difference.getextrema()) < 16, name
    assert {f"icons/{name}.png" for name in made["ICONS"]} == {
        name for name in all_assets() if name.endswith(".png")
    }


# --- Of Bootstrap what is used ---


def test_whose_classes_are_all_used_loses_nothing():
    whole = assets.whole_bootstrap()
    all_used = styles.used_rules(whole, styles.words_in(whole))
    assert all_used == whole.removeprefix(styles.CHARSET).partition("\n/*# source")[0]


def test_a_rule_goes_with_its_class():
    css = (
        '@charset "UTF-8";/*! 1.0 (a.b) */:root,[data-bs-theme=light]{--a:1}p:not(.b) a,.c>p{color:red}'
        ".a.b,.b:not(.c,.d),.a+.c{top:0}@media (min-width:1px){.b{top:1px}.d{top:2px}}"
        "@media print{.d{top:3px}}@keyframes b{to{top:0}}@keyframes d{to{top:0}}"
    )
    assert styles.used_rules(css, {"a", "b"}) == (
        "/*! 1.0 (a.b) */:root{--a:1}p:not(.b) a{color:red}"
        ".a.b,.b:not(.c,.d){top:0}@media (min-width:1px){.b{top:1px}}@keyframes b{to{top:0}}"
    )


# --- What is not compressed ---


def test_what_somebody_else_may_have_chosen_is_not_compressed(cast, client_of):
    """A link on another site, with a guess in it, opens a page that says the guess beside what is secret."""
    client, guess = client_of(cast.clerk), "?q=12000005678"
    people = f"/v/{VILLAGE}/people"
    for path, asked, encoding in (
        (people, FROM_A_LINK, "gzip"),  # the same for whoever linked it
        (people, GZIP, "gzip"),
        (people + guess, FROM_A_LINK, None),
        (people + guess, GZIP, None),  # an old browser, which doesn't say
        (people + guess, FROM_OUR_PAGE, "gzip"),
        (people + guess, GZIP | {"Sec-Fetch-Site": "none"}, "gzip"),  # typed by who sits there
        ("/12000005678", FROM_A_LINK, None),
        (f"/a/{COUNTY}/audit", FROM_A_LINK, None),
        (people, {}, None),
    ):
        answer = client.get(path, headers=asked)
        assert answer.content_encoding == encoding, (path, asked)
        assert "Accept-Encoding" in answer.vary


def test_a_new_secret_is_not_compressed(plain_app):
    page = compression.Response("x" * 5000, mimetype="text/html")
    with plain_app.test_request_context(headers=FROM_OUR_PAGE):
        g.shows_secret = True
        assert compression.compress(page).content_encoding is None
        del g.shows_secret
        assert compression.compress(page).content_encoding == "gzip"


def test_what_is_no_text_or_short_goes_as_it_is(cast, client_of):
    client = client_of(cast.township_user)
    for path in ("/guides/township.pdf", f"/a/{TOWNSHIP}/alarms"):
        answer = client.get(path, headers=FROM_OUR_PAGE)
        assert (answer.status_code, answer.content_encoding) == (200, None), path
    document = client.get("/api/v1/openapi.json", headers=GZIP)
    assert json.loads(gzip.decompress(document.data)) == client.get("/api/v1/openapi.json").json
