"""The program's own files: scripts, styles and icons, made ready once and kept by browsers for a year.

All are below one address that has a digest of them all in it. So scripts find each other as they lie, a page
and its scripts are of one release, and whoever comes back loads nothing again until the program changes.
"""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any

from flask import Flask, abort, request
from werkzeug.wrappers import Response

from ground.computer.places import ROOT
from ground.wire.compression import gzipped, takes_gzip
from ground.wire.styles import used_rules, words_in

STATIC, TEMPLATES = ROOT / "static", ROOT / "templates"
BUILT = ROOT / "build" / "static"  # by `make reader`; in a wheel it is in STATIC

# The kinds of files that are served, by the end of their name; no other is.
KINDS = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
}
YEAR_SECONDS = 365 * 86400

# What reads codes where the browser cannot by itself: our script, and what it needs of zxing-wasm. They are
# 1 MB, compressed 0.43, which only who opens the camera loads. Where one is missing the server reads.
READER_SCRIPT = "scanning/pictureworker.js"
READER = (READER_SCRIPT, "zxing/share.js", "zxing/reader/index.js", "zxing/reader/zxing_reader.wasm")
# A thread of a browser keeps to the policy that its script came with: WebAssembly runs there, and on no page.
READER_POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Asset:
    """A file as it is sent; `gzipped` is its content compressed, or nothing where that is no smaller."""

    content: bytes
    gzipped: bytes
    media_type: str
    digest: str

    @classmethod
    def of(cls, name: str, content: bytes) -> "Asset":
        """The file, compressed."""
        smaller = gzipped(content)
        return cls(
            content,
            smaller if len(smaller) < len(content) else b"",
            KINDS[Path(name).suffix],
            sha256(content).hexdigest()[:16],
        )


@cache
def all_assets() -> dict[str, Asset]:
    """All files by their names, as the pages name them; read and compressed once in the life of a process."""
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for folder in (STATIC, BUILT)
        for path in sorted(folder.rglob("*"))
        if path.suffix in KINDS
    }
    if not found.keys() >= {*READER}:
        found = {name: content for name, content in found.items() if name not in READER}
    found["bootstrap.css"] = _used_bootstrap().encode()
    return {name: Asset.of(name, content) for name, content in found.items()}


def reader_files() -> list[str]:
    """The names of the files that read codes in a browser, its thread's script first; or none."""
    return [name for name in READER if name in all_assets()]


def everyday_files() -> list[str]:
    """The names of all files but those that read codes: these are large, and few need them."""
    return [name for name in all_assets() if name not in READER]


def _used_bootstrap() -> str:
    """What templates and scripts use of Bootstrap's stylesheet."""
    sources = [*TEMPLATES.rglob("*.html"), *STATIC.rglob("*.js")]
    words = set[str]().union(*(words_in(path.read_text("utf-8")) for path in sources))
    return used_rules(whole_bootstrap(), words)


def whole_bootstrap() -> str:
    """The whole stylesheet, as Bootstrap-Flask brings it."""
    file = resources.files("flask_bootstrap") / "static/bootstrap5/css/bootstrap.min.css"
    return file.read_text("utf-8")


@cache
def current_version() -> str:
    """A digest of all files, by which browsers know whether they have them."""
    digests = "".join(f"{name} {asset.digest}\n" for name, asset in all_assets().items())
    return sha256(digests.encode()).hexdigest()[:12]


def send_asset(filename: str, version: str | None = None) -> Response:
    """A file as it is now, whatever version was asked for; only that of now is kept without asking again."""
    asset = all_assets().get(filename) or abort(404)
    is_gzipped = bool(asset.gzipped) and takes_gzip(request)
    content = asset.gzipped if is_gzipped else asset.content
    response = Response(content, mimetype=asset.media_type)
    response.set_etag(f"{asset.digest}-gzip" if is_gzipped else asset.digest)
    if is_gzipped:
        response.content_encoding = "gzip"
    if asset.gzipped:
        response.vary.add("Accept-Encoding")
    if filename == READER_SCRIPT:
        response.headers["Content-Security-Policy"] = READER_POLICY
    response.cache_control.public = True
    if version == current_version():
        response.cache_control.max_age = YEAR_SECONDS
        response.cache_control.immutable = True
    else:
        response.cache_control.no_cache = True
    return response.make_conditional(request, accept_ranges=True, complete_length=len(content))


def init_app(app: Flask) -> None:
    """Serve the files: `url_for("static", filename=...)` is their address, with the version in it."""

    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values.setdefault("version", current_version())

    app.add_url_rule("/static/<path:filename>", "static", send_asset)
    app.add_url_rule("/static/v/<version>/<path:filename>", "static", send_asset)
    app.url_defaults(add_version)
    app.add_template_global(reader_files, "reader_files")
