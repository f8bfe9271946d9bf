"""Programs that act as an account: a token each, shown once and kept as a hash."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from domain.account import Account, Token, account_name
from domain.audit import Deed, DeedKind
from domain.errors import BadInput
from starter.passwords import hashed, new_token

# Whoever finds one in a file knows what it is.
PREFIX = "orders_"
LONGEST = 100


class TokenBook(Protocol):
    """Tokens come hashed."""

    def add(self, token: str, account: str, label: str, deed: Deed) -> None:
        """:raises NotFound: no such account."""
        ...

    def bearer(self, token: str, at: datetime) -> Account | None: ...

    def list(self, account: str) -> Sequence[Token]: ...

    def drop(self, begins: str, deed: Deed) -> None:
        """:raises NotFound: no token is called so."""
        ...


class Tokens:
    """`by` is who gives them out."""

    def __init__(self, book: TokenBook, clock: Callable[[], datetime], by: str = "") -> None:
        self._book = book
        self._clock = clock
        self._by = by

    def give(self, account: str, label: str) -> str:
        """
        A new token; nobody sees it again.

        :raises NotFound: no such account.
        :raises BadInput: the label does not say what it is for.
        """
        name, said = account_name(account), label.strip()
        if not said or len(said) > LONGEST or not said.isprintable():
            raise BadInput(f"say in up to {LONGEST} letters which program has it", "label")
        token = PREFIX + new_token()
        self._book.add(hashed(token), name, said, self._deed("token given", name))
        return token

    def bearer(self, token: str) -> Account | None:
        """Whose it is; None where it is nobody's, or they may no longer."""
        return self._book.bearer(hashed(token), self._clock()) if token.startswith(PREFIX) else None

    def list(self, account: str = "") -> Sequence[Token]:
        return self._book.list(account_name(account) if account else "")

    def withdraw(self, id: str) -> None:
        """:raises NotFound: no token is called so."""
        self._book.drop(id.strip().lower(), self._deed("token withdrawn", ""))

    def _deed(self, what: str, whom: str) -> Deed:
        return Deed(self._clock(), DeedKind.ACCOUNT, "account", what, by=self._by, whom=whom)
