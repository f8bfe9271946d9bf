"""The page of an order for whoever bought it: with the right link everything, with another one nothing."""

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from adapters.database.customer.consents import Consents
from adapters.database.customer.form_counts import FormCounts
from adapters.database.customer.surveys import Surveys
from adapters.database.journal.steps import Journal
from adapters.database.order.fulfilments import load_fulfilments, save_fulfilments
from config.page import PageWords
from config.settings import SHIPPED
from console.customer.app import create_customer
from console.customer.house import Window
from console.customer.limits import MOST_FORMS, MOST_LOOKS, MOST_WRONG, Limits
from domain.act import ActKind
from domain.fulfilment import FulfilmentLine, FulfilmentState
from domain.link import Links, Purpose
from domain.order import Customer, DeliveryMethod
from tests.adapters.database.given import NOW, a_batch, a_lane, an_order, place
from tests.adapters.placed import a_fulfilment
from tests.console.conftest import URL

LINKS = Links((b"k" * 32,), URL, "https://shop.example")
FORM = "cd" * 16
TIMES = "\u00d7"


@pytest.fixture
def window(house, database):
    return window_at(house, database.url)


def window_at(house, url):
    """Each program has one of its own, over the same books."""
    books, limits = (Surveys(url), "help@shop.example", Consents(url)), Limits(FormCounts(url).count)
    return Window(house, LINKS, PageWords(SHIPPED), *books, limits)


@pytest.fixture
async def browse(window, house):
    app = create_customer(window, house.site)
    transport = httpx.ASGITransport(app=app, client=("192.0.2.9", 4711))
    async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
        yield client


@pytest.fixture
def parcel(database, shop):
    """Order 2001 with one parcel that has come as far as it is told."""

    def stands(state: FulfilmentState = FulfilmentState.OPEN, *, arrived=None, **changes):
        place(database.url, "2001", **changes)
        order = an_order("2001", **changes)
        lines = tuple(FulfilmentLine(n, line.sku, line.quantity) for n, line in enumerate(order.lines))
        left = state in (FulfilmentState.SHIPPED, FulfilmentState.FULFILLED)
        sent: dict[str, Any] = {"tracking": "1Z12345E0205271688", "carrier": "UPS"} if left else {}
        part = a_fulfilment(order, state=state, lines=lines, **sent)
        with database.write() as session:
            save_fulfilments(session, [part])
        over = state == FulfilmentState.FULFILLED
        hash = shop.flows["warehouse"].sha256
        lane = a_lane(
            "2001-F1",
            flow="warehouse",
            flow_hash=hash,
            step="pack",
            phase="ended" if over else "waiting",
            state=state.value if over else "",
            since=arrived or NOW,
        )
        own = a_lane("2001", flow_hash=shop.flows["standard"].sha256)
        Journal(database.url, dict).write(a_batch(order="2001", lanes=(own, lane)))
        return link("2001")

    return stands


def link(number: str) -> str:
    return f"/order/{number}/{LINKS.code(Purpose.ORDER, number)}"


