"""How the end of an act is told."""

import pytest
import typer

from domain.act import ActResult, Outcome
from starter.cli.asking import tell


def test_a_refused_act_is_one_line_and_exit_code_1(capsys):
    with pytest.raises(typer.Exit) as end:
        tell(ActResult(Outcome.REFUSED, "Order A-1001 has ended."), quiet=False)
    assert end.value.exit_code == 1
    assert capsys.readouterr() == ("", "Order A-1001 has ended.\n")


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (ActResult(Outcome.DONE), "done\n"),
        (ActResult(Outcome.KEPT, "Kept; it will be done later."), "kept: it will be done later.\n"),
    ],
)
def test_done_and_kept_are_told_in_a_word(capsys, result, said):
    tell(result, quiet=False)
    assert capsys.readouterr().out == said
    tell(result, quiet=True)
    assert capsys.readouterr().out == ""
