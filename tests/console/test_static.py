"""The files that pages load: ours, and one that others wrote, unchanged."""

import hashlib
import re
from pathlib import Path

import console
from flow.diagram.style import DARK, LIGHT

STATIC = Path(console.__file__).parent / "static"
# As published under this version by its authors.
HTMX = "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"


def test_htmx_is_the_file_its_authors_published_and_its_licence_lies_beside_it():
    assert hashlib.sha256((STATIC / "htmx-4.0.1.min.js").read_bytes()).hexdigest() == HTMX
    assert "Zero-Clause BSD" in (STATIC / "htmx-LICENSE.txt").read_text(encoding="utf-8")


def test_nothing_is_loaded_from_elsewhere():
    for file in STATIC.iterdir():
        if not file.name.startswith("htmx"):
            addresses = re.findall(
                r"(?:https?:)?//[a-z][\w.-]+\.[a-z]{2,}", file.read_text(encoding="utf-8")
            )
            assert [each for each in addresses if "www.w3.org" not in each] == [], file.name


def test_a_flow_is_drawn_in_the_colours_that_were_chosen():
    css = (STATIC / "console.css").read_text(encoding="utf-8")
    for theme, colours in (("light", LIGHT), ("dark", DARK)):
        block = re.search(rf'\[data-theme="{theme}"\] \.drawing {{(.*?)}}', css)
        assert block is not None
        assert dict(re.findall(r"--flow-(\w+): (#\w+);", block[1])) == colours


def test_the_dark_tokens_of_the_machine_and_of_the_choice_are_the_same():
    css = (STATIC / "console.css").read_text(encoding="utf-8")
    machine = re.search(r':root:not\(\[data-theme="light"\]\) {(.*?)}', css, re.DOTALL)
    choice = re.search(r':root\[data-theme="dark"\] {(.*?)}', css, re.DOTALL)
    assert machine is not None
    assert choice is not None
    assert machine[1].split() == choice[1].split()
