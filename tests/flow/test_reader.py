"""YAML as the shop's files may use it, and what is found in a file that uses more."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flow.finding import Finding
from flow.load.reader import LARGEST, Listing, Scalar, Table, read


def found(source, rule="yaml"):
    findings = read(source, "f.yaml")[1]
    assert findings, "nothing was found"
    assert findings[0].rule == rule
    return findings[0]


def scalar_of(text: str) -> Scalar:
    node = read(text, "f.yaml")[0].rows["a"]
    assert isinstance(node, Scalar)
    return node


@pytest.mark.parametrize(
    "word", ["NO", "on", "yes", "Off", "12:30", "0123", "1_000", "0x1F", "2026-12-25", "1e3"]
)
def test_a_word_stays_the_word_it_is(word):
    table, findings = read(f"country: {word}\n", "f.yaml")
    assert findings == []
    assert table.rows["country"] == Scalar(word, 1, 10)


@pytest.mark.parametrize("word", ["", "~", "null"])
def test_nothing_is_nothing_unless_it_is_quoted(word):
    assert scalar_of(f"a: {word}\n").missing
    assert not scalar_of(f"a: '{word}'\n").missing


def test_everything_knows_its_place():
    table, _ = read("a: 1\nsteps:\n  - id: 'ü'\n    go: {x: y}\n", "f.yaml")
    steps = table.rows["steps"]
    assert isinstance(steps, Listing)
    step = steps.items[0]
    assert isinstance(step, Table)
    assert (step.line, step.column) == (3, 5)
    assert (step.keys["go"].line, step.keys["go"].column) == (4, 5)
    inner = step.rows["go"]
    assert isinstance(inner, Table)
    assert inner.rows["x"] == Scalar("y", 4, 13)
    id = step.rows["id"]
    assert isinstance(id, Scalar)
    assert id.place(0) == (3, 10)


@pytest.mark.parametrize(
    ("source", "line", "column", "told", "rule"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, 1, "'a' is already set on line 1", "duplicate-key"),
        ("x: {a: 1, a: 2}\n", 1, 11, "'a' is already set on line 1", "duplicate-key"),
        ("a: &x 1\n", 1, 4, "an anchor (&x)", "alias"),
        ("a: 1\nb: *x\n", 2, 4, "an alias (*x)", "alias"),
        ("a: !vip x\n", 1, 4, "a tag (!vip)", "tag"),
        ("a: !!python/object:os.system x\n", 1, 4, "a tag", "tag"),
        ("a: 1\n---\nb: 2\n", 2, 1, "a second document", "yaml"),
        ("%YAML 1.1\n---\na: 1\n", 1, 1, "a YAML directive", "yaml"),
        ("a:\n\tb: 1\n", 2, 1, "a tab indents this line", "yaml"),
        ("a: 1\nb: \x00\n", 2, 4, "the character U+0000", "yaml"),
        ("a: \x1b[0m\n", 1, 4, "the character U+001B", "yaml"),
        ("a: \ud800\n", 1, 4, "the character U+D800", "yaml"),
        ("\ufeffa: 1\n", 1, 1, "a byte order mark", "yaml"),
        (b"a: 1\nb: \xff\n", 2, 4, "this is not UTF-8", "yaml"),
        ("", 1, 1, "the file is empty", "yaml"),
        ("# nothing\n", 1, 1, "the file is empty", "yaml"),
        ("- a\n", 1, 1, "a table is wanted here", "yaml"),
        ("just words\n", 1, 1, "a table is wanted here", "yaml"),
        ("a: 1\n b: 2\n", 2, 3, "this is not YAML", "yaml"),
        ("a: [1\n", 2, 1, "this is not YAML", "yaml"),
        ("a: if x: y\n", 1, 8, "this is not YAML", "yaml"),
        ("? [a]\n: b\n", 1, 3, "a key has to be one word", "yaml"),
        ("a: " + "[" * 40 + "]" * 40, 1, 34, "more than 30 levels deep", "yaml"),
        ("a: " + "x" * LARGEST, 1, 1, "more than 256 kB", "yaml"),
    ],
)
def test_what_is_more_than_plain_yaml_is_found_where_it_stands(source, line, column, told, rule):
    finding = found(source, rule)
    assert (finding.line, finding.column) == (line, column)
    assert told in finding.message
    assert finding.advice


def test_a_choice_inside_braces_is_told_about_quotes():
    assert "quotes" in found("needs: {size: choice [a, b]}\n").advice


def test_several_duplicates_are_found_in_one_run():
    assert len(read("a: 1\na: 2\nb: 1\nb: 2\n", "f.yaml")[1]) == 2


def test_a_finding_is_one_line_and_shows_its_place():
    finding = Finding("f.yaml", 2, 4, "it is wrong", "mend it", "value")
    assert str(finding) == "f.yaml:2:4: it is wrong - mend it [value]"
    assert finding.with_excerpt("a: 1\nb: x\n") == f"{finding}\n    b: x\n       ^"
    assert finding.with_excerpt("") == str(finding)


def test_a_caret_stands_below_its_place_even_in_a_long_line():
    text = "a: " + "x" * 500
    excerpt = Finding("f.yaml", 1, 300, "here", "").with_excerpt(text).splitlines()
    assert len(excerpt[1]) <= 164
    assert excerpt[2].index("^") < len(excerpt[1])


@given(
    st.text(alphabet="ab:-[]{},&*!|>'\"#%@`~ \n\t?0", max_size=80)
    | st.text(max_size=40)
    | st.binary(max_size=40)
)
@settings(max_examples=300, deadline=None)
def test_no_file_breaks_the_reader(source):
    table, findings = read(source, "f.yaml")
    assert table.rows or findings or source.strip() in ("{}", b"{}") or not table.rows
    assert all(finding.line >= 1 and finding.column >= 1 for finding in findings)
