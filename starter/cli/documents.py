"""`orders documents`, `document` and `pick-list`: what is printed, as a page or as a PDF."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from typer import Argument, Option

from adapters.database.desk.papers import Papers
from adapters.database.payment.bills import Bills
from adapters.documents.cabinet import Cabinet
from adapters.mail.letter import Shop
from adapters.mail.templates import Templates
from config.settings import SHIPPED, Settings
from domain.document import Document, DocumentKind, Printed
from starter.cli.asking import read
from starter.cli.options import AsJson
from starter.cli.saying import emit, say, table
from starter.cli.shop import OpenShop
from starter.clock import now
from starter.documents import choose, kind_of, round_of

FOLDER = "documents"
Number = Annotated[str, Argument(help="The order's number.")]
AsPdf = Annotated[bool, Option("--pdf", help="A PDF, instead of a page for a browser.")]
Out = Annotated[Path | None, Option("--out", metavar="FILE", help="Write it there.")]


@contextmanager
def cabinet_of(settings: Settings) -> Iterator[Cabinet]:
    """The documents of this shop."""
    url, folders = settings.database_url, (settings.config / FOLDER, SHIPPED / FOLDER)
    shop = Shop(settings.shop_name, settings.shop_url, settings.reply_to)
    cabinet = Cabinet(Papers(url), bills_of(settings), Templates(*folders), shop, *dict.fromkeys(folders))
    try:
        yield cabinet
    finally:
        cabinet.close()


def bills_of(settings: Settings) -> Bills:
    series = {
        DocumentKind.INVOICE: settings.invoice_series,
        DocumentKind.CREDIT_NOTE: settings.credit_series,
    }
    return Bills(settings.database_url, series)


def documents(number: Number, as_json: AsJson = False) -> None:
    """Every document that there is of an order now."""

    def look(shop: OpenShop) -> Sequence[Document]:
        with cabinet_of(shop.settings) as cabinet:
            return cabinet.of(number, now())

    found = read(look)
    if as_json:
        emit([{"kind": each.kind.value, "id": each.id, "issued_at": _issued(each)} for each in found])
        return
    rows = [(each.kind.value, each.id, each.kind.called, _issued(each) or "") for each in found]
    table("documents", ("kind", "id", "what", "issued"), rows)


def document(
    number: Number,
    kind: Annotated[str, Argument(help=", ".join(DocumentKind))],
    part: Annotated[str, Option(metavar="ID", help="The one of this parcel, return or number.")] = "",
    pdf: AsPdf = False,
    out: Out = None,
) -> None:
    """A document of an order, all of its kind together; on standard output if no file is named."""
    wanted = kind_of(kind)

    def look(shop: OpenShop) -> bytes:
        with cabinet_of(shop.settings) as cabinet:
            at = now().astimezone(ZoneInfo(shop.zone))
            ids = choose(cabinet.of(number, at), wanted, part)
            return _made(cabinet, cabinet.make(wanted, ids, at), pdf=pdf)

    _put(read(look), out)


def pick_list(
    location: Annotated[str, Option(help="Of one location; else one list for each.")] = "",
    pdf: AsPdf = False,
    out: Out = None,
) -> None:
    """What has to be picked for all parcels that wait to be packed, by bin."""

    def look(shop: OpenShop) -> bytes:
        here = now().astimezone(ZoneInfo(shop.zone))
        with cabinet_of(shop.settings) as cabinet:
            made = cabinet.make(DocumentKind.PICK_LIST, round_of(cabinet, location), here)
            return _made(cabinet, made, pdf=pdf)

    _put(read(look), out)


def _issued(document: Document) -> str | None:
    return document.at.isoformat() if document.at else None


def _made(cabinet: Cabinet, printed: Printed, *, pdf: bool) -> bytes:
    """Whole by itself: the page carries its style."""
    if pdf:
        return printed.pdf()
    page = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(printed.title)}</title>\n<style>\n{cabinet.style()}</style></head>\n"
        f"<body>\n{printed.html}\n</body></html>\n"
    )
    return page.encode()


def _put(content: bytes, out: Path | None) -> None:
    if out is None:
        if content.startswith(b"%PDF") and sys.stdout.isatty():
            raise typer.BadParameter("a PDF is nothing to read here: name a file", param_hint="--out")
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        out.write_bytes(content)
    except OSError as error:
        raise typer.BadParameter(
            f"{out} cannot be written: {error.strerror}", param_hint="--out"
        ) from error
    say(f"{out} written", "green")
