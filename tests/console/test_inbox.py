"""The staff's day: the next task, kept to oneself, answered once."""

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from fastapi import Request

from adapters.database.journal.steps import Journal
from console.pages import live
from console.pulse import word
from domain.act import ActResult, Outcome
from tests.adapters.database.given import NOW, a_batch, a_task, place
from tests.console.conftest import PACK, REVIEW

WEIGHT = {"answer": "packed", "field.parcel_weight": "900"}


@pytest.fixture
def more(house):
    """Three more tasks of the fraud team: one urgent, one overdue."""
    url = house.book.url
    place(url, "2001", "2002", "2003")
    journal = Journal(url, dict)
    for number, priority, since in (("2001", 5, 0), ("2002", 1, 0), ("2003", 5, 3)):
        task = a_task(number, priority=priority, since=NOW - timedelta(hours=since))
        journal.write(a_batch(order=number, opened=(task,)))
    return ("2002", "2003", "1001", "2001")


def tasks_in(text: str) -> list[str]:
    return re.findall(r'<a href="/tasks/([^"]+)">', text)


async def test_the_list_is_that_of_ones_roles_in_the_order_of_the_books(sign_in, more):
    finn = await sign_in("finn", "fraud")
    assert tasks_in((await finn.get("/inbox")).text) == [f"{number}.review.1" for number in more]
    pat = await sign_in("pat", "warehouse")
    assert tasks_in((await pat.get("/inbox")).text) == [PACK]
    lead = await sign_in("lea", "warehouse-lead")
    assert tasks_in((await lead.get("/inbox?role=warehouse")).text) == [PACK]
    assert (await pat.get("/inbox?role=fraud")).status_code == 404


async def test_next_claims_the_first_that_nobody_holds(sign_in, more, house):
    finn, fay = await sign_in("finn", "fraud"), await sign_in("fay", "fraud")
    first, second = await finn.send("/inbox/next"), await fay.send("/inbox/next")
    assert first.headers["location"] == f"/tasks/{more[0]}.review.1"
    assert second.headers["location"] == f"/tasks/{more[1]}.review.1"
    again = await finn.send("/inbox/next")
    assert again.headers["location"] == first.headers["location"]
    assert house.desk.task(f"{more[0]}.review.1").claimed_by == "finn"


async def test_next_says_so_when_nothing_is_left(sign_in, house, clock):
    house.desk.claim(PACK, "somebody", clock())
    pat = await sign_in("pat", "warehouse")
    answer = await pat.send("/inbox/next", role="warehouse")
    assert answer.headers["location"] == "/inbox?role=warehouse&nothing=1"
    assert "Nothing is left" in (await pat.get(answer.headers["location"])).text


async def test_a_task_shows_what_the_step_names_and_its_answers_as_buttons(sign_in):
    pat = await sign_in("pat", "warehouse")
    text = (await pat.get(f"/tasks/{PACK}")).text
    for words in ("MUG", "Location", "main", "Packed", "Item missing", "in grams", "of 2"):
        assert words in text
    assert "ada@" not in text.lower()


async def test_a_held_task_is_kept_by_the_open_page_and_given_back(sign_in, house, clock):
    pat = await sign_in("pat", "warehouse")
    await pat.send(f"/tasks/{PACK}/claim")
    clock.pass_(timedelta(minutes=10))
    assert (await pat.send(f"/tasks/{PACK}/renew")).status_code == 204
    clock.pass_(timedelta(minutes=10))
    assert house.desk.task(PACK).claimed_by == "pat"
    await pat.send(f"/tasks/{PACK}/give-back")
    assert house.desk.task(PACK).claimed_by == ""
    # What was given back is not taken again by a page that is still open.
    assert (await pat.send(f"/tasks/{PACK}/renew")).status_code == 409
    assert house.desk.task(PACK).claimed_by == ""


async def test_a_second_person_is_told_who_holds_it(sign_in):
    pat, pia = await sign_in("pat", "warehouse"), await sign_in("pia", "warehouse")
    await pat.send(f"/tasks/{PACK}/claim")
    for path, fields in ((f"/tasks/{PACK}/claim", {}), (f"/tasks/{PACK}/answer", WEIGHT)):
        answer = await pia.send(path, **fields)
        assert answer.status_code == 409
        assert "held by pat" in answer.text
    assert (await pia.send(f"/tasks/{PACK}/take-over")).status_code == 403


async def test_a_lead_takes_over_and_the_timeline_tells(sign_in, house):
    pat, lea = await sign_in("pat", "warehouse"), await sign_in("lea", "warehouse-lead")
    await pat.send(f"/tasks/{PACK}/claim")
    await lea.send(f"/tasks/{PACK}/take-over")
    assert house.desk.task(PACK).claimed_by == "lea"
    note = house.desk.show("1001").timeline[-1]
    assert (note.by, note.text) == ("lea", "Took over “Pick and pack” from pat.")


async def test_an_answer_sent_twice_is_one_answer(sign_in, house):
    pat = await sign_in("pat", "warehouse")
    first = await pat.send(f"/tasks/{PACK}/answer", **WEIGHT)
    second = await pat.send(f"/tasks/{PACK}/answer", **WEIGHT)
    assert first.headers["location"] == second.headers["location"] == "/inbox?act=" + "ab" * 16
    (act,) = house.book.pending(10)
    assert (act.by, act.role, act.act.values) == ("pat", "warehouse", {"parcel_weight": 900})
    assert "Kept for order 1001" in (await pat.get(first.headers["location"])).text


