"""Invoices, whatever was ordered: every sum comes out, and no coin stands where it has no business."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from domain.bill import invoice_for
from domain.fulfilment import FulfilmentLine
from domain.shares import share_total
from tests.adapters.placed import a_fulfilment, a_line, an_order, eur

RATES = st.sampled_from([Decimal(0), Decimal(7), Decimal("8.875"), Decimal(19)])
LINES = st.lists(st.tuples(RATES, st.integers(1, 5), st.integers(0, 20_000)), min_size=1, max_size=4)


@given(
    lines=LINES,
    shipping=st.sampled_from([0, 1, 499]),
    discount=st.integers(0, 3_000),
    parcels=st.integers(1, 3),
)
def test_an_invoice_adds_up_to_what_its_parcel_costs(lines, shipping, discount, parcels):
    pieces = [
        a_line(f"S{n}", "Thing", f"{count}", price, tax_rate=rate)
        for n, (rate, count, price) in enumerate(lines)
    ]
    goods = sum(line.total.minor for line in pieces)
    off = min(discount, goods)
    order = an_order(
        lines=tuple(pieces), shipping=eur(shipping), discount=eur(off), total=eur(goods + shipping - off)
    )
    cut: list[list[FulfilmentLine]] = [[] for _ in range(parcels)]
    for n, line in enumerate(pieces):
        for each in range(int(line.quantity)):
            cut[(n + each) % parcels].append(FulfilmentLine(n, line.sku, Decimal(1)))
    cut = [part for part in cut if part]
    for n, (part, total) in enumerate(zip(cut, share_total(order, cut), strict=True), 1):
        bill = invoice_for(
            order, replace(a_fulfilment(order, n), lines=tuple(part), total=total), later=False
        )
        told = sum(line.total.minor for line in bill.lines)
        assert told + bill.shipping.minor - bill.discount.minor == total.minor
        assert bill.shipping.minor >= 0
        assert bill.discount.minor >= 0
        if not shipping:
            assert bill.shipping.minor == 0
        assert sum(tax.gross.minor for tax in bill.taxes) == total.minor
        rates = {line.rate for line in bill.lines}
        free = told <= bill.discount.minor and len(rates) > 1
        assert {tax.rate for tax in bill.taxes} <= (rates | {""} if free else rates)
        for tax in bill.taxes:
            rate = Decimal(tax.rate or 0)
            assert abs(tax.tax.minor - tax.gross.minor * rate / (100 + rate)) <= 1
