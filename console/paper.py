"""Pages on paper: templates, the words every page shares, and the pages that say no."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from console.bits import chip, iso, payment, time
from console.csrf import csrf_of
from console.forms import new_form
from console.house import house_of
from console.words import (
    fact_value,
    goods_in,
    plain_value,
    say_answer,
    say_fact,
    say_movement,
    say_payment,
    say_state,
    say_tongue,
    say_way,
    tone,
)
from starter.figures import reason
from starter.when import day, full, span, when

TITLES = {
    400: "That could not be read",
    401: "Please sign in",
    403: "Not for you",
    404: "Not here",
    405: "Not like this",
    409: "Not now",
    413: "Too much",
    421: "Another address",
    422: "Not quite",
    429: "Too often",
    500: "A mistake of ours",
    503: "Not there at the moment",
}


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"when": when, "full": full, "span": span, "day": day, "new_form": new_form}
    made.globals |= {"time": time, "chip": chip, "payment": payment}
    made.filters |= {
        "state": say_state,
        "payment": say_payment,
        "movement": say_movement,
        "way": say_way,
        "tongue": say_tongue,
        "answer": say_answer,
        "claim": reason,
        "tone": tone,
        "fact": say_fact,
        "plain": plain_value,
        "value": fact_value,
        "goods": goods_in,
        "iso": iso,
    }
    return made


PAPER = _environment()


def unfold() -> None:
    """Every template, so that the first to open a page does not wait for it to be compiled."""
    for name in PAPER.list_templates():
        PAPER.get_template(name)


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **said: Any,
) -> Response:
    """A whole page for the person who asked."""
    house = house_of(request)
    who = getattr(request.state, "who", None)
    shared = {
        "who": who,
        "csrf": csrf_of(request.state.session) if who else "",
        "shop": house.shop_name,
        "now": house.now(),
        "path": request.url.path,
        "shared": getattr(request.state, "terminal", ""),
        # Of what shops told and nobody understood, and of what others did not take, somebody has to know,
        # wherever they are.
        "aside": house.quarantine.count_quarantined() if who and who.may("place") else 0,
        "untold": house.untold.how_many_given_up() if who and who.may("place") else 0,
        "live": "",
        "beat": "",
    }
    html = PAPER.get_template(template).render(shared | said)
    return HTMLResponse(html, status, headers=dict(headers or {}))


def bare(template: str, **said: Any) -> Response:
    """A page without our frame around it, as it goes on paper."""
    return HTMLResponse(PAPER.get_template(template).render(said))


def problem(
    status: int, why: str = "", number: str = "", *, headers: Mapping[str, str] | None = None
) -> Response:
    """A page that says no: in a sentence, without what is inside."""
    html = PAPER.get_template("problem.html").render(
        status=status, title=TITLES.get(status, "Not now"), why=why, number=number
    )
    return HTMLResponse(html, status, headers=dict(headers or {}))
