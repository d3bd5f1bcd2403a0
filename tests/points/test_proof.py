"""The proof for anyone: the printed number computed again, on a page, by command, without this program."""

import csv
import io
import re
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from ground.db import db, transaction
from ground.refusal import Refused
from points import ledger
from points.assessment import assessments
from points.models import Transfer, TransferKind
from points.wall import correcting, proof
from shop.desk import redemptions, voids
from tests.cast import NEXT_VILLAGE, VILLAGE
from tests.points.hung import Q4, in_meeting, on_wall
from tests.story import do
from tests.tampering import tamper

DOCS = Path(__file__).parents[2] / "docs/verifying.md"


@pytest.fixture
def lived(cast):
    """Two booked quarters, shopping, a void and a correction with odd signs in its reason; then a notice."""
    cast.earn_each({cast.worker.id: 300, cast.neighbour.id: 50})
    second = cast.earn(cast.worker, 100)
    with transaction():
        done = redemptions.redeem("k" * 16, cast.shop, cast.card, {cast.goods.id: 1}, cast.volunteer)
        voids.void(done, '=1+1 "拿错"\r\n，换', cast.volunteer)
    with transaction():
        redemptions.redeem("-" + "m" * 16, cast.shop, cast.card, {cast.goods.id: 2}, cast.volunteer)
    return second


@pytest.fixture
def notice(cast, lived):
    """The notice after all that, and an entry that came later."""
    found = assessments.whole_notice(on_wall(cast, {}, Q4))
    with transaction():
        redemptions.redeem("n" * 16, cast.shop, cast.card, {cast.goods.id: 1}, cast.volunteer)
    return assessments.notices(found.assessment)[0]


def grouped(digest):
    return " ".join(re.findall("....", digest))


def test_computed_again_from_the_entries_it_is_the_printed_one(cast, notice):
    found = proof.compute_proof(notice)
    assert (found.digest, found.is_same) == (notice.digest, True)
    assert found.digest == ledger.digest(cast.village, notice.last_transfer_id)
    assert found.entry_count == db.session.scalar(
        sa.select(sa.func.count()).select_from(Transfer).where(Transfer.id <= notice.last_transfer_id)
    )
    assert found.entry_count == 6


def test_however_it_is_typed(cast, notice):
    digest = notice.digest
    for typed in (
        digest,
        grouped(digest),
        grouped(digest).upper(),
        digest[:16],
        f" {grouped(digest[20:40])}\n",
        "－".join(re.findall("....", digest)),
        "".join(chr(ord(sign) + 0xFEE0) for sign in digest[:24]),
    ):
        assert [found.notice.id for found in proof.proofs_of_digest(cast.village, typed)] == [notice.id], (
            typed
        )


def test_what_is_no_digest(cast, notice):
    for typed, code in (
        ("", "digest_too_short"),
        ("e3b0 c442 98fc 1c1", "digest_too_short"),
        ("长" * 16, "bad_digest"),
        ("%" * 16, "bad_digest"),
        ("a" * 65, "bad_digest"),
        ("0" * 16, "no_such_notice"),
    ):
        with pytest.raises(Refused, match=code):
            proof.proofs_of_digest(cast.village, typed)
    with pytest.raises(Refused, match="no_such_notice"):
        proof.proofs_of_digest(cast.next_village, notice.digest)


TAMPERINGS = [
    "UPDATE transfer SET amount = amount + 1 WHERE id = 1",
    "UPDATE transfer SET reason = '2025Q2' WHERE id = 1",
    "UPDATE transfer SET \"at\" = '2020-01-01 00:00:00' WHERE id = 2",
    "UPDATE transfer SET actor_id = NULL WHERE id = 2",
]


@pytest.mark.parametrize("statement", TAMPERINGS)
def test_a_changed_entry_is_found_also_under_its_old_hash(cast, client_of, app, notice, statement):
    digest, address = notice.digest, f"/proof?village={VILLAGE}&digest={notice.digest}"
    assert "对得上" in client_of(None).get(address).text
    tamper(statement)
    page = client_of(None).get(address).text
    assert "对不上" in page
    assert "note-broken" in page
    told = app.test_cli_runner().invoke(args=["ledger", "digest", "--village", VILLAGE, "--at", "2026Q4"])
    assert (told.exit_code, digest in told.stderr or digest in told.output) == (1, True)


