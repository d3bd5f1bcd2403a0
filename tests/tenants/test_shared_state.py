"""What the counties of one process share: all that a module keeps while it runs, each with its reason.

A county's rows, people and keys are in none of it. Whoever adds something says here why it may be shared.
"""

import ast
import re

from tests.product import PRODUCT, ROOT

PURE = "computed from what it is given, and from nothing else"
A_LOCK = "held while a library works that does one thing at a time"
FILES = "the program's own files"
BY_ENGINE = "by the engine, and each county has its own"
A_REQUEST = "of one request or command: each request has a context of its own (ground/tenants/host.py)"

MEANT = {
    "ground/clock.py": {"_fixed_moment": A_REQUEST, "_shift_by": A_REQUEST},
    "ground/db/connections.py": {
        "_shared_engines": "connections, each told its county before it is used (tests/tenants/test_pool.py)",
        "_sharing": "held while an engine is made",
        "_limits": "how long a server waits, whoever asks",
    },
    "ground/db/rows.py": dict.fromkeys(("_insertion", "_insertion_of_many", "_keys", "_shape"), PURE),
    "ground/db/writing.py": dict.fromkeys(("_write_queues", "_clocks_seen"), BY_ENGINE),
    "ground/db/troubles.py": {"_last_met": "by the county too"},
    "ground/paper/dots.py": {"_pdfium_lock": A_LOCK},
    "ground/paper/draw.py": {"_embedding_lock": A_LOCK, "VOLUME": A_REQUEST},
    "ground/paper/fonts.py": {
        **{"_noto": FILES, "_hanazono": FILES},
        **dict.fromkeys(("_making_lock", "_registering_lock"), A_LOCK),
    },
    "ground/paper/printer.py": {"_turns": "by the address of a printer, which takes one sheet at a time"},
    "ground/pinyin.py": dict.fromkeys(("_letters", "_pattern", "_spelled", "initials"), PURE),
    "ground/server/backups.py": {"_making": "held while a backup is made: two of one second have one name"},
    "ground/server/claims.py": {"_held": "by the file that is claimed"},
    "ground/slow.py": {"_in_write": A_REQUEST},
    "ground/watch/events.py": {"_request": A_REQUEST, "_handlers": "the one log; each line names its county"},
    "ground/watch/counters.py": dict.fromkeys(
        ("REGISTRY", "REQUESTS", "SECONDS", "REFUSALS", "WAITS"), "counted over all, by what tells of nobody"
    ),
    "ground/web/icons.py": {"icon": FILES},
    "ground/wire/assets.py": {"all_assets": FILES, "current_version": FILES},
    "people/audit.py": {"_origin": A_REQUEST},
    "people/finding/words.py": {"_folded": PURE},
    "people/models/persons.py": {"mask_name": PURE},
    "people/sight/reading.py": {"_all_names": "a statement, by the queries that it is made of"},
    "people/signin/passwords.py": {"_hash_of_nobody": PURE},
    "people/signin/sessions.py": {"_here": A_REQUEST},
    "shop/stock/lots.py": {"_move_of": PURE},
}

CACHES = {"cache", "lru_cache"}
KEEPERS = CACHES | {
    *("dict", "set", "list", "deque", "defaultdict", "Counter", "OrderedDict", "WeakKeyDictionary"),
    *("WeakValueDictionary", "ContextVar", "Lock", "RLock", "Condition", "Event", "local", "count", "Queue"),
    *("Gauge", "Histogram", "CollectorRegistry"),
}


def name_of(node):
    """The last word of what is called or named: `functools.lru_cache(9)` is lru_cache."""
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def is_kept(name, value):
    """Whether something lasts and changes: by its kind, or a collection that is empty or no constant."""
    if isinstance(value, ast.Dict | ast.List | ast.Set):
        is_empty = not (value.keys if isinstance(value, ast.Dict) else value.elts)
        return is_empty or not name.isupper()
    return isinstance(value, ast.Call) and name_of(value) in KEEPERS


def kept_by(code):
    """The names of all that a module keeps while it runs."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            yield from node.names
    bodies = [tree.body, *(node.body for node in tree.body if isinstance(node, ast.ClassDef))]
    for node in (node for body in bodies for node in body):
        if isinstance(node, ast.FunctionDef) and any(name_of(each) in CACHES for each in node.decorator_list):
            yield node.name
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets if isinstance(node, ast.Assign | ast.AnnAssign) else ():
            if isinstance(target, ast.Name) and target.id != "__all__" and is_kept(target.id, node.value):
                yield target.id


def test_the_search_for_what_is_kept_finds_it():
    for code in (
        "seen = {}",
        "seen: dict[str, int] = {}",
        "SEEN = []",
        "by_name = {1: 2}",
        "from weakref import WeakKeyDictionary\nof: X = WeakKeyDictionary()",
        "lock = threading.Lock()",
        "@cache\ndef of(name): ...",
        "@functools.lru_cache(maxsize=9)\ndef of(name): ...",
        "of = lru_cache(maxsize=9)(names.folded)",
        "def look():\n    global seen\n    seen = 1",
        "class Rule:\n    seen = {}",
    ):
        assert len(set(kept_by(code))) == 1, code
    assert list(kept_by("WORDS = {'a': 1}\nLIMIT = 3\ndef look():\n    seen = {}")) == []


def test_what_a_module_keeps_has_its_reason():
    found = {}
    for file in PRODUCT:
        if names := set(kept_by(file.read_text())):
            found[str(file.relative_to(ROOT))] = names
    assert found == {file: set(reasons) for file, reasons in MEANT.items()}


# What a distributed database does not do within a schema, or does for all of them.
NOT_ON_CITUS = re.compile(r"SERIALIZABLE|pg_(try_)?advisory|CREATE (EXTENSION|ROLE)|\bLISTEN ")
REACHING_OVER = re.compile(r"\bschema=[\"']|(REFERENCES|FROM|JOIN|INTO) public\.")


def test_statements_stay_in_their_schema_and_ask_for_nothing_that_citus_has_not():
    """It is looked for in the texts, as Citus is nowhere here to be asked."""
    files = [*PRODUCT, *(ROOT / "migrations").rglob("*.py")]
    found = [
        (str(file.relative_to(ROOT)), what[0])
        for file in files
        for pattern in (NOT_ON_CITUS, REACHING_OVER)
        for what in pattern.finditer(file.read_text())
    ]
    assert found == []
