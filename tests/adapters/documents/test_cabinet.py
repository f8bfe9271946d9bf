"""The documents of an order: which there are, and what they say."""

import io
import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from pypdf import PdfReader

from adapters.database.desk.papers import Papers
from adapters.database.order.fulfilments import save_fulfilments
from adapters.database.payment.bills import Bills
from adapters.database.payment.ledger import post
from adapters.database.tables.stock import Location, StockItem, StockLevel
from adapters.documents.cabinet import Cabinet
from adapters.mail.letter import Shop
from adapters.mail.templates import Templates
from config.settings import SHIPPED
from domain.document import DocumentKind
from domain.errors import BadInput, NotFound, SettingsRefused
from domain.fulfilment import FulfilmentState
from domain.money import Money
from domain.order import Address, Customer, DeliveryMethod
from domain.posting import Account, Slip
from tests.adapters.placed import NOON, a_fulfilment, a_line, an_order, place

SHOP = Shop("Ada's Teapots", "https://teapots.example", "help@teapots.example")
SERIES = {DocumentKind.INVOICE: "INV-", DocumentKind.CREDIT_NOTE: "CN-"}
OURS = SHIPPED / "documents"
LONG = "Wolfeschlegelsteinhausenbergerdorff-" * 9


@pytest.fixture(scope="module")
def templates():
    opened = Templates(OURS)
    yield opened
    opened.close()


@pytest.fixture
def cabinet(sqlite_database, templates):
    return a_cabinet(sqlite_database, templates)


def a_cabinet(database, templates, *folders):
    url = database.url
    return Cabinet(Papers(url), Bills(url, SERIES), templates, SHOP, *folders, OURS)


def paid(database, minor=9_820, order="1001"):
    slip = Slip(order, f"{order}-F1", f"{order}:capture:F1.1:v1", NOON)
    back = Slip(order, f"{order}-F1", f"{order}:refund:R1.1:v1", NOON)
    with database.write() as session:
        post(session, slip.authorized("hold", Money(minor, "EUR"), None))
        post(session, slip.captured("cap", Money(minor, "EUR"), "hold"))
        post(session, back.refunded("re_1", Money(500, "EUR"), Account.GATEWAY))


def words_of(html: str) -> list[str]:
    """The words of a page, without its bars."""
    shown = re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL)
    return re.sub(r"<[^>]+>", " ", shown).replace("&amp;", "&").replace("&#x27;", "'").split()


def test_an_order_has_the_documents_of_what_it_has_come_to(cabinet, sqlite_database):
    place(sqlite_database, an_order())
    before = [(each.kind.value, each.id) for each in cabinet.of("1001", NOON)]
    paid(sqlite_database)
    with sqlite_database.write() as session:
        save_fulfilments(session, [a_fulfilment(an_order(), state=FulfilmentState.SHIPPED)])

    after = [(each.kind.value, each.id) for each in cabinet.of("1001", NOON)]

    parcel = [("packing-slip", "1001-F1"), ("label", "1001-F1")]
    assert before == [("pick-list", "1001-F1"), *parcel]
    assert after == [*parcel, ("invoice", "INV-000001"), ("credit-note", "CN-000001")]


def test_a_cancelled_parcel_has_none_and_one_that_is_collected_no_label(cabinet, sqlite_database):
    order = an_order()
    place(sqlite_database, order)
    parts = (
        a_fulfilment(order, 1, state=FulfilmentState.CANCELLED),
        a_fulfilment(order, 2, method=DeliveryMethod.PICKUP),
    )
    with sqlite_database.write() as session:
        save_fulfilments(session, parts)

    found = [(each.kind.value, each.id) for each in cabinet.of("1001", NOON)]

    assert found == [("pick-list", "1001-F2"), ("packing-slip", "1001-F2")]


