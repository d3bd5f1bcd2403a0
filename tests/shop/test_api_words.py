"""docs/api.md says what is so: its examples are run, and its table has every code."""

import json
import re
import shlex
from pathlib import Path

from jsonschema_rs import Draft202012Validator

from ground.db.troubles import Trouble
from shop.api.document import CONTENT, DOCUMENT
from tests.shop import till as tills
from tests.shop.test_api import DOCUMENTED

PAGE = (Path(__file__).parents[2] / "docs/api.md").read_text()
# A command, the status of its answer, and the body, or that it is the same one as before.
EXAMPLE = re.compile(
    r"```sh\n(curl .*?)```\n\n(\d{3})(?:, and the same body|(?:(?!```).)*```json\n(.*?)```)", re.DOTALL
)
# What any address may answer, whatever was asked: the document of the addresses does not repeat it.
ANYWHERE = {
    (400, "unknown_host"),
    (405, "method_not_allowed"),
    *((503, code) for code in (*Trouble, "clock_back", "other_server")),
}
ROW = re.compile(r"^\| (`\w+`(?:, `\w+`)*) \| ([\d, ]+) \|", re.MULTILINE)


def asked(till, command):
    """What a till is answered that sends what the curl command would."""
    words = shlex.split(command.replace("\\\n", " "))
    path, options = words[1], dict(zip(words[2::2], words[3::2], strict=True))
    headers = dict(re.findall(r'-H "([\w-]+): ([^"]*)"', command))
    assert headers.pop("Authorization") == "Bearer $KEY"
    body = options.get("--json")
    more = {"data": body.encode(), "content_type": "application/json"} if body else {}
    return till.ask("POST" if body else "GET", path.removeprefix("$AT"), headers=headers, **more)


def plain(body):
    """An answer without what is made by chance."""
    return re.sub(r"\w+://[\w.]+/R/\w{16}", "", body)


def test_the_examples_are_what_the_program_says(cast, client_of):
    cast.earn(cast.worker, 1000)
    till = tills.at(client_of(None), cast.shop)
    examples = EXAMPLE.findall(PAGE)
    assert len(examples) == PAGE.count("\ncurl ") == 11
    before = ""
    for command, status, said in examples:
        answer = asked(till, command)
        told, before = answer.get_data(as_text=True), said or before
        assert answer.status_code == int(status), told
        assert json.loads(plain(told)) == json.loads(plain(before)), command


def test_the_table_has_every_code_with_its_statuses():
    told = {
        (int(status), code)
        for codes, statuses in ROW.findall(PAGE)
        for code in re.findall(r"\w+", codes)
        for status in statuses.split(", ")
    }
    assert told == DOCUMENTED | ANYWHERE


def test_whatever_is_sent_and_answered_has_an_example_that_fits():
    bodies = re.findall(
        r'"application/json": \{"schema": \{"\$ref": "#/components/schemas/(\w+)"', DOCUMENT.decode()
    )
    assert len(set(bodies)) == 8
    for name in {*bodies, "Problem"}:
        schema = CONTENT["components"]["schemas"][name]
        (example,) = schema["examples"]
        Draft202012Validator(tills.closed(schema), validate_formats=True).validate(example)
