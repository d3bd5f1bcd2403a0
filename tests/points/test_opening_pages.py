"""Opening balances through the pages: from the file to the ledger, and what everybody sees of it."""

import io
from datetime import timedelta

import pytest

from ground import clock as clocks
from points import amounts, ledger
from points.openings import booking, sheets
from tests.cast import TODAY, TOWNSHIP, VILLAGE
from tests.points.openings import PAST_NOTICE, ended, hung, row, workbook
from tests.printed import texts
from tests.story import do, everything_fits

ALL = f"/v/{VILLAGE}/openings"
SHEET = f"{ALL}/1"


def press(client, address, **data):
    answer = client.post(address, data=data)
    assert answer.status_code == 302, answer.text
    return answer


def front(client):
    return client.get(f"/v/{VILLAGE}/").text


@pytest.fixture
def clerk(cast, client_of):
    return client_of(cast.clerk)


@pytest.fixture
def chair(cast, client_of):
    return client_of(cast.chair)


def test_from_the_file_to_the_ledger(cast, client_of, clerk, chair, clock):
    assert "还没有期初积分" in clerk.get(ALL).text
    data = workbook([row("李秀明", 12.5), row("王芳", "30分", "王芳手上的存折")])
    look = press(clerk, f"{ALL}/import", file=(io.BytesIO(data), "期初.xlsx")).location
    page = clerk.get(look).text
    assert "导入 2 行" in page
    fingerprint = page.partition('name="fingerprint" value="')[2].partition('"')[0]
    press(clerk, look, fingerprint=fingerprint, hidden="")
    assert f'href="{ALL}">导错了，要撤回' in clerk.get(look).text  # a sheet is taken back in its list
    assert "期初积分第1号表要公示：2 行" in front(clerk)
    assert client_of().get(f"/n/{VILLAGE}/openings/1").status_code == 404
    assert client_of(cast.supervisor).post(f"{SHEET}/post").status_code == 403
    nothing = "没有公示中未入账的行"
    assert nothing in clerk.get(f"{SHEET}/objections/new").text
    press(clerk, f"{SHEET}/post")
    assert nothing not in clerk.get(f"{SHEET}/objections/new").text
    page = clerk.get(SHEET).text
    assert "公示到2026年12月31日" in page
    assert "期初积分第1号表正在公示" in front(chair)
    assert "您的期初积分正在公示" in front(client_of(cast.worker_user))
    town = client_of(cast.township_user)
    assert "期初积分第1号表正在公示" in town.get(f"/a/{TOWNSHIP}/").text
    public = client_of().get(f"/n/{VILLAGE}/openings/1").text
    assert "李*明" in public
    assert "王*手上的存折" in public
    assert "李秀明" not in public
    assert "期初积分第1号表" in client_of().get(f"/n/{VILLAGE}/").text
    clock.turn_to(PAST_NOTICE)
    assert "可以入账" in front(chair)
    assert "正在公示" not in town.get(f"/a/{TOWNSHIP}/").text
    assert "您的期初积分" not in front(client_of(cast.worker_user))
    assert clerk.post(f"{SHEET}/book").status_code == 403
    press(chair, f"{SHEET}/book")
    assert ledger.balance_of(cast.worker) == 125
    assert nothing in clerk.get(f"{SHEET}/objections/new").text
    assert "期初积分，第1号表" in client_of(cast.worker_user).get(f"/v/{VILLAGE}/mine").text
    assert "期初积分，第1号表" in chair.get(f"/v/{VILLAGE}/accounts/{cast.worker.id}").text
    assert "42.5" in client_of(cast.township_user).get(f"/v/{VILLAGE}/accounts").text
    page = client_of(cast.township_user).get(SHEET).text
    assert "王*手上的存折" in page
    assert f"{SHEET}/withdraw" not in clerk.get(SHEET).text
    assert everything_fits()


def test_a_balance_far_above_the_others_is_asked_about_once_for_the_file(cast, clerk):
    data = workbook([row("李秀明", 12.5), row("王芳", 15), row("赵国强", 1250)])
    look = press(clerk, f"{ALL}/import", file=(io.BytesIO(data), "期初.xlsx")).location
    page = clerk.get(look).text
    assert "1250 (一千二百五十)" in page
    assert "有1个数不常见" in page
    fingerprint = page.partition('name="fingerprint" value="')[2].partition('"')[0]
    assert "请打勾" in clerk.post(look, data={"fingerprint": fingerprint, "hidden": ""}).text
    assert sheets.sheets_of(cast.village) == []
    press(clerk, look, fingerprint=fingerprint, hidden="", sure="y")
    assert len(sheets.sheets_of(cast.village)) == 1


