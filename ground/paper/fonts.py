"""The Chinese fonts for PDFs.

reportlab wants static TrueType outlines; Noto Sans SC comes as one variable font. Its Regular and Bold
are cut from it once and kept in a folder. Rare characters of names come from Hanazono (Debian:
fonts-hanazono), where the machine has it.
"""

import os
from collections.abc import Container
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from multiprocessing import get_context
from pathlib import Path
from threading import Lock

from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont

from ground.computer import places

REGULAR, BOLD = "NotoSansSC-Regular", "NotoSansSC-Bold"
WEIGHTS = {REGULAR: 400, BOLD: 700}
RARE = ("HanaMinA", "HanaMinB")

_SOURCE = "fonts/ofl/notosanssc/NotoSansSC[wght].ttf"
_SYSTEM = Path("/usr/share/fonts/truetype/hanazono")
# Layout tables that reportlab never reads; without them the cut is quicker and the file smaller.
_UNUSED = ("GSUB", "GPOS", "GDEF", "BASE", "VVAR", "vhea", "vmtx")

_making_lock = Lock()
_registering_lock = Lock()


@dataclass(frozen=True)
class Face:
    """A font that reportlab knows by its name, and the characters (code points) it can draw."""

    name: str
    characters: Container[int]


def folder() -> Path:
    """The folder of the cut fonts: AIXIN_FONTS, or `fonts` in the program's own folder."""
    configured = os.environ.get("AIXIN_FONTS")
    return Path(configured) if configured else places.own_folder() / "fonts"


def fonts_exist() -> bool:
    """Whether Regular and Bold are cut already, so that no document has to wait for them."""
    return not _missing_fonts()


def _missing_fonts() -> list[Path]:
    return [target for name in WEIGHTS if not (target := _cut_file(name)).exists()]


def make_fonts() -> None:
    """Cut Regular and Bold if they are not there yet: about 20 seconds on two cores, once."""
    with _making_lock:
        missing = _missing_fonts()
        if not missing:
            return
        folder().mkdir(parents=True, exist_ok=True)
        with ProcessPoolExecutor(len(missing), mp_context=get_context("spawn")) as pool:
            list(pool.map(_cut, missing))


def register() -> tuple[Face, Face]:
    """Regular and Bold, cut if they are missing, and read once in the life of a process."""
    with _registering_lock:
        return _noto()


def rare_faces() -> tuple[Face, ...]:
    """The fonts for rare characters that this machine has; read only when a text needs them."""
    with _registering_lock:
        return _hanazono()


def face_of(char: str, bold: bool = False) -> str | None:
    """The name of the first font that has the character; None if none has."""
    code, noto = ord(char), register()[bold]
    if code in noto.characters:
        return noto.name
    return next((face.name for face in rare_faces() if code in face.characters), None)


@cache
def _noto() -> tuple[Face, Face]:
    make_fonts()
    return _load(REGULAR, _cut_file(REGULAR)), _load(BOLD, _cut_file(BOLD))


@cache
def _hanazono() -> tuple[Face, ...]:
    places = [place / f"{name}.ttf" for name in RARE for place in (_SYSTEM, folder())]
    paths = {path.stem: path for path in places if path.exists()}
    return tuple(_load(name, path) for name, path in paths.items())


def _load(name: str, path: Path) -> Face:
    # Else each paper holds the outlines and widths of all ASCII, whether it is on it or not.
    font = TTFont(name, path, asciiReadable=False)
    registerFont(font)
    return Face(name, font.face.charToGlyph)


def _cut_file(name: str) -> Path:
    return folder() / f"{name}.ttf"


def _cut(target: Path) -> None:
    """Cut one weight beside its target and rename it, so that no one ever reads half a file."""
    # Done once on a machine; to load what can do it takes a sixth of each start of the program.
    from fontTools.ttLib import TTFont as Outlines
    from fontTools.varLib.instancer import instantiateVariableFont

    unfinished = target.with_suffix(f".{os.getpid()}")
    with as_file(files("justmytype_intl_cjk") / _SOURCE) as source:
        font = Outlines(source)
        for table in _UNUSED:
            if table in font:
                del font[table]
        # The names must differ too: reportlab files the embedded subsets under the PostScript name.
        instantiateVariableFont(font, {"wght": WEIGHTS[target.stem]}, inplace=True, updateFontNames=True)
        try:
            font.save(unfinished)
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