def text_of(answer: httpx.Response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


async def test_the_link_opens_the_page_without_a_session(browse, parcel):
    answer = await browse.get(parcel())
    assert answer.status_code == 200
    said = text_of(answer)
    assert "We are getting your order ready." in said
    assert f"2 {TIMES} Mug" in said
    assert "EUR 23.90" in said
    assert "12345 Town, DE" in said


async def test_it_says_nothing_of_who_they_are_or_of_us(browse, parcel):
    said = (await browse.get(parcel())).text
    for word in ("Ada", "Lovelace", "Mill Lane", "ada@", "warehouse", "Pick and pack", "pack", "standard"):
        assert word not in said, word


async def test_a_wrong_link_and_one_of_nothing_are_told_the_same(browse, parcel):
    right = parcel()
    wrong = [
        f"/order/2001/{LINKS.code(Purpose.ORDER, '1001')}",
        f"/order/2001/{LINKS.code(Purpose.PAY, '2001')}",
        f"/order/9999/{'a' * 32}",
        link("9999"),
        right[:-1],
        "/order/2001/x",
        "/order/2001",
        "/order/",
    ]
    answers = [await browse.get(path) for path in wrong]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert "2001" not in answers[0].text
    posts = [await browse.post(f"{path}/cancel", data={"form": FORM}) for path in wrong[:4]]
    assert {answer.text for answer in posts} == {answers[0].text}


async def test_nobody_lists_it_and_nothing_of_the_link_goes_on(browse, parcel):
    for path in (parcel(), "/order/2001/wrong"):
        headers = (await browse.get(path)).headers
        assert headers["referrer-policy"] == "no-referrer"
        assert "noindex" in headers["x-robots-tag"]
        assert headers["cache-control"] == "no-store"
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "set-cookie" not in headers


async def test_who_guesses_has_to_wait_and_who_has_the_link_does_not(browse, parcel, clock):
    right = parcel()
    for n in range(MOST_WRONG):
        assert (await browse.get(f"/order/2001/{n:032}")).status_code == 404
    waits = await browse.get(f"/order/2001/{'x' * 32}")
    assert (waits.status_code, waits.headers["retry-after"]) == (429, "600")
    assert (await browse.get(right)).status_code == 200
    clock.pass_(timedelta(minutes=11))
    assert (await browse.get(f"/order/2001/{'x' * 32}")).status_code == 404


def test_a_link_that_was_passed_on_to_everybody_keeps_no_other_from_being_looked_at(window):
    looks = [window.limits.look("2001", NOW) for _ in range(MOST_LOOKS + 1)]
    assert looks[-2:] == [True, False]
    assert window.limits.look("2002", NOW)
    assert window.limits.look("2001", NOW + timedelta(minutes=11))


async def test_it_speaks_the_language_of_the_customer_or_the_one_they_choose(browse, parcel):
    right = parcel(customer=Customer("ada@example.org", "Ada", language="de-AT"))
    german = await browse.get(right)
    assert '<html lang="de">' in german.text
    assert "Wir machen Ihre Bestellung fertig." in german.text
    assert "23,90 EUR" in german.text
    english = await browse.get(f"{right}?language=en")
    assert "We are getting your order ready." in english.text
    assert (await browse.get(f"{right}?language=xx")).text.count('lang="de"') == german.text.count(
        'lang="de"'
    )
    problem = await browse.get("/order/1/x", headers={"accept-language": "de-DE,de;q=0.9"})
    assert "Hier ist nichts" in problem.text


async def test_what_was_sent_is_followed_at_the_carriers(browse, parcel):
    said = (await browse.get(parcel(FulfilmentState.SHIPPED))).text
    assert "Your order is on its way." in said
    assert re.search(r'<a class="button" href="https://www\.ups\.com[^"]*1Z12345E0205271688', said)


async def test_what_is_picked_up_says_so_and_never_that_it_is_sent(browse, parcel, database):
    said = text_of(await browse.get(parcel()))
    assert "Ready for pickup" not in said
    with database.write() as session:
        parts = load_fulfilments(session, "2001")
        save_fulfilments(session, [replace(parts[0], method=DeliveryMethod.PICKUP)])
    said = text_of(await browse.get(link("2001")))
    assert "Ready for pickup" in said
    assert "On its way" not in said


async def test_a_cancellation_is_kept_in_the_name_of_the_customer(browse, parcel, house):
    right = parcel()
    answer = await browse.post(
        f"{right}/cancel", data={"form": FORM, "sure": "yes", "why": "ordered twice"}
    )
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{right}?act={FORM}"
    record = house.book.act(FORM)
    assert (record.act.kind, record.role, record.by) == (ActKind.CANCEL, "customer", "customer")
    assert record.reason == "ordered twice"
    again = await browse.post(f"{right}/cancel", data={"form": FORM, "sure": "yes"})
    assert again.status_code == 303
    assert len([act for act in house.book.pending(10) if act.order == "2001"]) == 1
    assert "We have your cancellation" in (await browse.get(answer.headers["location"])).text


async def test_nothing_is_cancelled_by_accident_or_by_another_page(browse, parcel, house):
    right = parcel()
    unsure = await browse.post(f"{right}/cancel", data={"form": FORM})
    assert unsure.status_code == 422
    assert "Please tick the box" in unsure.text
    foreign = {"sec-fetch-site": "cross-site"}
    sure = {"form": FORM, "sure": "yes"}
    assert (await browse.post(f"{right}/cancel", data=sure, headers=foreign)).status_code == 403
    assert (await browse.post(f"{right}/cancel", data={"sure": "yes"})).status_code == 422
    assert house.book.act(FORM) is None


async def test_what_has_left_is_not_cancelled_and_the_page_says_why(browse, parcel, house):
    right = parcel(FulfilmentState.FULFILLED, arrived=NOW)
    assert 'name="sure"' not in (await browse.get(right)).text
    answer = await browse.post(f"{right}/cancel", data={"form": FORM, "sure": "yes"})
    assert answer.status_code == 409
    assert "It has left us" in answer.text
    assert house.book.act(FORM) is None


async def test_what_arrived_can_be_sent_back_until_its_time_is_over(browse, parcel, house, clock):
    right = parcel(FulfilmentState.FULFILLED, arrived=NOW)
    page = await browse.get(right)
    assert "Mug: how many (up to 2)" in page.text
    assert "until 1 April 2026" in page.text
    fields = {"form": FORM, "sku": "MUG", "quantity": "1", "claim": "none", "why": "too blue"}
    answer = await browse.post(f"{right}/return", data=fields)
    assert answer.status_code == 303
    assert house.book.return_form(FORM) == "2001-R1"
    assert (await browse.post(f"{right}/return", data=fields)).status_code == 303
    told = text_of(await browse.get(answer.headers["location"]))
    assert "Your return is number 2001-R1" in told
    assert "Return 2001-R1" in told
    assert "how many (up to 1)" in told
    back = house.desk.show("2001").returns
    assert [(each.by, each.reason) for each in back] == [("customer", "too blue")]
    clock.pass_(timedelta(days=61))
    late = await browse.get(right)
    assert "Mug: the 30 days for returns are over." in late.text
    refused = await browse.post(f"{right}/return", data=fields | {"form": "ef" * 16})
    assert refused.status_code == 409


async def test_their_documents_are_theirs_to_print_and_no_others(browse, parcel):
    right = parcel(FulfilmentState.FULFILLED, arrived=NOW)
    fields = {"form": FORM, "sku": "MUG", "quantity": "1", "claim": "none", "why": "too blue"}
    await browse.post(f"{right}/return", data=fields)
    assert f'href="{right}/documents/return-slip/2001-R1"' in (await browse.get(right)).text
    slip = await browse.get(f"{right}/documents/return-slip/2001-R1")
    assert (slip.status_code, slip.headers["content-type"]) == (200, "application/pdf")
    assert slip.content.startswith(b"%PDF")
    for other in ("packing-slip/2001-F1", "return-slip/1001-R1", "label/2001-F1", "pick-list/2001"):
        assert (await browse.get(f"{right}/documents/{other}")).status_code == 404, other


async def test_after_the_window_what_came_damaged_may_still_come_back(browse, parcel, clock):
    right = parcel(FulfilmentState.FULFILLED, arrived=NOW)
    clock.pass_(timedelta(days=45))
    assert "only if it arrived damaged" in (await browse.get(right)).text
    fields = {"form": FORM, "sku": "MUG", "quantity": "1", "claim": "damaged", "why": "a crack"}
    assert (await browse.post(f"{right}/return", data=fields)).status_code == 303


async def test_what_was_made_for_them_does_not_come_back_and_the_rule_says_why(browse, parcel):
    line = replace(an_order().lines[0], made_to_order=True)
    right = parcel(FulfilmentState.FULFILLED, arrived=NOW, lines=(line,))
    assert "only if it arrived damaged" in (await browse.get(right)).text
    german = (await browse.get(f"{right}?language=de")).text
    assert "nur wenn es beschädigt ankam" in german


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": ""},
        {"quantity": "3"},
        {"quantity": "-1"},
        {"sku": "NOTHING"},
        {"claim": "goodwill"},
        {"claim": "lost"},
        {"why": " "},
    ],
)
async def test_a_return_of_what_they_do_not_have_is_not_taken(browse, parcel, house, wrong):
    right = parcel(FulfilmentState.FULFILLED, arrived=NOW)
    fields = {"form": FORM, "sku": "MUG", "quantity": "1", "claim": "none", "why": "x", **wrong}
    assert (await browse.post(f"{right}/return", data=fields)).status_code in (409, 422)
    assert house.book.return_form(FORM) == ""


