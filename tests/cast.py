"""The cast: a village with its people and its shop, and the next village, whose clerk is an outsider.

Everyone is made through the verbs. `Cast` finds them again in whichever database is at hand. At the end:
the application and the browser they use.
"""

import random
from base64 import b64decode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import jinja2
from flask import Flask, has_app_context
from flask_login import FlaskLoginClient
from PIL import Image
from sqlalchemy import Connection, event, insert, select
from werkzeug.security import generate_password_hash

from app import create_app
from ground import clock
from ground.clock import Quarter
from ground.db import db, transaction
from people import areas, cards
from people.models import Appointment, Area, Card, Duty, GridKind, Person, Role, User, UserSession
from people.roster import grids, persons, terms
from people.signin import accounts, sessions
from people.signin.passwords import Secret
from points.assessment import assessments, meeting, opening
from points.models import (
    Account,
    Assessment,
    AssessmentState,
    Category,
    Deduction,
    FedBy,
    Rubric,
    RubricItem,
    Service,
)
from points.rubrics import template, versions
from points.rubrics.template import NewItem
from points.services import deciding, deductions, recording
from points.wall import booking, posting
from shop.models import Goods, Lot, Shop, Source
from shop.shelf import goods as shelf
from shop.shelf import shops
from shop.stock import moves

BEGAN_ON = date(2025, 1, 1)
TODAY = date(2026, 12, 28)
PASSWORD = "eight-or-more"
HASHED = Secret(PASSWORD, generate_password_hash(PASSWORD, "pbkdf2:sha256:1"))

AREAS = """code,level,name,parent_code
539900,county,云上县,5399
539900101,township,溪水镇,539900
539900101201,village,柳树村,539900101
539900101202,community,桥头社区,539900101
539900102,township,石板镇,539900
539900102201,village,石板村,539900102
"""
COUNTY, TOWNSHIP, OTHER_TOWNSHIP = "539900000000", "539900101000", "539900102000"
VILLAGE, NEXT_VILLAGE, FAR_VILLAGE = "539900101201", "539900101202", "539900102201"

# The county's template here: what a test may claim without writing a record first, and what records feed.
ITEMS = (
    NewItem(Category.SERVICE, "走访一户", "户", 2, 120),
    NewItem(Category.DISPUTE, "化解一起矛盾纠纷", "件", 30),
    *(
        NewItem(item.category, f"按记录：{item.name}", item.unit, item.points, item.cap, "", item.source)
        if item.source != FedBy.CLAIM
        else item
        for item in template.TEMPLATE
    ),
)

# Who comes to the meetings: the clerk, the chair, and three of the villagers.
PRESENT = ("刘文书", "陈主任", "村民代表甲", "村民代表乙", "村民代表丙")

WORKERS = ("李秀明", "王芳", "赵国强", "普绍兰", "杨建华", "自文学", "欧阳晓燕", "张伟")

# sign-in name, name, role, area
SIGN_INS = (
    ("clerk", "刘文书", Role.CLERK, VILLAGE),
    ("chair", "陈主任", Role.CHAIR, VILLAGE),
    ("second_chair", "周副主任", Role.CHAIR, VILLAGE),
    ("supervisor", "郭监督", Role.SUPERVISOR, VILLAGE),
    ("instructor", "何指导", Role.INSTRUCTOR, VILLAGE),
    ("manager", "孙店长", Role.MANAGER, VILLAGE),
    ("volunteer", "马志愿", Role.VOLUNTEER, VILLAGE),
    ("outsider", "邻村文书", Role.CLERK, NEXT_VILLAGE),
    ("outside_volunteer", "邻村志愿", Role.VOLUNTEER, NEXT_VILLAGE),
    ("township_user", "镇上的人", Role.TOWNSHIP, TOWNSHIP),
    ("far_township_user", "石板镇的人", Role.TOWNSHIP, OTHER_TOWNSHIP),
    ("county_user", "县上的人", Role.COUNTY, COUNTY),
)

