"""Rubrics: the county publishes, the village adopts and adds within limits, and versions can be compared."""

from dataclasses import replace
from datetime import date

import pytest

from ground.clock import Quarter
from ground.db import db, transaction
from ground.refusal import Refused
from points.models import Category, FedBy, Rubric
from points.rubrics import versions
from points.rubrics.comparing import compare
from points.rubrics.template import TEMPLATE, USUAL_LIMITS, Limits, NewItem
from points.rubrics.wall import rubric_pdf
from tests.cast import COUNTY, FAR_VILLAGE, NEXT_VILLAGE, TOWNSHIP, VILLAGE
from tests.printed import RARE, read, texts
from tests.story import do, refused

NEW_YEAR = date(2027, 1, 1)
HERE, ABOVE = f"/v/{VILLAGE}/rubric", f"/a/{COUNTY}/rubric"
SWEEP = NewItem(Category.SERVICE, "清扫村道", "次", 15, 60, "证明人")
NOISE = NewItem(Category.SERVICE, "无故缺席村民会议", "次", -20)


def publish(cast, items=TEMPLATE, limits=USUAL_LIMITS, day=NEW_YEAR):
    with transaction():
        return versions.publish(cast.county, day, "县委政法委〔2026〕9号", items, limits, cast.county_user)


def adopt(cast, own=(), day=NEW_YEAR):
    with transaction():
        return versions.adopt(cast.village, day, "村民代表会议", own, cast.chair)


def names(rubric):
    return [item.name for item in rubric.items]


def test_a_village_takes_the_county_s_items_over_and_adds_its_own(cast):
    template = publish(cast)
    rubric = adopt(cast, [SWEEP, NOISE])
    assert (rubric.version, rubric.template_id) == (2, template.id)
    assert names(rubric) == [*names(template), "清扫村道", "无故缺席村民会议"]
    assert [item.name for item in rubric.items if item.own] == ["清扫村道", "无故缺席村民会议"]
    sources = {item.name: item.source for item in rubric.items}
    assert (sources["走访一户"], sources["清扫村道"]) == (FedBy.VISIT, FedBy.CLAIM)
    assert versions.in_force(cast.village, Quarter(2026, 4)).version == 1
    assert versions.in_force(cast.village, Quarter(2027, 1)).version == 2


def test_the_template_of_the_day_is_adopted_not_one_to_come(cast):
    publish(cast, [SWEEP], day=date(2027, 4, 1))
    assert "清扫村道" not in names(adopt(cast))
    assert names(adopt(cast, day=date(2027, 4, 1))) == ["清扫村道"]


def test_a_county_that_published_nothing_has_the_program_s_model(cast):
    far = cast.far_village
    assert versions.items_of(None) == list(TEMPLATE)
    assert versions.limits_of(None) == USUAL_LIMITS
    assert versions.template_for(far, date(2024, 12, 31)) is None  # the cast's county published a day later


def test_the_page_says_whose_items_are_adopted(cast, client_of):
    """A village that begins alone has no county's; nor has one on the day before its county's first."""
    for day, words, others in (
        ("2024-12-31", "程序自带的细则范本", "县级项目"),
        ("2025-01-01", "采用县里的细则", "程序自带"),
    ):
        data = decision(in_force_from=day, more="1")
        page = client_of(cast.chair).post(f"{HERE}/adopt", data=data).text
        assert (words in page, others in page) == (True, False), day


