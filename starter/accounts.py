"""Signing in and out, and the accounts themselves: every door asks here who somebody is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.account import Account, Visit, account_name, check_partner, check_password
from domain.audit import Deed, DeedKind
from domain.errors import ActRefused, BadInput
from starter.passwords import hashed, new_token, one_time_password
from starter.second_steps import SecondSteps

IDLE = timedelta(hours=2)
ABSOLUTE = timedelta(hours=12)
DEVICE = timedelta(days=90)
# A look is written down once a minute, not with every click.
SEEN_EVERY = timedelta(minutes=1)
WINDOW = timedelta(minutes=15)
# Wrong passwords within the window: of one name from unknown browsers, from one that is known, and from
# one address, behind which a whole warehouse may sit.
PER_ACCOUNT, PER_DEVICE, PER_ADDRESS = 10, 10, 50
# Of one name, at all shared terminals together. What counts them beside wrong passwords is no browser's.
PER_PIN, PIN = 5, "pin"
FIRST = "admin"
WRONG = "Name, password or code is wrong, or the account is disabled."


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


class Accounts(SecondSteps):
    """Passwords and sessions; the rest of what is asked for is in `SecondSteps`."""

    def by(self, name: str) -> "Accounts":
        """The same, where it is this person who changes other people's accounts."""
        return Accounts(self._book, self._passwords, self._clock, name, self._safe)

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
            self._refused(account, "sign-in refused", name, counted, address)
            return TurnedAway(WRONG)
        deed = Deed(now, DeedKind.SIGN_IN, "account", "signed in", by=name, why=_from(address), whom=name)
        self._book.tell(deed)
        return self._let_in(account, device if known else new_token(), now)

    def at_terminal(self, typed: str, pin: str, address: str) -> Account | TurnedAway:
        """
        Who answers at a terminal that several share, by name and PIN.

        Few wrong ones, from wherever, make everybody wait who gives this name: a PIN is short.
        """
        now, name = self._clock(), typed.strip().lower()[:64]
        wait = self._until(self._book.failures(name, PIN, now - WINDOW), PER_PIN, now)
        if wait:
            return TurnedAway(f"Too many wrong PINs of {name}. Wait a little.", wait)
        account, _ = self._book.find(name) or (None, "")
        usable = account is not None and not account.disabled and not account.shared
        if account is None or not self._is_pin(account, pin) or not usable:
            self._refused(account, "PIN refused", name, PIN, address)
            return TurnedAway(
                "Name and PIN do not fit together. Set a PIN on the page of your own account."
            )
        return account

    def share(self, typed: str, *, shared: bool) -> None:
        """:raises NotFound: no such account."""
        name = account_name(typed)
        what = "a shared terminal" if shared else "a person's own"
        self._book.share(name, self._deed(what, name, self._by), shared=shared)

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

    def add(self, typed: str, roles: Sequence[str], *, first: bool = False, partner: str = "") -> str:
        """
        A new account; answers with its one-time password, which is nowhere else.

        :raises BadInput: it cannot be a name, or a partner's account is none of a partner's.
        :raises ActRefused: there is one of this name.
        """
        once = one_time_password()
        name, given = account_name(typed), tuple(dict.fromkeys(roles))
        check_partner(given, partner)
        deed = self._deed(f"added: {', '.join((*given, *filter(None, [partner])))}", name, self._by)
        self._book.add(name, given, self._passwords.hash(once), deed, first=first, partner=partner)
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

    def set_roles(self, typed: str, roles: Sequence[str], partner: str = "") -> None:
        """
        :raises NotFound: no such account.
        :raises BadInput: a partner's account is none of a partner's.
        """
        name, given = account_name(typed), tuple(dict.fromkeys(roles))
        check_partner(given, partner)
        deed = self._deed(f"roles: {', '.join((*given, *filter(None, [partner])))}", name, self._by)
        self._book.set_roles(name, given, deed, partner)

    def disable(self, typed: str) -> None:
        """:raises NotFound: no such account."""
        name = account_name(typed)
        self._book.disable(name, self._deed("disabled", name, self._by))

    def enable(self, typed: str) -> None:
        """:raises NotFound: no such account."""
        name = account_name(typed)
        self._book.enable(name, self._deed("enabled", name, self._by))

    def _refused(self, account: Account | None, what: str, name: str, counted: str, address: str) -> None:
        """A name that we do not know may be a password in the wrong field: it is not written down."""
        now = self._clock()
        self._book.failed(name, counted, address, now, keep=now - WINDOW)
        whom = name if account is not None else ""
        self._book.tell(Deed(now, DeedKind.SIGN_IN, "account", what, why=_from(address), whom=whom))

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
        return max(self._until(failed, most, now) for failed, most in counts)

    @staticmethod
    def _until(failed: Sequence[datetime], most: int, now: datetime) -> timedelta:
        return failed[-most] + WINDOW - now if len(failed) >= most else timedelta(0)


def _from(address: str) -> str:
    return f"from {address}" if address else ""
