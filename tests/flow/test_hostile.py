"""Files that nobody writes by accident: each gives a finding with its place, soon and in little memory."""

# ruff: noqa: E501 - one case a row reads best on one line

import tracemalloc

import pytest

from flow.check import check_flow
from flow.load.form import MOST_FINDINGS
from flow.load.reader import LARGEST
from tests.flow.words import CATALOGUE, FLOW

MB = 1024 * 1024
HEAD = "flow: f\nfor: fulfilment\ntitle: F\nformat: 1\n"
ENDS = "ends: {done: {title: D, state: fulfilled}, off: {title: O, state: cancelled, undo: true}}\n"
BOMB = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
)


def _filled(line: str) -> str:
    return line * ((LARGEST - 2_000) // len(line))


FILES: dict[str, str | bytes] = {
    "a bomb of aliases": BOMB,
    "one alias": "title: *nothing\n",
    "a tag": "title: !!python/object/apply:os.system [ls]\n",
    "2,000 levels of brackets": "steps: " + "[" * 2_000,
    "2,000 levels of braces": "steps: " + "{a: " * 2_000,
    "2,000 levels of lines": "".join(f"{' ' * n}a:\n" for n in range(700)),
    "2,000 levels of dashes": "steps:\n" + "- " * 2_000 + "a\n",
    "a tab": "steps:\n\t- id: a\n",
    "a byte order mark": "\ufeffflow: f\n",
    "a NUL": "flow: f\x00\n",
    "NUL all over": "\x00" * LARGEST,
    "bytes of another alphabet": b"flow: f\ntitle: gr\xfc\xdfe\n",
    "the same, as a command reads it": "flow: f\ntitle: gr\udcfc\udcdfe\n",
    "10 MB": "title: " + "x" * 10 * MB,
    "10 MB of bytes": b"title: " + b"x" * 10 * MB,
    "a second document": "flow: f\n---\nflow: g\n",
    "a merge": "flow: f\n<<: {title: F}\n",
    "a key that is a table": "{a: b}: c\n",
    "a question": "? a\n? b\n",
    "a block without end": "about: |\n" + _filled("  words and words and words\n"),
    "one key thousands of times": HEAD + _filled("title: F\n"),
    "thousands of keys": HEAD + "".join(f"titel{n}: F\n" for n in range(15_000)),
    "thousands of keys in a step": HEAD
    + "steps:\n  - id: a\n"
    + "".join(f"    tel{n}: F\n" for n in range(15_000)),
    "thousands of steps": HEAD + "steps:\n" + _filled("- {id: a, title: b, tell: shipped}\n") + ENDS,
    "thousands of empty steps": HEAD + "steps:\n" + _filled("- {}\n"),
    "thousands of lists": HEAD + "steps:\n" + _filled("- []\n"),
    "thousands of ends": HEAD
    + "steps: []\nends:\n"
    + "".join(f"  e{n}: {{title: E}}\n" for n in range(9_000)),
    "thousands of answers": HEAD
    + "steps:\n  - id: a\n    title: A\n    ask: warehouse\n    if_late: {after: 1 day, go: nowhere}\n    answers:\n"
    + "".join(f"      b{n}: {{label: B, go: c{n}}}\n" for n in range(6_000)),
    "thousands of rows": HEAD
    + "steps:\n  - id: a\n    title: A\n    decide:\n"
    + _filled("    - {if: order.orders_before > 1, go: nowhere}\n"),
    "thousands of secrets": _filled("# AKIAABCDEFGHIJKLMNOP\n"),
    "an almost secret": "title: " + "a://b" * 40_000 + "\n",
    "a deep condition": FLOW.replace("split.left > 0", f"{'(' * 200}split.left > 0{')' * 200}"),
    "a long condition": FLOW.replace("split.left > 0", " or ".join(["split.left > 0"] * 5_000)),
    "a condition with powers": FLOW.replace("split.left > 0", "9 ** 9 ** 9 > split.left"),
    "a condition that reaches out": FLOW.replace("split.left > 0", "().__class__.__bases__[0] == 1"),
    "a condition that calls": FLOW.replace("split.left > 0", "exec('1') or open('x')"),
}


@pytest.mark.parametrize("what", FILES)
def test_every_file_ends_in_findings_with_a_place(what):
    findings = check_flow(FILES[what], "f.yaml", CATALOGUE)
    assert 1 <= len(findings) <= 2 * MOST_FINDINGS
    assert all(finding.line >= 1 and finding.column >= 1 and finding.advice for finding in findings)


@pytest.mark.parametrize(
    "what", ["a bomb of aliases", "2,000 levels of braces", "10 MB", "10 MB of bytes", "thousands of keys"]
)
def test_the_memory_a_file_takes_is_bounded(what):
    source = FILES[what]
    tracemalloc.start()
    try:
        check_flow(source, "f.yaml", CATALOGUE)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < max(32 * MB, 2 * len(source))


@pytest.mark.parametrize(
    ("what", "line", "column", "rule"),
    [
        ("a bomb of aliases", 1, 4, "alias"),
        ("one alias", 1, 8, "alias"),
        ("a tag", 1, 8, "tag"),
        ("2,000 levels of brackets", 1, 38, "yaml"),
        ("2,000 levels of lines", 31, 31, "yaml"),
        ("a tab", 2, 1, "yaml"),
        ("a byte order mark", 1, 1, "yaml"),
        ("a NUL", 1, 8, "yaml"),
        ("bytes of another alphabet", 2, 10, "yaml"),
        ("the same, as a command reads it", 2, 10, "yaml"),
        ("10 MB", 1, 1, "yaml"),
        ("a second document", 2, 1, "yaml"),
    ],
)
def test_the_place_is_told_to_the_letter(what, line, column, rule):
    (finding,) = check_flow(FILES[what], "f.yaml", CATALOGUE)
    assert (finding.line, finding.column, finding.rule) == (line, column, rule)


def test_the_largest_flow_that_is_taken_is_checked_to_the_end():
    """As many steps and ways as there may be, each leading everywhere, and one result read too early."""
    steps = "".join(
        f"  - id: s{n}\n    title: S\n    ask: warehouse\n    if_late: {{after: 1 day, go: s{(n * 7) % 190}}}\n    answers:\n"
        f"      a: {{label: A, go: s{n + 1}, needs: {{weight: grams}}}}\n"
        f"      b: {{label: B, go: s{(n * 13 + 5) % 190}}}\n"
        f"      c: {{label: C, go: s{(n * 31 + 7) % 190}}}\n"
        for n in range(190)
    )
    last = "  - id: s190\n    title: S\n    decide:\n      - {if: s3.weight > 5, go: done}\n      - otherwise: off\n"
    (finding,) = check_flow(HEAD + "steps:\n" + steps + last + ENDS, "f.yaml", CATALOGUE)
    assert finding.rule == "not-known"


def test_norway_is_a_country():
    text = FLOW.replace("split.left > 0", "order.country in [NO, 'SE']")
    assert "unknown name 'NO'" in check_flow(text, "parcel.yaml", CATALOGUE)[0].message
    assert check_flow(text.replace("[NO,", "['NO',"), "parcel.yaml", CATALOGUE) == []


def test_of_very_many_findings_the_first_are_told_and_that_there_are_more():
    findings = check_flow(FILES["thousands of keys"], "f.yaml", CATALOGUE)
    assert len(findings) == MOST_FINDINGS + 1
    assert any("more than 100 findings" in finding.message for finding in findings)
