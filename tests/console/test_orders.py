"""What support finds, reads and does."""

import re
from datetime import timedelta

import pytest

from adapters.database.journal.steps import Journal
from adapters.database.payment.attempts import latest_attempt, mark_attempt
from adapters.database.tables.mail import NoticeRow
from domain.act import ActKind
from domain.attempt import AttemptState
from domain.errors import NotFound
from domain.journal import IncidentOpened
from domain.order import Customer
from starter.engine import Engine
from tests.adapters.database.given import NOW, a_batch, a_placement, an_order, eur, place
from tests.console.conftest import INCIDENT


def numbers(text: str) -> list[str]:
    return re.findall(r'<a href="/orders/([^"/]+)">\1</a>', text)


@pytest.fixture
async def sue(sign_in):
    return await sign_in("sue", "support")


async def test_orders_are_found_by_what_customers_say(sue, house):
    person = Customer("zoe@example.org", "Zoë İnönü")
    house.book.place(an_order("B-7", customer=person), a_placement("B-7"), NOW)
    for words in ("zoe@example.org", "ZOE@EXAMPLE.ORG", "zoë"):
        assert numbers((await sue.get("/orders", params={"q": words})).text) == ["B-7"]
    exact = await sue.get("/orders", params={"q": "B-7"})
    assert exact.headers["location"] == "/orders/B-7"
    assert "No order fits" in (await sue.get("/orders", params={"q": "nobody"})).text


async def test_filters_stand_in_the_address_and_nonsense_in_it_does_no_harm(sue):
    found = await sue.get("/orders?waiting=warehouse&state=open&payment=&older=")
    assert numbers(found.text) == ["1001"]
    assert '<option value="warehouse" selected>' in found.text
    odd = "/orders?state=sleeping&payment=%00&waiting=nobody&older=5y&page=-3&q=%F0%9F%AB%96%00"
    assert (await sue.get(odd)).status_code == 200
    assert (await sue.get("/orders?page=99999999999999999999")).status_code == 200


async def test_a_long_list_is_turned_page_by_page(sue, house):
    for n in range(60):
        placed = an_order(f"P-{n:03}", placed_at=NOW + timedelta(minutes=n))
        house.book.place(placed, a_placement(f"P-{n:03}"), NOW)
    first = (await sue.get("/orders?state=open")).text
    assert len(numbers(first)) == 50
    link = re.search(r'href="([^"]+)" rel="next"', first)
    assert link is not None
    second = (await sue.get(link[1].replace("&amp;", "&"))).text
    assert not set(numbers(first)) & set(numbers(second))
    assert len(numbers(second)) == 12
    assert 'rel="prev"' in second


async def test_the_page_of_an_order_says_what_it_waits_for_and_what_can_be_done(sue):
    text = (await sue.get("/orders/1001")).text
    for words in ("Waiting for", "Cancel the order", "Put on hold", "Open a return", "Something happened."):
        assert words in text
    assert "Nothing of it has left" in text


async def test_what_a_role_may_not_do_is_grey_and_says_who_may(sign_in):
    auditor = await sign_in("aud", "auditor")
    text = (await auditor.get("/orders/1001")).text
    assert "It takes one of these roles: admin, ops, support" in text
    assert 'action="/orders/1001/cancel"' not in text
    assert "A note for your colleagues" not in text


async def test_every_deed_is_kept_with_who_and_why(sue, house):
    await sue.send("/orders/1001/hold", kind="INCORRECT_ADDRESS", reason="asked to wait", form="a" * 32)
    await sue.send("/orders/1001/release", kind="INCORRECT_ADDRESS", form="b" * 32)
    sent = await sue.send("/orders/1001/cancel", reason="changed her mind", form="c" * 32)
    assert sent.headers["location"] == f"/orders/1001?act={'c' * 32}"
    acts = house.book.pending(10)
    assert [act.act.kind for act in acts] == [ActKind.HOLD, ActKind.RELEASE, ActKind.CANCEL]
    assert {(act.by, act.role) for act in acts} == {("sue", "support")}
    assert acts[2].reason == "changed her mind"
    assert "Kept for order 1001" in (await sue.get(sent.headers["location"])).text