def test_a_packing_slip_names_no_price_and_no_shop_but_ours(cabinet, sqlite_database):
    order = an_order()
    place(sqlite_database, order)
    with sqlite_database.write() as session:
        save_fulfilments(session, [a_fulfilment(order, supplier="Potters & Sons", flow="drop-ship")])

    said = cabinet.make(DocumentKind.PACKING_SLIP, ["1001-F1"], NOON).html

    assert "Ada&#x27;s Teapots" in said
    assert "Potters" not in said
    for price in ("39.90", "79.80", "13.50", "98.20", "4.90", "EUR"):
        assert price not in said


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("kind", [DocumentKind.PACKING_SLIP, DocumentKind.LABEL, DocumentKind.INVOICE])
def test_a_page_and_its_pdf_say_the_same_in_every_script(cabinet, sqlite_database, kind, language):
    order = an_order(
        customer=Customer("x@example.org", "שלום כהן", language=language),
        shipping_address=Address("محمد بن عبد الله", "רחוב הרצל 12", "12345", LONG, "DE", line2="Tür 4"),
        lines=(a_line("TEAPOT-RED", f"Teapot {LONG}", "2", 9_330),),
    )
    place(sqlite_database, order)
    paid(sqlite_database)
    id = "INV-000001" if kind == DocumentKind.INVOICE else "1001-F1"
    cabinet.of("1001", NOON)

    made = cabinet.make(kind, [id], NOON)

    pages = PdfReader(io.BytesIO(made.pdf())).pages
    drawn = "".join("".join(page.extract_text() for page in pages).split())
    plain = [word for word in words_of(made.html) if word.isascii()]
    assert [word for word in plain if word not in drawn] == []
    foreign = {
        c for word in words_of(made.html) for c in unicodedata.normalize("NFKC", word) if c.isalpha()
    }
    assert foreign <= set(unicodedata.normalize("NFKC", drawn))


def test_documents_speak_the_customers_language(cabinet, sqlite_database):
    place(sqlite_database, an_order(customer=Customer("x@example.org", "Eva", language="de-AT")))
    paid(sqlite_database)
    cabinet.of("1001", NOON)

    slip = cabinet.make(DocumentKind.PACKING_SLIP, ["1001-F1"], NOON).html
    invoice = cabinet.make(DocumentKind.INVOICE, ["INV-000001"], NOON).html
    credit = cabinet.make(DocumentKind.CREDIT_NOTE, ["CN-000001"], NOON).html

    assert "Lieferschein" in slip
    assert "Rechnung INV-000001" in invoice
    assert "98,20 EUR" in invoice
    assert "Gutschrift CN-000001" in credit
    assert "Zu Rechnung" in credit


def test_a_round_takes_each_article_once_by_bin(cabinet, sqlite_database):
    for number in ("1001", "1002"):
        place(sqlite_database, an_order(number))
    with sqlite_database.write() as session:
        session.add(Location(name="main", rank=0))
        session.add(StockItem(sku="TEAPOT-RED", title="Red teapot"))
        session.add(StockItem(sku="FELT", title="Felt"))
        session.flush()
        session.add(StockLevel(sku="TEAPOT-RED", location="main", bin="C-07"))
        session.add(StockLevel(sku="FELT", location="main", bin="A-01"))

    made = cabinet.make(DocumentKind.PICK_LIST, ["1001-F1", "1002-F1"], NOON)

    said = " ".join(words_of(made.html))
    assert said.index("A-01 3 FELT") < said.index("C-07 4 TEAPOT-RED")
    assert "2 for 1001-F1 2 for 1002-F1" in said
    assert made.html.count("<svg") == 4


def test_a_round_through_two_locations_is_two_lists(cabinet, sqlite_database):
    order = an_order()
    place(sqlite_database, order)
    leaves = a_fulfilment(order, 2, location="annex", ship_by=datetime(2026, 11, 23, 15, 30, tzinfo=UTC))
    parts = (a_fulfilment(order, 1), leaves)
    with sqlite_database.write() as session:
        save_fulfilments(session, parts)

    html = cabinet.make(DocumentKind.PICK_LIST, ["1001-F1", "1001-F2"], NOON).html

    assert html.count("<article") == 2
    assert "Pick list: annex" in html
    assert "23 November 2026" in html


