"""From the bytes a shop sends to the books and back: nothing is changed, mixed up or silently left out."""

import json

import pytest

from adapters.database.desk.desk import Desk
from adapters.database.order.orders import Orders as Book
from starter.formats import FORMATS, read
from tests.adapters.database.given import NOW, a_placement
from tests.starter.formats.samples import OWN, changed, taken
from tests.starter.formats.test_bad_input import ODD_TEXTS
from tests.starter.formats.test_odd_values import places

MAY_BE_LEFT_OUT = (
    *("delivery.method", "delivery.express", "lines.0.tax", "shipping", "shipping.amount"),
    *("discounts", "payment.token", "shipping_address.postcode", "delivery"),
)


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
def test_odd_text_lies_in_the_books_byte_for_byte(database, text):
    sent = taken(changed(changed(OWN, "customer.name", text), "lines.0.title", text), "orderkeeper")
    Book(database.url).place(sent, a_placement(text), NOW)

    shown = Desk(database.url).show("A-1001")

    assert shown.lines[0].title.encode() == text.encode()
    assert shown.row.customer.encode() == text.encode()
    assert Book(database.url).placement("A-1001").body == text


def test_numbers_alike_but_for_their_case_are_kept_as_two_orders(database):
    book = Book(database.url)
    for number in ("A-1001", "a-1001"):
        assert book.place(taken(changed(OWN, "number", number), "orderkeeper"), a_placement(number), NOW)

    assert {Desk(database.url).show(number).row.number for number in ("A-1001", "a-1001")} == {
        "A-1001",
        "a-1001",
    }


@pytest.mark.parametrize("nothing", [..., None], ids=["left out", "null"])
@pytest.mark.parametrize("place", [place for place in places(OWN) if not place.endswith(("0", "1"))])
def test_a_field_that_is_missing_is_named_or_may_be(place, nothing):
    (record,) = read(json.dumps(changed(OWN, place, nothing)).encode(), FORMATS["orderkeeper"], "shop")

    if record.error is None:
        assert place in MAY_BE_LEFT_OUT
    else:
        named = str(record.error).partition(": ")[0]
        assert place.replace(".0", "[0]").replace(".1", "[1]") == named or place in MAY_BE_LEFT_OUT
