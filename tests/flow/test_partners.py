"""Who ships for the shop, as its file says."""

import pytest

from domain.partner import How, Partner, Partners
from flow.load.partners import read_partners

FILE = """
Oak & Sons:
  how: console
  email: orders@oak.example
  language: de
third-party:
  how: api
otherwise:
  how: simulated
"""


def findings(text: str) -> list[str]:
    _, book = read_partners(text, "partners.yaml")
    return [f"{each.line}: {each.message}" for each in book.findings]


def test_partners_are_found_however_their_name_is_written():
    partners, book = read_partners(FILE, "partners.yaml")

    assert book.findings == []
    assert partners.find(" oak &  SONS") == Partner("Oak & Sons", How.CONSOLE, "orders@oak.example", "de")
    assert partners.find("third-party") == Partner("third-party", How.API)
    assert partners.find("Nobody") == Partner("Nobody", How.SIMULATED)


def test_without_a_row_for_the_others_nobody_else_is_a_partner():
    partners, _ = read_partners(FILE.partition("otherwise")[0], "partners.yaml")
    assert partners.find("Nobody") is None


def test_a_shop_without_the_file_tries_everybody_out():
    partners, book = read_partners("", "partners.yaml")
    assert (partners, book.findings) == (Partners(), [])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Oak:\n  how: pigeon\n", "2: `how` cannot be 'pigeon'"),
        ("Oak:\n  email: a@b.example\n", "1: a partner needs `how`"),
        ("Oak:\n  how: mail\n", "1: `how: mail` needs an address"),
        ("Oak:\n  how: api\n  email: a@b.example, c@d.example\n", "3: `email` cannot be"),
        ("otherwise:\n  how: console\n  email: a@b.example\n", "3: `email` cannot be"),
        ("Oak:\n  how: api\n  language: German\n", "3: `language` cannot be 'German'"),
        ("Oak: console\n", "1: a partner is a table"),
        ("Oak:\n  how: api\nOAK:\n  how: api\n", "3: 'OAK' is 'Oak' in other letters"),
        (f"{'x' * 81}:\n  how: api\n", "1: a partner's name has up to 80 letters"),
        ("Oak:\n  how: api\n  fax: 1\n", "3: unknown key 'fax'"),
        ("- Oak\n", "1: "),
    ],
)
def test_what_cannot_be_is_found_at_its_line(text, told):
    assert any(each.startswith(told) for each in findings(text)), findings(text)


def test_the_file_we_ship_has_no_findings(shipped):
    assert read_partners(shipped, "partners.yaml")[1].findings == []


@pytest.fixture
def shipped():
    from config.settings import SHIPPED  # noqa: PLC0415 - where it lies is config's to say

    return (SHIPPED / "partners.yaml").read_text()
