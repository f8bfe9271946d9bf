"""What a form brought: single fields, form ids, and the fields an answer needs."""

import re
import uuid
from collections.abc import Mapping

from starlette.datastructures import FormData

from domain.errors import BadInput

FORM_ID = re.compile(r"[0-9a-f]{32}")
FIELD = "field."
PAGE_NUMBER = re.compile(r"[1-9][0-9]{0,3}")


def new_form() -> str:
    """The id of a form: minted with the page, so that sending it twice is sending it once."""
    return uuid.uuid4().hex


def text(form: FormData, name: str) -> str:
    return str(form.get(name, "")).replace("\r\n", "\n")


def form_id(form: FormData) -> str:
    """:raises BadInput: it has none, or one that no page of ours made."""
    id = text(form, "form")
    if not FORM_ID.fullmatch(id):
        raise BadInput("This form is not whole. Open the page again", "form")
    return id


def fields(form: FormData, needs: Mapping[str, str]) -> dict[str, str]:
    """
    The typed fields of an answer, in the facade's words. Lines come as one quantity a SKU.

    What the answer does not need is left out: a page has the fields of several answers.
    """
    found: dict[str, str] = {}
    for name, kind in needs.items():
        if kind == "lines" and f"{FIELD}{name}" not in form:
            found[name] = _lines(form, name)
        elif f"{FIELD}{name}" in form:
            found[name] = text(form, f"{FIELD}{name}")
    return found


def _lines(form: FormData, name: str) -> str:
    """:raises BadInput: no quantity at all."""
    skus = form.getlist(f"{FIELD}{name}.sku")
    quantities = form.getlist(f"{FIELD}{name}.quantity")
    pairs = zip(map(str, skus), (str(each).strip() for each in quantities), strict=False)
    chosen = [f"{sku}={quantity}" for sku, quantity in pairs if quantity not in ("", "0")]
    if not chosen:
        raise BadInput("say how many of which", name)
    return ",".join(chosen)


def page_number(typed: str, last: int) -> int:
    """The page of a list that an address asks for; the first where it is none."""
    return min(int(typed), last) if PAGE_NUMBER.fullmatch(typed) else 1
