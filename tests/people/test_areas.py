"""The county's list: all of a file is loaded or nothing, and each bad line is named by its number."""

import re
from pathlib import Path

import pytest
from sqlalchemy import func, select

from ground.db import db, transaction
from ground.refusal import Refused
from people import areas
from people.models import Area, Level

LIST = Path(__file__).parents[2] / "data/areas-532323.csv"
HEADER = "code,level,name,parent_code\n"
COUNTY = "532323,county,牟定县,5323\n"
TOWNSHIP = "532323101,township,共和镇,532323\n"
VILLAGE = "532323101201,village,清河村委会,532323101\n"


def load(text):
    data = text if isinstance(text, bytes) else text.encode()
    with transaction():
        return areas.import_areas(data)


def count(level=None):
    query = select(func.count()).select_from(Area)
    return db.session.scalar(query.where(Area.level == level) if level else query)


def named(refusal):
    """The numbers of the lines that a refusal names, in whatever language: the first number of each."""
    return [int(re.search(r"\d+", line).group()) for line in str(refusal.value.message).splitlines()]


@pytest.fixture
def before(app):
    return {level: count(level) for level in Level}


def test_the_county_of_the_mission(before):
    assert load(LIST.read_bytes()) == 97
    added = {level: count(level) - before[level] for level in Level}
    assert (added[Level.COUNTY], added[Level.TOWNSHIP]) == (1, 7)
    assert added[Level.VILLAGE] + added[Level.COMMUNITY] == 89
    county = areas.by_code("532323")
    assert (county.code, county.name) == ("532323000000", "牟定县")
    assert len(areas.villages_in(county)) == 89
    assert all(village.parent.parent.id == county.id for village in areas.villages_in(county))


def test_the_same_file_again_adds_nothing(app):
    load(LIST.read_bytes())
    assert load(LIST.read_bytes()) == 0
    assert load(LIST.read_bytes() + "532323101999,village,新村,532323101\n".encode()) == 1


def test_columns_that_a_spreadsheet_writes_behind_are_no_harm(app):
    lines = [HEADER, COUNTY, TOWNSHIP, VILLAGE]
    assert load("".join(f"{line.rstrip()},,\n" for line in lines)) == 3
    with pytest.raises(Refused, match="bad_lines") as refusal:
        load(f"{HEADER.rstrip()},\n{COUNTY.rstrip()},x\n")
    assert named(refusal) == [2]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_files_as_offices_have_them(app, encoding, ends):
    text = (HEADER + COUNTY + TOWNSHIP + VILLAGE).replace("\n", ends)
    assert load(text.encode(encoding)) == 3
    assert areas.by_code("532323101201").name == "清河村委会"


def test_full_codes_and_spaces_around_cells(app):
    assert load(HEADER + " 532323000000 , county , 牟定县 , 5323\n" + TOWNSHIP) == 2


BAD_LINES = {
    "a code too short": "53232310120,village,村,532323101",
    "a code too long": "5323231012011,village,村,532323101",
    "a letter in the code": "53232310120O,village,村,532323101",
    "full-width digits": "５３２３２３１０１２０１,village,村,532323101",
    "a village with a township's code": "532323101000,village,村,532323101",
    "a township with a village's code": "532323101201,township,镇,532323",
    "an unknown level": "532323101201,hamlet,村,532323101",
    "no name": "532323101201,village,,532323101",
    "a name of 101 characters": f"532323101201,village,{'村' * 101},532323101",
    "an unknown parent": "532323109201,village,村,532323109",
    "no parent": "532323101201,village,村,",
    "a parent it does not lie below": "532323201201,village,村,532323101",
    "a village below the county": "532323101201,village,村,532323",
    "too many cells": "532323101201,village,村,532323101,1",
    "too few cells": "532323101201,village",
    "another name for what is known": "532323101,township,别的镇,532323",
}


@pytest.mark.parametrize("line", BAD_LINES.values(), ids=BAD_LINES)
def test_a_bad_line_is_named_and_nothing_is_loaded(app, before, line):
    load(HEADER + COUNTY + TOWNSHIP)
    with pytest.raises(Refused, match="bad_lines") as refusal:
        load(HEADER + "532323101202,village,好村,532323101\n" + line + "\n")
    assert named(refusal) == [3]
    assert (count(), areas.by_code("532323101202")) == (sum(before.values()) + 2, None)


def test_every_bad_line_is_named(app):
    with pytest.raises(Refused) as refusal:
        load(HEADER + COUNTY + "1,township,镇,532323\n" + TOWNSHIP + "2,village,村,532323101\n")
    assert named(refusal) == [3, 5]


def test_a_code_twice_in_a_file(app):
    with pytest.raises(Refused, match="bad_lines") as refusal:
        load(HEADER + COUNTY + TOWNSHIP + TOWNSHIP)
    assert named(refusal) == [4]
    assert re.findall(r"\d+", str(refusal.value.message))[-1] == "3"  # where it stands already
    assert areas.by_code("532323") is None


@pytest.mark.parametrize(
    "header",
    ["", "code,level,name\n", "name,code,level,parent_code\n", "code;level;name;parent_code\n", COUNTY],
)
def test_a_wrong_header(app, header):
    with pytest.raises(Refused, match="bad_header"):
        load(header + COUNTY)


@pytest.mark.parametrize(
    "data", [b"\xff\xfe\x00\x01", (HEADER + COUNTY).encode("utf-32"), b"PK\x03\x04\xff\xff"]
)
def test_a_file_that_is_no_text(app, data):
    with pytest.raises(Refused, match=r"unreadable_file|bad_header"):
        load(data)


def test_a_file_with_an_old_mac_s_line_ends(app):
    assert load((HEADER + COUNTY + TOWNSHIP).replace("\n", "\r")) == 2


def test_a_quotation_mark_that_is_never_closed(app):
    with pytest.raises(Refused, match="bad_lines") as refusal:
        load(HEADER + COUNTY + '"' + "长" * 200_000)
    assert named(refusal) == [3]


@pytest.fixture
def run(app, tmp_path):
    def run(text):
        file = tmp_path / "areas.csv"
        file.write_bytes(text.encode())
        return app.test_cli_runner().invoke(args=["areas", "import", str(file)])

    return run


def test_the_command(app, run):
    loaded = run(HEADER + COUNTY + TOWNSHIP)
    assert (loaded.exit_code, loaded.output) == (0, "2 areas added\n")
    refused = run(HEADER + "532323102,township,新桥镇,532323\n" + "1,township,镇,532323\n")
    assert refused.exit_code == 1
    assert isinstance(refused.exception, SystemExit)
    assert "3" in refused.output
    assert areas.by_code("532323102") is None


def test_the_command_without_its_file(app):
    assert app.test_cli_runner().invoke(args=["areas", "import", "/nowhere.csv"]).exit_code == 2


def test_what_an_area_covers(cast):
    assert cast.county.covers(cast.village)
    assert cast.township.covers(cast.village)
    assert cast.village.covers(cast.village)
    assert not cast.township.covers(cast.far_village)
    assert not cast.village.covers(cast.next_village)
    assert not cast.village.covers(cast.township)
    assert [village.name for village in areas.villages_in(cast.township)] == ["柳树村", "桥头社区"]
