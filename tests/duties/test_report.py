"""A quarter in figures: the page and the command say the same, and nobody is named."""

from datetime import date

from duties import report
from ground.clock import Quarter
from ground.db import transaction
from tests.cast import VILLAGE

DAY = date(2026, 12, 20)
ASKED = ["services", "report", "--village", VILLAGE, "--quarter", "2026Q4"]


def test_the_command_prints_what_the_page_shows(app, cast, client_of):
    with transaction():
        cast.serve(cast.worker, "代办", DAY, cast.clerk, cast.chair, 3)
    printed = app.test_cli_runner().invoke(args=ASKED)
    assert printed.exit_code == 0, printed.output
    assert "登记 1 条，确认 1 条，封顶前 3 分" in printed.output
    page = client_of(cast.supervisor).get(f"/v/{VILLAGE}/report?quarter=2026Q4").text
    parts = report.quarter_report(cast.village, Quarter(2026, 4))
    assert len(parts) == 7
    for label, figure in (line for part in parts for line in part.figures):
        assert label in page
        assert figure in page
        assert figure in printed.output
    assert cast.worker.name not in page + printed.output


def test_what_is_no_quarter_or_village_is_said(app, cast):
    runner = app.test_cli_runner()
    for asked, told in (([*ASKED[:-1], "2026-4"], "2026Q4"), ([*ASKED[:3], "1", *ASKED[4:]], "no village")):
        result = runner.invoke(args=asked)
        assert result.exit_code == 1
        assert told in result.output
