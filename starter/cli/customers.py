"""`orders customers`: one person's orders, and the forgetting of somebody."""

from collections.abc import Callable
from typing import Annotated, TypeVar

import typer
from typer import Argument, Option

from adapters.database.customer.customers import Customers as CustomerBook
from adapters.database.customer.erasing import Forgetting
from domain.customer import CustomerView, Foreseen
from domain.money import Money
from starter.carrying import Person
from starter.cli.asking import read
from starter.cli.options import AsJson, By
from starter.cli.saying import emit, say, table
from starter.cli.shop import OpenShop
from starter.clock import now
from starter.customers import Customers
from starter.when import when

T = TypeVar("T")
Email = Annotated[str, Argument(metavar="EMAIL")]

app = typer.Typer(no_args_is_help=True, help="The people who buy: found, shown, and forgotten.")


@app.command()
def find(
    sought: Annotated[
        str, Argument(metavar="TEXT", help="Words of an e-mail address, a name or a number.")
    ],
    as_json: AsJson = False,
) -> None:
    """Customers, whoever bought last first."""
    found = _at_books(lambda customers: customers.find(sought))
    if as_json:
        emit([{"email": each.email, "name": each.name, "orders": each.orders} for each in found])
        return
    rows = [(each.email, each.name, str(each.orders), when(each.last_at, now())) for each in found]
    table("Customers", ("e-mail", "name", "orders", "last"), rows)


@app.command()
def show(email: Email, as_json: AsJson = False) -> None:
    """Everything there is of one customer."""
    view = _at_books(lambda customers: customers.show(email))
    if as_json:
        emit(_shape(view))
        return
    say(f"{view.name}, {view.email}: {len(view.orders)} orders, {_sums(view.bought)}")
    lines = [
        (each.number, each.state, str(each.total), when(each.placed_at, now())) for each in view.orders
    ]
    table("Orders", ("number", "state", "total", "placed"), lines)
    table(
        "Returns", ("return", "state", "asked"), [(r.id, r.state, when(r.at, now())) for r in view.returns]
    )
    said = [("yes" if each.granted else "no", each.source, when(each.at, now())) for each in view.consent]
    table("May we write more?", ("said", "how we know", "when"), said)


@app.command()
def erase(
    email: Email,
    reason: Annotated[
        str, Option("--reason", help="Why, without saying whom; it stands in the audit log.")
    ],
    look: Annotated[bool, Option("--look", help="Only say what would be erased.")] = False,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Forget a customer: orders and books stay, names, addresses, letters and free words go for good."""
    found = _at_books(
        lambda customers: customers.foreseen(email) if look else customers.forget(email, Person(by), reason)
    )
    if as_json:
        emit({"orders": list(found.orders), "erased": not look, "why_not": list(found.why_not)})
        return
    say(_told(found, erased=not look))
    for each in found.why_not:
        say(each, "yellow")


def _told(found: Foreseen, *, erased: bool) -> str:
    word = "Forgotten" if erased else "Would be forgotten"
    what = f"{found.letters} letters, {found.texts} other texts, {found.bills} names on invoices"
    return f"{word} in {len(found.orders)} orders: who they were, {what}."


def _shape(view: CustomerView) -> dict[str, object]:
    return {
        "email": view.email,
        "name": view.name,
        "orders": [{"number": each.number, "state": each.state} for each in view.orders],
        "bought": [{"minor": each.minor, "currency": each.currency} for each in view.bought],
        "returns": [{"id": each.id, "state": each.state} for each in view.returns],
        "consent": [
            {"granted": each.granted, "source": each.source, "at": each.at.isoformat()}
            for each in view.consent
        ],
    }


def _sums(bought: tuple[Money, ...]) -> str:
    return ", ".join(map(str, bought)) or "nothing bought"


def _at_books(work: Callable[[Customers], T]) -> T:
    def there(shop: OpenShop) -> T:
        url = shop.settings.database_url
        return work(Customers(CustomerBook(url), Forgetting(url), now))

    return read(there)
