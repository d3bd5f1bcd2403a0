"""A name is a name, however it is typed: every place that compares names, looks for them or masks them."""

import ast
from uuid import uuid4

import pytest
import sqlalchemy as sa

from duties.households import files, listing
from duties.households.files import Particulars
from duties.households.listing import HouseholdSearch
from ground import names
from ground.clock import Quarter
from ground.db import Base, db, transaction
from people import areas, contacts, sight
from people.models import (
    Appointment,
    Attention,
    ContactKind,
    Duty,
    GridKind,
    Person,
    Role,
    User,
    mask_name,
    name_mask,
)
from people.roster import changes, duplicates, grids, persons, staffing, terms
from people.rosterfile import columns as roster_columns
from people.rosterfile import intake
from people.signin import accounts, keeping, passwords
from people.trail.search import TrailSearch, search_trail
from points.assessment import meeting, members, opening, review
from points.models import Assessment, Category, Voucher
from points.rubrics import comparing, versions
from points.rubrics.template import NewItem
from points.services import deciding, recording
from shop.desk import redemptions
from shop.desk.proxies import Collector
from shop.goodsfile import columns as goods_columns
from shop.goodsfile.intake import GOODS
from shop.models import Donation, Source
from shop.shelf import goods as shelf
from shop.stock import consignments, deliveries, donations, moves
from shop.stock.deliveries import DeliveryLine, Origin
from tests.cast import BEGAN_ON, HASHED, PASSWORD, PRESENT, TODAY, VILLAGE, writing_connection
from tests.product import PRODUCT, ROOT
from tests.story import do, refusal, refused

NAME = "潘凤家Ａbc3"
WRITTEN = {
    "as it is": NAME,
    "with spaces": " 潘 凤　家 Ａb c3 ",
    "full width": "潘凤家Ａｂｃ３",
    "in capitals": "潘凤家ABC3",
    "with what nobody sees": "潘\u200b凤家A\u00a0bc3\ufeff",
}


# --- The one way to compare ---


def test_names_that_are_one_and_names_that_are_not():
    assert {names.folded(written) for written in WRITTEN.values()} == {"潘凤家abc3"}
    assert names.same("阿·依", "阿 • 依")
    assert names.same("３幢（东）", "3幢[东]")
    assert not names.same("潘凤家", "潘凤佳")
    assert not names.same(None, None)


@pytest.mark.both_databases
@pytest.mark.parametrize("written", [*WRITTEN.values(), "欧阳 · 晓燕", "【一】—２", "É", "a_b%c/d"])
def test_the_database_folds_as_the_program_does(app, written):
    column = sa.literal(written)
    assert db.session.scalar(sa.select(names.FoldedColumn(column))) == names.folded(written)
    assert db.session.scalar(sa.select(names.is_name(column, written)))
    assert db.session.scalar(sa.select(names.has_in_name(column, written[1:])))
    assert db.session.scalar(sa.select(names.has_in_name(column, "%"))) == ("%" in written)


def test_a_person_s_name_is_kept_without_what_nobody_sees():
    assert [names.kept(name) for name in (" 潘 凤家 ", "尹　仙", "阿 • 依", "Li  Ming")] == [
        "潘凤家",
        "尹仙",
        "阿·依",
        "Li Ming",
    ]


@pytest.mark.parametrize("name", ["尹　仙", " 尹仙", "尹\u200b仙"])
def test_a_mask_counts_characters_and_not_spaces(name):
    assert mask_name(name) == "尹*"


def test_a_name_is_masked_in_a_text_and_nothing_else_is_touched():
    text = "据  尹　 仙说，潘\n凤家没来；潘凤和ＬＩ　Ming在。"
    assert name_mask(["尹仙", "潘 凤家", "Li Ming", "说"])(text) == "据  尹*说，潘*家没来；潘凤和L*g在。"


# --- Every place ---

PLACES = {}


def place(*named):
    """A place where names of these columns are compared, looked for, or masked."""

    def add(check):
        PLACES[check.__name__] = (named, check)
        return check

    return add


def person(cast, name=NAME, **more):
    return do(persons.add_person, cast.village, name, cast.clerk, **more)


def collecting(cast):
    return do(opening.open_quarter, cast.village, Quarter(2026, 4), cast.clerk)


