"""How the shop does, and what is taken away from it, on the screen."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.database.payment.ledger import Ledger
from console.charts import Bars, chart, meter
from domain.audit import DeedKind
from domain.posting import Account, Slip
from tests.adapters.database.given import NOW, an_order
from tests.adapters.database.given import eur as money
from tests.adapters.database.given import place as place_started


@pytest.fixture
def sold(house):
    """One order sold today, and a part of it given back."""
    slip = Slip("1001", "", "1001:payment.capture:O.1:v1", NOW)
    hold = slip.authorized("hold", money(2_390), None)
    Ledger(house.book.url).book(
        [
            hold,
            slip.captured("cap", money(2_390), "hold"),
            slip.refunded("ref", money(490), Account.GATEWAY),
        ]
    )


@pytest.mark.usefixtures("sold")
async def test_the_numbers_of_a_month_stand_on_one_page_each_chart_beside_its_table(sign_in):
    page = (await (await sign_in("fin", "finance")).get("/numbers")).text

    assert "EUR 23.90" in page
    assert "21 % of what was sold" in page
    charts = re.findall(r'<svg class="chart".*?</svg>', page, re.DOTALL)
    assert len(charts) == 2  # nothing has left, so there is no time to draw
    assert page.count("The same as a table") == len(charts)
    assert "2 Mar: Ordered" in charts[1]
    assert 'style="' not in page
    assert "Nothing in this time." in page


async def test_the_period_and_the_way_stand_in_the_address(sign_in):
    fin = await sign_in("fin", "finance")

    some = (await fin.get("/numbers?since=2026-01-01&until=2026-01-31&method=pickup")).text
    odd = await fin.get("/numbers?since=<b>&until=2026-99-99&method=<i>")

    assert "1 Jan to 31 Jan 2026, parcels of “Picked up by the customer”" in some
    assert odd.status_code == 200
    assert "<b>" not in odd.text
    assert "<i>" not in odd.text


async def test_old_orders_are_told_by_age_and_by_step(sign_in, clock):
    fin = await sign_in("fin", "finance")
    clock.pass_(timedelta(minutes=20))

    page = (await fin.get("/numbers")).text

    assert "Where open orders stand" in page
    assert "Pick and pack" in page
    assert 'href="/orders/1001"' in page


async def test_who_packs_is_told_no_numbers(sign_in):
    pat = await sign_in("pat", "warehouse")
    for path in ("/numbers", "/exports", "/exports/file?what=orders"):
        assert (await pat.get(path)).status_code == 403
    assert "/numbers" not in (await pat.get("/inbox")).text


async def test_a_file_is_taken_away_and_the_audit_log_tells(sign_in, house):
    fin = await sign_in("fin", "finance")
    form = (await fin.get("/exports")).text
    assert "Europe/Berlin" in form

    whole = await fin.get("/exports/file?what=orders&since=2026-03-01&until=2026-03-02&format=csv")

    assert whole.headers["content-disposition"] == 'attachment; filename="orders-2026-03-01-2026-03-02.csv"'
    assert [line.split(",")[0] for line in whole.text.splitlines()] == ["number", "1001", "1002"]
    ((_, deed),) = house.audit.entries(1, by="fin")
    assert (deed.kind, deed.subject, deed.role) == (DeedKind.READ, "export.orders", "finance")


async def test_what_cannot_be_exported_is_refused_in_words(sign_in):
    fin = await sign_in("fin", "finance")
    for query in ("", "?what=secrets", "?what=orders&since=<b>"):
        answer = await fin.get(f"/exports/file{query}")
        assert answer.status_code == 422
        assert "<b>" not in answer.text


async def test_names_that_look_like_formulas_leave_as_texts(sign_in, house):
    order = an_order("1009", customer=replace(an_order().customer, name='=HYPERLINK("http://evil")'))
    place_started(house.book.url, "1009", customer=order.customer)
    fin = await sign_in("fin", "finance")

    text = (await fin.get("/exports/file?what=customers")).text

    assert "'=HYPERLINK" in text


def test_a_chart_is_as_high_as_its_largest_figure_asks_for():
    drawn = chart("Orders", ["<Mon>", "Tue"], [Bars("Orders", "main", (3, 0))], str, str)
    assert "&lt;Mon&gt;: Orders 3" in drawn
    assert re.findall(r'text-anchor="end">(\d+)<', drawn) == ["0", "1", "2", "3"]
    assert chart("Orders", ["Mon"], [Bars("Orders", "main", (0,))], str, str) == ""


def test_the_lines_of_a_chart_stand_at_round_figures():
    drawn = chart(
        "Money", ["Mon"], [Bars("Sold", "main", (123_456,))], str, lambda minor: f"{minor // 100}", 100
    )
    assert re.findall(r'text-anchor="end">(\d+)<', drawn) == ["0", "500", "1000", "1500"]


def test_a_bar_in_a_table_has_its_share_of_the_widest():
    assert 'width="25.0"' in meter(1, 4)
    assert "<rect" not in meter(0, 4)
