"""The words of the customers' page: ours, the shop's over them, and what cannot be."""

import os

import pytest

from config.page import BLANK, PageWords
from config.settings import SHIPPED
from domain.errors import FlowRefused


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "page").mkdir()

    def written(name: str, text: str) -> PageWords:
        (tmp_path / "page" / name).write_text(text, encoding="utf-8")
        return PageWords(tmp_path)

    return written


def test_german_says_everything_that_english_says_with_the_same_blanks():
    languages = PageWords(SHIPPED).languages()
    assert list(languages) == ["en", "de"]
    english, german = languages["en"].texts, languages["de"].texts
    same = {name for name, text in english.items() if german[name] == text}
    assert same <= {"returns.title", "survey.stop", "policy.window", "return.many", "return.not_rule"}
    for name, text in english.items():
        assert set(BLANK.findall(text)) == set(BLANK.findall(german[name])), name


def test_a_shop_says_one_thing_otherwise_and_the_rest_stays_ours(folder):
    words = folder("de.yaml", "headline:\n  sent: Ab die Post!\n")
    assert words.of("de-AT").say("headline.sent") == "Ab die Post!"
    assert words.of("de").say("headline.delivered") == "Ihre Bestellung ist angekommen."


def test_another_language_falls_back_on_english(folder):
    words = folder("fr.yaml", 'language: Français\ntitle: "Votre commande {number}"\n')
    assert words.of("fr").say("title", number="1001") == "Votre commande 1001"
    assert words.of("fr").say("headline.sent") == "Your order is on its way."
    assert words.of("sv").code == "en"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("headlin:\n  sent: x\n", "no page says headlin.sent"),
        ("title: Your {nubmer}\n", "nobody fills in {nubmer} of title"),
        ("title:\n", "title has no text"),
        ("title: [a]\n", "title has no text"),
        ("title: *x\n", "alias"),
    ],
)
def test_what_no_page_says_or_fills_in_is_a_finding(folder, text, said):
    with pytest.raises(FlowRefused, match=r"en\.yaml") as refused:
        folder("en.yaml", text)
    assert said in str(refused.value)


def test_an_edit_counts_at_once_and_a_broken_one_never(folder, tmp_path):
    words = folder("en.yaml", "survey:\n  do: Go\n")
    file = tmp_path / "page" / "en.yaml"
    file.write_text("survey:\n  do: Send it off\n")
    assert words.of("en").say("survey.do") == "Send it off"
    file.write_text("survey:\n  nonsense: x\n")
    os.utime(file, (1, 1))
    assert words.of("en").say("survey.do") == "Send it off"


def test_what_is_filled_in_is_never_filled_in_again():
    assert PageWords(SHIPPED).of("en").say("title", number="{date}") == "Your order {date}"
