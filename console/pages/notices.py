"""Notices as they would go out: each template, with a real order, in each of its languages."""

from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import HTMLResponse, Response

from console.house import House, house_of
from console.paper import page
from console.shield import CSP
from domain.errors import NotFound
from domain.notice import Letter
from domain.view import OrderQuery

LONGEST = 100
# A mail's own page: its styles stand in it, and nothing in it runs, loads or leads anywhere.
ALONE = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; "
    "frame-ancestors 'self'; base-uri 'none'; form-action 'none'",
    "x-frame-options": "SAMEORIGIN",
}
FRAMED = {"content-security-policy": f"{CSP}; frame-src 'self'"}


def notices(request: Request, order: str = "") -> Response:
    house = house_of(request)
    number = order.strip()[:LONGEST] or _newest(house)
    return page(request, "notices.html", names=house.previews.names(), order=number)


def notice(request: Request, notice: str, order: str = "", language: str = "", part: str = "") -> Response:
    """:raises NotFound: there is no such notice."""
    house = house_of(request)
    known = house.previews.names()
    if notice not in known:
        raise NotFound(f"There is no notice {notice}.")
    number = order.strip()[:LONGEST] or _newest(house)
    wrong, letter = "", None
    try:
        letter = _written(house, notice, number, language, part) if number else None
    except NotFound as error:
        wrong = str(error)
    asked = {"order": number, "language": language, "part": part}
    return page(
        request,
        "notice.html",
        headers=FRAMED,
        name=notice,
        languages=known[notice],
        letter=letter,
        wrong=wrong or (letter.why if letter else "There is no order yet to show it with."),
        order=number,
        language=language,
        part=part,
        framed=f"/notices/{notice}/html?{urlencode(asked)}",
    )


def html(request: Request, notice: str, order: str = "", language: str = "", part: str = "") -> Response:
    """:raises NotFound: no such notice, order or part, or it has no HTML."""
    letter = _written(house_of(request), notice, order[:LONGEST], language, part)
    if not letter.html:
        raise NotFound(f"{notice} has no HTML.")
    return HTMLResponse(letter.html, headers=ALONE)


def _written(house: House, name: str, order: str, language: str, part: str) -> Letter:
    return house.previews.write(name, order, house.clock(), language[:LONGEST], part.strip()[:LONGEST])


def _newest(house: House) -> str:
    """The last order that was placed; empty while there is none."""
    rows = house.desk.list(OrderQuery(limit=1), house.clock())
    return rows[0].number if rows else ""
