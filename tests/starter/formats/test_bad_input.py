"""Orders nobody should send are refused by their field; odd ones shops really get are kept as they are."""

import json

import pytest

from domain.errors import BadInput
from domain.order import Order
from starter.formats import FORMATS, read
from tests.starter.formats.samples import OWN, SHOPIFY, WOO, changed, refusal, taken

MAILBOXES = [
    ("two", "a@b.nl,c@d.nl"),
    ("two, as lists have them", "a@b.nl; c@d.nl"),
    ("no domain of its own", "a@b"),
    ("a quoted local part", '"iris vos"@teapot.example'),
    ("a comment", "iris(home)@teapot.example"),
    ("an address of numbers", "iris@[127.0.0.1]"),
    ("a header", "a@b.nl\r\nBcc: x@y.nl"),
    ("a line break at the end", "a@b.nl\n"),
    ("a name with a comma", '"Vos, Iris" <a@b.nl>'),
    ("a name with a bare comma", "Vos, Iris <a@b.nl>"),
    ("a blank in front", " a@b.nl"),
    ("nobody", "@b.nl"),
    ("nowhere", "a@"),
    ("a dash in front of the domain", "a@-b.nl"),
    ("two dots", "a@b..nl"),
    ("a dot in front", ".a@b.nl"),
    ("65 letters before the sign", "a" * 65 + "@b.nl"),
    ("320 letters", "a" * 60 + "@" + "b" * 255 + ".nl"),
    ("a NUL", "a@b.nl\x00"),
    ("nothing", ""),
]


@pytest.mark.parametrize("mailbox", [row[1] for row in MAILBOXES], ids=[row[0] for row in MAILBOXES])
@pytest.mark.parametrize(
    ("order", "format", "place", "field"),
    [
        (OWN, "orderkeeper", "customer.email", "customer.email"),
        (SHOPIFY, "shopify", "email", "email"),
        (WOO, "woocommerce", "billing.email", "billing.email"),
    ],
    ids=["ours", "shopify", "woocommerce"],
)
def test_what_is_not_exactly_one_mailbox_is_refused_in_every_format(order, format, place, field, mailbox):
    content = json.dumps(changed(order, place, mailbox)).encode()
    (record,) = read(content, FORMATS[format], format)
    if record.error is None:  # a shop's blanks around an address are nobody's fault
        assert format != "orderkeeper"
        assert record.order is not None
        assert record.order.customer.email == mailbox.strip()
    else:
        assert str(record.error).startswith(f"{field}: ")


@pytest.mark.parametrize("mailbox", ["iris@téapot.example", "iris+teapots@mail.co.uk", "o'neil@b.nl"])
def test_one_mailbox_is_taken_as_it_is(mailbox):
    assert taken(changed(OWN, "customer.email", mailbox), "orderkeeper").customer.email == mailbox


@pytest.mark.parametrize(
    ("said", "utc"),
    [
        ("2026-03-29T02:30:00+01:00", "2026-03-29T01:30:00+00:00"),  # the hour Berlin skips
        ("2026-10-25T02:30:00+02:00", "2026-10-25T00:30:00+00:00"),  # the hour Berlin has twice
        ("2026-10-25T02:30:00+01:00", "2026-10-25T01:30:00+00:00"),
        ("2028-02-29T23:59:59Z", "2028-02-29T23:59:59+00:00"),
    ],
)
def test_a_time_of_any_zone_is_one_instant(said, utc):
    assert taken(changed(OWN, "placed_at", said), "orderkeeper").placed_at.isoformat() == utc


@pytest.mark.parametrize(
    "said",
    [
        *("2026-02-29T10:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2026-11-20"),
        *("2026-11-20T25:00:00Z", "2026-11-20T10:00:00+25:00", "20 Nov 2026", "1763632800", ""),
    ],
)
def test_no_time_or_one_without_a_zone_is_refused_by_its_field(said):
    assert refusal(changed(OWN, "placed_at", said), "orderkeeper").startswith("placed_at: ")


