"""While Temporal or the worker is away: pages read on, what is asked for is kept, and a word says so."""

from types import SimpleNamespace
from typing import Any

import pytest
from temporalio.service import RPCError, RPCStatusCode

from console.policy import ROUTES
from domain.act import ActKind
from starter.orders import Orders
from tests.console.conftest import INCIDENT, PACK
from tests.console.test_policy import ASKED, ONESELF, OWN, filled, stocked

__all__ = ["stocked"]
GONE = RPCError("unavailable", RPCStatusCode.UNAVAILABLE, b"")
ACTS = {
    "/orders/1001/cancel": {"reason": "she changed her mind"},
    "/orders/1001/hold": {"kind": "OTHER", "reason": "she asked to wait"},
    "/orders/1001/release": {"kind": "OTHER"},
    f"/tasks/{PACK}/answer": {"answer": "packed", "field.parcel_weight": "900"},
    f"/incidents/{INCIDENT}/retry": {},
    f"/incidents/{INCIDENT}/skip": {"reason": "paid by hand"},
}


def away(house, error: Exception) -> None:
    """Temporal answers everything with `error`; a worker that is down lets the patience run out."""

    async def start_update(*_args, **_more):
        raise error

    client: Any = SimpleNamespace(
        get_workflow_handle=lambda _id: SimpleNamespace(start_update=start_update)
    )
    house.orders = Orders(house.book, house.desk, house.clock, client, "orders")


@pytest.mark.parametrize("error", [GONE, TimeoutError()], ids=["Temporal", "worker"])
async def test_what_is_asked_meanwhile_is_kept_and_says_so(error, sign_in, house):
    olga = await sign_in("olga", "ops", "warehouse")
    away(house, error)
    for n, (path, fields) in enumerate(ACTS.items()):
        sent = await olga.send(path, form=f"{n:032x}", **fields)
        assert sent.status_code == 303, path
        told = (await olga.get(sent.headers["location"])).text
        assert "Kept for order 100" in told, path
        assert "it is done as soon as its worker is there." in told, path
    kept = house.book.pending(10)
    wanted = [ActKind.CANCEL, ActKind.HOLD, ActKind.RELEASE, ActKind.ANSWER, ActKind.RETRY, ActKind.SKIP]
    assert sorted(act.act.kind for act in kept) == sorted(wanted)


@pytest.mark.usefixtures("stocked")
async def test_no_page_asks_temporal_for_anything(sign_in, house):
    class Untouched:
        def __getattr__(self, name):
            raise AssertionError(f"a page asked Temporal for {name}")

    client: Any = Untouched()
    house.orders = Orders(house.book, house.desk, house.clock, client, "orders")
    root = await sign_in("root", "admin")
    for key, rule in ROUTES.items():
        method, path = key.split(" ")
        if method == "GET" and not rule.anyone and path not in ONESELF and rule.needs != "ship":
            answer = await root.get(filled(path, OWN), params=ASKED.get(path))
            assert answer.status_code in (200, 303, 422) or path.endswith("/history"), path
