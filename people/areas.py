"""Areas: a county's list of townships, villages and communities under their official codes."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask_babel import lazy_gettext as _
from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from ground import names, tables
from ground.computer.places import ROOT
from ground.db import Prepared, db
from ground.refusal import Refused
from people import audit
from people.models import CODE_DIGITS, VILLAGE_LEVELS, Area, Level, User

COUNTY_FILE = ROOT / "data" / "areas-532323.csv"  # the list of 牟定县, which comes with the program

LISTED = {str(level): level for level in Level if level != Level.PREFECTURE}
COLUMNS = ["code", "level", "name", "parent_code"]
PARENT_LEVELS = {
    Level.TOWNSHIP: {Level.COUNTY},
    Level.VILLAGE: {Level.TOWNSHIP},
    Level.COMMUNITY: {Level.TOWNSHIP},
}


def import_areas(data: bytes, actor: User | None = None) -> int:
    """Load a county's list; return how many areas are new.

    An area that is already there with the same name is left; nothing of the file is loaded when a line is
    bad. Refused as `read_list`.
    """
    return add_areas(read_list(data, db.session.scalars(select(Area)).all()), actor)


def read_list(data: bytes, known: Iterable[Area] = ()) -> list[Area]:
    """The areas of a county's list (columns code, level, name, parent_code) that are new, parents first.

    Codes are the official ones (统计用区划代码): 12 digits, or without their closing zeros. Nothing is
    written.
    Refused `unreadable_file`, `bad_header`, `bad_lines` (its message names each bad line by number).
    """
    areas_by_code = {area.code: area for area in known}
    new: list[Area] = []
    problems: list[str] = []
    line_by_code: dict[str, int] = {}
    for number, line in _lines(tables.decode(data)):
        try:
            area = _read_area(line, areas_by_code)
            if area.code in line_by_code:
                raise Refused(
                    "duplicate",
                    _("%(code)s is already on line %(line)s", code=area.code, line=line_by_code[area.code]),
                )
            line_by_code[area.code] = number
            if _is_new(area, areas_by_code.get(area.code)):
                areas_by_code[area.code] = area
                new.append(area)
        except Refused as refusal:
            problems.append(str(_("line %(line)s: %(reason)s", line=number, reason=refusal.message)))
    if problems:
        raise Refused("bad_lines", "\n".join(problems))
    return new


def add_areas(listed: Sequence[Area], actor: User | None = None) -> int:
    """Add the areas of a list, parents first; return how many they are."""
    db.session.add_all(listed)
    db.session.flush()
    if listed:
        audit.note(actor, "areas.import", listed[0], listed[0], added=len(listed))
    return len(listed)


def _lines(text: str) -> list[tuple[int, dict[str, str | None]]]:
    """The lines below the header with their numbers, with any kind of line end."""
    reader = csv.DictReader(io.StringIO(text, newline=None))
    try:
        names_there = [name.strip() for name in reader.fieldnames or []]
        blanks = len(names_there) - len(COLUMNS)  # that a spreadsheet writes behind
        if names_there[: len(COLUMNS)] != COLUMNS or any(names_there[len(COLUMNS) :]):
            raise Refused("bad_header", _("The first line must be: %(columns)s", columns=",".join(COLUMNS)))
        reader.fieldnames = [*COLUMNS, *(f"blank {number}" for number in range(blanks))]
        return [(reader.line_num, line) for line in reader]
    except csv.Error as error:
        reason = _("line %(line)s: %(reason)s", line=reader.line_num + 1, reason=error)
        raise Refused("bad_lines", reason) from error


def _read_area(line: dict[str, str | None], areas_by_code: dict[str, Area]) -> Area:
    """One line as an area with its parent, or Refused with the reason."""
    cells = {name: (line.get(name) or "").strip() for name in COLUMNS}
    if None in line or any((text or "").strip() for name, text in line.items() if name not in COLUMNS):
        raise Refused("too_many_cells", _("there are more than four cells"))
    try:
        level = LISTED[cells["level"]]
    except KeyError:
        raise Refused("bad_level", _("the level “%(level)s” is not known", level=cells["level"])) from None
    code = _full_code(cells["code"], level)
    name = _checked_name(cells["name"])
    if level is Level.COUNTY:
        return Area(code=code, level=level, name=name)
    parent = areas_by_code.get(cells["parent_code"].ljust(12, "0"))
    if parent is None or parent.level not in PARENT_LEVELS[level]:
        raise Refused(
            "unknown_parent",
            _("the parent %(code)s is not on a line above", code=cells["parent_code"] or "–"),
        )
    if not parent.covers(Area(code=code, level=level)):
        raise Refused(
            "foreign_parent",
            _("%(code)s does not lie below %(parent)s", code=code, parent=cells["parent_code"]),
        )
    return Area(code=code, level=level, name=name, parent=parent)


def _checked_name(name: str) -> str:
    if not 1 <= len(name) <= 100:
        raise Refused("bad_name", _("the name must have 1 to 100 characters"))
    return name


def _full_code(code: str, level: Level) -> str:
    """The 12-digit form of a code. In the file it may lack its closing zeros, but no other digit."""
    digits = CODE_DIGITS[level]
    full = code.ljust(12, "0") if len(code) == digits else code
    well_formed = full.isascii() and full.isdecimal() and len(full) == 12 and set(full[digits:]) <= {"0"}
    own_part = full[CODE_DIGITS[Level.TOWNSHIP] if digits == 12 else max(digits - 3, 2) : digits]
    if not well_formed or not own_part.strip("0"):
        raise Refused("bad_code", _("“%(code)s” is not a 12-digit code of its level", code=code))
    return full


def _is_new(area: Area, existing: Area | None) -> bool:
    if existing is None:
        return True
    if existing.level != area.level or not names.same(existing.name, area.name):
        raise Refused(
            "changed", _("%(code)s is already known as %(name)s", code=area.code, name=existing.name)
        )
    return False


def villages_in(area: Area) -> Sequence[Area]:
    """The villages and communities in an area, with their parents, by code; a village is in itself."""
    return db.session.scalars(
        select(Area)
        .options(joinedload(Area.parent))
        .where(Area.code.startswith(area.stem), Area.level.in_(VILLAGE_LEVELS))
        .order_by(Area.code)
    ).all()


def add_prefecture(code: str, name: str) -> Area:
    """Begin in an empty database with a prefecture, by its code of four digits.

    Refused `not_empty` where there is a place already, `bad_code`, `bad_name`.
    """
    if db.session.scalar(select(Area.id).limit(1)):
        raise Refused(
            "not_empty", _("There are places here already: a prefecture has a database of its own.")
        )
    return _add_known(_full_code(code, Level.PREFECTURE), Level.PREFECTURE, name, None)


def add_county(code: str, name: str, prefecture: Area) -> Area:
    """Write down a county of a prefecture by its code and name, if it is not there.

    Refused `foreign_parent` for one that lies elsewhere, `changed` for one that is there by another name,
    `bad_code`, `bad_name`.
    """
    county = Area(code=_full_code(code, Level.COUNTY), level=Level.COUNTY, name=names.tidy(name))
    if not prefecture.covers(county):
        raise Refused(
            "foreign_parent", _("%(code)s does not lie below %(parent)s", code=code, parent=prefecture.code)
        )
    found = by_code(county.code)
    if found is not None and not _is_new(county, found):
        return found
    return _add_known(county.code, county.level, county.name, prefecture)


def _add_known(code: str, level: Level, name: str, parent: Area | None) -> Area:
    """Add one place that is in no list."""
    area = Area(code=code, level=level, name=_checked_name(name), parent=parent)
    add_areas([area])
    return area


def prefecture() -> Area | None:
    """The prefecture whose database this is; None in a county's."""
    return db.session.scalar(select(Area).where(Area.level == Level.PREFECTURE))


def counties() -> Sequence[Area]:
    """The counties in this database, by code."""
    return db.session.scalars(select(Area).where(Area.level == Level.COUNTY).order_by(Area.code)).all()


_BY_CODE = Prepared(select(Area).where(Area.code == bindparam("code")))


def by_code(code: str) -> Area | None:
    """The area with this 12-digit code (closing zeros may be left out), or None."""
    found = _BY_CODE.first(code=code.ljust(12, "0"))
    return found and found.Area


def county() -> Area | None:
    """The county, if there is exactly one; otherwise None."""
    found = counties()
    return found[0] if len(found) == 1 else None


def county_of(area: Area) -> Area | None:
    """The county that an area lies in, or is; None outside any."""
    ancestor: Area | None = area
    while ancestor is not None and ancestor.level != Level.COUNTY:
        ancestor = ancestor.parent
    return ancestor
