"""The search from every page's head: everybody finds what they may see, as they see it, and nothing else."""

import re
from html import unescape
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from duties.households import files
from duties.households.files import Particulars
from ground.db import db, transaction
from ground.pinyin import has_initials
from people import contacts
from people.models import Attention, ContactKind, Duty
from people.roster import changes, persons, terms
from points import merging
from shop.desk import redemptions
from shop.models import Delivery, Donation
from tests.cast import COUNTY, TODAY, TOWNSHIP, VILLAGE, counted
from tests.story import do

FOUND = re.compile(
    r'<li class="entry">\s*<a href="([^"]+)">([^<]*)</a>(?:\s*<span class="when">([^<]*)</span>)?'
)


@pytest.fixture
def looking(client_of):
    """What somebody finds by words: the names of what is found with their addresses and notes."""
    clients = {}

    def look(user, words, area=VILLAGE):
        client = clients.setdefault(user.id, client_of(user))
        answer = client.get(f"/a/{area}/find?q={quote(words)}")
        if answer.status_code == 302:
            return answer.location
        assert answer.status_code == 200
        found = [tuple(map(unescape, hit)) for hit in FOUND.findall(answer.text)]
        for url, *_rest in found:  # nothing is found that cannot be opened
            assert client.get(url).status_code in (200, 302), url
        return found

    return look


def names_of(found):
    return [name for _url, name, _note in found]


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        *(("罗云海", "lyh"), ("普绍兰", "psl"), ("起云", "qy"), ("鲁明", "lm")),
        *(
            ("单小云", "sxy"),
            ("单小云", "dxy"),
            ("曾明", "zm"),
            ("曾明", "cm"),
            ("仇和", "qh"),
            ("仇和", "ch"),
        ),
        *(("解放", "xf"), ("解放", "jf"), ("查良", "zl"), ("查良", "cl"), ("盖明", "gm"), ("朴明", "pm")),
        *(("尉迟恭", "ycg"), ("尉迟恭", "wcg"), ("尉迟恭", "cg")),
    ],
)
def test_first_letters_count_in_every_reading(name, letters):
    assert has_initials(name, letters)
    assert not has_initials(name, letters + letters)
    assert not has_initials("张三", letters)


def test_the_clerk_finds_people_grids_and_goods(cast, looking):
    """By a part of the name, first letters, the telephone's end, the grid's name and code."""
    for words in ("李秀明", "秀明", " 李 秀明", "lxm", "XM"):
        (hit,) = looking(cast.clerk, words)
        assert hit[1:] == ("李秀明", "第01网格"), words
    assert len(looking(cast.clerk, "5678")) == 8
    assert looking(cast.clerk, "第03网格")[0][1:] == ("第03网格", "03")
    assert "第03网格" in names_of(looking(cast.clerk, "03"))
    assert names_of(looking(cast.clerk, "shy") + looking(cast.clerk, "fz")) == ["肥皂"]
    assert names_of(looking(cast.clerk, "单位里没有的")) == []


def test_a_number_leads_there_at_once(cast, looking):
    """A card by its number or code, goods by their barcode, a receipt, each in any width."""
    cast.earn(cast.worker, 1000)
    bought = do(redemptions.redeem, "k" * 16, cast.shop, cast.card, {cast.goods.id: 1}, cast.volunteer)
    card, here = cast.card, f"/v/{VILLAGE}"
    its_cards, itself = f"{here}/cards/people/{cast.worker.id}", f"{here}/people/{cast.worker.id}"
    for words in (card.number, card.grouped, f"HTTPS://{'A' * 60}.EXAMPLE/C/{card.token}"):
        assert looking(cast.clerk, words) == its_cards
    assert (
        looking(cast.supervisor, card.number) == looking(cast.township_user, card.number, TOWNSHIP) == itself
    )
    assert looking(cast.manager, card.number) == []
    assert looking(cast.manager, "6901028075831") == f"{here}/goods/{cast.goods.id}"
    assert len(looking(cast.county_user, "6901028075831", COUNTY)) == 2  # two shops have it
    receipt = f"{here}/redemptions/{bought.id}"
    for words in (bought.number, "２０２６１２２８－０００１", f"https://aixin.example/r/{bought.code}"):
        assert looking(cast.volunteer, words) == looking(cast.county_user, words, COUNTY) == receipt
    for words in ("20261228-9999999999999", "20261399-0001", "20261228-0002", "9" * 60, "\0", "%", "_"):
        assert looking(cast.clerk, words) == []
    (donation,) = db.session.scalars(sa.select(Donation).where(Donation.shop_id == cast.shop.id))
    (delivery,) = db.session.scalars(sa.select(Delivery).where(Delivery.donation_id == donation.id))
    assert looking(cast.clerk, delivery.number)
    assert names_of(looking(cast.clerk, "供销")) == ["供销社"]


