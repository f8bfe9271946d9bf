"""What is printed from the screens."""

import pytest

from adapters.database.order.fulfilments import save_fulfilments
from domain.fulfilment import Fulfilment, FulfilmentLine
from domain.order import DeliveryMethod
from tests.adapters.database.given import an_order
from tests.console.conftest import PACK, REVIEW


@pytest.fixture(autouse=True)
def parcel(database):
    order = an_order()
    lines = tuple(FulfilmentLine(n, line.sku, line.quantity) for n, line in enumerate(order.lines))
    part = Fulfilment("1001-F1", "1001", DeliveryMethod.SHIP, "main", "warehouse", lines, order.total)
    with database.write() as session:
        save_fulfilments(session, [part])
    return part


async def test_an_orders_page_leads_to_its_documents(sign_in):
    pat = await sign_in("pat", "support")

    page = await pat.get("/orders/1001")
    slip = await pat.get("/orders/1001/documents/packing-slip", params={"part": "1001-F1"})

    assert 'href="/orders/1001/documents/packing-slip?part=1001-F1"' in page.text
    assert slip.status_code == 200
    assert "Packing slip" in slip.text
    assert ">1001-F1</figcaption>" in slip.text
    assert "EUR" not in slip.text


async def test_a_document_holds_no_style_or_script_of_its_own(sign_in):
    pat = await sign_in("pat", "support")

    page = (await pat.get("/orders/1001/documents/label")).text

    assert "<style" not in page
    assert " style=" not in page
    assert page.count("<script") == 1
    assert '<link rel="stylesheet" href="/documents/style.css">' in page
    assert (await pat.get("/documents/style.css")).headers["content-type"].startswith("text/css")


async def test_a_document_is_had_as_a_pdf(sign_in):
    pat = await sign_in("pat", "support")

    answer = await pat.get("/orders/1001/documents/packing-slip", params={"pdf": "1"})

    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == 'inline; filename="Packing-slip-1001-F1.pdf"'
    assert answer.content.startswith(b"%PDF")


@pytest.mark.parametrize(
    "path",
    [
        "/orders/1001/documents/invoice",
        "/orders/1001/documents/no-such",
        "/orders/1001/documents/label?part=1002-F1",
        "/orders/9999/documents/label",
        "/print/invoice",
    ],
)
async def test_a_document_that_is_not_there_is_said_so(sign_in, path):
    pat = await sign_in("pat", "support", "warehouse")

    assert (await pat.get(path)).status_code == 404


async def test_the_warehouse_prints_a_pick_list_of_what_waits_for_it(sign_in):
    pat, flo = await sign_in("pat", "warehouse"), await sign_in("flo", "fraud")

    station = await pat.get("/pack")
    mine = await pat.get("/print/pick-list")
    elsewhere = await pat.get("/print/pick-list", params={"location": "annex"})
    not_theirs = await flo.get("/print/pick-list", params={"task": PACK})

    assert 'href="/print/pick-list"' in station.text
    assert "Pick list: main" in mine.text
    assert ">MUG</figcaption>" in mine.text
    assert elsewhere.status_code == 422
    assert not_theirs.status_code == 422


async def test_ticked_tasks_are_printed_for(sign_in):
    pat = await sign_in("pat", "warehouse")

    inbox = await pat.get("/inbox")
    sent = await pat.send("/print/packing-slip", task=[PACK, REVIEW])
    page = await pat.get(sent.headers["location"])
    none = await pat.send("/print/pick-list")

    assert f'value="{PACK}"' in inbox.text
    assert 'formaction="/print/pick-list"' in inbox.text
    assert page.text.count("<article") == 1
    assert none.status_code == 422


async def test_the_station_prints_its_slip_and_its_codes(sign_in):
    pat = await sign_in("pat", "warehouse")

    station = await pat.get(f"/pack/{PACK}")
    codes = await pat.get("/pack/codes")

    assert 'data-command="SLIP"' in station.text
    assert 'action="/orders/1001/documents/packing-slip#print"' in station.text
    for code in ("PACKED", "SHORT", "NEXT", "OK", "SLIP"):
        assert f">{code}</figcaption>" in codes.text


async def test_a_partner_sees_no_document(sign_in):
    pip = await sign_in("pip", "partner")

    for path in ("/orders/1001/documents/label", "/print/label"):
        assert (await pip.get(path)).status_code == 403
