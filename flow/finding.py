"""What is wrong with a flow or rule file, where, and what to do about it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

from domain.errors import FlowRefused

# Each of them is explained, with a wrong and a right example, in docs/reference/rules.md.
Rule = Literal[
    "action",
    "alias",
    "argument",
    "ask",
    "calendar",
    "cancel",
    "choices",
    "condition",
    "constant",
    "currency",
    "duplicate-id",
    "duplicate-key",
    "duration",
    "endless",
    "event",
    "file",
    "flow",
    "format",
    "go",
    "id",
    "kind",
    "level",
    "loop",
    "missing",
    "no-authorize",
    "no-capture",
    "no-deadline",
    "no-end",
    "no-timeout",
    "no-undo",
    "not-known",
    "notice",
    "otherwise",
    "refusal",
    "renew",
    "role",
    "secret",
    "shadowed",
    "show",
    "state",
    "tag",
    "too-long",
    "undo",
    "unknown-key",
    "unpaid",
    "unreachable",
    "value",
    "verb",
    "visits",
    "yaml",
]
RULES: tuple[Rule, ...] = get_args(Rule)

LINE_END = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
WIDEST = 160


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """`line` and `column` count from 1; `rule` names the rule in square brackets."""

    file: str
    line: int
    column: int
    message: str
    advice: str = ""
    rule: Rule = "yaml"

    def __str__(self) -> str:
        advice = f" - {self.advice}" if self.advice else ""
        return f"{self.file}:{self.line}:{self.column}: {self.message}{advice} [{self.rule}]"

    def with_excerpt(self, text: str) -> str:
        """The finding, its line of the file, and a caret below the place."""
        lines = _lines(text)
        if not 0 < self.line <= len(lines):
            return str(self)
        line = lines[self.line - 1]
        start = max(0, self.column - WIDEST // 2)
        shown = line[start : start + WIDEST]
        pad = re.sub(r"[^\t]", " ", line[start : self.column - 1])
        return f"{self}\n    {shown}\n    {pad}^"


@lru_cache(maxsize=4)
def _lines(text: str) -> list[str]:
    return LINE_END.split(text)


def refuse(findings: Iterable[Finding]) -> None:
    """:raises FlowRefused: there are findings; its message has one a line."""
    wrong = sorted(set(findings))
    if wrong:
        raise FlowRefused("\n".join(str(finding) for finding in wrong))