def begun(cast, *more):
    assessment = collecting(cast)
    return do(meeting.deliberate, assessment, TODAY, [*PRESENT, *more], (), "", cast.clerk)


def sign_in_called(cast, username="namesake", name=NAME, role=Role.CLERK):
    with transaction():
        user = accounts.add_user(username, name, HASHED, None, temporary=False)
        accounts.grant(user, role, cast.village, None)
    return user


@place("member.name")
def a_member_is_there_once(cast, written):
    held = (TODAY, [*PRESENT, NAME, written], (), "", cast.clerk)
    refused("named_twice", meeting.deliberate, collecting(cast), *held)
    held = (TODAY, [*PRESENT, NAME], (written,), "", cast.clerk)
    refused("named_twice", meeting.deliberate, db.session.scalars(sa.select(Assessment)).one(), *held)


@place("member.name", "user_account.name")
def a_member_who_signs_in_is_known_and_left_out(cast, written):
    user = sign_in_called(cast)
    assessment = begun(cast, written)
    member = assessment.members[-1]
    assert member.user_id == user.id
    do(meeting.recuse, assessment, member, cast.worker, "兄弟", cast.chair)
    points = (cast.worker, 50, "雪天送药", uuid4().hex, user)
    refused("recused", meeting.adjust, assessment, *points)


@place("member.name", "user_account.name")
def a_member_left_out_by_name_alone_does_not_write(cast, written):
    """With two sign-ins of one name, the member is linked to neither."""
    user = sign_in_called(cast)
    sign_in_called(cast, "another", written, Role.CHAIR)
    assessment = begun(cast, written)
    member = assessment.members[-1]
    assert member.user_id is None
    do(meeting.recuse, assessment, member, cast.worker, "兄弟", cast.chair)
    refused("recused", meeting.adjust, assessment, cast.worker, 50, "雪天送药", uuid4().hex, user)


@place("member.name")
def a_member_left_out_stays_on_the_list(cast, written):
    assessment = begun(cast, NAME)
    member = assessment.members[-1]
    recusal = do(meeting.recuse, assessment, member, cast.worker, "兄弟", cast.clerk)
    again = (assessment.revision, TODAY, [*PRESENT, written], (), "", cast.clerk)
    do(meeting.rewrite, assessment, *again)
    assert members.recusals(assessment) == [recusal]
    assert len(assessment.members) == len(PRESENT) + 1


@place("member.name", "user_account.name")
def a_member_is_offered_once(cast, written):
    begun(cast, NAME)
    sign_in_called(cast, name=written)
    following = do(opening.open_quarter, cast.village, Quarter(2026, 3), cast.clerk)
    offered = members.known_members(following)
    assert len([name for name in offered if name[0] == "潘"]) == 1
    assert set(PRESENT) <= set(offered)


@place("member.name", "person.name")
def names_are_masked_in_what_was_said(cast, written):
    person(cast, "尹仙Ｌ")
    begun(cast, NAME)
    said = sight.outside().text(f"由{written}和尹　仙l说", cast.village)
    assert names.folded(said) == "由潘*3和尹*l说"


@place("service.voucher_name", "witness.name", "person.name", "user_account.name")
def nobody_vouches_for_themselves(cast, written):
    worker = person(cast)
    grid = do(grids.add_grid, cast.village, "90", "河边", GridKind.RURAL, 8, cast.clerk)
    do(terms.appoint, worker, grid, Duty.WORKER, BEGAN_ON, cast.clerk)
    item = cast.item("入户发放")
    service = do(recording.record, uuid4().hex, worker, item, TODAY, 1, "", cast.clerk)
    refused("same_person", deciding.confirm, service, cast.chair, Voucher.WITNESS, written)
    clerk = sign_in_called(cast)
    service = do(recording.record, uuid4().hex, cast.worker, item, TODAY, 1, "", clerk)
    refused("same_person", deciding.confirm, service, cast.chair, Voucher.HOUSEHOLD, written)


@place("person.name")
def two_entries_of_one_person_are_found(cast, written):
    first = person(cast, birth_year=1968)
    second = person(cast, birth_year=1968)
    with transaction() as session:
        session.execute(sa.update(Person).where(Person.id == second.id).values(name=written))
    assert [(pair.first, pair.second) for pair in duplicates.suggested_pairs(cast.county)] == [
        (first, second)
    ]
    assert duplicates.possible_duplicates(first)[0] == second