async def test_the_one_question_is_asked_once_it_has_arrived(browse, parcel, window):
    assert 'name="score"' not in (await browse.get(parcel())).text
    right = link("2001")
    assert (await browse.post(f"{right}/survey", data={"score": "5"})).status_code == 409
    assert window.surveys.given("2001") is None


async def test_an_answer_is_kept_once_and_changed_for_a_while(browse, parcel, window, clock):
    right = parcel(FulfilmentState.FULFILLED, arrived=NOW)
    answer = await browse.post(f"{right}/survey", data={"score": "4", "words": " Fine <b>mug</b> "})
    assert "Thank you for telling us." in (await browse.get(answer.headers["location"])).text
    assert (window.surveys.given("2001").score, window.surveys.given("2001").words) == (
        4,
        "Fine <b>mug</b>",
    )
    clock.pass_(timedelta(days=13))
    await browse.post(f"{right}/survey", data={"score": "2", "words": ""})
    assert window.surveys.given("2001").score == 2
    assert window.surveys.given("2001").at == NOW
    clock.pass_(timedelta(days=2))
    late = await browse.post(f"{right}/survey", data={"score": "5"})
    assert late.status_code == 409
    assert window.surveys.given("2001").score == 2
    for wrong in ("0", "6", "x", "", "4.5"):
        assert (await browse.post(f"{right}/survey", data={"score": wrong})).status_code == 422


