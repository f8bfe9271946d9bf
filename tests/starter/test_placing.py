"""What is decided when an order is placed."""

import json
from dataclasses import replace

import pytest

from domain.errors import BadInput, FlowRefused
from starter.placing import canonical, prepare
from tests.starter.formats.samples import OWN, SHOPIFY, changed, taken


class Books:
    """Books of a shop that knows its teapots."""

    def __init__(self, known=("TEAPOT-RED", "FELT"), gone=()) -> None:
        self.known, self.gone = known, gone

    def orders_before(self, email):
        return 3 if email == "iris@teapot.example" else 0

    def unknown_skus(self, skus):
        return [sku for sku in skus if sku not in self.known]

    def discontinued_skus(self, skus):
        return [sku for sku in skus if sku in self.gone]


class Shelf:
    def current(self):
        return {"standard": "a" * 64, "regulars": "b" * 64}


class Routes:
    def route_order(self, facts):
        return "regulars" if facts["orders_before"] > 2 else "standard"


def place(order, *, imported=False, books=None):
    return prepare(order, books or Books(), Shelf(), Routes(), imported=imported, by="noor")


def test_an_order_takes_the_flow_the_shop_routes_it_to_and_pins_every_flow():
    placement = place(taken(OWN, "orderkeeper"))
    assert placement.flow == "regulars"
    assert placement.flows == Shelf().current()
    assert (placement.holds, placement.by) == ({}, "noor")


def test_an_article_nobody_knows_is_refused_by_its_line():
    with pytest.raises(BadInput, match=r"lines\[1\]\.sku: FELT is not an article this shop knows"):
        place(taken(OWN, "orderkeeper"), books=Books(known=("TEAPOT-RED",)))


def test_an_imported_article_nobody_knows_puts_the_order_on_hold():
    placement = place(taken(SHOPIFY, "shopify"), imported=True)
    assert placement.holds == {
        "OTHER": "SKU KETTLE, 78 are not known here: map them or receive them, then release"
    }


def test_a_discontinued_article_is_refused_with_a_clear_word():
    books = Books(gone=("FELT",))
    with pytest.raises(BadInput, match=r"lines\[1\]\.sku: FELT is discontinued"):
        place(taken(OWN, "orderkeeper"), books=books)
    order = replace(taken(OWN, "orderkeeper"), source="{}")
    assert place(order, books=books, imported=True).holds == {}


def test_what_is_made_to_order_or_comes_from_a_supplier_need_not_be_on_our_shelves():
    order = changed(changed(OWN, "lines.0.made_to_order", True), "lines.1.supplier", "loom")
    assert place(taken(order, "orderkeeper"), books=Books(known=())).holds == {}


def test_a_flow_that_is_not_published_takes_no_order():
    class Elsewhere:
        def route_order(self, facts):
            return "express"

    with pytest.raises(FlowRefused, match="The flow express is not published"):
        prepare(taken(OWN, "orderkeeper"), Books(), Shelf(), Elsewhere(), imported=False)


def test_an_order_is_the_same_however_it_was_written_down():
    again = json.dumps(OWN, indent=4, sort_keys=True).encode()
    assert canonical(taken(again, "orderkeeper")) == canonical(taken(OWN, "orderkeeper"))
    other = changed(OWN, "note", "Ring twice")
    assert canonical(taken(other, "orderkeeper")) != canonical(taken(OWN, "orderkeeper"))


def test_a_shops_order_stays_the_same_when_only_its_paperwork_changes():
    touched = SHOPIFY | {"updated_at": "2026-11-21T00:00:00Z"}
    assert canonical(taken(touched, "shopify")) == canonical(taken(SHOPIFY, "shopify"))
