"""A file of orders: each stands or falls alone."""

import json

import pytest

from domain.errors import BadInput
from starter.formats import FORMATS, read
from starter.formats.json_text import dumps, loads
from tests.starter.formats.samples import OWN, SHOPIFY, changed

OURS = FORMATS["orderkeeper"]


def outcomes(content: bytes, format: str = "orderkeeper") -> list[tuple[int, bool]]:
    return [(record.n, record.order is not None) for record in read(content, FORMATS[format], format)]


def test_an_array_holds_many_orders():
    assert outcomes(json.dumps([OWN, changed(OWN, "number", ...), OWN]).encode()) == [
        (1, True),
        (2, False),
        (3, True),
    ]


def test_json_lines_hold_an_order_each_and_a_broken_line_stops_no_other():
    lines = [json.dumps(OWN), '{"number": ', "", json.dumps(OWN), "oops"]
    assert outcomes("\n".join(lines).encode()) == [(1, True), (2, False), (3, True), (4, False)]


def test_a_broken_first_line_does_not_hide_the_next():
    content = ("{broken\n" + json.dumps(OWN)).encode()
    assert outcomes(content) == [(1, False), (2, True)]


def test_a_separator_that_looks_like_a_line_break_stays_in_its_line():
    order = json.dumps(changed(OWN, "note", "a\u2028b"), ensure_ascii=False)
    assert outcomes(f"{order}\n{order}\n".encode()) == [(1, True), (2, True)]


def test_a_broken_document_over_many_lines_is_one_record():
    content = json.dumps(OWN, indent=2)[:-1].encode()
    assert outcomes(content) == [(1, False)]


def test_a_byte_order_mark_is_no_mistake():
    assert outcomes(b"\xef\xbb\xbf" + json.dumps(OWN).encode()) == [(1, True)]


def test_shopifys_list_is_opened():
    assert outcomes(json.dumps({"orders": [SHOPIFY, SHOPIFY]}).encode(), "shopify") == [
        (1, True),
        (2, True),
    ]
    assert outcomes(json.dumps({"order": SHOPIFY}).encode(), "shopify") == [(1, True)]


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "no order"), (b" \n ", "no order"), (b"[]", "no order"), (b"\xff\xfe{", "not UTF-8")],
)
def test_a_file_that_is_none_is_refused_whole(content, said):
    with pytest.raises(BadInput, match=said):
        list(read(content, OURS, "orderkeeper"))


def test_numbers_come_back_as_they_were_written():
    text = '{"a": [1.50, 1E+5, 3, -0.0], "b": {"c": null, "d": true, "e": "ü\\n"}}'
    assert dumps(loads(text)) == text