async def test_a_shop_may_keep_cancelling_and_returns_to_itself(browse, parcel, shop, house):
    roles = {name: role for name, role in shop.roles.items() if name != "customer"}
    house.shop = lambda: replace(shop, roles=roles)
    right = parcel(FulfilmentState.FULFILLED, arrived=NOW)
    page = (await browse.get(right)).text
    assert 'name="claim"' not in page
    for act in ("cancel", "return"):
        assert (await browse.post(f"{right}/{act}", data={"form": FORM})).status_code == 404


async def test_nobody_sends_form_after_form_not_even_to_one_program_after_another(
    browse, parcel, house, database, clock
):
    right, another = parcel(), create_customer(window_at(house, database.url), house.site)
    transport = httpx.ASGITransport(app=another, client=("192.0.2.10", 1))
    async with httpx.AsyncClient(transport=transport, base_url=URL) as elsewhere:
        told = []
        for n in range(MOST_FORMS + 2):
            program = elsewhere if n % 2 else browse
            told.append((await program.post(f"{right}/cancel", data={"form": FORM})).status_code)
        assert told == [422] * MOST_FORMS + [429] * 2
        assert (await elsewhere.get(right)).status_code == 200
        clock.pass_(timedelta(minutes=10))
        assert (await elsewhere.post(f"{right}/cancel", data={"form": FORM})).status_code == 422


async def test_a_customer_who_was_forgotten_has_no_page(browse, parcel):
    assert (await browse.get(parcel(customer=Customer("", "")))).status_code == 404


async def test_what_customers_and_shops_write_is_text_on_the_page(browse, parcel):
    hostile = '"><script>alert(1)</script>'
    line = replace(an_order().lines[0], title=hostile, personalisation=hostile, quantity=Decimal("1.5"))
    said = (await browse.get(parcel(FulfilmentState.FULFILLED, arrived=NOW, lines=(line,)))).text
    assert "<script" not in said
    assert f"1.5 {TIMES}" in said


async def test_another_host_and_a_staff_page_are_not_reached_through_it(browse, parcel):
    right = parcel()
    assert (await browse.get(right, headers={"host": "evil.example"})).status_code == 421
    assert (await browse.get("/orders")).status_code == 404


async def test_the_style_is_there_for_everybody(browse):
    answer = await browse.get("/order/customer.css")
    assert answer.status_code == 200
    assert "@media print" in answer.text
