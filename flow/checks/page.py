"""The page of rules, docs/reference/rules.md, written from their cases."""

from collections.abc import Sequence
from itertools import groupby

from flow.checks.casebook import FLOW_FILE, RuleCase

HEAD = """\
# The rules of `orders flow check`

Every finding names its rule in [brackets]. Here is each rule, with why it is there, what is wrong and what
is right. The examples are parts of a flow for a fulfilment, unless they say otherwise. In the terminal:
`orders flow rules NAME`.

This page is written by `orders flow rules --markdown` from the cases in `flow/checks/cases/`. The tests
hold them against the check.

"""


def rules_page(cases: Sequence[RuleCase]) -> str:
    """Markdown; `cases` are in the order of their rules."""
    groups = [(rule, list(group)) for rule, group in groupby(cases, key=lambda case: case.rule)]
    links = " ".join(f"[{rule}](#{rule})" for rule, _ in groups)
    told = "\n".join(_section(rule, group) for rule, group in groups)
    return f"{HEAD}{links}\n\n{told}"


def _section(rule: str, cases: Sequence[RuleCase]) -> str:
    return f"## {rule}\n\n" + "\n".join(_case(case) for case in cases)


def _case(case: RuleCase) -> str:
    wrong, right = _block(case.wrong), _block(case.right)
    return f"{case.because}{_place(case)}\n\nWrong{case.often}:\n\n{wrong}\nRight:\n\n{right}"


def _place(case: RuleCase) -> str:
    if case.file != FLOW_FILE:
        return f" (`{case.file}`)"
    article = "an" if case.level == "order" else "a"
    return "" if case.level == "fulfilment" else f" (A flow for {article} {case.level}.)"


def _block(text: str) -> str:
    return f"```yaml\n{text}```\n" if text else "The file is not there.\n"
