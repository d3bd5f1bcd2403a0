"""What anybody can ask or send from outside, and what the code leaves out so that it need not be guarded."""

import ast
import re
import time

import pytest
from flask import session
from flask_wtf.csrf import CSRFError
from waitress.adjustments import Adjustments

from ground import sending, web
from ground.server import serving
from tests.cast import PASSWORD, VILLAGE, session_of
from tests.product import PRODUCT, ROOT
from tests.test_rules import address, rules

SCRIPTS = sorted((ROOT / "static").rglob("*.js"))


def test_only_the_methods_of_pages_are_answered(app, client_of):
    """TRACE would say again what was sent, the cookie too."""
    answered = set().union(*(route.methods for route in app.url_map.iter_rules()))
    assert answered == {"GET", "HEAD", "OPTIONS", "POST"}
    client = client_of(None)
    client.set_cookie("session", "what nobody says again")
    for path in ("/", "/sign-in", "/static/aixin.css", "/api/v1/goods"):
        answer = client.open(path, method="TRACE")
        assert (answer.status_code, "what nobody says again" in answer.text) == (405, False)


def test_every_answer_says_how_it_is_to_be_taken(cast, client_of):
    """Pages, errors, files, papers and programs' answers alike; and no other site is let in to read them."""
    client = client_of(cast.clerk)
    for path, status in {
        "/sign-in": 200,
        "/nothing": 404,
        "/static/aixin.js": 200,
        "/guides/clerk.pdf": 200,
        f"/a/{VILLAGE}/audit": 200,
        "/api/v1/goods": 401,
        "/api/v1/openapi.json": 200,
    }.items():
        answer = client.get(path, headers={"Origin": "https://other.example"})
        policy = answer.headers["Content-Security-Policy"].split("; ")
        assert answer.status_code == status, path
        nothing = {"object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"}
        assert nothing | {"default-src 'self'"} <= set(policy), path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        is_file = path.startswith("/static/")
        assert answer.headers.get("Referrer-Policy") == (None if is_file else "same-origin"), path
        assert [name for name, _value in answer.headers if name.startswith("Access-Control-")] == [], path


def test_no_form_is_taken_without_the_token_of_its_session(app, cast, monkeypatch):
    """Another site can let a browser send a form, but knows no token."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    token, sent = session_of(cast.clerk), 0
    for route, rule in rules(app):
        if "POST" in route.methods and not rule.device:
            path = address(app, route.endpoint)
            with app.test_request_context(path, method="POST"):
                session["_user_id"] = token
                with pytest.raises(CSRFError):
                    app.preprocess_request()
            sent += 1
    assert sent > 80


def test_what_is_too_large_is_told_by_the_kind_of_its_field(app, cast, client_of, monkeypatch):
    """Who brings a list is not asked for a smaller picture: every page with a field for a file."""
    told, clients = {}, [(user, client_of(user)) for user in (cast.clerk, cast.worker_user, cast.manager)]
    clients.append((cast.county_user, client_of(cast.county_user)))
    forms = [(route, rule.roles) for route, rule in rules(app) if {"GET", "POST"} <= route.methods]
    for route, roles in forms:
        client = next((each for user, each in clients if roles and user.roles_in(cast.village) & roles), None)
        if client is None or not route.arguments <= {"village", "area"}:
            continue
        path = address(app, route.endpoint)
        fields = re.findall(r'<input[^>]*type="file"[^>]*>', client.get(path).text)
        if fields:
            with monkeypatch.context() as patch:
                patch.setitem(app.config, "MAX_CONTENT_LENGTH", 9)
                answer = client.post(path, data={"name": "too long"})
            assert (answer.status_code, "8 MB" in answer.text) == (413, True)
            told[route.endpoint] = "清单分成几个" in answer.text, all("image/" in field for field in fields)
    assert len(told) >= 5
    assert [endpoint for endpoint, (of_list, is_picture) in told.items() if of_list == is_picture] == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("goods-1.xlsx", 'attachment; filename="goods-1.xlsx"'),
        ('A"; x=".xlsx', 'attachment; filename="A---x--.xlsx"'),
        ("a\r\nSet-Cookie: b.xlsx", 'attachment; filename="a--Set-Cookie--b.xlsx"'),
        ("../../etc/passwd.csv", 'attachment; filename="..-..-etc-passwd.csv"'),
        (
            '柳树"\r\n村.xlsx',
            "attachment; filename=\"list.xlsx\"; filename*=UTF-8''%E6%9F%B3%E6%A0%91%22%0D%0A%E6%9D%91.xlsx",
        ),
    ],
)
def test_no_name_of_a_file_breaks_its_header(plain_app, name, said):
    """A village's name stands in it, as somebody once typed it."""
    with plain_app.test_request_context():
        assert web.download(b"", name).headers["Content-Disposition"] == said
        assert web.download(b"", name).headers["Content-Type"].count("charset") == name.endswith(".csv")
        assert '"' not in web.pdf(b"", name).headers["Content-Disposition"].removesuffix('"')[18:]


