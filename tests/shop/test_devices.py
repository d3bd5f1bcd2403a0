"""A device's key from the manager's page and the command line: told once, kept hashed, taken back at once."""

import re

from sqlalchemy import select

from ground.db import db, transaction
from people.models import AuditEvent, Role
from people.signin import accounts
from shop.desk import devices
from shop.models import Device
from tests.cast import FAR_VILLAGE, HASHED, NEXT_VILLAGE, TOWNSHIP, VILLAGE
from tests.shop import till as tills
from tests.shop.till import Till

PAGE = f"/v/{VILLAGE}/devices"
KEY = re.compile(r"aixin_[\w-]{43}")


def opens(client, key):
    """What a device with this key is answered."""
    return Till(client, key).get("/goods").status_code


def test_from_the_first_till_to_the_lost_one(cast, manager):
    assert "还没有设备" in manager.get(PAGE).text
    assert f'href="{PAGE}"' in manager.get(f"/v/{VILLAGE}/goods").text
    given = manager.post(PAGE, data={"name": " 门口收银台 "})
    key = KEY.search(given.text)[0]
    assert (given.status_code, given.headers["Cache-Control"]) == (200, "no-store")
    listed = manager.get(PAGE).text
    assert "门口收银台" in listed
    assert "2026年12月28日" in listed
    assert key not in listed
    assert opens(manager, key) == 200

    device = db.session.scalars(select(Device)).one()
    assert manager.post(f"{PAGE}/{device.id}/revoke").headers["Location"] == PAGE
    after = manager.get(PAGE).text
    assert "门口收银台的密钥已经收回" in after
    assert "2026年12月28日收回" in after
    assert f"{device.id}/revoke" not in after
    assert opens(manager, key) == 401
    assert manager.post(f"{PAGE}/{device.id}/revoke").status_code == 302
    noted = db.session.scalars(select(AuditEvent.action).where(AuditEvent.action.startswith("device."))).all()
    assert noted == ["device.add", "device.revoke"]


def test_a_device_has_a_name(cast, manager):
    for name in ("", "  ", "长" * 101):
        answer = manager.post(PAGE, data={"name": name})
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.text
    assert devices.devices_of(None) == []


def test_devices_of_other_shops_are_not_there(cast, manager, client_of):
    key = tills.at(client_of(None), cast.next_shop, "邻村的").key
    theirs = db.session.scalars(select(Device.id)).one()
    assert manager.post(f"{PAGE}/{theirs}/revoke").status_code == 404
    assert "邻村的" not in manager.get(PAGE).text
    assert client_of(cast.volunteer).get(PAGE).status_code == 403
    assert opens(manager, key) == 200


def test_a_village_without_a_shop_is_told_how_it_opens(cast, client_of):
    with transaction():
        user = accounts.add_user("far_manager", "远村店长", HASHED, None, temporary=False)
        accounts.grant(user, Role.MANAGER, cast.far_village, None)
    there, client = f"/v/{FAR_VILLAGE}", client_of(cast.user("far_manager"))
    page = client.get(f"{there}/devices").text
    assert f'href="{there}/goods/new"' in page
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]
    assert client.post(f"{there}/devices", data={"name": "收银台"}).status_code == 404


def test_the_command_line(app, cast, client_of):
    run = app.test_cli_runner().invoke
    by = ["--by", "manager"]
    added = run(args=["devices", "add", "--shop", VILLAGE, "--name", "收银机", *by])
    assert added.exit_code == 0
    key = added.stdout.splitlines()[-1]
    assert KEY.fullmatch(key)
    assert opens(client_of(None), key) == 200
    ident = db.session.scalars(select(Device.id)).one()
    line = f"{ident}\t{VILLAGE}\t收银机\t2026-12-28\t"
    assert run(args=["devices", "list"]).stdout == f"{line}good\n"
    assert run(args=["devices", "list", "--shop", NEXT_VILLAGE]).stdout == ""
    revoked = run(args=["devices", "revoke", str(ident)])
    assert (revoked.exit_code, key in revoked.output) == (0, False)
    assert run(args=["devices", "list", "--shop", VILLAGE]).stdout == f"{line}revoked 2026-12-28\n"
    assert opens(client_of(None), key) == 401
    for arguments in (
        ["add", "--shop", FAR_VILLAGE, "--name", "没有超市", *by],
        ["add", "--shop", TOWNSHIP, "--name", "不是村", *by],
        ["add", "--shop", "", "--name", "x", *by],
        ["add", "--shop", VILLAGE, "--name", " ", *by],
        ["add", "--shop", VILLAGE, "--name", "无人", "--by", "nobody"],
        ["add", "--shop", VILLAGE, "--name", "志愿者的", "--by", "volunteer"],
        ["list", "--shop", "999999999999"],
        ["revoke", "999"],
    ):
        refused = run(args=["devices", *arguments])
        assert (refused.exit_code, refused.stdout) == (1, ""), arguments
        assert refused.stderr.startswith("Error: "), arguments