def test_an_objection_is_written_down_answered_and_hangs_again(cast, client_of, clerk, chair):
    hung(cast, 100, 30)
    new = f"{SHEET}/objections/new"
    assert "1. 李秀明" in clerk.get(new).text
    told = {
        "key": "k" * 16,
        "line": 1,
        "channel": "oral",
        "received_on": TODAY.isoformat(),
        "text": "存折上只有八分",
        "name": "赵老大",
    }
    address = press(clerk, new, **told).location
    assert press(clerk, new, **told).location == address  # sent twice it is one
    assert "期初积分有异议等待答复：1-1" in front(chair)
    assert "赵老大" in chair.get(address).text
    above = client_of(cast.township_user).get(f"/a/{TOWNSHIP}/").text.partition("正在进行的事")
    assert ["期初积分有异议" in part for part in (above[0], above[2])] == [False, True]
    with clocks.at(TODAY + timedelta(days=20)):
        above = client_of(cast.township_user).get(f"/a/{TOWNSHIP}/").text.partition("正在进行的事")
        assert "期初积分有异议" in above[0]
    asked = chair.get(address).text
    assert 'name="outcome"' in asked
    assert "决定</legend>" in asked
    page = clerk.get(address).text  # who brought the file reads why there is nothing to fill in
    assert ("文件是您导入的" in page, 'name="outcome"' in page) == (True, False)
    answer = {"outcome": "accepted", "right": "8", "reason": "与存折核对过", "decided_by": "村民委员会"}
    page = clerk.post(address, data=answer)
    assert (page.status_code, "文件是您导入的" in page.text) == (422, True)
    for wrong in ({"right": ""}, {"outcome": "rejected"}, {"right": "10"}):
        assert chair.post(address, data=answer | wrong).status_code == 422
    press(chair, address, **answer)
    assert "改为 8 分" in chair.get(address).text
    assert "期初积分第1号表要公示：1 行" in front(clerk)
    press(clerk, f"{SHEET}/post")
    assert "网格员期初积分变更公示" in clerk.get(f"/n/{VILLAGE}/openings/1").text
    assert "8" in "".join(texts(clerk.get(f"{SHEET}/notice.pdf?notice=2").data))


def test_the_notice_on_paper(cast, clerk):
    hung(cast, 1255, 30)
    for paper in ("A4", "A3"):
        text = "".join(texts(clerk.get(f"{SHEET}/notice.pdf?paper={paper}").data))
        for words in ("网格员期初积分公示", "李*明", "125.5", "存折", "128.5", "公示编号1-1", "监督委员会"):
            assert words in text, words
        assert "李秀明" not in text
    notice = sheets.state_of(sheets.find(cast.village, 1)).notices[0]
    found = clerk.get(f"/proof?village={VILLAGE}&digest={notice.digest}").text
    assert "期初积分公示 1-1" in found
    assert "对得上" in found
    for wrong in ("paper=A5", "notice=2"):
        assert clerk.get(f"{SHEET}/notice.pdf?{wrong}").status_code == 404


def test_a_sheet_is_taken_back_with_a_reason(cast, client_of, clerk):
    hung(cast, 100)
    assert clerk.post(f"{SHEET}/withdraw", data={"reason": "。"}).status_code == 422
    press(clerk, f"{SHEET}/withdraw", reason="拿错了表")
    assert "拿错了表" in clerk.get(SHEET).text
    assert "这张表已收回" in client_of().get(f"/n/{VILLAGE}/openings/1").text
    assert clerk.get(f"{SHEET}/notice.pdf").status_code == 422
    assert "期初积分第1号表" not in front(clerk)


def test_a_booked_line_is_taken_back_by_two(cast, client_of, chair, clock):
    do(booking.book, ended(cast, clock, 1000), cast.chair)
    address = f"{SHEET}/lines/1/reverse"
    assert address in chair.get(SHEET).text
    assert "整笔撤回" in chair.get(address).text
    proposal = press(chair, address, reason="多写了一个零").location
    supervisor = client_of(cast.supervisor)
    page = supervisor.get(proposal).text
    assert "多写了一个零" in page
    assert amounts.show(1000) in page
    press(supervisor, f"{proposal}/agree")
    assert ledger.balance_of(cast.worker) == 0
    assert "期初积分撤回：多写了一个零" in chair.get(f"/v/{VILLAGE}/accounts/{cast.worker.id}").text
    assert "已经撤回" in chair.get(address).text
    on_wall = client_of().get(f"/n/{VILLAGE}/openings/1").text
    assert on_wall.count("入账后已撤回") == 1
    assert everything_fits()
