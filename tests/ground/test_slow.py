"""Nobody waits for a picture or a file: what takes long is done outside of writes, and has a limit."""

import ast
import io
import os
import signal
import time
from inspect import getsource, unwrap
from itertools import accumulate
from textwrap import dedent

import pytest
from flask_wtf.file import FileField
from PIL import Image

from ground import pictures, slow, tables
from ground.db import transaction
from ground.forms import Form
from ground.paper.draw import Pen
from ground.pictures import work
from people.forms.cards import PhotoForm
from people.forms.filing import ImportForm
from people.forms.pictures import PictureField
from people.signin import passwords
from points.forms.rubrics import RubricFileForm
from setup.forms import BeginForm
from tests.cast import VILLAGE, a_picture
from tests.product import PACKAGES, ROOT
from tests.story import refusal

HEADINGS = (tables.Column("姓名"),)

SLOW = {
    "a picture is made small": lambda: pictures.encode(a_picture(), 400),
    "codes are read": lambda: pictures.read_codes(a_picture(), ("QRCode",)),
    "a table is read": lambda: tables.read("姓名\n李".encode(), "a.csv", HEADINGS),
    "a workbook is written": lambda: tables.write_xlsx(HEADINGS, [], title="表"),
    "a text table is written": lambda: tables.write_csv(HEADINGS, []),
    "a book is begun": tables.BookWriter,
    "a paper is drawn": lambda: Pen("纸", 10, 10),
    "a password is hashed": lambda: passwords.secret_of("words"),
    "passwords are hashed": lambda: passwords.secrets_of(["words"]),
    "a password is compared": lambda: passwords.matches(None, "words"),
    "a password is rated": lambda: passwords.check_password("three known words", "clerk"),
}


@pytest.mark.parametrize("what", SLOW)
def test_nothing_slow_is_begun_inside_a_write(what):
    with slow.write(), pytest.raises(RuntimeError, match="where everybody waits"):
        SLOW[what]()


def test_a_transaction_is_a_write_until_it_ends(app):
    with transaction(), pytest.raises(RuntimeError, match="where everybody waits"):
        tables.BookWriter()
    with pytest.raises(ZeroDivisionError), transaction():
        raise ZeroDivisionError
    tables.BookWriter().content()


# What opens a file or writes one, what makes a hash slowly, and what asks to: in these modules alone.
FILES_AND_PAPERS = ("ground/pictures/", "ground/tables/", "ground/paper/")
GUARDED = {
    **dict.fromkeys(
        ("PIL", "pi_heif", "zxingcpp", "xlsxwriter", "xlrd", "reportlab", "zipfile"), FILES_AND_PAPERS
    ),
    **dict.fromkeys(("werkzeug.security", "zxcvbn", "scrypt", "pbkdf2_hmac"), "people/signin/passwords.py"),
}