def test_a_worker_finds_themselves_their_households_and_what_everybody_may_see(cast, looking):
    for worker, head in ((cast.worker, "张大山"), (cast.neighbour, "张小山")):
        grid = cast.term_of(worker).grid
        home = Particulars(head, "三组12号", "13912345678")
        do(files.add_household, grid, home, Attention.ORDINARY, "", TODAY, cast.clerk)
    do(
        contacts.attach,
        cast.village,
        ContactKind.POLICE,
        "张警官",
        "派出所",
        "0878-5211234",
        TODAY,
        cast.clerk,
    )
    assert names_of(looking(cast.worker_user, "张")) == ["张大山", "张警官"]
    assert (
        names_of(looking(cast.worker_user, "zds"))
        == names_of(looking(cast.worker_user, "5678"))
        == ["张大山"]
    )
    assert looking(cast.worker_user, "李秀明")[0][0] == f"/v/{VILLAGE}/mine"
    for words in ("王芳", "第02网格", "肥皂", cast.card.number, "6901028075831"):
        assert looking(cast.worker_user, words) == []
    assert names_of(looking(cast.clerk, "张")) == ["张伟", "张大山", "张小山", "张警官"]
    assert names_of(looking(cast.volunteer, "张")) == ["张警官"]
    assert "走访" in "".join(names_of(looking(cast.worker_user, "走访")))


def test_an_instructor_finds_their_own_grids(cast, looking):
    person = do(persons.add_person, cast.village, "何指导", cast.clerk)
    with transaction():
        cast.instructor.person_id = person.id
    grid = cast.term_of(cast.worker).grid
    do(terms.appoint, person, grid, Duty.INSTRUCTOR, TODAY, cast.clerk)
    assert names_of(looking(cast.instructor, "李秀明")) == ["李秀明"]
    assert names_of(looking(cast.instructor, "网格")) == ["第01网格"]
    assert looking(cast.instructor, "王芳") == looking(cast.instructor, cast.card.number) == []


def test_above_the_village_names_are_found_as_they_are_seen(cast, looking):
    """The hidden character finds nobody, nor do the letters that it would have."""
    for user, area in (
        (cast.township_user, TOWNSHIP),
        (cast.county_user, COUNTY),
        (cast.county_user, VILLAGE),
    ):
        for words in ("李秀明", "秀", "lxm", "欧阳", "12000005678"):
            assert looking(user, words, area) == [], words
        assert looking(user, "李*明", area)[0][1:] in (("李*明", "第01网格"), ("李*明", "柳树村 · 第01网格"))
        assert names_of(looking(user, "lm", area)) == ["李*明"]
    assert len(looking(cast.county_user, "5678", COUNTY)) == 9
    assert names_of(looking(cast.county_user, "桥头", COUNTY)) == ["桥头社区"]
    assert names_of(looking(cast.county_user, "lsc", COUNTY)) == ["柳树村"]
    assert looking(cast.far_township_user, "lm", "539900102000") == []


def test_one_of_two_entries_is_found_a_closed_grid_and_who_left_too(cast, client_of, looking):
    twin = do(persons.add_person, cast.village, "李秀敏", cast.clerk)
    do(merging.merge, cast.worker, twin, "同一个人", None)
    for words in ("秀敏", "李秀"):
        (hit,) = looking(cast.clerk, words)
        assert hit == (f"/v/{VILLAGE}/people/{cast.worker.id}", "李秀明", "第01网格")
    assert "找到 1 项" in client_of(cast.clerk).get(f"/a/{VILLAGE}/find?q=李秀").text
    term = cast.term_of(cast.neighbour)
    do(terms.end_term, term, "外出务工", cast.clerk, TODAY)
    do(changes.close, term.grid, TODAY, "并入", cast.clerk)
    assert "不再任职" in looking(cast.clerk, "王芳")[0][2]
    assert "2026年12月28日撤销" in looking(cast.clerk, "第02网格")[0][2]


def test_the_field_is_in_the_head_of_every_page(cast, client_of):
    """In the page's place, or the visitor's own first; nobody who is not signed in has one."""
    page = client_of(cast.clerk).get(f"/v/{VILLAGE}/grids").text
    assert page.count('role="search"') == page.count(f'action="/a/{VILLAGE}/find"') == 1
    assert f'action="/a/{TOWNSHIP}/find"' in client_of(cast.township_user).get("/password").text
    assert 'role="search"' not in client_of(None).get(f"/c/{cast.card.token}").text
    assert 'role="search"' in client_of(cast.clerk).get("/v/nowhere/").text
    found = client_of(cast.clerk).get(f"/a/{VILLAGE}/find?q=<b>“秀").text
    assert ('value="&lt;b&gt;“秀"' in found, "autofocus" in found) == (True, False)
    assert "autofocus" in client_of(cast.clerk).get(f"/a/{VILLAGE}/find").text


def test_what_is_found_is_asked_for_as_a_whole(cast, client_of):
    """However many fit, and in whatever grids they serve."""
    client = client_of(cast.clerk)
    asked = {}
    for words in ("李秀明", "网格", "5678"):
        with counted() as sent:
            client.get(f"/a/{VILLAGE}/find?q={words}")
        asked[words] = len(sent)
    assert max(asked.values()) - min(asked.values()) <= 3, asked
