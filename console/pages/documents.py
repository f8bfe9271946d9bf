"""What is printed: the documents of an order, and those of a round through the shelves."""

from collections.abc import Sequence
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import Response

from console.gate import form_of
from console.house import House, house_of, who_of
from console.pages.told import back_to
from console.paper import bare
from domain.document import DocumentKind, Printed
from domain.errors import BadInput, NotFound
from domain.inbox import InboxQuery
from flow.model import Ask
from starter.documents import choose, kind_of
from starter.who import Who

MOST = 200
# What a round is walked with; the rest is of one order.
OF_A_ROUND = (DocumentKind.PICK_LIST, DocumentKind.PACKING_SLIP, DocumentKind.LABEL)
# At every pack station, whatever the flows call their answers.
ALWAYS = {
    "NEXT": "Leave it, take the next",
    "OK": "The wrong one is back in its place",
    "SLIP": "Print the packing slip",
}
Query = list[tuple[str, str]]


def style(request: Request) -> Response:
    return Response(house_of(request).cabinet.style(), media_type="text/css")


def document(request: Request, number: str, kind: str, part: str = "", pdf: str = "") -> Response:
    """:raises NotFound: no such order, or nothing of this kind of it."""
    house, wanted = house_of(request), _kind(kind)
    now = house.now()
    ids = choose(house.cabinet.of(number, now), wanted, part)
    made = house.cabinet.make(wanted, ids[:MOST], now)
    if pdf:
        return as_pdf(made)
    here = f"/orders/{number}/documents/{wanted.value}"
    return _page(made, here, [("part", part)] if part else [], f"/orders/{number}")


def round_(request: Request, kind: str, location: str = "", pdf: str = "") -> Response:
    """Of one's own open parcels: of those chosen, of one location, or of all."""
    house, wanted = house_of(request), _of_a_round(kind)
    chosen = request.query_params.getlist("task")[:MOST]
    lanes = _lanes(house, who_of(request), chosen, location)
    if not lanes:
        raise BadInput("Nothing of this waits to be packed by you now.")
    made = house.cabinet.make(wanted, lanes, house.now())
    if pdf:
        return as_pdf(made)
    query = [("task", id) for id in chosen] + ([("location", location)] if location else [])
    return _page(made, f"/print/{wanted.value}", query, "/inbox" if chosen else "/pack")


async def chosen(request: Request, kind: str) -> Response:
    """For the tasks ticked in the inbox."""
    wanted, sent = _of_a_round(kind), await form_of(request)
    ids = dict.fromkeys(str(value) for value in sent.getlist("task"))
    if not ids:
        raise BadInput("Tick the parcels that are to be printed for.")
    query = urlencode([("task", id) for id in list(ids)[:MOST]])
    return back_to(f"/print/{wanted.value}?{query}")


def codes(request: Request, pdf: str = "") -> Response:
    """What is scanned instead of pressing a button: to be laid beside the station."""
    house = house_of(request)
    asks = (step.does for flow in house.shop().flows.values() for step in flow.steps)
    scanned = [ask for ask in asks if isinstance(ask, Ask) and ask.scan]
    found = {answer.name.upper(): answer.label for ask in scanned for answer in ask.answers}
    made = house.cabinet.codes({**found, **ALWAYS}, house.now())
    return as_pdf(made) if pdf else _page(made, "/pack/codes", [], "/pack")


def _kind(word: str) -> DocumentKind:
    """:raises NotFound: there is no such kind."""
    try:
        return kind_of(word)
    except BadInput as error:
        raise NotFound(str(error)) from error


def _of_a_round(word: str) -> DocumentKind:
    """:raises NotFound: there is no such kind, or it is of one order alone."""
    wanted = _kind(word)
    if wanted not in OF_A_ROUND:
        raise NotFound(f"There is no {word} of a round.")
    return wanted


def _lanes(house: House, who: Who, chosen: Sequence[str], location: str) -> list[str]:
    """Parcels of one's own lists, first things first."""
    if chosen:
        tasks = [house.desk.task(id) for id in chosen]
        wanted = {task.lane for task in tasks if task.scan and task.role in who.lists}
    else:
        mine = InboxQuery(who.lists, scanned=True, limit=MOST)
        wanted = {task.lane for task in house.desk.inbox(mine, house.clock())}
    return [lane for lane in house.cabinet.to_pack(location) if lane in wanted][:MOST]


def as_pdf(made: Printed) -> Response:
    """To be opened in the browser, and printed from there."""
    name = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in made.title)
    shown = {"content-disposition": f'inline; filename="{name}.pdf"'}
    return Response(made.pdf(), media_type="application/pdf", headers=shown)


def _page(made: Printed, here: str, query: Query, back: str) -> Response:
    pdf = f"{here}?{urlencode([*query, ('pdf', '1')])}"
    return bare("document.html", made=made, back=back, pdf=pdf)
