"""`orders export`: books, orders, customers and stock for other programs."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TextIO

from typer import Argument, Option

from adapters.database.audit_log import AuditLog
from adapters.database.exports import Exports
from domain.errors import BadInput
from domain.exports import Format, What
from starter.carrying import Person
from starter.cli.asking import read
from starter.cli.options import By
from starter.cli.saying import say
from starter.cli.shop import OpenShop
from starter.clock import now
from starter.exports.office import Export, ExportOffice, Wanted

Since = Annotated[str, Option("--since", metavar="DATE", help="From this day on, in the shop's time zone.")]
Until = Annotated[str, Option("--until", metavar="DATE", help="To the end of this day. Default: today.")]
Out = Annotated[Path | None, Option("--out", metavar="FILE", help="Into a file, which you alone can read.")]


def export(
    what: Annotated[str, Argument(help=", ".join(What))],
    begin: Since = "",
    end: Until = "",
    format: Annotated[str, Option("--format", help=f"{', '.join(Format)} (the journal alone).")] = "csv",
    out: Out = None,
    by: By = "",
) -> None:
    """Hand out books, orders, order lines, customers or stock; the audit log tells who had them."""
    wanted = Wanted(what, format, begin, end)

    def look(shop: OpenShop) -> None:
        with _office(shop) as office:
            _write(office.export(wanted, Person(by)), out)

    read(look)
    if out is not None:
        say(f"done: {out}", "green")


@contextmanager
def _office(shop: OpenShop) -> Iterator[ExportOffice]:
    url = shop.settings.database_url
    tables, log = Exports(url), AuditLog(url)
    try:
        yield ExportOffice(tables, log, lambda: shop.zone, now, shop.settings.shop_name)
    finally:
        tables.close()
        log.close()


def _write(made: Export, out: Path | None) -> None:
    if out is None:
        # As it is meant to stand in a file, on every system and in every language.
        sys.stdout.flush()
        for piece in made.text:
            sys.stdout.buffer.write(piece.encode())
        sys.stdout.buffer.flush()
        return
    # A file that is there is whole: what broke off half-way stays beside it.
    begun = out.with_name(f".{out.name}.part")
    try:
        with _opened(begun) as file:
            file.writelines(made.text)
        begun.replace(out)
    except OSError as error:
        raise BadInput(f"{out} cannot be written: {error.strerror}", "--out") from error


def _opened(file: Path) -> TextIO:
    """What it holds is personal: nobody else may read it."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    return open(handle, "w", encoding="utf-8", newline="")  # noqa: PTH123 - Path cannot open a handle
