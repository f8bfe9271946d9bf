"""The shop's documents: which there are of an order, and each as a page and as a PDF."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from adapters.database.desk.papers import Papers
from adapters.database.payment.bills import Bills
from adapters.documents import contents
from adapters.documents.contents import Contents, Pick
from adapters.documents.page import Block, read_documents
from adapters.documents.screen import html_of
from adapters.mail.letter import Shop
from adapters.mail.templates import Templates
from domain.bill import Issued
from domain.document import ISSUED, Document, DocumentKind, Printed
from domain.errors import BadInput
from domain.fulfilment import Fulfilment, FulfilmentState
from domain.order import DeliveryMethod
from domain.returns import Claim, Return, ReturnState

FONTS = ("*.ttf", "*.otf")
STYLE = "document.css"
CODES = "codes"
# A round is walked by one person.
MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What one document is made of: `at` is when it was made or issued."""

    language: str
    channel: str
    told: Contents
    at: datetime


class Cabinet:
    """`folder` is where the shop keeps its own templates of documents, and fonts for letters ours lack."""

    def __init__(
        self, papers: Papers, bills: Bills, templates: Templates, shop: Shop, *folders: Path
    ) -> None:
        self._papers = papers
        self._bills = bills
        self._templates = templates
        self._shop = shop
        self._folders = folders

    def close(self) -> None:
        self._templates.close()
        self._papers.close()
        self._bills.close()

    def of(self, number: str, now: datetime) -> tuple[Document, ...]:
        """
        Every document that there is of an order now.

        :raises NotFound: no such order.
        """
        parts, returns = self._papers.parts(number)
        found = [Document(kind, part.id, number) for part in parts for kind in _kinds(part)]
        found += [Document(DocumentKind.RETURN_SLIP, back.id, number) for back in returns if _is_sent(back)]
        issued = self._bills.of(number, now)
        return (*found, *(Document(each.bill.kind, each.number, number, each.at) for each in issued))

    def to_pack(self, location: str = "") -> tuple[str, ...]:
        """The parcels that wait to be packed, first things first; of every location when it is empty."""
        return self._papers.to_pack(location)

    def style(self) -> str:
        """The style sheet of the pages that documents are on, for screen and printer."""
        places = [folder / STYLE for folder in self._folders]
        return next((place.read_text(encoding="utf-8") for place in places if place.is_file()), "")

    def make(self, kind: DocumentKind, ids: Sequence[str], now: datetime) -> Printed:
        """
        One document for each of `ids`; a pick list is one for each location of theirs. Dates are those of
        the time zone of `now`.

        :raises NotFound: there is no such thing.
        :raises BadInput: none or too many are asked for.
        :raises SettingsRefused: the shop's template, or a font of its own, is wrong.
        """
        if not 0 < len(ids) <= MOST_AT_ONCE:
            raise BadInput(f"between one and {MOST_AT_ONCE} documents are printed at once", "id")
        title = f"{kind.called} {ids[0] if len(ids) == 1 else f'({len(ids)})'}"
        laid = list(self._laid(kind, ids, now))
        documents = tuple(document for blocks, _ in laid for document in blocks)
        at = laid[0][1]
        return Printed(title, html_of(documents), lambda: self._pdf(title, documents, at))

    def codes(self, codes: Mapping[str, str], now: datetime) -> Printed:
        """
        A sheet of what can be scanned, and what each means.

        :raises SettingsRefused: the shop's template is wrong.
        """
        told = contents.common(self._shop, now, contents.STAFF_LANGUAGE)
        listed = [{"code": code, "means": means} for code, means in codes.items()]
        page = self._templates.page(CODES, contents.STAFF_LANGUAGE, {**told, "codes": listed})
        documents = read_documents(page.name, page.html)
        return Printed("Codes to scan", html_of(documents), lambda: self._pdf("Codes", documents, now))

    def _pdf(self, title: str, documents: Sequence[Block], at: datetime) -> bytes:
        # Only who prints pays for loading it.
        from adapters.documents.pdf import pdf_of  # noqa: PLC0415

        places = [folder / "fonts" for folder in self._folders]
        own = sorted(file for place in places for pattern in FONTS for file in place.glob(pattern))
        return pdf_of(title, documents, at, own)

    def _laid(
        self, kind: DocumentKind, ids: Sequence[str], now: datetime
    ) -> Iterator[tuple[tuple[Block, ...], datetime]]:
        if kind in ISSUED:
            for id in ids:
                issued = self._bills.find(id)
                yield self._bill(kind, issued, now.tzinfo), issued.at
            return
        sheets = self._rounds(ids, now) if kind == DocumentKind.PICK_LIST else self._sheets(kind, ids, now)
        for sheet in sheets:
            yield self._read(kind, sheet), sheet.at

    def _read(self, kind: DocumentKind, sheet: _Sheet) -> tuple[Block, ...]:
        page = self._templates.page(kind.value, sheet.language, sheet.told, sheet.channel)
        return read_documents(page.name, page.html)

    def _sheets(self, kind: DocumentKind, ids: Sequence[str], now: datetime) -> Iterator[_Sheet]:
        for id in ids:
            if kind == DocumentKind.RETURN_SLIP:
                order, back, within = self._papers.returned(id)
                language = order.customer.language
                about = {"return": contents.of_return(back, order, within, language)}
            else:
                order, part = self._papers.part(id)
                language = (
                    contents.STAFF_LANGUAGE if kind == DocumentKind.LABEL else order.customer.language
                )
                about = {"fulfilment": contents.of_part(part, order, language, now.tzinfo)}
            told = {
                **contents.common(self._shop, now, language),
                "order": contents.of_order(order, language, now.tzinfo),
            }
            yield _Sheet(language, order.channel, {**told, **about}, now)

    def _rounds(self, ids: Sequence[str], now: datetime) -> Iterator[_Sheet]:
        there: dict[str, list[Pick]] = {}
        for id in dict.fromkeys(ids):
            pick = Pick(*self._papers.part(id))
            there.setdefault(pick.part.location, []).append(pick)
        for location, picks in there.items():
            skus = [line.sku for pick in picks for line in pick.part.lines]
            bins = self._papers.bins(location, skus)
            pick_list = contents.of_picks(location, picks, bins, now.tzinfo)
            told = contents.common(self._shop, now, contents.STAFF_LANGUAGE)
            yield _Sheet(contents.STAFF_LANGUAGE, "", {**told, "pick": pick_list}, now)

    def _bill(self, kind: DocumentKind, issued: Issued, zone: tzinfo | None) -> tuple[Block, ...]:
        """As it was first laid out: a template changed since changes no bill."""
        kept = self._bills.page(issued.number)
        if not kept:
            language = issued.bill.language
            order = self._papers.order(issued.bill.order)
            told = {
                **contents.common(self._shop, issued.at.astimezone(zone), language),
                "bill": contents.of_bill(issued, language, zone),
            }
            page = self._templates.page(kind.value, language, told, order.channel)
            read_documents(page.name, page.html)  # what cannot be printed is not kept
            kept = self._bills.keep_page(issued.number, page.html)
        return read_documents(issued.number, kept)


def _kinds(part: Fulfilment) -> Iterator[DocumentKind]:
    if part.state == FulfilmentState.CANCELLED:
        return
    if part.state == FulfilmentState.OPEN and not part.supplier:
        yield DocumentKind.PICK_LIST
    yield DocumentKind.PACKING_SLIP
    if part.method != DeliveryMethod.PICKUP:
        yield DocumentKind.LABEL


def _is_sent(back: Return) -> bool:
    """Whether its goods are still to come."""
    waits = back.state in (ReturnState.REQUESTED, ReturnState.OPEN)
    return waits and back.claim not in (Claim.LOST, Claim.GOODWILL)