def test_a_template_changed_since_changes_no_bill(sqlite_database, tmp_path):
    place(sqlite_database, an_order())
    paid(sqlite_database)
    templates = Templates(tmp_path, OURS)
    cabinet = a_cabinet(sqlite_database, templates, tmp_path)
    cabinet.of("1001", NOON)
    first = cabinet.make(DocumentKind.INVOICE, ["INV-000001"], NOON)
    (tmp_path / "invoice.html.j2").write_text("<document><h1>New</h1></document>")

    again = cabinet.make(DocumentKind.INVOICE, ["INV-000001"], NOON + timedelta(days=400))

    templates.close()
    assert again.html == first.html
    assert again.pdf() == first.pdf()


def test_a_shop_has_its_own_documents_and_a_web_shop_in_it_others(sqlite_database, tmp_path):
    place(
        sqlite_database,
        an_order(),
    )
    place(sqlite_database, an_order("1002", channel="outlet"))
    (tmp_path / "outlet").mkdir()
    (tmp_path / "packing-slip.html.j2").write_text("<document><h1>Ours {{ order.number }}</h1></document>")
    (tmp_path / "outlet" / "packing-slip.html.j2").write_text("<document><h1>Outlet</h1></document>")
    templates = Templates(tmp_path, OURS)
    cabinet = a_cabinet(sqlite_database, templates, tmp_path)

    own = cabinet.make(DocumentKind.PACKING_SLIP, ["1001-F1"], NOON).html
    outlet = cabinet.make(DocumentKind.PACKING_SLIP, ["1002-F1"], NOON).html

    templates.close()
    assert "Ours 1001" in own
    assert "Outlet" in outlet


def test_a_template_that_says_what_no_pdf_can_is_refused(sqlite_database, tmp_path):
    place(sqlite_database, an_order())
    (tmp_path / "label.html.j2").write_text("<document><script>x</script></document>")
    templates = Templates(tmp_path, OURS)

    with pytest.raises(SettingsRefused, match=r"Template label\.html\.j2 cannot be printed: <script>"):
        a_cabinet(sqlite_database, templates).make(DocumentKind.LABEL, ["1001-F1"], NOON)

    templates.close()


def test_what_is_not_there_and_nothing_at_all_cannot_be_printed(cabinet):
    with pytest.raises(NotFound):
        cabinet.make(DocumentKind.LABEL, ["9999-F1"], NOON)
    with pytest.raises(NotFound):
        cabinet.of("9999", NOON)
    with pytest.raises(BadInput):
        cabinet.make(DocumentKind.LABEL, [], NOON)


def test_a_sheet_of_codes_can_be_scanned(cabinet):
    made = cabinet.codes({"PACKED": "Packed", "NEXT": "The next one"}, NOON)

    assert made.html.count("<svg") == 2
    assert "PACKED Packed" in " ".join(words_of(made.html))


def test_an_erased_customers_invoice_stands_without_the_name(cabinet, sqlite_database):
    place(sqlite_database, an_order())
    paid(sqlite_database)
    cabinet.of("1001", NOON)
    assert "Lovelace" in cabinet.make(DocumentKind.INVOICE, ["INV-000001"], NOON).html
    with sqlite_database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE bill SET recipient = ''")
        connection.exec_driver_sql("UPDATE bill_page SET page = ''")

    html = cabinet.make(DocumentKind.INVOICE, ["INV-000001"], NOON).html

    assert "Lovelace" not in html
    assert "98.20" in html


def test_a_parcel_with_its_number_is_labelled_with_that(cabinet, sqlite_database):
    order = an_order()
    place(sqlite_database, order)
    part = replace(a_fulfilment(order), carrier="SIM", tracking="SIM123456789012345")
    with sqlite_database.write() as session:
        save_fulfilments(session, [part])

    said = " ".join(words_of(cabinet.make(DocumentKind.LABEL, ["1001-F1"], NOON).html))

    assert "SIM SIM123456789012345 Parcel 1001-F1" in said


def test_a_bill_is_dated_by_the_days_of_the_shop(sqlite_database, cabinet):
    place(sqlite_database, an_order())
    paid(sqlite_database)
    cabinet.of("1001", NOON)
    here = NOON.astimezone(timezone(timedelta(hours=14)))

    html = cabinet.make(DocumentKind.INVOICE, ["INV-000001"], here).html

    assert f"Date {here.day} {here:%B %Y}" in " ".join(words_of(html))