NUMBERS = [
    "",
    " ",
    "A 1",
    "A/1",
    "../A",
    "A\n1",
    "A\x00",
    "Ä1",
    "A-1001 ",
    "A" * 300,
    "A%2F1",
    "=A()",
    "A;B",
]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_that_could_be_read_as_something_else_is_refused(number):
    assert refusal(changed(OWN, "number", number), "orderkeeper").startswith("number: ")


def test_numbers_alike_but_for_their_case_are_two_orders():
    assert taken(changed(OWN, "number", "a-1001"), "orderkeeper").number == "a-1001"


ODD_TEXTS = {
    "right to left": "\u202eteapot\u202c",
    "zero width": "tea\u200bpot\u200d",
    "composed": "Café",
    "decomposed": "Cafe\u0301",
    "emoji": "👩‍👩‍👧 tea",
    "a script": "<script>alert(1)</script>",
    "a template": "{{7*7}}{% raw %}",
    "a formula": "=cmd|' /C calc'!A0",
    "an injection": "'; DROP TABLE orders; --",
    "Arabic": "إبريق الشاي",
    "an ampersand": "Salt & pepper",
}
PLACES = ["customer.name", "shipping_address.line1", "lines.0.title", "note", "lines.0.personalisation"]


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
def test_odd_text_comes_back_byte_for_byte(text):
    order = OWN
    for place in PLACES:
        order = changed(order, place, text)
    assert set(texts(taken(order, "orderkeeper"))) == {text}


def texts(order: Order) -> list[str]:
    line = order.lines[0]
    return [order.customer.name, order.shipping_address.line1, line.title, order.note, line.personalisation]


def test_composed_and_decomposed_names_stay_two():
    names = [taken(changed(OWN, "customer.name", ODD_TEXTS[which]), "orderkeeper").customer.name
             for which in ("composed", "decomposed")]  # fmt: skip
    assert names[0].encode() != names[1].encode()


def test_a_note_keeps_its_lines_and_a_name_has_none():
    note = "Ring twice.\r\nBcc: everybody\r\n"
    assert taken(changed(OWN, "note", note), "orderkeeper").note == note
    assert refusal(changed(OWN, "customer.name", note), "orderkeeper").startswith("customer.name: ")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b'{"number": "A", "lines": [{"sku": "a", "sku": "b"}]}', "sku: stands there twice"),
        (b'{"note": "\\u0000"}', "note: holds a NUL character"),
        (b'{"note": "\\ud83d"}', "note: holds half a character"),
        (b'{"\\u0000": 1}', "holds a NUL character"),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "nested more than"),
        (b'{"number": "A"} trailing', "is not JSON"),
        (b"{'number': 'A'}", "is not JSON"),
    ],
)
def test_json_with_a_trap_in_it_is_refused(raw, said):
    assert said in refusal(raw, "orderkeeper")


def test_a_file_of_ten_megabytes_in_one_order_is_refused():
    huge = json.dumps(changed(OWN, "note", "x" * 10_000_000)).encode()
    assert refusal(huge, "orderkeeper") == "order: is larger than 1024 kB"


def test_ten_thousand_lines_are_refused_by_their_field():
    assert refusal(changed(OWN, "lines", [OWN["lines"][0]] * 5_000), "orderkeeper").startswith("lines: ")
    with pytest.raises(BadInput, match="larger"):
        list(read(b" " * (64 * 1024 * 1024 + 1), FORMATS["orderkeeper"], "orderkeeper"))


@pytest.mark.parametrize(
    "place", ["customer", "lines", "total", "currency", "payment", "shipping", "delivery"]
)
@pytest.mark.parametrize("value", [None, 7, "text", [], {}, True], ids=repr)
def test_a_field_of_another_shape_is_named(place, value):
    assert refusal(changed(OWN, place, value), "orderkeeper").startswith(place)
