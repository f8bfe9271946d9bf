"""`orders documents`, `document`, `pick-list`, `notices` and `bounces`: none of them needs Temporal."""

import io

import pytest
from pypdf import PdfReader

from adapters.database.engine import Database
from adapters.database.journal.steps import Journal
from adapters.database.order.document import load_order
from adapters.database.order.fulfilments import save_fulfilments
from domain.journal import AnswerOption
from tests.adapters.database.given import a_batch, a_task
from tests.adapters.placed import a_fulfilment


@pytest.fixture
def parcel(placed):
    """An order with a parcel that waits to be packed."""
    url = f"sqlite:///{placed.folder}/data/orderkeeper.db"
    database = Database(url)
    with database.write() as session:
        order = load_order(session, "A-1001")
        save_fulfilments(session, [a_fulfilment(order)])
    packed = (AnswerOption("packed", "Packed", {}),)
    task = a_task("A-1001-F1", "pack", role="warehouse", answers=packed, scan="fulfilment.lines")
    Journal(url, dict).write(a_batch(order="A-1001", subject="A-1001", opened=(task,)))
    return placed


def test_the_documents_of_an_order_are_listed(parcel):
    rows = parcel.json("documents", "A-1001")

    assert [(row["kind"], row["id"], row["issued_at"]) for row in rows] == [
        ("pick-list", "A-1001-F1", None),
        ("packing-slip", "A-1001-F1", None),
        ("label", "A-1001-F1", None),
    ]


def test_a_document_is_a_page_that_stands_by_itself_or_a_pdf(parcel):
    page = parcel.type("document", "A-1001", "packing-slip")
    file = parcel.folder / "slip.pdf"
    parcel.type("document", "A-1001", "packing-slip", "--pdf", "--out", str(file))

    assert page.startswith("<!doctype html>")
    assert "<style>" in page
    assert "<script" not in page
    assert "A-1001-F1" in PdfReader(io.BytesIO(file.read_bytes())).pages[0].extract_text()


def test_a_pick_list_is_of_what_waits_to_be_packed(parcel):
    parcel.type("stock", "set", "TEAPOT-RED", "--bin", "C-07")

    said = parcel.type("pick-list", "--location", "main")
    nowhere = parcel.refused("pick-list", "--location", "annex")

    assert "C-07" in said
    assert "A-1001-F1" in said
    assert nowhere == "Nothing waits to be packed at annex."


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("documents", "9999"), "There is no order 9999."),
        (("document", "A-1001", "invoice"), "There is no invoice of this order now."),
        (
            ("document", "A-1001", "label", "--part", "A-1001-F9"),
            "There is no label A-1001-F9 of this order now.",
        ),
        (("document", "A-1001", "poster"), "kind: 'poster' is none of pick-list, packing-slip"),
    ],
)
def test_what_is_not_there_is_said_in_one_line(parcel, words, why):
    assert parcel.refused(*words).startswith(why)


def test_a_notice_is_previewed_and_sent_to_nobody(parcel):
    said = parcel.json("notices", "preview", "shipped", "--order", "A-1001", "--language", "de")

    assert said["subject"] == "Ihre Bestellung A-1001 ist unterwegs"
    assert said["html"].startswith("<!doctype html>")
    assert parcel.json("show", "A-1001")["timeline"] is not None
    assert "confirmation" in {row["notice"] for row in parcel.json("notices", "list")}
    assert "There is no notice no_such" in parcel.refused(
        "notices", "preview", "no_such", "--order", "A-1001"
    )


def test_consent_is_written_down_with_how_we_know(parcel):
    parcel.type(
        "notices", "consent", "eve@example.org", "--yes", "--source", "A card in the shop", "--by", "Sue"
    )
    parcel.type("notices", "consent", "eve@example.org", "--no", "--source", "A call", "--by", "Sue")

    told = parcel.json("notices", "consent", "Eve@Example.org")

    assert [(each["granted"], each["source"]) for each in told] == [
        (False, "A call (Sue)"),
        (True, "A card in the shop (Sue)"),
    ]


def test_a_mail_that_is_no_report_is_said_so(parcel):
    file = parcel.file("answer.eml", "From: ada@example.org\n\nWhen does it come?\n")

    (row,) = parcel.json("bounces", file)

    assert (row["order"], row["what"]) == ("", "says of no mail that it came back")
