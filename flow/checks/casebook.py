"""The rules of `check`, each with a wrong and a right example: the page tells them, tests prove them."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flow.load.reader import Listing, Node, Scalar, Table, read

FOLDER = Path(__file__).parent / "cases"
KEY = re.compile(r"^([a-z_]+):", re.MULTILINE)
ENDS = {
    "order": "completed",
    "fulfilment": "fulfilled",
    "return": "refunded",
}
FLOW_FILE = "flows/example.yaml"


@dataclass(frozen=True, slots=True)
class RuleCase:
    """
    `wrong` has findings of this rule alone, `right` has none. Both are parts of a flow for `level`, or the
    whole of another `file` of the shop; `times` repeats the wrong one, with `{n}` counted up.
    """

    rule: str
    because: str
    wrong: str
    right: str
    level: str = "fulfilment"
    file: str = FLOW_FILE
    times: int = 1

    def whole(self, snippet: str) -> str:
        """The snippet as a complete file, with whatever it does not say itself."""
        if self.file != FLOW_FILE:
            return snippet
        steps = snippet.startswith("- ")
        body = f"steps:\n{_indented(snippet)}" if steps else snippet
        said = set(KEY.findall(body))
        frame = {
            "flow": "example",
            "for": self.level,
            "title": "An example",
            "format": "1",
            "calendar": "office",
        }
        head = "".join(f"{key}: {value}\n" for key, value in frame.items() if key not in said)
        ends = "" if "ends" in said else _ends(self.level)
        return head + body + ends

    @property
    def wrong_file(self) -> str:
        if self.times == 1:
            return self.whole(self.wrong)
        return self.whole("".join(self.wrong.replace("{n}", str(n)) for n in range(self.times)))

    def in_words(self) -> str:
        """For a terminal."""
        wrong, right = (_indented(text or "(no such file)\n", 4) for text in (self.wrong, self.right))
        return f"{self.rule}: {self.because}\n\n  Wrong{self.often}:\n\n{wrong}\n  Right:\n\n{right}"

    @property
    def often(self) -> str:
        return f", {self.times} times over" if self.times > 1 else ""


def _ends(level: str) -> str:
    done = f"  done: {{title: Done, state: {ENDS[level]}}}\n"
    return f"ends:\n{done}  off: {{title: Called off, state: cancelled, undo: true}}\n"


def _indented(text: str, by: int = 2) -> str:
    return "".join(f"{' ' * by}{line}" if line.strip() else line for line in text.splitlines(keepends=True))


@cache
def rule_cases() -> tuple[RuleCase, ...]:
    """Every case, by the name of its rule."""
    found = [case for file in sorted(FOLDER.glob("*.yaml")) for case in _cases(file)]
    return tuple(sorted(found, key=lambda case: case.rule))


def _cases(file: Path) -> list[RuleCase]:
    # What is found in the examples - a value that looks like a secret - is what they are there for.
    table, _ = read(file.read_bytes(), file.name)
    listing = table.rows["cases"]
    assert isinstance(listing, Listing), file
    return [_case(node) for node in listing.items]


def _case(node: Node) -> RuleCase:
    assert isinstance(node, Table)
    said = {name: value.text for name, value in node.rows.items() if isinstance(value, Scalar)}
    return RuleCase(
        rule=said["rule"],
        because=said["because"],
        wrong=said["wrong"],
        right=said["right"],
        level=said.get("for", "fulfilment"),
        file=said.get("file", FLOW_FILE),
        times=int(said.get("times", "1")),
    )