@pytest.mark.parametrize(
    ("code", "own"),
    [
        ("too_many_items", [replace(SWEEP, name=f"加分{n}") for n in range(6)]),
        ("too_many_items", [replace(NOISE, name=f"扣分{n}") for n in range(6)]),
        ("too_many_points", [replace(SWEEP, points=21)]),
        ("too_many_points", [replace(NOISE, points=-21)]),
        ("source_not_own", [replace(SWEEP, source=FedBy.VISIT)]),
        ("item_twice", [SWEEP, SWEEP]),
        ("item_twice", [replace(SWEEP, name="走访一户")]),
        ("bad_item", [replace(SWEEP, unit=" ")]),
        ("bad_item", [replace(SWEEP, name="长" * 101)]),
        ("bad_item", [replace(SWEEP, points=0)]),
        ("bad_item", [replace(NOISE, cap=10)]),
    ],
)
def test_what_a_village_adds_keeps_to_the_limits(cast, code, own):
    # "source_not_own" is asked of a template without visits: otherwise two items would be fed by them.
    publish(cast, [item for item in TEMPLATE if item.source != FedBy.VISIT or code != "source_not_own"])
    with pytest.raises(Refused, match=code):
        adopt(cast, own)
    five = [replace(SWEEP, name=f"加分{n}", points=20) for n in range(5)]
    assert adopt(cast, [*five, *(replace(NOISE, name=f"扣分{n}") for n in range(5))]).version == 2


def test_the_limits_are_the_template_s(cast):
    publish(cast, limits=Limits(1, 0, 5))
    with pytest.raises(Refused, match="too_many_points"):
        adopt(cast, [SWEEP])
    with pytest.raises(Refused, match="too_many_items"):
        adopt(cast, [replace(NOISE, points=-5)])
    assert adopt(cast, [replace(SWEEP, points=5)]).items[-1].own


def test_a_template_is_sound_too(cast):
    for code, items in (
        ("no_items", []),
        ("source_twice", [*TEMPLATE, replace(TEMPLATE[4], name="再走访")]),
        ("bad_item", [replace(SWEEP, points=-15, cap=None, source=FedBy.VISIT)]),
    ):
        with pytest.raises(Refused, match=code):
            publish(cast, items)
    publish(cast, day=date(2027, 4, 1))
    with pytest.raises(Refused, match="rubric_out_of_order"):
        publish(cast)


def test_two_versions_are_compared(cast):
    before = adopt(cast, [SWEEP])
    publish(
        cast,
        [replace(item, points=3) if item.name == "走访一户" else item for item in TEMPLATE if item.cap != 20],
    )
    after = adopt(cast, [NOISE])
    differences, same = compare(before, after)
    told = {one.name: (bool(one.older), bool(one.newer), one.changed) for one in differences}
    assert told["走访一户"] == (True, True, ("points", "evidence", "source"))  # the cast's is claimed
    assert told["无故缺席村民会议"] == (False, True, ())
    assert told["清扫村道"] == (True, False, ())
    assert same == len(after.items) - sum(one.newer is not None for one in differences)
    assert compare(after, after) == ([], len(after.items))


def lines(*items):
    """What the form sends for these items."""
    sent = {}
    for number, item in enumerate(items):
        fields = {
            "category": item.category,
            "name": item.name,
            "unit": item.unit,
            "points": str(item.points / 10),
            "cap": str(item.cap / 10) if item.cap else "",
            "evidence": item.evidence,
            "source": item.source,
        }
        sent |= {f"lines-{number}-{name}": value for name, value in fields.items()}
    return sent


def decision(**more):
    return {"in_force_from": "2027-01-01", "approved_by": "村民代表会议12月20日决议"} | more


