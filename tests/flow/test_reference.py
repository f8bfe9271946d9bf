"""The page of the flow language tells whatever a flow file may say."""

import re
from pathlib import Path

import pytest

from domain.duration import UNITS
from flow.checks.names import STATES
from flow.kinds import PLAIN
from flow.load.flow import FLOW_KEYS
from flow.load.steps import ANY, KEYS
from flow.model import Level

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "flow-language.md"
NESTED = ("tries", "first_wait", "after", "go", "label", "needs", "if", "otherwise", "state", "undo")
WORDS = {
    *FLOW_KEYS,
    *ANY,
    *KEYS,
    *(key for keys in KEYS.values() for key in keys),
    *NESTED,
    *Level,
    *(state for states in STATES.values() for state in states),
    *PLAIN,
    *UNITS,
    *("any", "all", "len", "choice [a, b]"),
}


@pytest.fixture(scope="module")
def told() -> set[str]:
    """Every word between backquotes, and the first word of each."""
    quoted = re.findall(r"`([^`]+)`", PAGE.read_text(encoding="utf-8"))
    return {word for text in quoted for word in (text, re.split(r"[:( ]", text)[0])}


@pytest.mark.parametrize("word", sorted(WORDS))
def test_each_word_of_the_language_is_on_its_page(told, word):
    assert word in told
