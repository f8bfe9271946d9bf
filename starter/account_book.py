"""What signing in needs of our own books."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.account import Account, Visit
from domain.audit import Deed


class AccountBook(Protocol):
    """Accounts, sessions and failed sign-ins; tokens and passwords come hashed, changes with their deed."""

    def add(
        self,
        name: str,
        roles: Sequence[str],
        password: str,
        deed: Deed,
        *,
        first: bool,
        partner: str = "",
    ) -> None:
        """:raises ActRefused: there is one of this name, or, for the first, any."""
        ...

    def list(self) -> Sequence[Account]: ...

    def find(self, name: str) -> tuple[Account, str] | None: ...

    def set_password(self, name: str, password: str, deed: Deed, *, must_change: bool) -> None:
        """Ends every session of theirs. :raises NotFound: no such account."""
        ...

    def second(self, name: str) -> tuple[str, int]: ...

    def set_second(self, name: str, secret: str, step: int, deed: Deed) -> None:
        """:raises NotFound: no such account."""
        ...

    def take_code(self, name: str, step: int) -> bool:
        """False when this code, or a later one, was taken before."""
        ...

    def keep_codes(self, name: str, codes: Sequence[str], deed: Deed) -> None: ...

    def take_recovery(self, name: str, code: str, deed: Deed) -> bool:
        """False for one that there is not, or not any more."""
        ...

    def codes_left(self, name: str) -> int: ...

    def pin(self, name: str) -> str: ...

    def set_pin(self, name: str, pin: str, deed: Deed) -> None:
        """:raises NotFound: no such account."""
        ...

    def share(self, name: str, deed: Deed, *, shared: bool) -> None:
        """:raises NotFound: no such account."""
        ...

    def tell(self, deed: Deed) -> None:
        """To the audit log alone."""
        ...

    def rehash(self, name: str, password: str) -> None: ...

    def set_roles(self, name: str, roles: Sequence[str], deed: Deed, partner: str = "") -> None:
        """Ends every session of theirs. :raises NotFound: no such account."""
        ...

    def disable(self, name: str, deed: Deed) -> None:
        """Ends every session of theirs. :raises NotFound: no such account."""
        ...

    def enable(self, name: str, deed: Deed) -> None:
        """:raises NotFound: no such account."""
        ...

    def open_session(self, token: str, account: str, at: datetime, ends: datetime) -> None: ...

    def visit(self, token: str) -> Visit | None: ...

    def seen(self, token: str, at: datetime) -> None: ...

    def close_session(self, token: str) -> None: ...

    def remember_device(self, token: str, account: str, at: datetime) -> None: ...

    def knows_device(self, token: str, account: str, since: datetime) -> bool: ...

    def failed(self, account: str, device: str, address: str, at: datetime, keep: datetime) -> None: ...

    def failures(self, account: str, device: str, since: datetime) -> Sequence[datetime]: ...

    def failures_from(self, address: str, since: datetime) -> Sequence[datetime]: ...
