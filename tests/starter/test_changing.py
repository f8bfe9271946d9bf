"""What is typed when an order is changed by hand."""

from dataclasses import replace

import pytest

from domain.errors import BadInput
from starter.changing import new_address, quantities_left
from tests.goods import line, order

ORDER = order("W1", line("CUP"))


def test_parts_that_are_not_named_stay():
    moved = new_address(ORDER, {"line1": " 9 Low Street ", "line2": "Flat 3"})

    assert moved == replace(ORDER.shipping_address, line1="9 Low Street", line2="Flat 3")


@pytest.mark.parametrize(
    ("typed", "field", "why"),
    [
        ({"street": "9 Low Street"}, "street", "no part of an address"),
        ({"line1": ""}, "line1", ""),
        ({"line1": "  "}, "line1", ""),
        ({"city": "x" * 1000}, "city", ""),
        ({"country": "FR"}, "country", "another country"),
        ({"city": "London"}, "address", "nothing of the address would change"),
        ({}, "address", "nothing of the address would change"),
    ],
)
def test_what_cannot_be_an_address_is_refused_by_its_field(typed, field, why):
    with pytest.raises(BadInput, match=why or None) as refusal:
        new_address(ORDER, typed)
    assert refusal.value.field == field


def test_how_much_is_left_is_said_by_article():
    assert quantities_left(["CUP=1", "A=B=0.5", "POT=0"]) == [
        {"sku": "CUP", "quantity": "1"},
        {"sku": "A=B", "quantity": "0.5"},
        {"sku": "POT", "quantity": "0"},
    ]


@pytest.mark.parametrize(
    "typed",
    [
        [],
        ["CUP"],
        ["=1"],
        ["CUP="],
        ["CUP=-1"],
        ["CUP=1e3"],
        ["CUP=1.0001"],
        ["CUP=1", "CUP=2"],
        ["CUP=" + "9" * 40],
    ],
)
def test_what_is_no_quantity_left_is_refused(typed):
    with pytest.raises(BadInput):
        quantities_left(typed)
