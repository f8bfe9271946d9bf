"""Every planted bug still fits the code, and its test is still there: `make mutants` runs them."""

import ast
from pathlib import Path

import pytest

from tests.mutants.planted import MUTANTS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_planted_bug_fits_the_code_as_it_stands(mutant):
    source = (ROOT / mutant.file).read_text()

    for old, _ in mutant.edits:
        assert source.count(old) == 1, f"{mutant.file} has changed: plant this bug anew"
    ast.parse(mutant.planted_in(source))


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_its_test_is_there(mutant):
    file, _, name = mutant.test.partition("::")

    assert not name or f"def {name}(" in (ROOT / file).read_text(), mutant.test


def test_no_two_are_of_one_name():
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
