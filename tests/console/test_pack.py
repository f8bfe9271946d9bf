"""The pack station, as far as the server has a hand in it; scanning itself is tried in a browser."""

from tests.console.conftest import PACK, REVIEW


async def test_a_scanned_parcel_or_order_opens_its_goods(sign_in):
    pat = await sign_in("pat", "warehouse")

    for code in ("1001-F1", "1001", " 1001-f1 "):
        answer = await pat.get("/pack", params={"code": code})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/pack/{PACK}")
    page = (await pat.get(f"/pack/{PACK}")).text

    assert 'data-sku="MUG" data-many="2"' in page
    assert 'data-command="PACKED"' in page
    assert 'data-command="SHORT"' in page


async def test_what_is_not_to_be_packed_here_is_said_so(sign_in):
    pat = await sign_in("pat", "warehouse")

    unknown = await pat.get("/pack", params={"code": "<b>4711</b>"})
    review = await pat.get(f"/pack/{REVIEW}")

    assert unknown.status_code == 404
    assert "Nothing of &lt;b&gt;4711&lt;/b&gt; is to be packed here." in unknown.text
    assert review.status_code == 404


async def test_the_next_parcel_is_kept_for_who_takes_it(sign_in, house):
    pat, sam = await sign_in("pat", "warehouse"), await sign_in("sam", "warehouse")

    first, second = await pat.send("/pack/next"), await sam.send("/pack/next")

    assert first.headers["location"] == f"/pack/{PACK}"
    assert second.headers["location"] == "/pack"
    assert house.desk.task(PACK).claimed_by == "pat"
    assert "pat holds this one." in (await sam.get(f"/pack/{PACK}")).text


async def test_a_packed_parcel_is_answered_once_and_the_station_waits_for_the_next(sign_in, house):
    pat = await sign_in("pat", "warehouse")
    fields = {"answer": "packed", "field.parcel_weight": "900"}

    answers = [await pat.send(f"/pack/{PACK}", **fields) for _ in range(2)]

    assert [answer.headers["location"] for answer in answers] == [f"/pack?act={'ab' * 16}"] * 2
    record = house.book.act("ab" * 16)
    assert (record.by, record.act.answer, record.act.values) == ("pat", "packed", {"parcel_weight": 900})
    assert "Kept for order 1001" in (await pat.get(answers[0].headers["location"])).text


async def test_an_answer_that_is_not_whole_keeps_the_parcel_open(sign_in):
    pat = await sign_in("pat", "warehouse")

    refused = await pat.send(f"/pack/{PACK}", answer="packed")

    assert refused.status_code == 409
    assert "parcel_weight" in refused.text