USERNAMES = {username for username, *_rest in SIGN_INS}


def make() -> None:
    """Make everyone; inside a transaction."""
    areas.import_areas(AREAS.encode())
    for username, name, role, code in SIGN_INS:
        user = accounts.add_user(username, name, HASHED, None, temporary=False)
        accounts.grant(user, role, Cast().area(code), None)
    cast = Cast()
    versions.publish(cast.county, BEGAN_ON, "县委政法委", ITEMS, template.USUAL_LIMITS, None)
    village, next_village = cast.village, cast.next_village
    chance = random.Random(8)
    for number, name in enumerate(WORKERS, 1):
        _worker(village, f"{number:02}", name, cast.clerk, chance)
    stranger = _worker(next_village, "01", "邻村人", cast.outsider, chance)
    for username, person, area in (("worker", cast.worker, village), ("stranger", stranger, next_village)):
        user = accounts.add_user(username, person.name, HASHED, None, person, temporary=False)
        accounts.grant(user, Role.WORKER, area, None)
    for area in (village, next_village):
        versions.adopt(area, BEGAN_ON, "村民代表会议", (), cast.chair)
        shop = shops.open_shop(area, f"{area.name}爱心超市")
        soap = shelf.add_goods(shop, "肥皂", "块", 30, "6901028075831")
        salt = shelf.add_goods(shop, "食盐", "袋", 25)
        moves.receive(f"soap-{area.id}", soap, 20, Source.PURCHASE, cast.manager)
        moves.receive(f"salt-{area.id}", salt, 10, Source.DONATION, None, "供销社", date(2027, 6, 30))


def _worker(village: Area, code: str, name: str, actor: User, chance: random.Random) -> Person:
    grid = grids.add_grid(village, code, f"第{code}网格", GridKind.RURAL, 8, actor)
    person = persons.add_person(village, name, actor, "12000005678")
    terms.appoint(person, grid, Duty.WORKER, BEGAN_ON, actor)
    cards.issue(person, actor, chance)
    return person


# The id of whom was asked for; the cast has the same ids in each copy.
_ids: dict[tuple[object, ...], int] = {}


def _one(model: type, **named: object) -> Any:
    """The only one with these values; most often the session has it already, and nothing is sent."""
    key = (model, *named.items())
    one = db.session.get(model, _ids[key]) if key in _ids else None
    if one is None or any(getattr(one, column) != value for column, value in named.items()):
        one = db.session.scalars(select(model).filter_by(**named)).one()
        _ids[key] = one.id
    return one


