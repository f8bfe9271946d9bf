"""Signing in and out, and the accounts themselves: every door asks here who somebody is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.account import Account, Visit, account_name, check_password
from domain.audit import Deed, DeedKind
from domain.errors import ActRefused, BadInput
from starter.account_book import AccountBook
from starter.passwords import Passwords, hashed, new_token, one_time_password
from starter.second_factor import step_of

IDLE = timedelta(hours=2)
ABSOLUTE = timedelta(hours=12)
DEVICE = timedelta(days=90)
# A look is written down once a minute, not with every click.
SEEN_EVERY = timedelta(minutes=1)
WINDOW = timedelta(minutes=15)
# Wrong passwords within the window: of one name from unknown browsers, from one that is known, and from
# one address, behind which a whole warehouse may sit.
PER_ACCOUNT, PER_DEVICE, PER_ADDRESS = 10, 10, 50
FIRST = "admin"
WRONG = "This does not fit together: name, password or code is another, or the account is disabled."


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`session` and `device` are the secrets of the two cookies."""

    account: Account
    session: str
    device: str


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """`wait` is how long to wait before the next try; nothing when it was just wrong."""

    why: str
    wait: timedelta = timedelta(0)


class Accounts:
    """`by` is who changes other people's accounts here."""

    def __init__(
        self, book: AccountBook, passwords: Passwords, clock: Callable[[], datetime], by: str = ""
    ) -> None:
        self._book = book
        self._passwords = passwords
        self._clock = clock
        self._by = by

    def by(self, name: str) -> "Accounts":
        """The same, where it is this person who changes other people's accounts."""
        return Accounts(self._book, self._passwords, self._clock, name)

    def sign_in(
        self, typed: str, password: str, address: str, device: str, code: str = ""
    ) -> SignedIn | TurnedAway:
        """
        `code` is that of an authenticator app, where they have one.

        `address` is where it comes from, `device` the secret of a browser that was here before.

        Too many wrong passwords make strangers wait; a browser its owner has used has a count of its own.
        """
        now, name = self._clock(), typed.strip().lower()[:64]
        known = device and self._book.knows_device(hashed(device), name, now - DEVICE)
        counted = hashed(device) if known else ""
        wait = self._wait(name, counted, address, now)
        if wait:
            return TurnedAway("Too many wrong passwords. Wait a little, or ask for a new one.", wait)
        account, right = self._check(name, password)
        if account is None or not right or not self._take_code(account, code):
            self._book.failed(name, counted, address, now, keep=now - WINDOW)
            return TurnedAway(WRONG)
        return self._let_in(account, device if known else new_token(), now)

    def visit(self, session: str, *, quiet: bool) -> Visit | None:
        """
        Whose session it is; None when it is none, or has ended. A `quiet` look, which the page itself
        takes, does not count as theirs.
        """
        now, token = self._clock(), hashed(session)
        found = self._book.visit(token) if session else None
        if found is None:
            return None
        if now >= found.ends_at or now - found.seen_at >= IDLE:
            self._book.close_session(token)
            return None
        if not quiet and now - found.seen_at >= SEEN_EVERY:
            self._book.seen(token, now)
        return found

    def sign_out(self, session: str) -> None:
        self._book.close_session(hashed(session))

    def change_password(self, name: str, old: str, new: str) -> str:
        """
        Answers with the secret of a new session; all others of theirs end.

        :raises ActRefused: the old one is wrong.
        :raises BadInput: the new one is too easy to guess.
        """
        account, right = self._check(name, old)
        if account is None or not right:
            raise ActRefused("The password you have now is another.")
        if new == old:
            raise BadInput("is the one you have now", "password")
        check_password(new, name)
        deed = self._deed("password", name, name)
        self._book.set_password(name, self._passwords.hash(new), deed, must_change=False)
        return self._open(name, deed.at)

    def use_second(self, name: str, password: str, secret: str, code: str) -> None:
        """
        From now on a code of this app is asked for as well.

        :raises ActRefused: the password is another, or the code is not of this secret.
        """
        account, right = self._check(name, password)
        if account is None or not right:
            raise ActRefused("Your password is another.")
        step = step_of(secret, code, self._clock(), 0)
        if not step:
            raise ActRefused("This is not the code of now. Is the telephone's clock right?")
        self._book.set_second(name, secret, step, self._deed("second factor used", name, name))

    def drop_second(self, name: str, password: str) -> None:
        """:raises ActRefused: the password is another."""
        account, right = self._check(name, password)
        if account is None or not right:
            raise ActRefused("Your password is another.")
        self._book.set_second(name, "", 0, self._deed("second factor dropped", name, name))

    def add(self, typed: str, roles: Sequence[str], *, first: bool = False) -> str:
        """
        A new account; answers with its one-time password, which is nowhere else.

        :raises BadInput: it cannot be a name.
        :raises ActRefused: there is one of this name.
        """
        once = one_time_password()
        name, given = account_name(typed), tuple(dict.fromkeys(roles))
        deed = self._deed(f"added: {', '.join(given)}", name, self._by)
        self._book.add(name, given, self._passwords.hash(once), deed, first=first)
        return once

    def first_admin(self) -> str:
        """The one-time password of `admin`, made where there is no account yet; else empty."""
        if self._book.list():
            return ""
        try:
            return self.add(FIRST, (FIRST,), first=True)
        except ActRefused:  # another process was quicker
            return ""

    def reset(self, typed: str) -> str:
        """
        A new one-time password; their sessions and second factor end, strangers' guesses count no more.

        :raises NotFound: no such account.
        """
        once = one_time_password()
        name = account_name(typed)
        deed = self._deed("new one-time password", name, self._by)
        self._book.set_password(name, self._passwords.hash(once), deed, must_change=True)
        self._book.set_second(name, "", 0, self._deed("second factor dropped", name, self._by))
        return once

    def list(self) -> Sequence[Account]:
        return self._book.list()

    def set_roles(self, typed: str, roles: Sequence[str]) -> None:
        """:raises NotFound: no such account."""
        name, given = account_name(typed), tuple(dict.fromkeys(roles))
        self._book.set_roles(name, given, self._deed(f"roles: {', '.join(given)}", name, self._by))

    def disable(self, typed: str) -> None:
        """:raises NotFound: no such account."""
        name = account_name(typed)
        self._book.disable(name, self._deed("disabled", name, self._by))

    def enable(self, typed: str) -> None:
        """:raises NotFound: no such account."""
        name = account_name(typed)
        self._book.enable(name, self._deed("enabled", name, self._by))

    def _deed(self, what: str, whom: str, by: str) -> Deed:
        return Deed(self._clock(), DeedKind.ACCOUNT, "account", what, by=by, whom=whom)

    def _check(self, name: str, password: str) -> tuple[Account | None, bool]:
        account, hash = self._book.find(name) or (None, "")
        right, anew = self._passwords.verify(password[:1_000], hash)
        if right and anew:
            self._book.rehash(name, anew)
        return account, right and account is not None and not account.disabled

    def _take_code(self, account: Account, code: str) -> bool:
        if not account.second:
            return True
        secret, last = self._book.second(account.name)
        step = step_of(secret, code, self._clock(), last)
        return bool(step) and self._book.take_code(account.name, step)

    def _let_in(self, account: Account, device: str, now: datetime) -> SignedIn:
        self._book.remember_device(hashed(device), account.name, now)
        return SignedIn(account, self._open(account.name, now), device)

    def _open(self, name: str, now: datetime) -> str:
        session = new_token()
        self._book.open_session(hashed(session), name, now, now + ABSOLUTE)
        return session

    def _wait(self, name: str, device: str, address: str, now: datetime) -> timedelta:
        """How long until another try is taken: as soon as one of the counted ones is out of the window."""
        since = now - WINDOW
        most = PER_DEVICE if device else PER_ACCOUNT
        counts = [(self._book.failures(name, device, since), most)]
        if not device:
            counts.append((self._book.failures_from(address, since), PER_ADDRESS))
        waits = [failed[-most] + WINDOW - now for failed, most in counts if len(failed) >= most]
        return max(waits, default=timedelta(0))
