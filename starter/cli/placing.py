"""`orders place`: orders out of files, each kept or refused on its own."""

import asyncio
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer
from typer import Argument, BadParameter, Option

from domain.act import ActResult, Outcome
from domain.errors import BadInput, NotFound, Refused
from domain.order import Order
from starter.cli import shapes
from starter.cli.asking import at_shop, wording
from starter.cli.first_flows import publish_first
from starter.cli.options import AsJson, By, one_of
from starter.cli.progress import progress
from starter.cli.saying import complain, counted, emit, one_line, say
from starter.cli.shop import OpenShop
from starter.formats import FORMATS, Format, read
from starter.formats.records import MAX_FILE
from starter.placing import prepare

SHOP = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}\Z")
STDIN = "-"
# So many at once: enough to keep Temporal busy, few enough for the database's one writer.
AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Placed:
    """How one record of one file fared. `where` names it for people; `known` it had been placed before."""

    where: str
    number: str
    result: ActResult
    known: bool = False

    @property
    def json(self) -> dict[str, Any]:
        said = {**shapes.outcome("number", self.number, self.result), "record": self.where.rstrip(": ")}
        return {**said, "known": True} if self.known else said


@dataclass(frozen=True, slots=True)
class Found:
    """One record: an order, or why there is none."""

    where: str
    order: Order | None
    error: Refused | None


def place(
    files: Annotated[list[str], Argument(help="JSON or JSON lines; - reads stdin.")],
    from_: Annotated[str, Option("--from", help=", ".join(FORMATS))] = "orderkeeper",
    shop: Annotated[str, Option(help="Name of the shop imported orders come from.")] = "",
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """
    Place orders; each is kept before it is begun. An order placed twice is one order, so a file that was
    broken off is simply placed again.
    """
    format = FORMATS[one_of(from_, tuple(FORMATS), "--from")]
    name = _shop_name(shop, format)
    found = (each for file in files for each in _found(file, format, name))
    said = _say_nothing if as_json else _tell

    async def work(open_: OpenShop) -> list[Placed]:
        await asyncio.to_thread(publish_first, open_.shelf, open_.config, by)
        placed: list[Placed] = []
        with progress(quiet=as_json) as step:
            while batch := list(islice(found, AT_ONCE)):
                outcomes = await asyncio.gather(*(_place(open_, each, format, by) for each in batch))
                placed += outcomes
                said(outcomes)
                step(len(placed))
        return placed

    placed = at_shop(work, connected=True)
    if as_json:
        _emit(placed)
    refused = sum(each.result.outcome == Outcome.REFUSED for each in placed)
    if not as_json and len(placed) > max(refused, 1):
        _sum_up(placed, refused)
    if refused:
        raise typer.Exit(1)


def _shop_name(shop: str, format: Format) -> str:
    if shop and not format.imported:
        raise BadParameter("only imported orders come from a shop of a name", param_hint="--shop")
    if shop and not SHOP.match(shop):
        raise BadParameter(f"{shop!r} is not a name of letters, digits and dashes", param_hint="--shop")
    return shop or format.name


def _found(file: str, format: Format, shop: str) -> Iterator[Found]:
    """Every record of a file; a file that cannot be read is one record that is refused."""
    name = f"{'standard input' if file == STDIN else file}: "
    try:
        records = list(read(_content(file), format, shop))
    except BadInput as error:
        yield Found(name, None, error)
        return
    for record in records:
        where = f"{name}record {record.n}: " if len(records) > 1 else name
        yield Found(where, record.order, record.error)


def _content(file: str) -> bytes:
    if file == STDIN:
        return sys.stdin.buffer.read(MAX_FILE + 1)
    try:
        with Path(file).open("rb") as stream:
            return stream.read(MAX_FILE + 1)
    except OSError as error:
        raise BadInput(f"The file cannot be read: {error.strerror}.") from error


async def _place(shop: OpenShop, found: Found, format: Format, by: str) -> Placed:
    if found.order is None:
        return Placed(found.where, "", _refused(found.error))
    known = await asyncio.to_thread(_is_known, shop, found.order.number)
    try:
        placement = await asyncio.to_thread(
            prepare,
            found.order,
            shop.book,
            shop.shelf,
            shop.config,
            imported=format.imported,
            by=by,
            speed=shop.place.speed,
        )
        result = await shop.orders.place(found.order, placement)
    except Refused as error:
        return Placed(found.where, found.order.number, _refused(error))
    return Placed(found.where, found.order.number, result, known)


def _is_known(shop: OpenShop, number: str) -> bool:
    try:
        shop.book.placement(number)
    except NotFound:
        return False
    return True


def _refused(error: Refused | None) -> ActResult:
    return ActResult(Outcome.REFUSED, one_line(str(error)))


def _tell(placed: Sequence[Placed]) -> None:
    for each in placed:
        if each.result.outcome == Outcome.REFUSED:
            complain(f"{each.where}{each.result.why}")
        else:
            style = "green" if each.result.outcome == Outcome.DONE else "yellow"
            before = "known, placed before; " if each.known else ""
            say(f"{each.number}: {before}{wording(each.result)}", "dim" if each.known else style)


def _sum_up(placed: Sequence[Placed], refused: int) -> None:
    known = sum(each.known for each in placed)
    new = len(placed) - refused - known
    say(f"{counted(len(placed), 'record')}: {new} placed, {known} known, {refused} refused.", "bold")


def _say_nothing(placed: Sequence[Placed]) -> None:
    """Programs are told at the end."""


def _emit(placed: Sequence[Placed]) -> None:
    emit(placed[0].json if len(placed) == 1 else [each.json for each in placed])
    _tell([each for each in placed if each.result.outcome == Outcome.REFUSED])