@place("person.name")
def a_person_is_found_by_name(cast, written):
    worker = person(cast, phone="13800001111")
    assert persons.find_by_name_and_phone(cast.village, written, "13800001111") == worker
    for searched in (written, written[:-2]):
        query = staffing.people_query(cast.village, serving=False, name=searched)
        assert db.session.scalars(query).all() == [worker]


@place("user_account.name", "user_account.username")
def a_sign_in_is_found_by_name(cast, written):
    user = sign_in_called(cast, "潘凤家abc3-s")
    for searched in (written, written[:-2], f"{written}－Ｓ"):
        assert db.session.scalars(keeping.users_in(cast.village, words=searched)).all() == [user]
    assert keeping.find_by_name(f"{written}－Ｓ") == user


@place("user_account.username")
def a_sign_in_name_is_taken_once(cast, written):
    user = sign_in_called(cast, NAME, "另一个人")
    assert user.username == names.folded(NAME)
    assert accounts.sign_in(written, PASSWORD) == user
    refused("username_taken", accounts.add_user, "".join(written.split()), "新人", HASHED, None)
    with refusal("password_is_name"):
        passwords.own_secret("long" + written, "long" + NAME)
    with pytest.raises(sa.exc.IntegrityError), writing_connection() as connection:
        connection.execute(sa.insert(User).values(username=written, name="x", password_hash="x"))


@place("person.name", "user_account.name", "grid.name", "village_group.name", "contact.name", "area.name")
def the_trail_is_searched(cast, written):
    somebody, user = person(cast), sign_in_called(cast)
    grid = do(grids.add_grid, cast.village, "90", NAME, GridKind.RURAL, 8, cast.clerk)
    group = do(grids.find_or_add_group, cast.village, NAME, cast.clerk)
    contact = do(contacts.attach, cast.village, ContactKind.POLICE, NAME, "", "110", TODAY, cast.clerk)
    rows = [
        ("person", somebody),
        ("grid", grid),
        ("village_group", group),
        ("contact", contact),
        ("user", user),
    ]
    subjects = {f"{'group' if kind == 'village_group' else kind}:{row.id}" for kind, row in rows}
    found = {
        event.subject for event in db.session.scalars(search_trail(cast.county, TrailSearch(text=written)))
    }
    assert subjects <= found
    above = TrailSearch(text=written, masked=True)
    found = {event.subject for event in db.session.scalars(search_trail(cast.county, above))}
    assert subjects - found == {f"person:{somebody.id}"}


@place("household.head", "household.house")
def a_household_has_one_file(cast, written):
    grid = do(grids.add_grid, cast.village, "90", "河边", GridKind.RURAL, 8, cast.clerk)
    told = (Attention.ORDINARY, "", TODAY, cast.clerk)
    household = do(files.add_household, grid, Particulars(NAME, house=NAME), *told)
    refused("household_exists", files.add_household, grid, Particulars(written, house=written), *told)
    do(files.correct, household, Particulars(written, house=written, residents=3), cast.clerk)
    for searched in (NAME, written[:-2]):
        query = listing.search_households([grid.id], HouseholdSearch(text=searched))
        assert db.session.scalars(query).all() == [household]


@place("village_group.name")
def a_group_is_there_once(cast, written):
    group = do(grids.find_or_add_group, cast.village, NAME, cast.clerk)
    assert do(grids.find_or_add_groups, [(cast.village, written), (cast.village, NAME)], cast.clerk) == [
        group,
        group,
    ]


@place("grid.name")
def a_grid_is_not_renamed_to_what_it_is(cast, written):
    grid = do(grids.add_grid, cast.village, "90", NAME, GridKind.RURAL, 8, cast.clerk, on=BEGAN_ON)
    refused("same_name", changes.rename, grid, written, TODAY, "改名", cast.clerk)


