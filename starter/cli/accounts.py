"""`orders accounts`: who may sign in to the screens, and as what."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, TypeVar

import typer
from typer import Argument, Option

from adapters.database.account.accounts import Accounts as AccountBook
from adapters.database.partner.desk import PartnerDesk
from config.actions import actions_of
from config.shop import config_files, notices
from domain.account import Account
from domain.errors import BadInput
from flow.shop import read_words
from starter.accounts import Accounts
from starter.cli import tokens
from starter.cli.asking import read
from starter.cli.options import AsJson, who
from starter.cli.saying import emit, say, table
from starter.cli.shop import OpenShop
from starter.clock import now
from starter.partnering import partner_named
from starter.passwords import Passwords

T = TypeVar("T")
Name = Annotated[str, Argument(help="As they sign in; it stands on the timelines.")]
Roles = Annotated[list[str], Option("--role", help="One of config/roles.yaml; may be repeated.")]
Whose = Annotated[str, Option("--partner", help="Whose orders alone it sees; with --role partner.")]

app = typer.Typer(
    no_args_is_help=True, help="People who sign in to the screens, programs with a token, and their roles."
)
tokens.register(app)


@app.command()
def add(name: Name, role: Roles, partner: Whose = "", as_json: AsJson = False) -> None:
    """Make an account; its one-time password is printed, once."""

    def make(shop: OpenShop, accounts: Accounts) -> str:
        _check(shop, role)
        return accounts.add(name, role, partner=_partner(shop, partner))

    _tell(name, _at_desk(make), as_json=as_json)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Who may sign in, and as what."""
    found = _at_desk(lambda _, accounts: accounts.list())
    if as_json:
        known = ({**_row(each), "disabled": each.disabled} for each in found)
        emit(list(known))
        return
    rows = [(each.name, _roles(each), "disabled" if each.disabled else "") for each in found]
    table("Accounts", ("name", "roles", "state"), rows)


def _row(account: Account) -> dict[str, object]:
    whose = {"partner": account.partner} if account.partner else {}
    return {"name": account.name, "roles": list(account.roles), **whose}


def _roles(account: Account) -> str:
    return ", ".join((*account.roles, *filter(None, [account.partner])))


@app.command()
def roles(name: Name, role: Roles, partner: Whose = "") -> None:
    """Give an account other roles; its sessions end."""

    def change(shop: OpenShop, accounts: Accounts) -> None:
        _check(shop, role)
        accounts.set_roles(name, role, _partner(shop, partner))

    _at_desk(change)
    say("done", "green")


@app.command()
def disable(name: Name) -> None:
    """Let somebody in no more; their sessions end at once."""
    _at_desk(lambda _, accounts: accounts.disable(name))
    say("done", "green")


@app.command()
def enable(name: Name) -> None:
    """Let somebody in again."""
    _at_desk(lambda _, accounts: accounts.enable(name))
    say("done", "green")


@app.command()
def reset(name: Name, as_json: AsJson = False) -> None:
    """A new one-time password for somebody who has lost theirs; their sessions end."""
    _tell(name, _at_desk(lambda _, accounts: accounts.reset(name)), as_json=as_json)


@app.command()
def share(
    name: Name,
    not_shared: Annotated[bool, Option("--own", help="It is one person's own again.")] = False,
) -> None:
    """Make an account a terminal at which several people answer, each with name and PIN."""
    _at_desk(lambda _, accounts: accounts.share(name, shared=not not_shared))
    say("done", "green")


def _at_desk(work: Callable[[OpenShop, Accounts], T]) -> T:
    def there(shop: OpenShop) -> T:
        with _accounts(shop.settings.database_url) as accounts:
            return work(shop, accounts)

    return read(there)


@contextmanager
def _accounts(url: str) -> Iterator[Accounts]:
    book = AccountBook(url)
    try:
        yield Accounts(book, Passwords(), now, who())
    finally:
        book.close()


def _check(shop: OpenShop, roles: list[str]) -> None:
    config = shop.settings.config
    # A half-made flow is no reason to keep somebody out.
    known = read_words(config_files(config), actions_of(shop.settings), notices(config)).roles
    for role in roles:
        if role not in known:
            raise BadInput(f"there is no role {role!r}; there are {', '.join(known)}", "--role")


def _partner(shop: OpenShop, typed: str) -> str:
    """As the shop writes them. :raises BadInput: nobody ships for us under this name."""
    if not typed:
        return ""
    desk = PartnerDesk(shop.settings.database_url)
    try:
        return partner_named(typed, shop.config.partners, desk.partners())
    finally:
        desk.close()


def _tell(name: str, once: str, *, as_json: bool) -> None:
    if as_json:
        emit({"name": name, "password": once})
    else:
        say(f"{name} signs in with the one-time password {once}, and then chooses one.")