def test_the_chair_adopts_on_a_page_and_the_village_reads_it(cast, client_of):
    publish(cast)
    chair = client_of(cast.chair)
    assert "县里发布了第2版" in chair.get(HERE).text
    page = chair.get(f"{HERE}/adopt").text
    assert 'name="lines-0-name"' in page
    assert 'name="lines-1-name"' not in page  # one free line, and a button for one more
    more = chair.post(f"{HERE}/adopt", data=decision(more="1") | lines(SWEEP))
    assert 'value="清扫村道"' in more.text
    assert 'name="lines-1-name"' in more.text
    assert 'name="lines-2-name"' not in more.text
    full = chair.post(f"{HERE}/adopt", data=decision(more="1") | lines(*[SWEEP] * 9))
    assert 'name="lines-9-name"' in full.text
    assert 'name="more"' not in full.text  # five bonuses and five deductions are all that it may add
    refused = chair.post(f"{HERE}/adopt", data=decision() | lines(replace(SWEEP, points=30)))
    assert refused.status_code == 422
    assert "超过了自定项目的 2 分上限" in refused.text
    assert 'value="清扫村道"' in refused.text  # what was typed is kept
    made = chair.post(f"{HERE}/adopt", data=decision() | lines(SWEEP, replace(NOISE, name="")))
    assert made.headers["Location"] == f"{HERE}/2"
    page = client_of(cast.worker_user).get(f"{HERE}/2").text
    assert "清扫村道" in page
    assert "这一版还没有施行" in page
    assert "无故缺席村民会议" not in page
    older, newer = (versions.find_version(cast.village, number).id for number in (1, 2))
    differences = client_of(cast.supervisor).get(f"{HERE}/compare?older={older}&newer={newer}").text
    assert "清扫村道" in differences
    assert "新增" in differences


def test_a_line_that_is_half_filled_in_is_asked_for(cast, client_of):
    half = lines(SWEEP) | {"lines-0-points": "", "lines-0-unit": ""}
    refused = client_of(cast.chair).post(f"{HERE}/adopt", data=decision() | half)
    assert refused.status_code == 422
    assert "请写明分值" in refused.text
    assert "请写明单位" in refused.text
    assert versions.latest(cast.village).version == 1


def test_the_county_publishes_on_a_page(cast, client_of):
    county, limits = (
        client_of(cast.county_user),
        {"most_bonuses": "3", "most_deductions": "2", "most_points": "1.5"},
    )
    page = county.get(f"{ABOVE}/publish").text
    assert 'value="按记录：走访一户"' in page  # what holds now is the beginning of what comes
    more = county.post(f"{ABOVE}/publish", data=decision(more="1", **limits) | lines(SWEEP))
    assert more.status_code == 200
    assert 'value="清扫村道"' in more.text
    assert 'name="lines-5-name"' in more.text
    made = county.post(f"{ABOVE}/publish", data=decision(**limits) | lines(*TEMPLATE))
    assert made.headers["Location"] == f"{ABOVE}/2"
    db.session.rollback()
    template = versions.latest(cast.county)
    assert versions.items_of(template) == list(TEMPLATE)
    assert versions.limits_of(template) == Limits(3, 2, 15)
    assert "走访一户" in client_of(cast.township_user).get(f"/a/{TOWNSHIP}/rubric/2").text


def test_who_decides_is_who_should(cast, client_of):
    for user, address, status in (
        (cast.clerk, f"{HERE}/adopt", 403),
        (cast.county_user, f"{HERE}/adopt", 403),
        (cast.outsider, f"{HERE}/adopt", 404),
        (cast.outsider, f"{HERE}/1", 404),
        (cast.township_user, f"{ABOVE}/publish", 404),
        (cast.township_user, f"/a/{TOWNSHIP}/rubric/publish", 403),
        (cast.chair, ABOVE, 404),
        (cast.volunteer, HERE, 403),
    ):
        assert client_of(user).get(address).status_code == status, (user.username, address)
    theirs = versions.latest(cast.next_village).id
    own = versions.latest(cast.village).id
    clerk = client_of(cast.clerk)
    for older in (theirs, 0, 2**40, "x"):
        assert clerk.get(f"{HERE}/compare?older={older}&newer={own}").status_code == 404
    assert clerk.get(f"/v/{NEXT_VILLAGE}/rubric").status_code == 404