@place("area.name")
def an_area_is_there_once(cast, written):
    for name in (NAME, written):
        line = f"code,level,name,parent_code\n539900101203,village,{name},539900101\n"
        parent = "code,level,name,parent_code\n539900,county,云上县,5399\n539900101,township,溪水镇,539900\n"
        made = do(areas.import_areas, (parent + line.partition("\n")[2]).encode())
    assert made == 0


def csv_of(row):
    return "\n".join([",".join(row), ",".join(f'"{cell}"' for cell in row.values())]).encode()


def take_in(area, row, actor):
    """Take a roster of one row in; how many rows are new, changed and as they were."""
    table = intake.ROSTER.read(csv_of(row), "花名册.csv", area)
    with transaction():
        made = intake.ROSTER.plan_table(table, area)
        assert made.bad_cells == []
        list(intake.import_rows(made, area, actor))
    return dict(made.counts)


@place("grid.name", "village_group.name", "person.name", "person.agency")
def a_roster_s_names_are_those_that_are_there(cast, written):
    named = (
        roster_columns.GRID,
        roster_columns.GROUP,
        roster_columns.NAME,
        roster_columns.INSTRUCTOR,
        roster_columns.AGENCY,
    )
    row = {
        roster_columns.VILLAGE: VILLAGE,
        roster_columns.CODE: "G-1",
        roster_columns.KIND: "农村",
        roster_columns.BIRTH_YEAR: "1968",
        roster_columns.SINCE: "2026-01-01",
    }
    assert take_in(cast.county, row | dict.fromkeys(named, NAME), cast.clerk) == {"added": 1}
    grid = grids.by_code(cast.village, "G-1")
    before = db.session.scalar(sa.select(sa.func.count(Person.id)))
    assert take_in(cast.county, row | dict.fromkeys(named, written), cast.clerk) == {"left": 1}
    assert [line.name for line in changes.history(grid)] == [NAME]
    other = row | dict.fromkeys(named, written) | {roster_columns.CODE: "G-2", roster_columns.GRID: "另一个"}
    take_in(cast.county, other, cast.clerk)
    assert db.session.scalar(sa.select(sa.func.count(Person.id))) == before
    assert len(db.session.scalars(sa.select(Appointment).where(Appointment.grid_id != grid.id)).all()) > 1


@place("rubric_item.name")
def an_item_is_in_a_rubric_once(cast, written):
    items = [NewItem(Category.SERVICE, name, "次", 10) for name in (NAME, written)]
    refused("item_twice", versions.publish, cast.county, TODAY, "政法委", items, versions.USUAL_LIMITS, None)
    one, other = (versions.Rubric(items=[versions.RubricItem(**vars(item), own=False)]) for item in items)
    assert comparing.compare(one, other) == ([], 1)


@place("goods.name")
def an_article_is_on_the_shelf_once(cast, written):
    tea = do(shelf.add_goods, cast.shop, NAME, "盒", 10)
    refused("goods_exists", shelf.add_goods, cast.shop, written, "盒", 10)
    refused("goods_exists", shelf.change_goods, cast.goods, written, "块", None)
    do(shelf.change_goods, tea, written, "盒", None)
    assert db.session.scalars(shelf.search_goods(cast.shop, words=written[:-2])).all() == [tea]
    plan = GOODS.plan(csv_of({goods_columns.NAME: written}), "货品.csv", cast.village)
    assert (plan.bad_cells, dict(plan.counts)) == ([], {"left": 1})


@place("goods.name")
def an_article_is_the_same_in_the_next_shop(cast, written):
    tea = do(shelf.add_goods, cast.shop, NAME, "盒", 10)
    there = do(shelf.add_goods, cast.next_shop, written, "盒", 10)
    lot = do(moves.receive, "tea", tea, 5, Source.PURCHASE, cast.manager)
    sent = do(consignments.send, "sent", lot, cast.next_shop, 2, "", cast.manager)
    do(consignments.accept, sent, cast.outside_volunteer)
    assert cast.on_hand(there) == 2


@place("donation.donor")
def a_donor_is_one(cast, written):
    for key, donor in (("a", NAME), ("b", written), ("b", NAME), ("a", written)):
        do(moves.receive, key, cast.salt, 3, Source.DONATION, cast.manager, donor)
    salt_and_ours = db.session.scalars(sa.select(Donation).where(Donation.shop_id == cast.shop.id)).all()
    assert len(salt_and_ours) == 2
    assert donations.donors(cast.shop) == sorted(["供销社", names.kept(NAME)])