@pytest.mark.parametrize(
    ("path", "fields", "status", "why"),
    [
        ("cancel", {"reason": "  "}, 422, "say why"),
        ("cancel", {"reason": "x" * 10_001}, 422, "10000"),
        ("hold", {"kind": "BORED", "reason": "x"}, 422, "kind of hold"),
        ("release", {"kind": "AWAITING_PAYMENT"}, 409, "only a payment"),
        ("note", {"text": " "}, 422, "not a note"),
        ("note", {"text": "half \x00"}, 422, "not a note"),
        ("return", {"reason": "x", "claim": "none"}, 422, "how many"),
        ("return", {"reason": "x", "claim": "none", "sku": "MUG", "quantity": "1"}, 409, "MUG"),
        ("return", {"reason": "x", "claim": "bored", "sku": "MUG", "quantity": "1"}, 422, "claim"),
    ],
)
async def test_what_cannot_be_is_said_on_the_same_page(path, fields, status, why, sue, house):
    answer = await sue.send(f"/orders/1001/{path}", **fields)
    assert (answer.status_code, why in answer.text) == (status, True)
    assert 'role="alert"' in answer.text
    assert list(house.book.pending(10)) == []


async def test_a_note_sent_twice_stands_there_once(sue, house):
    for _ in range(2):
        await sue.send("/orders/1001/note", text="Called; <b>will</b> call back")
    noted = [entry for entry in house.desk.show("1001").timeline if entry.kind == "note"]
    assert [(entry.by, entry.text) for entry in noted] == [("sue", "Called; <b>will</b> call back")]
    assert "&lt;b&gt;will" in (await sue.get("/orders/1001")).text


async def test_a_mail_is_read_as_it_was_sent_and_only_under_its_own_order(sue, house):
    row = NoticeRow(
        id="1001.confirm.1", order="1001", n=1, lane="1001", template="confirmation", to="customer",
        language="en", state="sent", message_id="x", recipient="ada@example.org", subject="Thank you",
        text="Dear <Ada>,\nthank you.", html="<script>1</script>", why="", created_at=NOW, sent_at=NOW,
    )  # fmt: skip
    with house.desk.write() as session:
        session.add(row)
    text = (await sue.get("/orders/1001/mails/1001.confirm.1")).text
    assert "Dear &lt;Ada&gt;," in text
    assert "ada@example.org" in text
    assert (await sue.get("/orders/1002/mails/1001.confirm.1")).status_code == 404


async def test_alike_incidents_stand_together_and_are_tried_again_at_once(sign_in, house):
    url = house.book.url
    place(url, "3001")
    same = IncidentOpened(
        "3001.authorize.1", "3001", "authorize", "Hold the money", "No answer.", "ops", (), NOW
    )
    Journal(url, dict).write(a_batch(order="3001", incidents_opened=(same,)))
    ops = await sign_in("olga", "ops")
    page = (await ops.get("/incidents")).text
    assert "2 orders" in page
    trouble = re.search(r'name="trouble" value="(\w+)"', page)
    assert trouble is not None
    for _ in range(2):
        answer = await ops.send("/incidents/retry", trouble=trouble[1])
        assert answer.text.count("chip care") == 2
    acts = house.book.pending(10)
    assert {act.act.target for act in acts} == {INCIDENT, "3001.authorize.1"}
    assert len(acts) == 2


async def test_a_step_is_skipped_by_whom_its_flow_lets_and_with_a_reason(sign_in, house):
    ops, lead = await sign_in("olga", "ops"), await sign_in("lena", "support-lead")
    refused = await lead.send(f"/incidents/{INCIDENT}/skip", reason="no")
    assert "only ops may skip it" in refused.text
    assert "say why" in (await ops.send(f"/incidents/{INCIDENT}/skip", reason="")).text
    done = await ops.send(f"/incidents/{INCIDENT}/skip", reason="paid by hand", **{"from": "/orders/1002"})
    assert done.headers["location"].startswith("/orders/1002?act=")
    (act,) = house.book.pending(10)
    assert (act.by, act.role, act.reason) == ("olga", "ops", "paid by hand")


async def test_after_a_press_one_is_led_to_a_page_of_ours_alone(sign_in):
    ops = await sign_in("olga", "ops")
    for origin in ("https://evil.example", "//evil.example", "/orders/../../x", "/orders//evil"):
        answer = await ops.send(f"/incidents/{INCIDENT}/retry", **{"from": origin})
        assert answer.headers["location"].startswith("/incidents"), origin


async def test_an_order_of_another_flow_version_than_we_know_is_shown_all_the_same(sue):
    assert (await sue.get("/orders/1001")).status_code == 200
    assert "follows no flow yet" in (await sue.get("/orders/1001/flow")).text


