"""Code 128, read back bar by bar as a scanner would."""

import re

import pytest
from barcode.charsets.code128 import CODES, A, B

from adapters.documents.barcode import QUIET, bars_of
from adapters.documents.page import read_documents
from adapters.documents.screen import html_of


def scanned(bars) -> str:
    """What the bars say; the check digit has to be right."""
    line = ["0"] * bars.width
    for at, wide in bars.bars:
        line[at : at + wide] = "1" * wide
    assert "1" not in line[:QUIET]
    assert "1" not in line[-QUIET:]
    modules = "".join(line[QUIET:-QUIET])
    values = [CODES.index(modules[at : at + 11]) for at in range(0, len(modules) - 13, 11)]
    start, *data, check = values
    assert check == (start + sum(n * value for n, value in enumerate(data, 1))) % 103
    return _letters(start, data)


def _letters(start: int, data: list[int]) -> str:
    letters = {
        "A": {value: name for name, value in A.items()},
        "B": {value: name for name, value in B.items()},
    }
    charset, said = {103: "A", 104: "B", 105: "C"}[start], ""
    for value in data:
        if charset == "C" and value < 100:
            said += f"{value:02d}"
        elif value in (99, 100, 101):
            charset = {99: "C", 100: "B", 101: "A"}[value]
        else:
            said += str(letters[charset][value])
    return said


@pytest.mark.parametrize(
    "text", ["1001-F1", "1001", "shopify-4711.2_X-R1", "PACKED", "TEA POT/9", "SIM123456789012345", "~!#"]
)
def test_a_scanner_reads_what_was_meant(text):
    bars = bars_of(text)

    assert bars is not None
    assert scanned(bars) == text


@pytest.mark.parametrize("text", ["", "Öl", "שלום", "x" * 81, "two\nlines"])
def test_what_no_scanner_reads_is_no_barcode(text):
    assert bars_of(text) is None


def test_the_bars_of_a_page_are_those_of_the_code():
    html = html_of(read_documents("x", "<document><barcode>1001-F1</barcode></document>"))

    drawn = [(int(at), int(wide)) for at, wide in re.findall(r"M(\d+) 0h(\d+)v", html)]
    bars = bars_of("1001-F1")
    assert bars is not None
    assert tuple(drawn) == bars.bars
    assert ">1001-F1</figcaption>" in html


def test_a_code_that_cannot_be_drawn_is_shown_in_letters():
    html = html_of(read_documents("x", "<document><barcode>Öl</barcode></document>"))

    assert "<svg" not in html
    assert ">Öl</figcaption>" in html