@place("delivery.supplier")
def a_supplier_is_one(cast, written):
    """And so an invoice of theirs comes in once, however both are written."""
    for key, name in (("a", NAME), ("a", written)):
        do(deliver, key, cast.goods, name)
    refused("invoice_twice", deliver, "b", cast.goods, written)
    assert deliveries.suppliers(cast.shop) == sorted(["供销社", names.kept(NAME)])


def deliver(key, goods, supplier):
    origin = Origin(Source.PURCHASE, supplier, "17")
    return deliveries.take_in(key, goods.shop, origin, [DeliveryLine(goods, 1)], None)


@place("proxy.name")
def who_came_is_the_same_when_it_is_sent_twice(cast, written):
    cast.earn(cast.worker, 100)
    handed = [
        do(
            redemptions.redeem,
            "k" * 16,
            cast.shop,
            cast.card,
            {cast.goods.id: 1},
            cast.volunteer,
            Collector(name, "儿子", []),
        ).id
        for name in (NAME, written)
    ]
    assert handed[0] == handed[1]


@place("user_account.name")
def who_confirms_is_one_in_the_review(cast, written):
    first = sign_in_called(cast, "one", NAME, Role.CHAIR)
    second = sign_in_called(cast, "two", NAME, Role.CHAIR)
    with writing_connection() as connection:  # the name of a sign-in never changes, but behind our back
        connection.execute(
            sa.text("UPDATE user_account SET name = :name WHERE id = :id"), {"name": written, "id": second.id}
        )
    db.session.rollback()
    with transaction():
        for number in range(10):
            day = TODAY if number else BEGAN_ON.replace(year=2026)
            service = recording.record(
                uuid4().hex, cast.worker, cast.item("入户发放"), day, 1, "", cast.clerk
            )
            deciding.confirm(service, (first, second)[number % 2])
    begun(cast)
    figures = review.figures(cast.village, Quarter(2026, 4))
    assert [(each.confirmer, each.confirmer_share) for each in figures] == [(figures[0].confirmer, 100)]


@pytest.mark.one_database  # both fold alike: `test_the_database_folds_as_the_program_does`
@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
@pytest.mark.parametrize("where", PLACES)
def test_a_name_is_the_same_name_however_it_is_typed(cast, where, written):
    _named, check = PLACES[where]
    check(cast, written)


# Columns of names of the field; what a column holds is a name by its own.
NAME_COLUMNS = {"name", "username", "head", "house", "donor", "supplier", "voucher_name", "agency"}
# Those that are only written down and shown.
ONLY_SHOWN = {
    **dict.fromkeys(("account.head", "lease.head"), "a hash, and no name"),
    "confirmation_undone.voucher_name": "as the record had it",
    "contact.agency": "shown on the card",
    "device.name": "the key tells which it is",
    "grid.agency": "shown on the grid's page",
    "import_file.name": "a file's",
    "notice_line.name": "masked, as it hung; the line knows its worker",
    "objection.name": "who brought it, for the reply",
    "opening_notice_line.name": "masked, as it hung; the line knows its worker",
    "opening_objection.name": "who brought it, for the committee",
    "purchase_line.name": "what is to be bought, as the paper has it",
    "redemption_line.name": "as it was printed; the line knows its article",
    "stock_move.name": "as its voucher prints it; the lot knows its article",
    "shop.name": "there is one in a village",
}


def test_every_column_of_names_has_its_place():
    columns = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name in NAME_COLUMNS
    }
    compared = {column for named, _check in PLACES.values() for column in named}
    assert compared & set(ONLY_SHOWN) == set()
    assert columns == compared | set(ONLY_SHOWN)


# --- And no other way ---

