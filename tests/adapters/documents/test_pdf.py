"""PDFs: the same words as the page, whatever script and however long."""

import io
import unicodedata
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from adapters.documents.page import read_documents
from adapters.documents.pdf import pdf_of
from domain.errors import SettingsRefused

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def pdf(inner: str, paper: str = "a4", fonts=()):
    documents = read_documents("x", f"<document paper='{paper}'>{inner}</document>")
    return PdfReader(io.BytesIO(pdf_of("Slip", documents, NOON, fonts)))


def words(reader: PdfReader) -> str:
    return "\n".join(page.extract_text() for page in reader.pages)


def letters(text: str) -> set[str]:
    return {letter for letter in unicodedata.normalize("NFKC", text) if letter.isalpha()}


def test_the_same_words_make_the_same_bytes():
    documents = read_documents("x", "<document><p>Ada</p><barcode>1001</barcode></document>")

    assert pdf_of("Slip", documents, NOON) == pdf_of("Slip", documents, NOON)


@pytest.mark.parametrize(
    "name", ["שלום כהן", "محمد بن عبد الله", "Đorđe Šćepanović", "Ωμέγα", "Илья Муромец"]
)
def test_a_name_in_any_of_these_scripts_survives(name):
    assert letters(name) <= letters(words(pdf(f"<address>{name}<br>1 Mill Lane</address>")))


def test_a_street_in_two_directions_keeps_its_figures():
    said = words(pdf("<address>רחוב הרצל 12, Tel Aviv</address>"))

    assert "12" in said
    assert "Tel Aviv" in said


def test_nothing_of_a_very_long_name_is_lost():
    name = "Wolfeschlegelsteinhausenbergerdorff" * 12

    said = "".join(words(pdf(f"<p class='big'>{name}</p>", "a6")).split())

    assert name in said


def test_a_table_goes_on_over_pages_under_its_head():
    rows = "".join(f"<tr><td class='figure'>{n}</td><td>Article {n:03d}</td></tr>" for n in range(60))
    head = "<thead><tr><th class='figure'>Take</th><th>What</th></tr></thead>"
    reader = pdf(f"<table>{head}<tbody>{rows}</tbody></table>")

    assert len(reader.pages) > 1
    assert all("What" in page.extract_text() for page in reader.pages)
    assert all(f"Article {n:03d}" in words(reader) for n in range(60))
    assert "Slip · 2" in reader.pages[1].extract_text()


def test_a_row_that_is_higher_than_a_page_is_printed_to_its_end():
    text = " ".join(f"word{n}" for n in range(700))

    reader = pdf(f"<table><tbody><tr><td class='figure'>1</td><td>{text}</td></tr></tbody></table>", "a6")

    said = words(reader).split()
    assert all(f"word{n}" in said for n in range(700))


def test_columns_higher_than_a_page_stand_one_below_the_other():
    lines = "<br>".join(f"line{n}" for n in range(200))

    said = words(
        pdf(f"<columns><column><p>{lines}</p></column><column><p>right</p></column></columns>", "a6")
    )

    assert "line199" in said
    assert "right" in said


def test_each_document_begins_on_a_page_of_its_own_paper():
    both = "<document paper='a4'><p>one</p></document><document paper='4x6'><p>two</p></document>"
    reader = PdfReader(io.BytesIO(pdf_of("Slip", read_documents("x", both), NOON)))

    sizes = [
        tuple(round(float(side) / 72 * 25.4, 1) for side in page.mediabox[2:]) for page in reader.pages
    ]
    assert sizes == [(210.0, 297.0), (101.6, 152.4)]


def test_a_barcode_too_long_for_its_place_is_shown_in_letters():
    code = "A" * 64

    said = "".join(words(pdf(f"<barcode>{code}</barcode>", "a6")).split())

    assert code in said


def test_a_font_that_is_none_is_refused_by_its_name(tmp_path):
    wrong = tmp_path / "cjk.ttf"
    wrong.write_bytes(b"no font at all")

    with pytest.raises(SettingsRefused, match=r"cjk\.ttf in config/documents/fonts is no font"):
        pdf("<p>x</p>", fonts=[wrong])