class Cast:
    """Who and what there is, by name; always fresh from the session in use.

    Every sign-in above is an attribute too: `cast.clerk`.
    """

    def __getattr__(self, name: str) -> User:
        if name not in USERNAMES:
            raise AttributeError(name)
        return self.user(name)

    def area(self, code: str) -> Area:
        return _one(Area, code=code)

    def user(self, username: str) -> User:
        return _one(User, username=username)

    def person(self, name: str) -> Person:
        return _one(Person, name=name)

    @property
    def county(self) -> Area:
        return self.area(COUNTY)

    @property
    def township(self) -> Area:
        return self.area(TOWNSHIP)

    @property
    def village(self) -> Area:
        return self.area(VILLAGE)

    @property
    def next_village(self) -> Area:
        return self.area(NEXT_VILLAGE)

    @property
    def far_village(self) -> Area:
        """A village of another township, with nobody in it."""
        return self.area(FAR_VILLAGE)

    @property
    def worker(self) -> Person:
        return self.person(WORKERS[0])

    @property
    def worker_user(self) -> User:
        return self.user("worker")

    @property
    def neighbour(self) -> Person:
        """A second worker of the village."""
        return self.person(WORKERS[1])

    @property
    def workers(self) -> Sequence[Person]:
        """All eight workers of the village."""
        return [self.person(name) for name in WORKERS]

    @property
    def stranger(self) -> Person:
        """The worker of the next village."""
        return self.person("邻村人")

    @property
    def stranger_user(self) -> User:
        return self.user("stranger")

    @property
    def rubric(self) -> Rubric:
        return _one(Rubric, area_id=self.village.id, version=1)

    @property
    def shop(self) -> Shop:
        return _one(Shop, village_id=self.village.id)

    @property
    def next_shop(self) -> Shop:
        return _one(Shop, village_id=self.next_village.id)

    @property
    def goods(self) -> Goods:
        """Soap: 3 points, 20 pieces in one lot that does not expire."""
        return _one(Goods, shop_id=self.shop.id, name="肥皂")

    @property
    def salt(self) -> Goods:
        """Salt: 2.5 points, 10 bags in one lot."""
        return _one(Goods, shop_id=self.shop.id, name="食盐")

    @property
    def card(self) -> Card:
        return self.card_of(self.worker)

    def card_of(self, person: Person) -> Card:
        return cards.active_card(person)

    def term_of(self, person: Person) -> Appointment:
        return _one(Appointment, person_id=person.id, ended_on=None)

    def account_of(self, person: Person) -> Account:
        return _one(Account, person_id=person.id)

    def lot_of(self, goods: Goods) -> Lot:
        return _one(Lot, goods_id=goods.id)

    def on_hand(self, goods: Goods) -> int:
        """Units of an article that lie there, expired ones too."""
        return sum(db.session.scalars(select(Lot.on_hand).where(Lot.goods_id == goods.id)))

    def item(self, name: str, rubric: Rubric | None = None) -> RubricItem:
        """The rubric's item whose name contains these words."""
        return next(item for item in (rubric or self.rubric).items if name in item.name)

    def earn(self, worker: Person, tenths: int) -> Assessment:
        """Let a worker earn so much: a whole quarter of their village, from the record to the booking."""
        return self.earn_each({worker.id: tenths})

    def earn_each(self, tenths: dict[int, int]) -> Assessment:
        """Let each worker (by id) earn so much, all in the first quarter not assessed yet."""
        workers = [db.session.get_one(Person, ident) for ident in tenths]
        village = workers[0].area
        quarter = Quarter.of(BEGAN_ON)
        while assessments.find_assessment(village, quarter):
            quarter = quarter.next
        clerk, chair = (self.user(name) for name in self._officials(village))
        with clock.at(quarter.last_day):
            for worker in workers:
                with transaction():
                    self.serve(worker, "入户发放", quarter.last_day, clerk, chair)
            with transaction():
                assessment = opening.open_quarter(village, quarter, clerk)
                meeting.deliberate(assessment, quarter.last_day, PRESENT, (), "", clerk)
                for worker in workers:
                    if tenths[worker.id] != 1:
                        more = tenths[worker.id] - 1
                        meeting.adjust(assessment, worker, more, "评议加分", uuid4().hex, clerk)
                posting.post_notice(assessment, clerk)
        with clock.at(assessments.whole_notice(assessment).ends_on + timedelta(days=1)), transaction():
            booking.book(assessment, chair)
        assert assessment.state == AssessmentState.BOOKED
        return assessment

    def serve(self, worker: Person, item: str, day: date, clerk: User, chair: User, count: int = 1) -> None:
        """Record and confirm a service; inside a transaction."""
        rubric = versions.in_force(worker.area, Quarter.of(day))
        service = recording.record(uuid4().hex, worker, self.item(item, rubric), day, count, "", clerk)
        deciding.confirm(service, chair)

    def deduction(self, worker: Person, day: date) -> Deduction:
        """The clerk proposes to take 50 points; inside a transaction."""
        item = self.item("虚报", versions.in_force(worker.area, Quarter.of(day)))
        told = (item, day, 1, "这一天没有去过", "住户当面说的", self.clerk)
        return deductions.propose(uuid4().hex, worker, *told)

    def deduct(self, worker: Person, day: date) -> Service:
        """Take 50 points, after the worker was heard; inside a transaction."""
        deduction = self.deduction(worker, day)
        deductions.state(deduction, "我记错了日子", uuid4().hex, self.second_chair)
        return deductions.confirm(deduction, self.chair)

    @staticmethod
    def _officials(village: Area) -> tuple[str, str]:
        """Who prepares and who books; in the next village the outsider, for whom the county stands in."""
        return ("clerk", "chair") if village.code == VILLAGE else ("outsider", "county_user")


