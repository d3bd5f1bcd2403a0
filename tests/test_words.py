"""Words on pages: those a neighbour would use; and a green tick only where something was done."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.cast import VILLAGE

CATALOGUE = Path(__file__).parent.parent / "translations/zh/LC_MESSAGES/messages.po"
# What only who wrote the program would say.
OURS_ALONE = re.compile("链头|种子|命令行|令牌|哈希|散列|字段|数据库|空指针|flask|必填|有效值")
HERE = f"/v/{VILLAGE}"


def test_no_page_speaks_as_its_programmers_do():
    with CATALOGUE.open("rb") as file:
        said = [text for message in read_po(file) if message.id for text in texts(message.string)]
    assert len(said) > 1000
    assert [text for text in said if OURS_ALONE.search(text)] == []


def texts(string):
    return [string] if isinstance(string, str) else list(string)


# What is counted, in the plural; and how the messages begin in which there are always several.
COUNTED = (
    "days|files|grids|households|items|kinds|members|people|records|rows|things|times|units|words|workers"
)
PLURAL = re.compile(rf"(?:%\(\w+\)[sd]|\{{\}}) (?:more |working |kinds of )?(?:{COUNTED})\b")
ALWAYS_SEVERAL = (
    *("%(n)s of %(grids)s grids", "%(n)s times (", "A name opens its line", "Anyone may.", "Ends within"),
    *("Every grid has", "Expires within", "More than %(n)s units", "Nothing runs low", "Only if the village"),
    *("Points are kept for 1 to", "The file is too large", "The worker reads it at once", "This list has"),
    "{} things",
)


def test_a_count_of_one_is_no_plural():
    """In English: where one can be counted, the message has a singular."""
    with CATALOGUE.open("rb") as file:
        plain = [message.id for message in read_po(file) if isinstance(message.id, str)]
    counting = {text for text in plain if PLURAL.search(text)}
    assert {text for text in counting if not text.startswith(ALWAYS_SEVERAL)} == set()
    assert len(counting) == len(ALWAYS_SEVERAL)


# Buttons that do something for all who need it, pressed where nobody does.
NOTHING_TO_DO = (
    ("chair", f"{HERE}/cards/issue", f"{HERE}/cards"),
    ("chair", f"{HERE}/leaving/settle", f"{HERE}/leaving"),
    ("manager", f"{HERE}/goods/codes", f"{HERE}/goods"),
    ("far_township_user", "/a/539900102000/quarters/2026Q4/open", "/a/539900102000/quarters/2026Q4"),
)


@pytest.mark.parametrize(("username", "path", "lands_on"), NOTHING_TO_DO)
def test_what_was_not_done_stands_under_no_green_tick(cast, client_of, username, path, lands_on):
    client = client_of(cast.user(username))
    for _twice in range(2):  # what there was to do is done by then
        answer = client.post(path)
        assert (answer.status_code, answer.location) == (302, lands_on), answer.text
        page = client.get(lands_on).text
    told = re.findall('<p class="note (note-[a-z]+)" role="status">([^<]+)</p>', page)
    assert [kind for kind, _text in told] == ["note-look"], told
