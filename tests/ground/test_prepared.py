"""Statements that go straight to the driver mean what SQLAlchemy makes of them, and fail as its own do."""

import sys
from contextlib import contextmanager, nullcontext, suppress
from datetime import datetime

import pytest
from sqlalchemy import Select, bindparam, event, func, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import aliased

from ground.clock import SHANGHAI
from ground.db import Prepared, add_rows, db, insert_row, insert_rows, savepoint, transaction
from ground.db import prepared as room
from ground.refusal import Refused
from people.models import Area, Level, Merge, Person
from points import ledger
from points.models import TransferKind
from shop.models import ReceiptPrinter, Shop
from shop.shelf import goods as shelf
from tests.cast import TODAY, counted
from tests.product import PACKAGES
from tests.shop import till as tills
from tests.shop.till import SALT, SOAP
from tests.story import everything_fits

pytestmark = pytest.mark.both_databases

BY_NAME = Prepared(select(Area).where(Area.name.in_(bindparam("names", expanding=True))).order_by(Area.code))


class InTheMiddle(Exception):
    """What goes wrong after something was written."""


def an_area(code, name="牛街"):
    return Area(code=code, level=Level.COUNTY, name=name)


@pytest.fixture
def rich(cast):
    cast.earn(cast.worker, 1000)


@pytest.fixture
def till(cast, app):
    return tills.at(app.test_client(), cast.shop)


@contextmanager
def heard(connection, sent):
    """The statements that SQLAlchemy sends meanwhile, each with what goes to the driver."""

    def hear(_connection, _cursor, statement, parameters, *_rest):
        sent.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", hear)
    yield
    event.remove(connection, "before_cursor_execute", hear)


def same_parameters(ours, theirs):
    """Whether what goes to the driver is the same, of the same kinds too."""
    return all(repr(one) == repr(other) for one, other in zip(*map(_in_order, (ours, theirs)), strict=True))


def _in_order(sent):
    return sorted(sent.items()) if isinstance(sent, dict) else sent


@pytest.fixture
def compared(monkeypatch):
    """The queries that were asked by both ways, which said the same."""
    asked, send = set(), room._Compiled.send

    def send_twice(compiled, connection, values):
        rows, count = send(compiled, connection, values)
        query, sent = compiled._compiled.statement, []
        if isinstance(query, Select):
            with heard(connection, sent):
                assert [tuple(row) for row in rows] == [*map(tuple, connection.execute(query, values))]
            (text,) = (text for text in compiled._texts.values() if text.sql == sent[0][0])
            assert same_parameters(text.parameters(values), sent[0][1])
            asked.add(query)
        return rows, count

    monkeypatch.setattr(room._Compiled, "send", send_twice)
    return asked


def queries_of_the_program():
    """Every prepared query of the program: where it stands, by the statement that it sends."""
    return {
        each._statement: f"{name}.{called}"
        for name, module in sys.modules.items()
        if name.partition(".")[0] in PACKAGES
        for called, each in vars(module).items()
        if isinstance(each, Prepared) and isinstance(each._statement, Select)
    }


def test_every_query_says_what_it_says_by_sqlalchemy(cast, till, compared, rich, client_of):
    card = cast.card
    with transaction():
        rice = shelf.add_goods(cast.shop, "大米", "袋", 50, actor=cast.manager).id
    for text in (card.number, card.token):
        assert till.get(f"/cards/{text}").status_code == 200
    assert till.order(card.number, {SOAP: 1, SALT: 1}).status_code == 201
    assert till.order(card.number, {rice: 1}).status_code == 422  # nothing of it is there
    assert client_of(cast.volunteer).get(f"/v/{cast.village.code}/desk").status_code == 200
    queries = queries_of_the_program()
    assert {queries[each] for each in compared} == {*queries.values()}


def test_what_is_written_is_the_same_when_somebody_listens(cast, till, rich):
    quiet = till.order(cast.card.number, {SOAP: 2, SALT: 1}).json
    with counted() as sent:
        heard = till.order(cast.card.number, {SOAP: 2, SALT: 1}).json
    assert sum(statement.startswith("INSERT") for statement in sent) == 4
    varying = {"id", "number", "check_url", "at", "balance_before", "balance_after"}
    assert {name: quiet[name] for name in quiet.keys() - varying} == {
        name: heard[name] for name in heard.keys() - varying
    }
    assert everything_fits()