async def test_lines_that_are_missing_are_said_by_quantity(sign_in, house):
    pat = await sign_in("pat", "warehouse")
    fields = {"answer": "short", "field.missing.sku": "MUG", "field.missing.quantity": "1"}
    await pat.send(f"/tasks/{PACK}/answer", **fields)
    (act,) = house.book.pending(10)
    assert act.act.values == {"missing": [{"sku": "MUG", "quantity": "1"}]}
    none = await pat.send(f"/tasks/{PACK}/answer", **{**fields, "field.missing.quantity": ""})
    assert none.status_code == 422
    assert "say how many" in none.text


@pytest.mark.parametrize("weight", ["", "heavy", "-1", "1e3", "9" * 40])
async def test_a_field_that_cannot_be_is_told_and_stands_there_again(weight, sign_in, house):
    pat = await sign_in("pat", "warehouse")
    answer = await pat.send(f"/tasks/{PACK}/answer", **{**WEIGHT, "field.parcel_weight": weight})
    assert answer.status_code == 422
    assert "parcel_weight" in answer.text
    assert f'value="{weight}"' in answer.text
    assert list(house.book.pending(10)) == []


async def test_a_form_without_its_id_is_not_taken(sign_in, house):
    pat = await sign_in("pat", "warehouse")
    for form in ("", "1", "x" * 32):
        assert (await pat.send(f"/tasks/{PACK}/answer", form=form, **WEIGHT)).status_code == 422
    assert list(house.book.pending(10)) == []


async def test_who_was_first_is_told_to_the_second(sign_in, house, clock):
    fay = await sign_in("fay", "fraud")
    await fay.send(f"/tasks/{REVIEW}/answer", answer="approve")
    # As the workflow tells it once another answer has closed the task.
    why = "Review for fraud was already answered by finn: approve."
    house.book.settle("ab" * 16, ActResult(Outcome.REFUSED, why), clock())
    answer = await fay.send(f"/tasks/{REVIEW}/answer", answer="approve")
    assert answer.headers["location"] == f"/tasks/{REVIEW}?act={'ab' * 16}"
    assert why in (await fay.get(answer.headers["location"])).text


async def test_how_ones_act_went_is_told_to_oneself_alone(sign_in):
    fay, eve = await sign_in("fay", "fraud"), await sign_in("eve", "fraud")
    await fay.send(f"/tasks/{REVIEW}/answer", answer="approve")
    assert "Kept for order" in (await fay.get("/inbox?act=" + "ab" * 16)).text
    assert "Kept for order" not in (await eve.get("/inbox?act=" + "ab" * 16)).text


async def test_several_at_once_have_a_result_each(sign_in, more, house, clock):
    finn = await sign_in("finn", "fraud")
    house.desk.claim("2001.review.1", "fay", clock())
    chosen = [f"{number}.review.1" for number in more] + [PACK, "9999.review.1"]
    data = {"task": chosen, "answer": "approve"}
    answer = await finn.send("/inbox/answers", **data)
    assert answer.status_code == 200
    assert answer.text.count("chip care") == 3
    assert "held by fay" in answer.text
    assert "1001-F1" not in answer.text
    again = await finn.send("/inbox/answers", **data)
    assert again.status_code == 200
    assert len(house.book.pending(10)) == 3


async def test_an_admin_stands_in_and_is_named_as_such(sign_in, house):
    root = await sign_in("root", "admin")
    await root.send(f"/tasks/{PACK}/answer", **WEIGHT)
    (act,) = house.book.pending(10)
    assert (act.by, act.role) == ("root", "admin")


async def test_an_open_page_is_told_once_for_each_change(house):
    words = iter(("first", "first", "second", "second"))

    async def look():
        word = next(words, "")
        if not word:
            house.closing.set()
        return word or "second"

    house.closing.clear()
    state = SimpleNamespace(who=SimpleNamespace(name="pat"))
    app = SimpleNamespace(state=SimpleNamespace(house=house))
    request = cast(Request, SimpleNamespace(app=app, state=state, cookies={}))
    live.LOOK_SECONDS, before = 0, live.LOOK_SECONDS
    heard = [line async for line in live._beats(request, look, "first")]
    live.LOOK_SECONDS = before
    assert heard == ["retry: 3000\n\n", "id: second\nevent: changed\ndata: second\n\n"]
    assert live.watching["pat"] == 0


async def test_the_word_changes_with_every_claim_and_every_new_task(house, clock):
    beats = {house.desk.inbox_beat()}
    house.desk.claim(PACK, "pia", clock())
    beats.add(house.desk.inbox_beat())
    house.desk.give_back(PACK, "pia")
    place(house.book.url, "2001")
    Journal(house.book.url, dict).write(a_batch(order="2001", opened=(a_task("2001"),)))
    beats.add(house.desk.inbox_beat())
    assert len(beats) == 3


async def test_a_page_says_where_it_hears_of_changes_and_what_it_knows(sign_in, house):
    pat = await sign_in("pat", "warehouse")
    page = (await pat.get("/inbox")).text
    assert f'data-live="/live/inbox" data-beat="{word(house.desk.inbox_beat())}"' in page
    assert (await pat.get("/live/inbox")).headers["content-type"].startswith("text/event-stream")
