"""`orders accounts token`: programs that act as an account."""

from collections.abc import Callable
from typing import Annotated, TypeVar

import typer
from typer import Argument, Option

from adapters.database.account.tokens import TokenBook
from starter.cli.asking import read
from starter.cli.options import AsJson, who
from starter.cli.saying import emit, say, table
from starter.cli.shapes import instant
from starter.cli.shop import OpenShop
from starter.clock import now
from starter.tokens import Tokens
from starter.when import when

T = TypeVar("T")


def token(
    name: Annotated[str, Argument(help="The account it acts as, with that account's roles.")],
    label: Annotated[str, Option(help="Which program has it.")],
    as_json: AsJson = False,
) -> None:
    """Give a program a token for the HTTP API; it is printed, once."""
    given = _with(lambda tokens: tokens.give(name, label))
    if as_json:
        emit({"account": name, "token": given})
    else:
        say(f"Authorization: Bearer {given}")


def tokens(
    name: Annotated[str, Argument(help="Of one account alone.")] = "", as_json: AsJson = False
) -> None:
    """Which programs have a token, and when each was last used."""
    found = _with(lambda tokens: tokens.list(name))
    if as_json:
        known = [
            {
                "id": each.id,
                "account": each.account,
                "label": each.label,
                "made_at": instant(each.made_at),
                "used_at": instant(each.used_at),
            }
            for each in found
        ]
        emit(known)
        return
    here = now().astimezone()
    rows = [
        (
            *(each.id, each.account, each.label, when(each.made_at, here)),
            when(each.used_at, here) if each.used_at else "never",
        )
        for each in found
    ]
    table("Tokens", ("id", "account", "which program", "given", "last used"), rows)


def withdraw(id: Annotated[str, Argument(help="As `orders accounts tokens` shows it.")]) -> None:
    """Let a program in no more."""
    _with(lambda tokens: tokens.withdraw(id))
    say("done", "green")


def _with(work: Callable[[Tokens], T]) -> T:
    def there(shop: OpenShop) -> T:
        book = TokenBook(shop.settings.database_url)
        try:
            return work(Tokens(book, now, who()))
        finally:
            book.close()

    return read(there)


def register(app: typer.Typer) -> None:
    app.command()(token)
    app.command()(tokens)
    app.command()(withdraw)