def test_a_row_stands_in_the_database_as_by_sqlalchemy(cast):
    """A moment, a day, an enumeration, JSON and a yes: SQLite keeps all of them as something else."""
    values = {
        "name": "店",
        "hours": {"mon": ["08:00", "18:00"]},
        "numbered_on": TODAY,
        "leased_until": datetime(2026, 12, 1, 9, 30, tzinfo=SHANGHAI),
        "printer": ReceiptPrinter.NETWORK,
        "printer_address": "192.168.8.9",
        "prints_itself": True,
    }
    with transaction() as session:
        first, second = an_area("110000000000"), an_area("120000000000")
        session.add_all([first, second])
        session.flush()
        insert_row(Shop(village_id=first.id, **values))
        session.add(Shop(village_id=second.id, **values))
        session.flush()
        columns = ", ".join(f"CAST({name} AS text)" for name in values)
        by_us, by_sqlalchemy = session.connection().exec_driver_sql(
            f"SELECT {columns} FROM shop WHERE village_id IN ({first.id}, {second.id})"
        )
    assert by_us == by_sqlalchemy


def test_many_rows_stand_in_the_database_as_by_sqlalchemy(cast):
    """One says much, the other only what it must; its village it names by the object."""
    much = {"name": "店", "hours": {"mon": ["08:00", "18:00"]}, "printer": ReceiptPrinter.NETWORK}
    with transaction() as session:
        villages = [an_area(f"{number}0000000000") for number in (11, 12, 13, 14)]
        add_rows(villages)
        add_rows([Shop(village_id=villages[0].id, **much), Shop(village=villages[1], name="小店")])
        session.add_all([Shop(village_id=villages[2].id, **much), Shop(village=villages[3], name="小店")])
        session.flush()
        columns = ", ".join(column.name for column in Shop.__table__.columns if "id" not in column.name)
        rows = session.connection().exec_driver_sql(f"SELECT {columns} FROM shop ORDER BY village_id").all()
    assert rows[-4:-2] == rows[-2:]


def test_nothing_is_asked_about_many_rows_that_were_written(cast):
    """Neither their own columns, which nobody filled in, nor what they name."""
    with transaction():
        village = cast.village
        people = [Person(area=village, name=name) for name in ("牛一", "牛二")]
        with counted() as sent:
            add_rows(people)
            told = [(person.phone, person.area_id, person.area.name) for person in people]
            assert db.session.get(Person, people[0].id) is people[0]
    assert told == [(None, village.id, village.name)] * 2
    assert ["INSERT" in statement for statement in sent][-2:] == [False, True]


def test_a_list_may_have_any_length(cast):
    with transaction():
        insert_rows(
            Area,
            [
                {"code": f"{number}00000000000", "level": Level.COUNTY, "name": name}
                for number, name in enumerate(("牛街", "羊街", "马街"), 1)
            ],
        )
    for names in (["牛街"], ["牛街", "羊街", "马街"], [], ["羊街", "狗街"]):
        found = [row.Area.name for row in BY_NAME.all(names=names)]
        assert found == [name for name in ("牛街", "羊街", "马街") if name in names]


def test_an_object_that_is_known_becomes_as_it_is_now(cast):
    village = cast.village
    with transaction() as session:
        shop = session.get_one(Shop, cast.shop.id)
        session.connection().exec_driver_sql("UPDATE shop SET name = '新店'")
        query = Prepared(select(Shop, Area.code).join(Shop.village).where(Shop.id == bindparam("ident")))
        found = query.one(ident=shop.id)
        assert found.Shop is shop
        assert (shop.name, found.code) == ("新店", village.code)
        shop.name = "又一店"
        session.flush()
    assert cast.shop.name == "又一店"


def test_what_was_changed_and_not_flushed_is_not_lost_in_silence(cast):
    query, ident = Prepared(select(Shop).where(Shop.id == bindparam("ident"))), cast.shop.id
    with transaction() as session:
        shop = session.get_one(Shop, ident)
        shop.name = "新店"
        with pytest.raises(RuntimeError, match="not flushed"):
            query.one(ident=ident)