async def test_the_address_form_sends_only_what_was_changed(sue, house):
    before = house.book.sold("1001").order.shipping_address
    form = {name: getattr(before, name) for name in ("name", "line1", "postcode", "city")}

    await sue.send("/orders/1001/address", **form | {"line1": "9 Low Street"}, reason="She moved")

    (act,) = house.book.pending(9)
    assert (act.act.kind, act.texts["line1"], act.texts["city"]) == (
        ActKind.ADDRESS,
        "9 Low Street",
        before.city,
    )
    assert "9 Low Street" not in str(act.act)


async def test_what_cannot_be_given_back_is_said_on_the_orders_page(sue):
    answer = await sue.send("/orders/1001/refund", amount="5.00", reason="A scratch")

    assert answer.status_code == 409
    assert "can still be given back" in answer.text


async def test_the_tries_of_a_step_are_folded_under_what_came_of_it(sue, house):
    with house.desk.write() as session:
        refused = latest_attempt(session, "1001", "1001:payment.authorize:O.1", "tok", eur(2390), NOW)
        mark_attempt(session, refused, AttemptState.REFUSED)
        latest_attempt(session, "1001", "1001:payment.authorize:O.1", "tok", eur(2390), NOW)
    text = (await sue.get("/orders/1001")).text
    assert "2 tries at the gateway" in text
    assert "payment authorize of EUR 23.90, refused" in text
    assert "1001:payment.authorize:O.1:v2" in text


async def test_engineers_read_the_engines_history_when_they_ask_and_others_do_not(sign_in, house):
    olga, sue = await sign_in("olga", "ops"), await sign_in("sue", "support")
    assert "/orders/1001/history" in (await olga.get("/orders/1001")).text
    assert "/orders/1001/history" not in (await sue.get("/orders/1001")).text
    assert (await sue.get("/orders/1001/history")).status_code == 403

    away = await olga.get("/orders/1001/history")
    assert away.status_code == 503
    assert "Temporal does not answer. The order&#39;s own timeline is whole" in away.text

    class Told(Engine):
        async def history(self, subject):
            if subject == "1002":
                raise NotFound("Temporal has no history of order 1002.")
            event = {
                "id": 1,
                "at": "2026-03-02T09:00:00Z",
                "type": "timer_started",
                "attributes": {"a": "<b>"},
            }
            return [event]

    house.engine = Told(ui="https://temporal.shop.example", namespace="default")
    text = (await olga.get("/orders/1001/history")).text
    assert "timer started" in text
    assert "&#34;a&#34;: &#34;&lt;b&gt;&#34;" in text
    assert "https://temporal.shop.example/namespaces/default/workflows/order%2F1001" in text
    assert "has not begun yet" in (await olga.get("/orders/1002/history")).text
    assert (await olga.get("/orders/1001/history?part=1002")).status_code == 404
    assert (await olga.get("/orders/9999/history")).status_code == 404


async def test_a_view_is_kept_for_its_person_alone_and_let_go(sue, sign_in):
    sent = await sue.send(
        "/orders/views", name="Fraud <first>", view="/orders?waiting=fraud&state=open&page=3"
    )
    assert sent.headers["location"] == "/orders?state=open&waiting=fraud"
    text = (await sue.get("/orders")).text
    assert "Fraud &lt;first&gt;" in text
    assert "/orders?state=open&amp;waiting=fraud" in text
    assert "You keep this as" in (await sue.get(sent.headers["location"])).text
    other = await sign_in("sam", "support")
    assert "Fraud &lt;first&gt;" not in (await other.get("/orders")).text
    assert (await sue.send("/orders/views", name="", view="/orders?state=open")).status_code == 422
    assert (
        await sue.send("/orders/views", name="all", view="https://evil.example/?x=1")
    ).status_code == 422
    await sue.send("/orders/views/drop", name="Fraud <first>")
    assert "Fraud &lt;first&gt;" not in (await sue.get("/orders")).text


async def test_the_states_are_counted_and_the_oldest_wait_is_told(sue, clock):
    clock.pass_(timedelta(minutes=50))
    text = (await sue.get("/orders")).text
    assert re.search(r'state=open">Open <span class="count">2</span>', text)
    assert '<td class="age">50 min</td>' in text


async def test_orders_are_found_by_where_they_stand(sue):
    assert numbers((await sue.get("/orders?flow=standard&step=review")).text) == ["1002", "1001"]
    assert numbers((await sue.get("/orders?flow=warehouse")).text) == []
    assert (await sue.get("/orders?flow=nowhere&step=review")).status_code == 200
