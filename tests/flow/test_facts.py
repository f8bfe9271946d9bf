"""The catalogue of facts says what the facts are."""

from datetime import UTC, datetime
from decimal import Decimal

from domain.facts import fulfilment_facts, order_facts
from domain.fulfilment import Fulfilment, FulfilmentLine
from domain.money import Money
from domain.order import Address, Buyer, Customer, Delivery, DeliveryMethod, Line, Order, PaymentTerms
from flow import conditions
from flow.facts import FULFILMENT, ORDER
from flow.kinds import Kind
from flow.values import typed

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def euros(text: str) -> Money:
    return Money.parse(text, "EUR")


ORDERED = Order(
    number="1001",
    channel="web",
    placed_at=NOW,
    currency="EUR",
    customer=Customer("ada@Example.org", "Ada"),
    shipping_address=Address("Ada", "Weg 1", "10115", "Berlin", "DE"),
    delivery=Delivery(),
    lines=(Line("CLOTH", "Cloth", Decimal("1.5"), euros("10"), euros("15"), euros("0"), euros("0")),),
    shipping=euros("4.90"),
    discount=euros("0"),
    total=euros("19.90"),
    payment=PaymentTerms("card"),
)
SENT = Fulfilment(
    "1001-F1",
    "1001",
    DeliveryMethod.SHIP,
    "main",
    "warehouse",
    (FulfilmentLine(0, "CLOTH", Decimal("1.5")),),
    euros("19.90"),
)


def walk(kind: Kind, value, name: str):
    """Every fact of the catalogue stands in the facts and is of its kind, and the other way round."""
    if value is None:
        assert kind.optional, name
        return
    typed(value, kind, name)
    if kind.name == "choice":
        assert value in kind.options
    if kind.name == "record":
        assert set(kind.fields) == set(value), name
        for field, inner in kind.fields.items():
            walk(inner, value[field], f"{name}.{field}")
    if kind.name == "lines":
        for line in value:
            walk(Kind("record", fields=kind.fields), line, name)


def test_the_catalogue_and_the_facts_of_an_order_are_one():
    walk(ORDER, order_facts(ORDERED, Buyer(2)), "order")


def test_the_catalogue_and_the_facts_of_a_fulfilment_are_one():
    walk(FULFILMENT, fulfilment_facts(SENT), "fulfilment")


def test_every_fact_says_what_it_is():
    def about(kind: Kind):
        assert kind.about or kind.name == "lines", kind
        assert kind.unit or kind.name not in ("money", "number", "count"), kind
        for inner in kind.fields.values():
            about(inner)

    about(ORDER)
    about(FULFILMENT)


def test_conditions_read_real_facts():
    scope = {"order": order_facts(ORDERED, Buyer(0)), "fulfilment": fulfilment_facts(SENT)}
    text = "order.first_order and order.total == fulfilment.total and order.item_count == 1.5"
    assert conditions.compile(text).evaluate(scope).value is True
