"""Schemathesis on the interface's document: whatever it thinks of is answered as the document says.

It asks over a real connection to a server in this process, as a till would; the cards, goods and quantities
it is given are real ones in most of its requests, so that it gets past the door.
"""

import logging
import threading
from collections import Counter

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema
from werkzeug.serving import make_server

from ground import clock
from ground.db import db, transaction
from shop.desk import devices
from shop.models import Source
from shop.shelf import codes
from shop.shelf import goods as shelf
from shop.stock import moves
from tests.cast import TODAY

EXAMPLES = 20  # of each operation, beside those that its coverage phase makes from the schemas

# What a valid request may meet: the rules of the field say 422 to much that is well-formed.
ANSWERS_TO_VALID = ["2xx", "401", "404", "409", "422"]
ANSWERS_TO_INVALID = ["400", "401", "404", "405", "413", "415", "422"]

# What must have been seen, or the run proved nothing: a request got through, was refused by the shape of it,
# and by a rule of the field.
SEEN = {
    ("card", 200, None),
    ("card", 401, "no_key"),
    ("card", 404, "unknown_card"),
    ("goods", 200, None),
    ("goods", 422, "invalid"),
    ("shop", 200, None),
    ("closing", 200, None),
    ("closing", 422, "in_future"),
    ("latest", 200, None),
    ("latest", 422, "invalid"),
    ("redeem", 201, None),
    ("redeem", 200, None),
    ("redeem", 400, "no_idempotency_key"),
    ("redeem", 415, "not_json"),
    ("redeem", 422, "invalid"),
    ("redemption", 200, None),
    ("redemption", 404, "unknown_redemption"),
    ("void", 200, None),
    ("void", 422, "invalid"),
}
RULES = {"limit_reached", "insufficient_points", "out_of_stock", "unknown_goods"}


@pytest.fixture
def served(app):
    """The application on a port of this machine."""

    def application(environ, start_response):
        with app.app_context(), clock.at(TODAY):
            return app.wsgi_app(environ, start_response)

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, application)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def interface(cast, served):
    """What the document describes, with a key, and with what is really there to be found."""
    cast.earn_each({cast.worker.id: 1000, cast.neighbour.id: 30})
    with transaction():
        _device, key = devices.add_device(cast.shop, "收银台", cast.manager)
        articles = [cast.goods, cast.salt]
        for number in range(6):
            article = shelf.add_goods(cast.shop, f"货品{number}", "件", 20, quota=number or None)
            moves.receive(f"lot-{number}", article, 50, Source.PURCHASE, None)
            articles.append(article)
        people = (cast.worker, cast.worker, cast.neighbour, cast.stranger)
        cards = [cast.card.token, *(cast.card_of(person).number for person in people)]
        there = {
            "cards": cards,
            "goods": [article.id for article in articles],
            "codes": [codes.give_own_code(article, cast.manager).code for article in articles],
            "names": ["李小明", "王芳"],
            "units": [1, 2, 3],
        }
    config = {
        "seed": 1,
        "generation": {
            "max-examples": EXAMPLES,
            "deterministic": True,
            "database": "none",
            "no-shrink": True,
        },
        "phases": {"stateful": {"generation": {"max-examples": EXAMPLES // 2}}},
        "analysis": {"constants": {"enabled": False}},
        "auth": {"openapi": {"device": {"bearer": key}}},
        "checks": {
            "positive_data_acceptance": {"expected-statuses": ANSWERS_TO_VALID},
            "negative_data_rejection": {"expected-statuses": ANSWERS_TO_INVALID},
        },
        "dictionaries": {name: {"values": values} for name, values in there.items()},
        "parameters": {
            where: {"dictionary": name, "probability": 0.8}
            for where, name in {
                "path.card": "cards",
                "body.card": "cards",
                "body.collector.name": "names",
                "body.collector.relation": "names",
                "body.items[*].barcode": "codes",
                "body.items[*].goods": "goods",
                "body.operator": "names",
                "body.items[*].quantity": "units",
            }.items()
        },
    }
    return schemathesis.openapi.from_url(
        f"{served}/api/v1/openapi.json", config=SchemathesisConfig.from_dict(config)
    )


@pytest.mark.one_database
def test_whatever_is_asked_is_answered_as_the_document_says(interface):
    answered, wrong = Counter(), []
    for event in from_schema(interface).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            wrong.append(str(event))
        if isinstance(event, events.ScenarioFinished):
            answered.update(answers(event.recorder))
            wrong += failures(event.recorder)
    db.session.rollback()
    assert wrong == []
    assert SEEN - set(answered) == set(), answered
    assert RULES & {code for name, _status, code in answered if name == "redeem"}, answered


def answers(recorder):
    """What was asked (its name in the document) and answered: status and code."""
    for ident, exchange in recorder.interactions.items():
        case = recorder.cases[ident].value
        name = case.operation.definition.raw["operationId"]
        if exchange.response is not None and case.method in ("GET", "POST"):
            yield name, exchange.response.status_code, code_of(exchange.response)


def code_of(response):
    return response.json()["code"] if response.status_code >= 400 else None


def failures(recorder):
    """Every check of Schemathesis that failed, and every valid request that was called ill-formed."""
    for checks in recorder.checks.values():
        for check in checks:
            if check.status == Status.FAILURE:
                failure = check.failure_info
                yield f"{check.name}: {failure.failure}\n{failure.code_sample}"
    for ident, exchange in recorder.interactions.items():
        case = recorder.cases[ident].value
        if case.meta is not None and case.meta.generation.mode.is_positive and exchange.response is not None:
            code = code_of(exchange.response)
            if code in ("invalid", "bad_json"):
                yield f"valid, but {code}: {case.as_curl_command()}\n{exchange.response.text}"
