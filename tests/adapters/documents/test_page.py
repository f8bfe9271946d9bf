"""What a template may put on paper, and what is refused."""

import pytest

from adapters.documents.page import read_documents
from adapters.documents.screen import html_of
from domain.errors import SettingsRefused


def read(inner: str):
    return read_documents("slip.html.j2", f"<document>{inner}</document>")


def test_words_keep_their_lines_and_lose_their_indentation():
    [document] = read("<address>\n  Ada   Lovelace<br>\n 1 Mill\nLane<br></address>")

    assert document.parts[0].lines == ["Ada Lovelace", "1 Mill Lane"]


@pytest.mark.parametrize(
    ("inner", "why"),
    [
        ("<script>alert(1)</script>", "<script> has no place in <document>"),
        ("<p style='color:red'>x</p>", "<p> cannot be 'style'"),
        ("<p onclick='x()'>x</p>", "<p> cannot be 'onclick'"),
        ("<p class='blink'>x</p>", "<p> cannot be 'blink'"),
        ("<img src='https://elsewhere.example/x.png'>", "<img> has no place"),
        ("<a href='https://elsewhere.example'>x</a>", "<a> has no place"),
        ("<p>one<p>two</p></p>", "<p> has no place in <p>"),
        ("<p>open", "</document> closes what is not open"),
        ("<p>x</p></p>", "closes what is not open"),
        ("words of nobody", "words stand in <document>"),
        ("<td>x</td>", "<td> has no place"),
    ],
)
def test_what_a_document_does_not_have_is_refused_by_name(inner, why):
    with pytest.raises(SettingsRefused, match=why) as refused:
        read(inner)

    assert "slip.html.j2" in str(refused.value)


def test_a_page_that_ends_too_early_is_refused():
    with pytest.raises(SettingsRefused, match="<document> is not closed"):
        read_documents("x", "<document><p>x</p>")


def test_a_refusal_repeats_no_words_of_the_document():
    with pytest.raises(SettingsRefused) as refused:
        read("Ada Lovelace, 1 Mill Lane")

    assert "Ada" not in str(refused.value)


def test_an_unknown_paper_is_refused():
    with pytest.raises(SettingsRefused, match="there is no paper 'a3'"):
        read_documents("x", "<document paper='a3'><p>x</p></document>")


def test_a_page_holds_no_style_no_script_and_nothing_unescaped():
    html = html_of(read("<p>&lt;script&gt;alert(1)&lt;/script&gt;</p><barcode>A&amp;B</barcode>"))

    assert "<script" not in html
    assert "style" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "A&amp;B" in html


def test_every_line_of_a_page_has_a_direction_of_its_own():
    html = html_of(read("<address>Ada<br>שלום</address>"))

    assert '<address dir="auto"><bdi>Ada</bdi><br><bdi>שלום</bdi></address>' in html
