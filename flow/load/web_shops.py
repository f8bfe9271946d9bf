"""The web shops that orders come from, and those who are told what becomes of orders."""

import re
from collections.abc import Sequence

from domain.order_event import EVENT_KINDS, EVERY, Listener
from domain.web_shop import ShopSystem, WebShop
from flow.load.form import Book, Form
from flow.load.shop import entries
from flow.typed import meant

NAME = re.compile(r"[a-z][a-z0-9-]{0,31}\Z")
ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?\Z")
SYSTEMS = tuple(each.value for each in ShopSystem)
NEEDED = "an address such as https://tea.myshopify.com"


def read_web_shops(source: str, file: str) -> tuple[dict[str, WebShop], Book]:
    """
    By name; none from a file of remarks alone. Whether a shop's names of orders fit is seen when they come.
    """
    known = ("system", "address", "backfill", "write_back")
    book, forms = _entries(source, file, known, "a shop")
    return {form.where[0]: _web_shop(form) for form in forms}, book


def _web_shop(form: Form) -> WebShop:
    form.needs("system", f"add system: {' or '.join(SYSTEMS)}")
    system = form.one_of("system", SYSTEMS, SYSTEMS[0])
    address = _address(form, "address")
    backfill, write_back = form.flag("backfill"), form.flag("write_back")
    if (backfill or write_back) and not address:
        form.needs("address", f"add address: {NEEDED}")
    return WebShop(form.where[0], ShopSystem(system), address, backfill, write_back)


def read_listeners(source: str, file: str) -> tuple[dict[str, Listener], Book]:
    """By name; none from a file of remarks alone."""
    book, forms = _entries(source, file, ("url", "events", "shops", "inside"), "a listener")
    return {form.where[0]: _listener(form) for form in forms}, book


def _listener(form: Form) -> Listener:
    form.needs("url", "add url: https://books.example/orders")
    form.needs("events", f"add events: [{EVERY}]")
    events = form.names("events")
    _check_events(form, events)
    inside = form.flag("inside")
    url = _address(form, "url")
    if url.startswith("http://") and not inside:
        form.wrong(
            form.book.at((*form.where, "url")), "beyond this house, https alone is used", "write https"
        )
    return Listener(form.where[0], url, frozenset(events), frozenset(form.names("shops")), inside)


def _entries(source: str, file: str, known: tuple[str, ...], what: str) -> tuple[Book, list[Form]]:
    if all(line.lstrip().startswith("#") for line in source.splitlines() if line.strip()):
        return Book(file), []
    return entries(source, file, known, what, NAME)


def _check_events(form: Form, events: Sequence[str]) -> None:
    known = (EVERY, *EVENT_KINDS)
    for n, name in enumerate(events):
        if name not in known:
            near = meant(name, known)
            hint = f" - did you mean '{near}'?" if near else ""
            node = form.book.at((*form.where, "events", str(n)))
            form.wrong(node, f"there is no event '{name}'{hint}", f"known: {', '.join(known)}", "event")


def _address(form: Form, key: str) -> str:
    said, node = form.text(key).rstrip("/"), form.node(key)
    if node is not None and not ADDRESS.match(said):
        form.wrong(node, f"'{said}' is no plain web address", f"write {NEEDED}")
        return ""
    return said
