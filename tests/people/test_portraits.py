"""Portraits: made small and bare, kept once for each person, and shown to nobody above the village."""

from hashlib import sha256
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import func, select

from ground import clock, pictures
from ground.db import db, transaction
from ground.refusal import Refused
from people.models import AuditEvent, Merge, Portrait
from people.roster import persons, portraits
from people.scanning.pictures import read_picture
from tests.cast import IPHONE_PHOTO, NEXT_VILLAGE, TOWNSHIP, VILLAGE, a_picture

ORIENTATION, GPS, MAKER = 0x0112, 0x8825, 0x010F


def page_of(person, village=VILLAGE):
    return f"/v/{village}/people/{person.id}"


def keep(person, actor, picture=None):
    made = portraits.make(picture or a_picture())
    with transaction():
        return portraits.set_portrait(person, made, actor)


def looked_at(picture):
    image = Image.open(BytesIO(picture))
    assert image.format == "JPEG"
    return image


# --- Pictures ---


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    ("size", "kept"), [((900, 600), (400, 267)), ((600, 900), (267, 400)), ((90, 60), (90, 60))]
)
def test_every_kind_becomes_a_small_jpeg_and_none_is_enlarged(kind, size, kept):
    assert looked_at(pictures.encode(a_picture(*size, kind), 400).content).size == kept


