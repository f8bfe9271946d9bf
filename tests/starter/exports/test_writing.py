"""Texts that stay texts, figures that stay figures, and no line lost."""

import csv
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.exports import Sheet
from domain.money import Money
from starter.exports.csv_text import FORMULA, write_csv
from starter.exports.json_lines import write_json_lines

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def written(*rows, columns=("a",)):
    return "".join(write_csv(Sheet(columns, iter(rows))))


def read_again(text):
    return list(csv.reader(StringIO(text, newline="")))


@pytest.mark.parametrize("sign", FORMULA)
def test_no_text_is_taken_for_a_formula(sign):
    for text in (f"{sign}cmd|' /C calc'!A0", f"  {sign}1+1"):
        (_, (cell,)) = read_again(written((text,)))
        assert cell.startswith("'")


def test_figures_below_nought_stay_figures():
    row = (Money(-1990, "EUR"), Decimal("-1.5"), -3, None, True, date(2026, 11, 21))
    assert read_again(written(row, columns=tuple("abcdef")))[1] == [
        "-19.90",
        "-1.5",
        "-3",
        "",
        "yes",
        "2026-11-21",
    ]


def test_amounts_are_exact_in_every_currency():
    row = Money(1990, "JPY"), Money(1990, "KWD"), Money(-5, "EUR"), (Money(5, "EUR"), Money(7, "JPY"))
    assert read_again(written(row, columns=tuple("abcd")))[1] == [
        "1990",
        "1.990",
        "-0.05",
        "EUR 0.05; JPY 7",
    ]


@given(st.lists(st.tuples(TEXT, TEXT), max_size=300))
def test_every_text_comes_back_as_it_was_but_for_the_mark(rows):
    found = read_again(written(*rows, columns=("a", "b")))
    assert len(found) == len(rows) + 1
    for row, back in zip(rows, found[1:], strict=True):
        for text, cell in zip(row, back, strict=True):
            assert cell.removeprefix("'") == text.replace("\0", "").removeprefix("'")
            assert not cell.lstrip(" ").startswith(FORMULA)


def test_json_lines_keep_amounts_as_texts_and_say_nothing_where_there_is_nothing():
    at = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
    row = Money(1990, "EUR"), (Money(5, "EUR"),), Decimal("1.5"), at, None, False, "Zoë\n2"
    (line,) = write_json_lines(Sheet(tuple("abcdefg"), iter([row])))
    assert json.loads(line) == {
        "a": "19.90",
        "b": {"EUR": "0.05"},
        "c": "1.5",
        "d": "2026-11-21T09:30:00+00:00",
        "e": None,
        "f": False,
        "g": "Zoë\n2",
    }


def test_nothing_is_read_before_it_is_written():
    def rows():
        for n in range(1_000):
            seen.append(n)
            yield (str(n),)

    seen: list[int] = []
    text = write_csv(Sheet(("a",), rows()))
    next(text)
    assert len(seen) <= 100