def a_picture(wide: int = 300, high: int = 400, kind: str = "JPEG", **more: Any) -> bytes:
    """A picture of nobody: red at the top, blue below. `more` is what Pillow saves along."""
    picture = Image.new("RGB", (wide, high), "red")
    picture.paste("blue", (0, high // 2, wide, high))
    file = BytesIO()
    picture.save(file, kind, **more)
    return file.getvalue()


# A picture of nobody as an iPhone takes it (HEIC): 64 × 48 pixels, red at the top, blue below, stored as
# if the phone was held sideways, with the maker "a camera" and a place on earth. pillow-heif wrote it.
IPHONE_PHOTO = b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAchtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA"
    "ADRpbG9jAAAAAERAAAIAAQAAAAAB7AABAAAAAAAAAC4AAgAAAAACGgABAAAAAAAAAHwAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAA"
    "AAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAABB2lwcnAAAADmaXBjbwAAAHZodmNDAQNwAAAA"
    "kAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq"
    "5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xh"
    "cAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBpeGkAAAAAAwgICAAAAAlpcm90AwAAABlpcG1hAAAAAAAAAAEA"
    "AQaBAgMFhIYAAAAaaXJlZgAAAAAAAAAOY2RzYwACAAEAAQAAALJtZGF0AAAAKigBrwngIzUt/+7Z//79byHsJ6R07u/Uo/9iY7vg"
    "Nv/6r219+knVVQecCAAAAAZFeGlmAABNTQAqAAAACAADAQ8AAgAAAAkAAAAyARIAAwAAAAEABgAAiCUABAAAAAEAAAA8AAAAAGEg"
    "Y2FtZXJhAAAAAgABAAIAAAACTgAAAAACAAUAAAADAAAAWgAAAAAAAAAZAAAAAQAAABMAAAABAAAAAAAAAAE="
)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are sent to the database meanwhile."""
    sent: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    yield sent
    event.remove(db.engine, "before_cursor_execute", count)


@contextmanager
def writing_connection() -> Iterator[Connection]:
    """A connection that may write, beside the session: as another program's."""
    with db.engine.connect().execution_options(writing=True) as connection, connection.begin():
        yield connection


def session_of(user: User) -> str:
    """Begin a session of somebody and return its token; the test then reads anew."""
    token, now = uuid4().hex, clock.machine_now()
    values = {"user_id": user.id, "number": user.session, "device": "", "began_at": now, "seen_at": now}
    with writing_connection() as connection:
        connection.execute(insert(UserSession).values(digest=sessions._digest(token), **values))
    db.session.rollback()
    return token


class Client(FlaskLoginClient):
    """A browser. Each request has its own context, as in a server, and the test then reads anew."""

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if user is not None:
            with self.session_transaction() as session:
                session["_user_id"] = session_of(user)

    def open(self, *args: Any, **kwargs: Any) -> Any:
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        if has_app_context():
            db.session.rollback()
        return response


def _check_printed(value: object) -> object:
    """What a page prints; a refusal itself would stand there with its code, and its sentence is meant."""
    assert not isinstance(value, Exception), f"the page prints {value!r}"
    return value


def new_app(uri: str) -> Flask:
    """The application on a database, as tests want it."""
    app = create_app(
        SQLALCHEMY_DATABASE_URI=uri, SECRET_KEY="only for tests", TESTING=True, WTF_CSRF_ENABLED=False
    )
    # A page that asks for something it was not given fails the test instead of leaving it out.
    app.jinja_env.undefined = jinja2.StrictUndefined
    app.jinja_env.finalize = _check_printed
    app.test_client_class = Client
    return app