@pytest.mark.parametrize(
    "path",
    [
        *("/.git/config", "/instance/secret_key", "/app.py", "/templates/base.html", "/docs/security.md"),
        *("/static", "/static/", "/static/desk/", "/static/../app.py", "/static/%2e%2e/app.py"),
        *("/static/..%2fapp.py", "/static/%00", "/swagger", "/debug", "/console"),
    ],
)
def test_nothing_is_served_but_pages_and_their_own_files(client_of, path):
    assert client_of(None).get(path).status_code == 404


def test_a_page_that_breaks_tells_nothing_of_the_inside(app, client_of, monkeypatch, caplog):
    def broken():
        raise LookupError("select password_hash from user_account")

    assert not app.debug
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(app.view_functions, "signin.sign_in", broken)
    broken.access = app.view_functions["api.document"].access
    answer = client_of(None).get("/sign-in")
    assert answer.status_code == 500
    for inside in ("LookupError", "password_hash", "Traceback", "werkzeug", str(ROOT)):
        assert inside not in answer.text
    assert any(record.exc_info and record.exc_info[0] is LookupError for record in caplog.records)


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"Content-Length: 5\r\nContent-Length: 6", 400),
        (b"Content-Length: +5", 400),
        (b"Content-Length: 5\r\nTransfer-Encoding: identity", 501),
        (b"Transfer-Encoding: gzip, chunked", 501),
        (b"X-Bare: a\nContent-Length: 5", 400),
    ],
)
def test_a_request_whose_end_is_unclear_is_refused(head, status):
    """Two who read it differently, the proxy and we, would see a second request in it."""
    parser = serving.Connection.parser_class(Adjustments())
    parser.received(b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\n" + head + b"\r\n\r\n")
    assert parser.error is not None
    assert parser.error.code == status


def test_passwords_are_typed_unseen_and_may_be_pasted(cast, client_of):
    client, fields = client_of(cast.clerk), []
    for path in ("/sign-in", "/password"):
        for field in re.findall(r'<input[^>]* type="password"[^>]*>', client.get(path).text):
            fields.append(re.findall(r' (?:name|autocomplete)="([\w-]+)"', field))
    assert sorted(sorted(names) for names in fields) == [
        ["again", "new-password"],
        ["current-password", "password"],
        ["current-password", "password"],
        ["new", "new-password"],
    ]
    assert [file.name for file in SCRIPTS if re.search(r"[\"'](on)?paste[\"']", file.read_text())] == []


def test_a_password_is_taken_as_it_was_typed(cast, client_of):
    """Capitals, spaces and signs count, to the last of them; up to 200 characters are taken."""
    long = f" {'Three words, 三个词 and ' * 8}9! "
    client, nobody = client_of(cast.clerk), client_of(None)
    sent = {"password": PASSWORD, "new": long, "again": long}
    assert client.post("/password", data=sent).status_code == 302
    for typed, status in ((long[:-1], 422), (long[1:], 422), (long.lower(), 422), (long, 302)):
        answer = nobody.post("/sign-in", data={"username": "clerk", "password": typed})
        assert answer.status_code == status, typed


def test_a_kept_form_opens_nothing_after_half_a_day(plain_app, monkeypatch):
    """Whoever finds the page of a computer that was left alone gets nothing of it back."""
    form = sending.KeptForm("/v/1/", [("name", "李秀明")], had_file=False)
    with plain_app.test_request_context():
        sealed, now = form.sealed(), time.time()
        for seconds, is_open in ((sending.KEPT_SECONDS - 5, True), (sending.KEPT_SECONDS + 5, False)):
            monkeypatch.setattr("itsdangerous.timed.time.time", lambda past=seconds: now + past)
            assert (sending.opened(sealed) == form) is is_open


# --- What is not in the code ---

# Modules by which a program speaks to others, starts other programs, or makes objects of bytes.
FORBIDDEN_MODULES = {
    *("urllib.request", "http.client", "requests", "httpx", "aiohttp", "urllib3", "ftplib", "smtplib"),
    *("socket", "ssl", "subprocess", "pty", "ctypes", "pickle", "shelve", "marshal", "yaml", "dill"),
    *("lxml", "xml.sax", "xml.dom", "ldap3", "redis", "telnetlib", "jsonpickle"),
}
# The server's own sockets, the one to a receipt printer, and the process that works on pictures.
MEANT = {
    ("ground/server/serving.py", "socket"),
    ("ground/paper/printer.py", "socket"),  # to a printer of the own network, on one port
    ("ground/server/cli.py", "socket"),
    ("ground/server/nearby.py", "socket"),  # which way out; nothing is sent
    ("ground/pictures/__init__.py", "subprocess"),
    ("ground/server/backups.py", "subprocess"),  # pg_dump, pg_restore, and this program on a copy
    ("ground/db/connections.py", "exec_driver_sql"),  # one of two words
    ("ground/db/rehearsal.py", "exec_driver_sql"),  # the names of its own tables
}
SQL_OF_TEXT = {"exec_driver_sql", "literal_column", "DDL"}
FORBIDDEN_CALLS = {
    *("eval", "exec", "compile", "__import__", "os.system", "os.popen"),
    *("render_template_string", "Template", "from_string", "extractall", "populate_obj"),
}


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def dangerous(code: str) -> set[str]:
    """What a file imports or calls of all that."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        found |= FORBIDDEN_MODULES & {*names, *(name.partition(".")[0] for name in names)}
        if isinstance(node, ast.Call):
            name = dotted(node.func)
            found |= FORBIDDEN_CALLS & {name, *({name.rpartition(".")[2]} - {"compile"})}  # re.compile
            is_text = bool(node.args) and not isinstance(node.args[0], ast.Constant)
            found |= SQL_OF_TEXT & {name.rpartition(".")[2]} if is_text else set()
            found |= {"shell=True"} if any(word.arg == "shell" for word in node.keywords) else set()
        if isinstance(node, ast.Attribute) and dotted(node) == "request.values":
            found.add("request.values")
    return found


def test_the_search_for_what_is_dangerous_finds_it():
    for code, what in (
        ("import urllib.request", "urllib.request"),
        ("from urllib import request", "urllib.request"),
        ("from requests import get", "requests"),
        ("eval(text)", "eval"),
        ("import os\nos.system(text)", "os.system"),
        ("run(text, shell=True)", "shell=True"),
        ("name = request.values['name']", "request.values"),
        ("db.session.connection().exec_driver_sql(f'select {name}')", "exec_driver_sql"),
        ("form.populate_obj(row)", "populate_obj"),
        ("flask.render_template_string(text)", "render_template_string"),
    ):
        assert what in dangerous(code), code
    assert (
        dangerous("from urllib.parse import quote\nimport re\nre.compile(text)\nrequest.args.get('a')")
        == set()
    )


def test_the_program_calls_nobody_and_runs_nothing_that_was_sent():
    """Nothing from outside is run, unpacked to disk or made an object, and no other computer is asked."""
    codes = {str(file.relative_to(ROOT)): file.read_text() for file in PRODUCT}
    words = {name.partition(".")[0] for name in FORBIDDEN_MODULES} | FORBIDDEN_CALLS | SQL_OF_TEXT
    hint = re.compile(
        rf"\b({'|'.join(map(re.escape, words))}|shell|request\.values)\b"
    )  # to parse only these
    found = {(file, what) for file, code in codes.items() if hint.search(code) for what in dangerous(code)}
    assert found == MEANT


def test_scripts_make_no_page_of_a_text():
    """What is shown is text, a part of a page comes from here, messages go to a page's own thread."""
    risky = re.compile(
        r"\.(innerHTML|outerHTML)\s*=|insertAdjacentHTML|document\.write|\beval\(|new Function|postMessage"
    )
    found = {str(file.relative_to(ROOT)): len(risky.findall(file.read_text())) for file in SCRIPTS}
    assert {file: count for file, count in found.items() if count} == {
        "static/alarm.js": 1,
        "static/scanning/pictures.js": 1,
        "static/scanning/pictureworker.js": 1,
    }
