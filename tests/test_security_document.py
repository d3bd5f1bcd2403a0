"""The document on security names every requirement once, and no test that is not there."""

import re
from collections import Counter

from tests.test_rules import ROOT

DOCUMENT = (ROOT / "docs/security.md").read_text()

# The levels of each section's requirements in the ASVS 5.0.0, in their order. Level 3 is not asked here.
LEVELS = {
    **{"1.1": "22", "1.2": "1111122223", "1.3": "112222222223", "1.4": "222", "1.5": "123"},
    **{"2.1": "122", "2.2": "112", "2.3": "12223", "2.4": "23"},
    **{
        "3.1": "3",
        "3.2": "113",
        "3.3": "12223",
        "3.4": "11222233",
        "3.5": "11122333",
        "3.6": "3",
        "3.7": "22333",
    },
    **{"4.1": "12233", "4.2": "23333", "4.3": "22", "4.4": "1222"},
    **{"5.1": "2", "5.2": "112333", "5.3": "113", "5.4": "222"},
    **{"6.1": "122", "6.2": "111111112222", "6.3": "11223333", "6.4": "112233", "6.5": "22222333"},
    **{"6.6": "2223", "6.7": "33", "6.8": "2222"},
    **{"7.1": "222", "7.2": "1111", "7.3": "22", "7.4": "11222", "7.5": "223", "7.6": "22"},
    **{"8.1": "1233", "8.2": "1123", "8.3": "133", "8.4": "23", "9.1": "111", "9.2": "1222"},
    **{"10.1": "22", "10.2": "223", "10.3": "22223", "10.4": "1111122222233333", "10.5": "22222"},
    **{"10.6": "22", "10.7": "222"},
    **{
        "11.1": "2233",
        "11.2": "22233",
        "11.3": "11233",
        "11.4": "1222",
        "11.5": "23",
        "11.6": "23",
        "11.7": "33",
    },
    **{"12.1": "12233", "12.2": "11", "12.3": "22223"},
    **{"13.1": "2333", "13.2": "222223", "13.3": "2233", "13.4": "1222233"},
    **{"14.1": "22", "14.2": "12223333", "14.3": "122"},
    **{"15.1": "12233", "15.2": "12233", "15.3": "1222222", "15.4": "3333"},
    **{"16.1": "2", "16.2": "22222", "16.3": "2222", "16.4": "222", "16.5": "2223"},
    **{"17.1": "23", "17.2": "22223333", "17.3": "22"},
}
ASKED = {
    f"{section}.{number}": level
    for section, levels in LEVELS.items()
    for number, level in enumerate(levels, 1)
    if level != "3"
}

# A row: one number, or the first and last of several; their levels, what, how far it is met, what shows it.
ROW = re.compile(
    r"^\| (\d+\.\d+)\.(\d+)(?:–\d+\.\d+\.(\d+))? \| ([12 ]+) \| .* \| (yes|part|no|–) \| (.+) \|$", re.M
)


def rows():
    """The rows with all their numbers."""
    for section, first, last, level, met, shown in ROW.findall(DOCUMENT):
        yield (
            [f"{section}.{number}" for number in range(int(first), int(last or first) + 1)],
            level,
            met,
            shown,
        )


def test_every_requirement_stands_once():
    assert (len(ASKED), Counter(ASKED.values())) == (253, {"1": 70, "2": 183})
    named = Counter(number for numbers, *_rest in rows() for number in numbers)
    assert named == Counter(list(ASKED))
    for numbers, level, _met, _shown in rows():
        assert {ASKED[number] for number in numbers} == set(level.split()), numbers


def test_how_much_is_met_is_counted():
    met = Counter()
    for numbers, _level, word, _shown in rows():
        met[word] += len(numbers)
    words = "Of the 253 requirements {yes} are met, {part} in part, {no} not, and {–} do not apply."
    assert words.format(**met) in DOCUMENT


def test_every_test_that_is_named_is_there():
    named = set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", DOCUMENT))
    assert len(named) > 100
    missing = {
        f"{file}::{name}"
        for file, name in named
        if not re.search(rf"^def {name}\(", (ROOT / file).read_text() if (ROOT / file).exists() else "", re.M)
    }
    assert missing == set()
    assert DOCUMENT.count("`tests/") == len(re.findall(r"`tests/[\w/]+\.py(?:::\w+)?`", DOCUMENT))


def test_every_file_that_is_named_is_there():
    named = set(
        re.findall(r"`((?:ground|people|points|duties|shop|templates)/[\w/.]+\.(?:py|html))", DOCUMENT)
    )
    named |= {f"docs/{file}" for file in re.findall(r"\]\((\w+\.md)\)", DOCUMENT)}
    assert [file for file in named if not (ROOT / file).exists()] == []