def imported_by(file):
    """The names that a module imports, each with the packages it lies in."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            for name in (module, *(alias.name for alias in node.names)):
                yield from accumulate(name.split("."), "{}.{}".format)


def test_what_is_slow_is_behind_the_guard():
    for package in ("ground", "people", "points", "duties", "shop"):
        for file in (ROOT / package).rglob("*.py"):
            here = str(file.relative_to(ROOT))
            for name in GUARDED.keys() & set(imported_by(file)):
                assert here.startswith(GUARDED[name]), (here, name)


# Every form that a file comes in by: where it is sent, and what else is in it.
FILES = {
    "PortraitForm": ("clerk", "people/{worker}/keep-portrait", {}),
    "PictureForm": ("manager", "goods/{goods}/set-picture", {}),
    "PhotoForm": ("volunteer", "desk/photo", {}),
    "BeginForm": (),  # before anybody is there: setup/test_first_day.py
    "RubricFileForm": (),  # fills a form, and writes nothing
    "ActivityForm": (
        "clerk",
        "services/activities/new",
        {
            **{"key": "a" * 32, "item": "{item}", "done_on": "2026-12-28", "count": "1"},
            **{"here": "{worker}", "note": "清扫村道"},
        },
    ),
    "ImportForm": ("clerk", "/a/{village}/import", {}),
    "ServiceForm": (
        "clerk",
        "services/new",
        {"key": "n" * 32, "worker": "{worker}", "item": "{item}", "done_on": "2026-12-28", "count": "1"},
    ),
    "DeductionForm": (
        "clerk",
        "services/deductions/new",
        {
            **{"key": "m" * 32, "worker": "{worker}", "item": "{minus}", "done_on": "2026-12-27"},
            **{"count": "1", "reason": "这一天没有去过", "shown_by": "住户当面说的"},
        },
    ),
    "VisitForm": None,  # the same field and verb as a service's: tests/duties/test_visits.py sends it
    "VisitInGridForm": None,  # the same form, with a choice of the household
}


def forms(kind=Form):
    for form in kind.__subclasses__():
        yield form
        yield from forms(form)


def file_fields(form):
    return [
        field.field_class
        for name in dir(form)
        if issubclass(getattr(field := getattr(form, name), "field_class", object), FileField)
    ]


def test_every_form_with_a_file_is_sent_below(plain_app):
    found = {form.__name__: file_fields(form) for form in forms() if file_fields(form)}
    assert set(found) == set(FILES)
    for name, fields in found.items():
        if name not in (PhotoForm.__name__, ImportForm.__name__, RubricFileForm.__name__, BeginForm.__name__):
            assert all(issubclass(field, PictureField) for field in fields), name


@pytest.mark.parametrize("form", [form for form, sent in FILES.items() if sent])
def test_a_file_is_worked_on_before_the_write(app, cast, client_of, form, monkeypatch):
    """In the order of what happens: the picture or the table first, then the write, and no work in it."""
    happened = []
    check = slow.check_nobody_waits

    def note(what):
        check(what)
        happened.append(what)

    monkeypatch.setattr(pictures, "check_nobody_waits", note)
    monkeypatch.setattr(tables.reading, "check_nobody_waits", note)
    username, path, fields = FILES[form]
    there = {
        "village": VILLAGE,
        "worker": cast.worker.id,
        "goods": cast.goods.id,
        "item": cast.item("入户发放").id,
        "minus": cast.item("虚报").id,
    }
    sent = {name: value.format(**there) for name, value in fields.items()}
    name, data = (
        ("file", "村(社区)代码,网格编码\n0,1\n".encode()) if form == "ImportForm" else ("photo", a_picture())
    )
    address = path if path[0] == "/" else f"/v/{VILLAGE}/{path}"
    client = client_of(cast.user(username))
    answer = client.post(address.format(**there), data={**sent, name: (io.BytesIO(data), "file.jpg")})
    assert answer.status_code == (422 if form == "PhotoForm" else 302), answer.text  # no card is on it
    assert len(happened) == 1
    bad = client.post(address.format(**there), data={**sent, name: (io.BytesIO(b"no"), "file.jpg")})
    assert bad.status_code == 422
    assert 'class="error"' in bad.text or "alert" in bad.text


def lexically_inside(view):
    """The names that a view calls inside `with attempt(…)` or `with transaction()`."""
    for node in ast.walk(ast.parse(dedent(getsource(unwrap(view))))):
        if isinstance(node, ast.With) and any(
            isinstance(item.context_expr, ast.Call)
            and getattr(item.context_expr.func, "id", "") in ("attempt", "transaction")
            for item in node.items
        ):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Call):
                    yield ast.unparse(inner.func)


def test_no_view_reads_a_file_or_makes_a_paper_while_it_writes(plain_app):
    """Whatever the words are: a view that takes bytes or gives them does it before or after."""
    calls = {
        (endpoint, name)
        for endpoint, view in plain_app.view_functions.items()
        if unwrap(view).__module__.partition(".")[0] in PACKAGES
        for name in lexically_inside(view)
    }
    assert len(calls) > 200
    ends = (".read", "get_data", ".download", "web.pdf", "_pdf", ".write", ".template", "render_template")
    assert {call for call in calls if call[1].endswith(ends)} == set()


# --- Limits ---


def scans(count, size=64):
    """A JPEG of so many scans: the last one of a progressive picture again and again."""
    file = io.BytesIO()
    Image.new("L", (size, size), 90).save(file, "JPEG", progressive=True)
    data = file.getvalue()
    last = data[data.rindex(work.SCAN_MARK) : -2]
    return data[:-2] + last * (count - data.count(work.SCAN_MARK)) + data[-2:]


def test_a_picture_of_thousands_of_scans_is_not_decoded():
    began = time.process_time()
    with refusal("not_an_image"):
        pictures.encode(scans(3000), 400)
    assert pictures.encode(scans(work.MOST_SCANS), 400).content
    assert time.process_time() - began < 1


def test_a_picture_of_too_many_bytes_is_not_decoded(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_BYTES", 100)
    with refusal("not_an_image"):
        pictures.encode(a_picture(), 400)


def test_who_takes_too_long_is_ended_and_the_next_picture_is_made(monkeypatch, caplog):
    """The process is held still, which is slower than any picture."""
    with pictures._BorrowedProcess() as process:
        process.ask({"task": "encode", "most_pixels": 1, "sides": [1], "most_bytes": 1}, b"")  # it runs
        held = process._running
    os.kill(held.pid, signal.SIGSTOP)
    monkeypatch.setattr(pictures, "MOST_SECONDS", 0.05)
    with refusal("not_an_image"):
        pictures.encode(a_picture(), 400)
    assert held.returncode == -signal.SIGKILL
    assert "given up" in caplog.text
    monkeypatch.undo()
    assert pictures.encode(a_picture(), 400).content


def test_who_was_killed_is_replaced():
    with pictures._BorrowedProcess() as process:
        process.ask({"task": "encode", "most_pixels": 1, "sides": [1], "most_bytes": 1}, b"")
        process._running.kill()
        process._running.wait()
    with refusal("not_an_image"):
        pictures.encode(a_picture(), 400)
    assert pictures.encode(a_picture(), 400).content


def test_more_memory_than_there_is_is_a_picture_that_cannot_be_read(monkeypatch):
    def take_all(*_order):
        raise MemoryError

    monkeypatch.setitem(work.TASKS, "encode", take_all)
    assert work.do({"task": "encode"}, b"") == ({"fault": "unreadable"}, b"")


def test_a_table_that_takes_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(tables.opening, "MOST_SECONDS", -1)
    with refusal("file_too_large"):
        do_read()


def do_read():
    book = tables.write_xlsx(HEADINGS, [{"姓名": "李"}], title="表")
    return tables.read(book, "a.xlsx", HEADINGS)
