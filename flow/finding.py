"""What is wrong with a flow or rule file, where, and what to do about it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from domain.errors import FlowRefused

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
    rule: str = "yaml"

    def __str__(self) -> str:
        advice = f" - {self.advice}" if self.advice else ""
        return f"{self.file}:{self.line}:{self.column}: {self.message}{advice} [{self.rule}]"

    def with_excerpt(self, text: str) -> str:
        """The finding, its line of the file, and a caret below the place."""
        lines = LINE_END.split(text)
        if not 0 < self.line <= len(lines):
            return str(self)
        line = lines[self.line - 1]
        start = max(0, self.column - WIDEST // 2)
        shown = line[start : start + WIDEST]
        pad = re.sub(r"[^\t]", " ", line[start : self.column - 1])
        return f"{self}\n    {shown}\n    {pad}^"


def refuse(findings: Iterable[Finding]) -> None:
    """:raises FlowRefused: there are findings; its message has one a line."""
    wrong = sorted(set(findings))
    if wrong:
        raise FlowRefused("\n".join(str(finding) for finding in wrong))