def test_what_belongs_to_an_object_is_asked_for_anew(cast):
    with transaction() as session:
        shop, other = session.get_one(Shop, cast.shop.id), an_area("110000000000")
        assert shop.village is cast.village
        insert_row(other)
        moved = update(Shop).where(Shop.id == shop.id).values(village_id=other.id)
        session.connection().execute(moved)
        Prepared(select(Shop)).all()
        assert shop.village is other


def test_what_a_join_does_not_find_is_none(cast):
    query = Prepared(select(Person, Merge).outerjoin(Person.merge).where(Person.id == bindparam("ident")))
    found = query.one(ident=cast.card.person_id)
    assert (found.Person.name, found.Merge) == (cast.card.person.name, None)


def test_a_row_that_was_written_reads_what_belongs_to_it(cast):
    with transaction():
        child = an_area("110000000000")
        child.parent_id = cast.village.id
        insert_row(child)
        assert child.parent is db.session.get(Area, cast.village.id)
    assert db.session.get(Area, child.id).name == "牛街"


@pytest.mark.parametrize("write", [insert_row, lambda row: add_rows([row])], ids=["alone", "of many"])
@pytest.mark.parametrize("undone", [transaction, savepoint])
def test_a_row_that_was_undone_leaves_its_id_to_the_next(cast, undone, write):
    with nullcontext() if undone is transaction else transaction():
        first, second = an_area("110000000000"), an_area("120000000000")
        with suppress(InTheMiddle), undone():
            write(first)
            raise InTheMiddle
        assert first not in db.session
        with transaction() if undone is transaction else nullcontext():
            write(second)
        assert db.session.get(Area, second.id) is second


def test_points_that_were_undone_alone_are_back(cast, rich):
    with transaction():
        account = ledger.locked_account(cast.worker.id)
        with suppress(InTheMiddle), savepoint():
            ledger.post("key", TransferKind.REDEMPTION, account, 400, "换", cast.manager)
            assert account.balance == 600
            raise InTheMiddle
        assert account.balance == 1000


def test_who_meets_somebody_on_a_unique_key_is_told_so(cast):
    with transaction():
        insert_row(an_area("110000000000"))
    with pytest.raises(Refused, match="conflict"), transaction():
        insert_row(an_area("110000000000"))
    assert db.session.scalar(select(func.count()).where(Area.code == "110000000000")) == 1


def test_a_mistake_of_the_program_is_told_by_its_kind(cast):
    with pytest.raises(IntegrityError, match="code"), transaction():
        insert_row(an_area("11"))


def test_a_value_that_nobody_would_put_in_is_asked_for(cast):
    with pytest.raises(RuntimeError, match="prints_itself"), transaction():
        insert_row(Shop(village_id=cast.village.id, name="店"))


def test_rows_with_values_in_other_columns_are_not_written_without_them(cast):
    rows = [{"code": "110000000000", "level": Level.COUNTY, "name": "牛街"}]
    rows.append({"code": "120000000000", "level": Level.COUNTY, "name": "羊街", "parent_id": cast.village.id})
    with pytest.raises(RuntimeError, match="other columns"), transaction():
        insert_rows(Area, rows)


def test_a_change_of_other_than_so_many_rows_is_undone(cast):
    rename = Prepared(update(Area).where(Area.id == bindparam("ident")).values(name=bindparam("named")))
    with pytest.raises(RuntimeError, match="1 rows changed instead of 2"), transaction():
        rename.change(2, ident=cast.village.id, named="别村")
    assert cast.village.name != "别村"


def test_a_value_that_would_stay_in_the_text_is_refused(app):
    query = select(Area.id).where(Area.name == bindparam("name", literal_execute=True))
    with pytest.raises(TypeError, match="name"):
        room._Compiled(query, db.engine.dialect)


def test_an_alias_is_refused():
    with pytest.raises(TypeError, match="alias"):
        Prepared(select(aliased(Area)))


@pytest.mark.only_on("postgresql")
def test_a_connection_that_dies_is_given_up(cast):
    dying = Prepared(select(func.pg_terminate_backend(func.pg_backend_pid()).label("gone")))
    for inside in (transaction, lambda: pytest.MonkeyPatch.context()):
        with pytest.raises(DBAPIError) as lost, inside():
            dying.all()
        assert lost.value.connection_invalidated
        db.session.rollback()
        assert db.session.scalar(select(func.count()).select_from(Area)) > 0