def test_a_picture_is_set_upright_and_loses_all_that_was_with_it():
    """Held sideways: what the camera stored at the left is at the top for who looks at it."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER], exif[GPS] = 6, "a camera", {1: "N", 2: (25.0, 19.0, 0.0)}
    sent = a_picture(800, 400, exif=exif, comment=b"at home", icc_profile=b"a profile", dpi=(300, 300))
    assert b"a camera" in sent
    image = looked_at(pictures.encode(sent, 400).content)
    assert image.size == (200, 400)
    red, _green, blue = image.getpixel((190, 200))
    assert red > 200 > 50 > blue  # the top went to the right
    assert dict(image.getexif()) == {}
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    for word in (b"a camera", b"at home", b"a profile", b"Exif"):
        assert word not in pictures.encode(sent, 400).content


def test_a_photo_of_an_iphone_is_set_upright_and_loses_all_that_was_with_it():
    assert b"a camera" in IPHONE_PHOTO
    kept = pictures.encode(IPHONE_PHOTO, 40).content
    image = looked_at(kept)
    assert image.size == (30, 40)
    red, _green, blue = image.getpixel((27, 20))
    assert red > 200 > 50 > blue  # the top went to the right
    assert dict(image.getexif()) == {}
    assert b"a camera" not in kept
    assert b"Exif" not in kept


def test_a_photo_of_an_iphone_is_no_exception_to_the_limit(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_PIXELS", 64 * 48 - 1)
    with pytest.raises(Refused, match="not_an_image"):
        pictures.encode(IPHONE_PHOTO, 400)


def test_a_code_is_looked_for_in_a_photo_of_an_iphone_too():
    with pytest.raises(Refused, match="no_code"):
        read_picture(IPHONE_PHOTO)


def test_what_is_transparent_becomes_white():
    file = BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).convert("P").save(file, "PNG", transparency=0)
    assert min(looked_at(pictures.encode(file.getvalue(), 400).content).getpixel((20, 20))) > 250


def wrong_pictures():
    file = BytesIO()
    Image.new("1", (8000, 5001)).save(file, "PNG")
    gif = BytesIO()
    Image.new("L", (9, 9)).save(gif, "GIF")
    return {
        "nothing": b"",
        "text": b"not a picture",
        "half": a_picture()[:700],
        "half a PNG": a_picture(kind="PNG")[:-60],
        "half an iPhone's photo": IPHONE_PHOTO[:-60],
        "a broken iPhone's photo": IPHONE_PHOTO[:-200] + bytes(200),
        "another kind": gif.getvalue(),
        "more than 40 megapixels": file.getvalue(),
    }


@pytest.mark.parametrize("what", wrong_pictures())
def test_what_is_no_picture_is_refused(what):
    with pytest.raises(Refused, match="not_an_image") as refusal:
        pictures.encode(wrong_pictures()[what], 400)
    assert refusal.value.field == "photo"


# --- Portraits ---


def test_a_portrait_is_kept_once_and_written_down_without_the_picture(cast):
    first = keep(cast.worker, cast.clerk).digest
    second = keep(cast.worker, cast.chair, a_picture(999, 999, "PNG"))
    assert db.session.scalar(select(func.count()).select_from(Portrait)) == 1
    kept = portraits.portrait_of(cast.worker)
    assert kept.digest == second.digest == sha256(kept.content).hexdigest() != first
    assert (kept.actor_id, kept.at) == (cast.chair.id, clock.now())
    assert looked_at(kept.content).size == (400, 400)
    lines = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "person.portrait")).all()
    assert [(line.subject, line.area_id, line.detail) for line in lines] == [
        (f"person:{cast.worker.id}", cast.village.id, {})
    ] * 2


def test_removed_it_is_gone_and_twice_is_once(cast):
    keep(cast.worker, cast.clerk)
    with transaction():
        portraits.remove_portrait(cast.worker, cast.clerk)
        portraits.remove_portrait(cast.worker, cast.clerk)
    assert portraits.portrait_of(cast.worker) is None
    gone = select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "person.no_portrait")
    assert db.session.scalar(gone) == 1


def test_a_merged_entry_s_photo_is_the_person_s_until_they_get_their_own(cast):
    with transaction():
        duplicate = persons.add_person(cast.village, "李秀明(重)", cast.clerk)
    merged = keep(duplicate, cast.clerk).digest
    with transaction() as session:
        two = {"kept_id": cast.worker.id, "duplicate_id": duplicate.id}
        session.add(Merge(**two, reason="同一个人", actor_id=None, at=clock.now()))
        session.flush()
    for entry in (cast.worker, duplicate):
        assert portraits.portrait_of(entry).digest == merged
    with pytest.raises(Refused, match="was_merged"):
        keep(duplicate, cast.clerk)
    own = keep(cast.worker, cast.clerk, a_picture(200, 200)).digest
    assert portraits.portrait_of(duplicate).digest == own
    assert (
        db.session.scalar(select(func.count()).select_from(Portrait)) == 1
    )  # the other is not kept for nothing


# --- Pages ---


def test_clerk_and_chair_put_a_photo_in_and_take_it_away(cast, client_of):
    clerk, chair = client_of(cast.clerk), client_of(cast.chair)
    assert f'src="{page_of(cast.worker)}/portrait' not in clerk.get(page_of(cast.worker)).text
    sent = {"photo": (BytesIO(a_picture(3000, 2000)), "IMG_1.jpg")}
    assert clerk.post(f"{page_of(cast.worker)}/keep-portrait", data=sent).location == page_of(cast.worker)
    assert f'src="{page_of(cast.worker)}/portrait' in chair.get(page_of(cast.worker)).text
    assert looked_at(chair.get(f"{page_of(cast.worker)}/portrait").data).size == (400, 267)
    assert chair.post(f"{page_of(cast.worker)}/remove-portrait").status_code == 302
    assert clerk.get(f"{page_of(cast.worker)}/portrait").status_code == 404


@pytest.mark.parametrize("sent", [{}, {"photo": (b"text", "a.jpg")}])
def test_what_is_not_taken_is_said_beside_the_field(cast, client_of, sent):
    data = {name: (BytesIO(content), filename) for name, (content, filename) in sent.items()}
    answer = client_of(cast.clerk).post(f"{page_of(cast.worker)}/keep-portrait", data=data)
    assert answer.status_code == 422
    assert 'id="photo-error"' in answer.text
    assert cast.worker.name in answer.text


def test_more_than_8_mb_is_not_taken(cast, client_of):
    sent = {"photo": (BytesIO(b"x" * (8 * 2**20 + 1)), "large.jpg")}
    assert client_of(cast.clerk).post(f"{page_of(cast.worker)}/keep-portrait", data=sent).status_code == 413


def test_who_meets_people_in_the_village_sees_the_photo_and_who_is_above_it_does_not(cast, client_of):
    keep(cast.worker, cast.clerk)
    address = f"{page_of(cast.worker)}/portrait"
    for user in (cast.clerk, cast.chair, cast.supervisor, cast.instructor, cast.manager, cast.volunteer):
        assert client_of(user).get(address).status_code == 200, user.username
    for user in (cast.township_user, cast.county_user, cast.worker_user):
        assert client_of(user).get(address).status_code == 403, user.username
    for user in (cast.township_user, cast.county_user):
        page = client_of(user).get(page_of(cast.worker))
        assert page.status_code == 200
        assert "<img class" not in page.text
    assert client_of(cast.outsider).get(address).status_code == 404
    assert client_of(cast.outsider).get(f"{page_of(cast.worker, NEXT_VILLAGE)}/portrait").status_code == 404


def test_only_clerk_and_chair_change_it(cast, client_of):
    keep(cast.worker, cast.clerk)
    for user in (cast.supervisor, cast.instructor, cast.manager, cast.volunteer, cast.township_user):
        for address in (f"{page_of(cast.worker)}/keep-portrait", f"{page_of(cast.worker)}/remove-portrait"):
            assert client_of(user).post(address).status_code == 403
    assert portraits.portrait_of(cast.worker) is not None


def test_an_instructor_of_elsewhere_is_not_theirs_to_picture(cast, client_of):
    with transaction():
        other = persons.add_person(cast.township, "何指导", None)
    assert client_of(cast.clerk).post(f"{page_of(other)}/keep-portrait").status_code == 404
    assert client_of(cast.township_user).get(f"/v/{TOWNSHIP}/people/{other.id}/portrait").status_code == 404


def test_a_browser_keeps_the_photo_to_itself_and_asks_whether_it_is_still_there(cast, client_of):
    keep(cast.worker, cast.clerk)
    volunteer, address = client_of(cast.volunteer), f"{page_of(cast.worker)}/portrait"
    answer = volunteer.get(address)
    assert answer.mimetype == "image/jpeg"
    assert "private" in answer.headers["Cache-Control"]
    known = {"If-None-Match": answer.headers["ETag"]}
    assert volunteer.get(address, headers=known).status_code == 304
    keep(cast.worker, cast.clerk, a_picture(50, 50))
    assert volunteer.get(address, headers=known).status_code == 200
    with transaction():
        portraits.remove_portrait(cast.worker, cast.clerk)
    assert volunteer.get(address, headers=known).status_code == 404
