"""Accounts on the screen: made, changed, shut out, by an admin and never by oneself."""

import re

GIVEN = re.compile(r'secret code">([a-z2-9-]{23})<')


def of(house, name: str):
    return next((each for each in house.accounts.list() if each.name == name), None)


async def test_an_admin_makes_an_account_and_sees_its_password_once(sign_in, house):
    root = await sign_in("root", "admin")

    made = await root.send("/accounts", name="Pat", role="warehouse")
    later = await root.get("/accounts")

    given = GIVEN.search(made.text)
    assert given is not None
    assert given[1] not in later.text
    assert (of(house, "pat").roles, of(house, "pat").must_change) == (("warehouse",), True)
    assert (await root.send("/accounts", name="pat", role="ops")).status_code == 409
    assert "choose of" in (await root.send("/accounts", name="sam", role="king")).text
    assert of(house, "sam") is None


async def test_an_account_is_changed_and_its_sessions_end(sign_in, house):
    root, pat = await sign_in("root", "admin"), await sign_in("pat", "warehouse")

    await root.send("/accounts/pat/roles", role="counter")
    assert of(house, "pat").roles == ("counter",)
    assert (await pat.get("/inbox")).status_code == 303
    await root.send("/accounts/pat/disable")
    assert of(house, "pat").disabled
    await root.send("/accounts/pat/enable")
    assert not of(house, "pat").disabled
    assert GIVEN.search((await root.send("/accounts/pat/reset")).text)


async def test_nobody_changes_their_own_account(sign_in, house):
    root = await sign_in("root", "admin")

    for path, fields in (("disable", {}), ("roles", {"role": "auditor"}), ("reset", {})):
        refused = await root.send(f"/accounts/root/{path}", **fields)
        assert "for another admin" in refused.text
    assert of(house, "root").roles == ("admin",)


async def test_who_did_it_stands_in_the_audit_log(sign_in):
    root = await sign_in("root", "admin")
    await root.send("/accounts", name="pat", role="warehouse")

    page = (await root.get("/audit?by=root")).text

    assert "added: warehouse" in page
