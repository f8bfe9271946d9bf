"""The words and signs of a condition, before anything is made of them."""

import re
from dataclasses import dataclass

from flow.finding import Rule

LONGEST = 500
MOST_DIGITS = 15
GRAMMAR = "write a comparison such as order.total > 800, joined by and, or, not"

TOKEN = re.compile(
    r"""(?P<space>\ +)
    |(?P<string>"[^"\\]*"|'[^'\\]*')
    |(?P<number>\d+(?:\.\d+)?(?![\w.]))
    |(?P<name>[A-Za-z_]\w*)
    |(?P<sign>==|!=|<=|>=|[<>()\[\],.+*-])""",
    re.VERBOSE | re.ASCII,
)
# `return` means something else in Python: while a condition is parsed, a word as long stands for it.
RETURN, STAND_IN = "return", "_retrn"
INSTEAD = {
    "=": "compare with ==",
    "&": "write `and`",
    "|": "write `or`",
    "!": "write `not`",
    "?": "write `a if condition else b`",
    ":": "write `a if condition else b`",
    "{": "write lists in [ ]",
    "/": "multiply the other side instead",
    "\\": "write the letter itself",
    "$": "name the fact alone, as in order.total",
    "\t": "write spaces",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """`column` counts characters of the expression from 0; `rule` names the finding."""

    message: str
    column: int
    advice: str = GRAMMAR
    rule: Rule = "condition"


class Unreadable(Exception):
    """The text is no expression of ours."""

    def __init__(self, message: str, column: int, advice: str = GRAMMAR) -> None:
        super().__init__(message)
        self.problem = Problem(message, column, advice)


def one_line(text: str) -> str:
    """Line ends count as spaces, so that places in the text stay what they are."""
    return text.replace("\r", " ").replace("\n", " ")


def check_tokens(line: str) -> None:
    """:raises Unreadable: at the first thing that no condition has."""
    if len(line) > LONGEST:
        raise Unreadable(f"a condition of more than {LONGEST} characters", 0, "split it into several rows")
    if not line.strip():
        raise Unreadable("there is no condition here", 0)
    at, word, touching = 0, "", ""
    while at < len(line):
        token = TOKEN.match(line, at)
        if token is None:
            raise _strange(line, at)
        kind = token.lastgroup or ""
        if kind == "string" and (word == "string" or touching == "name"):
            raise Unreadable("a text cannot follow here", at, "put a comma or a comparison before it")
        if kind == "name" and token[0] == STAND_IN:
            raise Unreadable(f"{STAND_IN!r} is no name", at)
        if kind == "number" and len(token[0].replace(".", "")) > MOST_DIGITS:
            raise Unreadable(f"a number of more than {MOST_DIGITS} digits", at, "write a smaller one")
        touching = kind
        word = word if kind == "space" else kind
        at = token.end()


def without_return(line: str) -> str:
    """The line, of tokens that are right, with the stand-in wherever the word `return` is a name."""
    return TOKEN.sub(lambda token: STAND_IN if token["name"] == RETURN else token[0], line)


def _strange(line: str, at: int) -> Unreadable:
    char = line[at]
    if char.isdigit():
        return Unreadable("this is no number", at, "write 800 or 84.90")
    if char in "\"'":
        return Unreadable("this text does not end, or holds a \\", at, f"close it with {char}")
    return Unreadable(f"{char!r} has no place in a condition", at, INSTEAD.get(char, GRAMMAR))