# A name as a value of its own in a comparison, a search or a key, where only `ground.names` may stand.
LOCAL_NAMES = {"name", "was", "head", "house", "donor"}
COMPARING = {
    "contains",
    "icontains",
    "startswith",
    "endswith",
    "in_",
    "like",
    "ilike",
    "replace",
    "count",
    "index",
}
WORDS_ONLY = {"strip", "lower", "upper", "casefold"}
NOT_OF_THE_FIELD = {
    ("people/areas.py", "name not in COLUMNS"): "a column",
    ("people/filing.py", "file.kind != kind.name"): "a kind of file",
    ("people/takeback/trace.py", "db.engine.dialect.name != 'postgresql'"): "a kind of database",
    ("people/filing.py", "{column.name: …}"): "a column",
    ("people/pages.py", "houses[entry] == house"): "one of the packages",
    ("people/pages.py", "room.endpoint != house"): "one of the packages",
    ("people/rolesheet.py", "route.package == package.name"): "a package",
    ("people/filing.py", "'*' in name"): "a mask",
    ("people/signin/accounts.py", "User.username == name"): "folded by its column",
    ("people/trail/words.py", "{part.name: …}"): "a field of a dataclass",
    ("people/views/cards/cards.py", "line.key == name"): "a row's name in the trail",
    ("people/views/takeback.py", "ImportFile.kind == pages.kind.name"): "a kind of file",
    ("points/rubrics/comparing.py", "name not in newer_items"): "folded above",
    ("points/verify.py", "account.head != head"): "a hash",
    ("points/views/services/services.py", "name in request.args"): "a key of the address",
    (
        "shop/offline/journal.py",
        "(entry.position, entry.previous) == (lease.position + 1, lease.head)",
    ): "hashes",
    ("shop/offline/verify.py", "(position, head) != (lease.position, lease.head)"): "hashes",
    (
        "shop/offline/verify.py",
        "(row.position, entry.position, entry.previous) != (position + 1, position + 1, head)",
    ): "hashes",
    ("shop/forms/desk.py", "refusal.field == self.signature.name"): "a field of the form",
}


def is_method(node, names):
    """Whether an expression calls one of these methods."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names


def is_a_name(node):
    """Whether an expression is a name of the field itself, or several that hold one."""
    while (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WORDS_ONLY
    ):
        node = node.func.value
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return any(map(is_a_name, node.elts))
    if isinstance(node, ast.Attribute):
        return node.attr in NAME_COLUMNS - {"username"}  # which its column folds
    return isinstance(node, ast.Name) and node.id in LOCAL_NAMES


def compared(code):
    """Where code compares names by itself."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Compare):
            if not any(isinstance(way, ast.Is | ast.IsNot) for way in node.ops) and any(
                map(is_a_name, [node.left, *node.comparators])
            ):
                yield ast.unparse(node)
        elif is_method(node, COMPARING):
            if any(map(is_a_name, [node.func.value, *node.args])):
                yield ast.unparse(node)
        elif isinstance(node, ast.DictComp) and isinstance(node.key, ast.Attribute) and is_a_name(node.key):
            yield f"{{{ast.unparse(node.key)}: …}}"
        elif isinstance(node, ast.SetComp) and isinstance(node.elt, ast.Attribute) and is_a_name(node.elt):
            yield f"{{{ast.unparse(node.elt)} for …}}"
        elif (
            isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Name) and is_a_name(node.slice)
        ):
            yield ast.unparse(node)


def test_the_search_for_other_comparisons_finds_them():
    for code in (
        "first.name == second.name",
        "name == was",
        "name in (service.worker.name, service.recorded_by.name)",
        "names.count(name) > 1",
        "Person.name.contains(text)",
        "{member.name: member for member in members}",
        "text.replace(name, mask_name(name))",
        "people[area.id, person.name]",
        "select(Goods).where(Goods.name.in_(wanted))",
        "member.name not in invited",
        "household.head.strip() == head",
    ):
        assert list(compared(code)), code
    for code in (
        "names.same(first.name, second.name)",
        "names.folded(person.name) in there",
        "names.has_in_name(Person.name, text)",
        "person.agency is None",
        "form[name]",
        "{names.folded(item.name): item for item in items}",
    ):
        assert list(compared(code)) == [], code


def test_names_are_compared_in_one_way():
    found = {
        (str(file.relative_to(ROOT)), comparison)
        for file in PRODUCT
        if file.relative_to(ROOT).parts[0] in {"people", "points", "duties", "shop"}
        for comparison in compared(file.read_text())
    }
    assert found - set(NOT_OF_THE_FIELD) == set()
    assert set(NOT_OF_THE_FIELD) - found == set()