def test_the_rubric_hangs_on_the_wall(cast, client_of):
    long = replace(SWEEP, name="清" * 100, evidence="证" * 200)
    rubric = adopt(cast, [long, replace(NOISE, name=f"谩骂{RARE}姓邻居")])
    for paper, wide in (("A4", 210), ("A3", 297)):
        pictures, text = read(rubric_pdf(rubric, cast.village.name, paper))
        assert abs(pictures[0].width * 25.4 / 150 - wide) < 1
        for words in (
            "柳树村",
            "第2版",
            "村民代表会议",
            "走访一户",
            "0.2分/户",
            "清清清",
            "-2分/次",
            "本村增设",
        ):
            assert words.replace(" ", "") in text, words
    pages = texts(client_of(cast.worker_user).get(f"{HERE}/1.pdf?paper=A3").data)
    assert f"第1页共{len(pages)}页" in pages[0].replace(",", "").replace("，", "")
    for address in (f"{HERE}/1.pdf?paper=A5", f"{HERE}/9.pdf"):
        assert client_of(cast.clerk).get(address).status_code == 404
    assert client_of(cast.county_user).get(f"{ABOVE}/1.pdf").mimetype == "application/pdf"


def test_every_village_has_its_own_versions(cast):
    adopt(cast)
    assert {rubric.area_id for rubric in db.session.query(Rubric)} == {
        cast.county.id,
        cast.village.id,
        cast.next_village.id,
    }
    assert versions.latest(cast.next_village).version == 1
    assert versions.latest(cast.area(FAR_VILLAGE)) is None


def test_a_version_that_was_a_mistake_is_withdrawn_before_it_is_in_force(cast, clock):
    template = publish(cast)
    mistaken = adopt(cast, [SWEEP], day=date(2028, 1, 1))
    refused("rubric_out_of_order", versions.adopt, cast.village, NEW_YEAR, "村民代表会议", (), cast.chair)
    refused("reason_missing", versions.withdraw, mistaken, " ", cast.chair)
    first = do(versions.withdraw, mistaken, "年份写错", cast.chair)
    assert do(versions.withdraw, mistaken, "又点一次", cast.chair).at == first.at
    assert versions.latest(cast.village).version == 1
    right = adopt(cast, [NOISE])
    assert (right.version, right.template_id) == (3, template.id)
    assert [rubric.version for rubric in versions.versions_of(cast.village)] == [3, 2, 1]
    clock.turn_to(date(2028, 1, 1))
    assert versions.in_force_on(cast.village, date(2028, 1, 1)).version == 3
    refused("in_force", versions.withdraw, right, "不要了", cast.chair)


def test_a_template_that_a_village_adopted_is_not_withdrawn_under_it(cast):
    mistaken = publish(cast, [SWEEP])
    adopted = adopt(cast)
    refused("adopted", versions.withdraw, mistaken, "年份写错", cast.county_user)
    do(versions.withdraw, adopted, "等县里重发", cast.chair)
    do(versions.withdraw, mistaken, "年份写错", cast.county_user)
    assert "清扫村道" not in names(adopt(cast))


def test_who_decides_on_versions_withdraws_them_on_their_page(cast, client_of):
    publish(cast, [SWEEP])
    for decider, other, page in (
        (cast.chair, cast.clerk, HERE),
        (cast.county_user, cast.township_user, ABOVE),
    ):
        if page == HERE:
            adopt(cast)
        client, version = client_of(decider), f"{page}/2"
        assert client_of(other).post(f"{version}/withdraw", data={"reason": "错了"}).status_code in (403, 404)
        assert "撤回这一版" in client.get(version).text
        assert "撤回这一版" not in client.get(f"{page}/1").text
        assert client.post(f"{version}/withdraw", data={"reason": ""}).status_code == 422
        in_force = client.post(f"{page}/1/withdraw", data={"reason": "不要了"})
        assert in_force.status_code == 422
        assert "已经施行" in in_force.text
        assert 'value="不要了"' in in_force.text
        assert client.post(f"{version}/withdraw", data={"reason": "年份写错"}).location == version
        told = client.get(version).text
        assert f"由{decider.name}撤回：年份写错" in told
        assert "撤回这一版" not in told
        assert "已撤回 · " in told
        assert client.get(f"{version}.pdf").status_code == 404
        assert client.post(f"{page}/9/withdraw", data={"reason": "没有"}).status_code == 404
