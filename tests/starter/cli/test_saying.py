"""How tables and refusals stand on a terminal, and in a pipe."""

import pytest
from rich.console import Console

from domain.errors import FlowRefused
from starter.cli import saying
from starter.cli.saying import complain, counted, plain, table

COLUMNS = ("number", "state", "due", "placed", "customer")
ROWS = [
    ("1002", "in_progress", "28 Nov 17:00", "2 Nov 08:54", "Ada Lovelace"),
    ("1003", "partially_fulfilled", "", "2 Nov 08:54", "Grace Brewster Murray Hopper"),
]


@pytest.fixture
def narrow(monkeypatch):
    """A terminal so many letters wide."""

    def set_width(width: int) -> None:
        monkeypatch.setattr(saying, "screen", lambda **_: Console(width=width, highlight=False))

    return set_width


def test_a_wide_table_has_a_line_a_row(capsys):
    table("Orders", COLUMNS, ROWS, spare=("customer",))
    title, head, _rule, *lines = capsys.readouterr().out.splitlines()
    assert title.strip() == "Orders"
    assert head.split() == list(COLUMNS)
    assert len(lines) == len(ROWS)
    assert "Grace Brewster Murray Hopper" in lines[1]


@pytest.mark.parametrize(("width", "columns"), [(80, 5), (66, 4), (52, 3)])
def test_a_narrow_terminal_breaks_no_word_and_leaves_out_what_can_be_spared(capsys, narrow, width, columns):
    narrow(width)
    table("Orders", COLUMNS, ROWS, spare=("placed", "customer"))
    said = capsys.readouterr().out
    assert said.splitlines()[1].split() == list(COLUMNS[:columns])
    assert "partially_fulfilled" in said
    assert "28 Nov 17:00" in said
    assert max(len(line) for line in said.splitlines()) <= width


def test_an_empty_table_says_so(capsys):
    table("Orders", COLUMNS, [])
    assert capsys.readouterr().out == "Orders: none\n"


@pytest.mark.parametrize(("many", "said"), [(0, "0 findings"), (1, "1 finding"), (2, "2 findings")])
def test_one_is_no_plural(many, said):
    assert counted(many, "finding") == said


def test_a_tab_is_a_blank_and_what_moves_the_cursor_is_not_printed():
    assert plain("\ta\x1b[2Jb\u202e") == " a�[2Jb�"


def test_of_many_findings_the_first_is_told_and_how_many_there_are(capsys):
    complain(FlowRefused("first\nsecond\nthird"))
    assert capsys.readouterr().err == "first (and 2 more; `orders flow check` tells them)\n"


def test_a_complaint_is_one_line_of_a_length_people_read(capsys):
    complain("x" * 10_000)
    (line,) = capsys.readouterr().err.splitlines()
    assert len(line) < 1_000
