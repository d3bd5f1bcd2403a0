"""docs/api.md says what is so: its examples are run, and its table has every code."""

import json
import re
import shlex
from pathlib import Path

from ground.db.troubles import Trouble
from tests.shop import till as tills
from tests.shop.test_api import DOCUMENTED

PAGE = (Path(__file__).parents[2] / "docs/api.md").read_text()
EXAMPLE = re.compile(r"```sh\n(curl .*?)```\n\n(\d{3}).*?```json\n(.*?)```", re.DOTALL)
# What any address may answer, whatever was asked: the document of the addresses does not repeat it.
ANYWHERE = {
    (400, "unknown_host"),
    (405, "method_not_allowed"),
    *((503, code) for code in (*Trouble, "clock_back", "other_server")),
}
ROW = re.compile(r"^\| `(\w+)` \| ([\d, ]+) \|", re.MULTILINE)


def asked(till, command):
    """What a till is answered that sends what the curl command would."""
    words = shlex.split(command.replace("\\\n", " "))
    path, options = words[1], dict(zip(words[2::2], words[3::2], strict=True))
    headers = dict(re.findall(r'-H "([\w-]+): ([^"]*)"', command))
    assert headers.pop("Authorization") == "Bearer $KEY"
    body = options.get("--json")
    more = {"data": body.encode(), "content_type": "application/json"} if body else {}
    return till.ask("POST" if body else "GET", path.removeprefix("$AT"), headers=headers, **more)


def test_the_examples_are_what_the_program_says(cast, client_of):
    cast.earn(cast.worker, 1000)
    till = tills.at(client_of(None), cast.shop)
    examples = EXAMPLE.findall(PAGE)
    assert len(examples) == PAGE.count("\ncurl ") == 5
    for command, status, said in examples:
        answer = asked(till, command)
        told, said = answer.json, json.loads(said)
        assert ("check_url" in told) == ("check_url" in said)
        for body in (told, said):
            body.pop("check_url", None)  # made by chance
        assert (answer.status_code, told) == (int(status), said), command


def test_the_table_has_every_code_with_its_statuses():
    told = {(int(status), code) for code, statuses in ROW.findall(PAGE) for status in statuses.split(", ")}
    assert told == DOCUMENTED | ANYWHERE
