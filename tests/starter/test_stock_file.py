"""A count of the shelves out of a CSV file: what can be read, and where the mistakes are."""

from decimal import Decimal

import pytest

from domain.stock_book import Counted, CountProblem
from starter.stock_file import MOST_ROWS, read_stock

HEADER = "sku,location,on_hand,title,safety,low_at,incoming,bin\n"


def mistakes(text):
    content = text if isinstance(text, bytes) else text.encode()
    return [f"{found.line}:{found.column}: {found.what}" for found in read_stock(content).findings]


def test_every_column_is_read_and_an_empty_cell_leaves_what_there_was():
    file = read_stock((HEADER + "CUP,east,3.125,A cup,1,2,10,C-07\nPOT,,0,,,,,\n").encode())
    assert file.findings == ()
    first = Counted("CUP", "east", Decimal("3.125"), "A cup", Decimal(1), Decimal(2), Decimal(10), "C-07")
    assert file.rows == (first, Counted("POT", "main", Decimal(0)))


@pytest.mark.parametrize(
    "text",
    [
        "SKU;On hand\r\nCUP;3\r\n",
        "\ufeffsku\ton_hand\nCUP\t3",
        '\nsku,on_hand\n\n"CUP","3"\n\n',
        'on_hand,sku\r3,"CUP"',
    ],
    ids=["semicolon, Windows", "tab, byte order mark", "quotes, blank lines", "old Mac"],
)
def test_the_same_count_as_different_programs_write_it(text):
    assert read_stock(text.encode()).rows == (Counted("CUP", "main", Decimal(3)),)


def test_quotes_may_hold_separators_and_doubled_quotes():
    file = read_stock(b'sku,on_hand,title\nCUP,3,"A cup, ""large"""\n')
    assert file.rows[0].title == 'A cup, "large"'


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("1,5", "2:5: on_hand: '1,5' is not a quantity such as 0, 3 or 1.5; write 1.5 with a point"),
        ("-1", "2:5: on_hand: '-1' is not a quantity"),
        ("1e5", "2:5: on_hand: '1e5' is not a quantity"),
        ("=A1", "2:5: on_hand: '=A1' is not a quantity"),
        ("\u0661", "2:5: on_hand: '\u0661' is not a quantity"),
        ("nan", "2:5: on_hand: 'nan' is not a quantity"),
        ("", "2:5: on_hand: '' is not a quantity"),
        ("0.0001", "2:5: on_hand: 0.0001 is finer than a thousandth"),
        ("99999999999", "2:5: on_hand: 99999999999 is more than there can be"),
    ],
)
def test_a_bad_number_is_named_with_its_place(cell, said):
    (found,) = mistakes(f"sku;on_hand\nCUP;{cell}\n")
    assert found.startswith(said)


@pytest.mark.parametrize("cell", ["=cmd()", "+1", "-CUP", "@CUP"])
def test_what_a_spreadsheet_would_take_for_a_formula_is_refused(cell):
    assert mistakes(f"sku,on_hand,title\nCUP,1,{cell}\n{cell},2,\n") == [
        f"2:7: title: '{cell}' begins like a formula of a spreadsheet",
        f"3:1: sku: '{cell}' begins like a formula of a spreadsheet",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "1:1: there is nothing in the file"),
        (b" \n\n", "1:1: there is nothing in the file"),
        (b"sku,on_hand\n", "1:1: there are no rows below the names of the columns"),
        (b"sku,location\nCUP,main\n", "1:1: there is no column on_hand"),
        (b"sku,on_hand,colour\n", "1:13: 'colour' is none of the columns sku, location, on_hand"),
        (b"sku,on_hand,sku\n", "1:1: the column sku stands there more than once"),
        (b"sku,on_hand\nCUP,1,2\n", "2:1: 3 cells, but 2 columns"),
        (b"sku,on_hand\nCUP\n", "2:1: 1 cells, but 2 columns"),
        (b'sku,on_hand\n"CUP,1\n', "2:1: this quote never ends"),
        (b'sku,on_hand\n"CUP"X,1\n', "2:6: something follows the closing quote"),
        (b"sku,on_hand\nK\xf6,1\n", "2:2: this is no UTF-8; save the file as"),
        (b"sku,on_hand\nCUP,\x001\n", "2:5: there is a NUL character here"),
        ("sku,on_hand\nC\u202eUP,1\n".encode(), "2:1: sku: 'C\\u202eUP' is not a name"),
        (b"sku,on_hand\n,1\n", "2:1: sku: there is nothing here"),
        (b"sku,on_hand\n" + b"C" * 129 + b",1\n", "2:1: sku: 'CCCC"),
    ],
)
def test_what_cannot_be_a_count_is_refused_at_its_place(text, said):
    assert mistakes(text)[0].startswith(said)


def test_every_mistake_is_told_not_the_first_alone():
    text = "sku,on_hand\nCUP,x\nPOT,1\nCUP,\nPOT,2\n"
    assert [found.partition(" ")[0] for found in mistakes(text)] == ["2:5:", "4:5:", "5:1:"]


def test_a_row_that_stands_there_twice_names_the_first():
    text = 'sku,on_hand,title\nCUP,1,"two\nlines"\n'
    assert mistakes(text)[0].startswith("2:7: title:")
    text = "sku,location,on_hand\nCUP,,1\nCUP,east,1\nCUP,main,2\n"
    assert mistakes(text) == ["4:1: CUP at main stands on line 2 already"]


def test_the_places_after_a_cell_of_several_lines_are_right():
    file = read_stock(b'title,sku,on_hand\n"a",CUP,1\n"b",POT,1\n')
    found = file.place(CountProblem(1, "on_hand", "too few"))
    assert (found.line, found.column, found.what) == (3, 9, "too few")
    assert file.place(CountProblem(0, "location", "where?")).column == 5


def test_a_file_of_too_many_rows_is_to_be_split_up():
    text = "sku,on_hand\n" + "".join(f"S{n},1\n" for n in range(MOST_ROWS + 1))
    assert mistakes(text) == [f"1:1: there are more than {MOST_ROWS} rows; split the file up"]