def test_the_page_says_which_notice_and_keeps_what_was_typed(cast, client_of, notice):
    visitor = client_of(None)
    assert "校验码" in visitor.get("/proof").text
    page = visitor.get("/proof", query_string={"village": VILLAGE, "digest": grouped(notice.digest)}).text
    for shown in ("对得上", "柳树村", "2026年第四季度", "2026年12月28日张贴", "共6笔收支"):
        assert shown in page
    for village, digest in ((VILLAGE, "abcd"), (VILLAGE, "0" * 20), ("1" * 12, notice.digest), ("", "x")):
        answer = visitor.get("/proof", query_string={"village": village, "digest": digest})
        assert answer.status_code == 422
        assert f'value="{digest}"' in answer.text
    assert "本村没有哪张公示" in visitor.get(f"/proof?village={NEXT_VILLAGE}&digest={notice.digest}").text


# The file, and the example in the docs.


def test_the_file_holds_every_entry_as_it_was_hashed_and_nobody_s_name(cast, client_of, app, notice):
    file = proof.export(cast.village)
    rows = list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"), newline="")))
    assert tuple(rows[0]) == proof.COLUMNS
    assert len(rows) == 7
    reversal = next(row for row in rows if row["kind"] == "reversal")
    assert reversal["reversed"] == next(r["key"] for r in rows if r["hash"] and r["kind"] == "redemption")
    for name in (cast.worker.name, cast.neighbour.name, cast.volunteer.name):
        assert name not in file.decode()
    told = app.test_cli_runner().invoke(args=["ledger", "export", "--village", VILLAGE])
    assert told.stdout_bytes == file
    answer = client_of(cast.township_user).get(f"/v/{VILLAGE}/ledger.csv")
    assert answer.data == file
    assert f"/v/{VILLAGE}/ledger.csv" in client_of(cast.clerk).get(f"/v/{VILLAGE}/accounts").text
    assert app.test_cli_runner().invoke(args=["ledger", "export", "--village", "1"]).exit_code == 1


@pytest.fixture
def check(tmp_path):
    """The example in the docs, run on a file by a Python that knows nothing of this program."""
    [code] = re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL)
    (tmp_path / "check.py").write_text(code)

    def check(file, digest):
        (tmp_path / "entries.csv").write_bytes(file)
        command = [sys.executable, "-I", "check.py", "entries.csv", *grouped(digest).split()]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    return check


def test_the_example_in_the_docs_verifies_a_printed_sheet(cast, check, lived, notice):
    file = proof.export(cast.village)
    for printed in (notice, assessments.whole_notice(lived)):
        found = check(file, printed.digest)
        assert (found.returncode, found.stderr) == (0, "")
        assert f"after entry {printed.last_transfer_id} " in found.stdout
    first = assessments.whole_notice(assessments.assessments_of(cast.village)[-1])
    assert "before the first entry" in check(file, first.digest).stdout
    assert grouped(first.digest) in " ".join(DOCS.read_text().split())  # the number that the docs show


def test_the_example_finds_what_was_changed(cast, check, notice):
    file = proof.export(cast.village).decode()
    lines = file.splitlines(keepends=True)
    changed = {
        "an amount": file.replace(",300,", ",301,", 1),
        "a moment": re.sub(r"2025-(\d\d)-(\d\d)T", r"2024-\1-\2T", file, count=1),
        "an entry removed": "".join(lines[:1] + lines[2:]),
    }
    for what, other in changed.items():
        assert other != file, what
        found = check(other.encode(), notice.digest)
        assert found.returncode == 1, what
        assert "entry" in found.stderr, what
    shortened = check("".join(lines[:3]).encode(), notice.digest)
    assert "no state of this file" in shortened.stderr
    assert check(file.encode(), "f" * 64).returncode == 1


def test_a_correction_s_reason_survives_as_it_was_written(cast, check, lived):
    award = db.session.scalar(sa.select(Transfer).where(Transfer.kind == TransferKind.AWARD))
    assessment = in_meeting(cast, {}, Q4)
    do(correcting.correct, award, award.amount - 10, '=HYPERLINK("x"),\\ 𡋾\'', uuid4().hex, cast.chair)
    digest = ledger.digest(cast.village, 10**6)
    assert check(proof.export(cast.village), digest).returncode == 0
    assert assessment.quarter == Q4
