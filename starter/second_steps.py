"""What is asked for beside a password: a code of an app, one kept on paper, a PIN at a shared terminal."""

import re
import secrets
from collections.abc import Callable
from datetime import datetime

from domain.account import Account, check_pin
from domain.audit import Deed, DeedKind
from domain.errors import ActRefused
from starter.account_book import AccountBook
from starter.passwords import LETTERS, Passwords, hashed
from starter.safe import Safe
from starter.second_factor import DIGITS, step_of

CODES, GROUPS, LETTERS_A_GROUP = 10, 4, 4
ANOTHER = "Your password is another."
DASHES = re.compile(r"[\s-]+")
NO_KEY = Safe()


class SecondSteps:
    """`by` is who changes other people's accounts; `safe` holds the secrets of apps, and peppers PINs."""

    def __init__(
        self,
        book: AccountBook,
        passwords: Passwords,
        clock: Callable[[], datetime],
        by: str = "",
        safe: Safe = NO_KEY,
    ) -> None:
        self._book = book
        self._passwords = passwords
        self._clock = clock
        self._by = by
        self._safe = safe

    def use_second(self, name: str, password: str, secret: str, code: str) -> tuple[str, ...]:
        """
        From now on a code of this app is asked for as well. Answers with codes for the day that it is lost,
        which are nowhere else.

        :raises ActRefused: the password is another, or the code is not of this secret.
        """
        self._sure(name, password)
        step = step_of(secret, code, self._clock(), 0)
        if not step:
            raise ActRefused("This is not the code of now. Is the telephone's clock right?")
        codes = _new_codes()
        deed = self._deed("second factor used", name, name)
        self._book.set_second(name, self._safe.lock(secret, name), step, deed)
        self._book.keep_codes(name, [_kept(name, each) for each in codes], deed)
        return codes

    def drop_second(self, name: str, password: str) -> None:
        """:raises ActRefused: the password is another."""
        self._sure(name, password)
        self._book.set_second(name, "", 0, self._deed("second factor dropped", name, name))

    def new_codes(self, name: str, password: str) -> tuple[str, ...]:
        """
        Others instead of those of before.

        :raises ActRefused: the password is another, or no code of an app is asked for.
        """
        account = self._sure(name, password)
        if not account.second:
            raise ActRefused("No code of an app is asked for, so there is nothing to stand in for.")
        codes = _new_codes()
        deed = self._deed("new recovery codes", name, name)
        self._book.keep_codes(name, [_kept(name, each) for each in codes], deed)
        return codes

    def codes_left(self, name: str) -> int:
        return self._book.codes_left(name)

    def set_pin(self, name: str, password: str, pin: str) -> None:
        """
        What they answer with at a shared terminal.

        :raises ActRefused: the password is another.
        :raises BadInput: no PIN, or one that somebody would guess.
        """
        self._sure(name, password)
        check_pin(pin)
        hash = self._passwords.hash(self._safe.pepper(f"{name}\n{pin}"))
        self._book.set_pin(name, hash, self._deed("PIN set", name, name))

    def _is_pin(self, account: Account, pin: str) -> bool:
        known, tried = self._book.pin(account.name), self._safe.peppers(f"{account.name}\n{pin}")
        return any(self._passwords.verify(each, known)[0] for each in tried)

    def _take_code(self, account: Account, typed: str) -> bool:
        """A code of their app, each once; or one of those on paper, each once."""
        if not account.second:
            return True
        code = DASHES.sub("", typed)
        if len(code) > DIGITS:
            deed = self._deed("recovery code used", account.name, account.name)
            return self._book.take_recovery(account.name, _kept(account.name, code), deed)
        locked, last = self._book.second(account.name)
        secret = self._safe.open(locked, account.name)
        # Without a secret there is no code that could be right.
        step = step_of(secret, code, self._clock(), last) if secret else 0
        return bool(step) and self._book.take_code(account.name, step)

    def _sure(self, name: str, password: str) -> Account:
        """:raises ActRefused: the password is another."""
        account, right = self._check(name, password)
        if account is None or not right:
            raise ActRefused(ANOTHER)
        return account

    def _check(self, name: str, password: str) -> tuple[Account | None, bool]:
        account, hash = self._book.find(name) or (None, "")
        right, anew = self._passwords.verify(password[:1_000], hash)
        if right and anew:
            self._book.rehash(name, anew)
        return account, right and account is not None and not account.disabled

    def _deed(self, what: str, whom: str, by: str) -> Deed:
        return Deed(self._clock(), DeedKind.ACCOUNT, "account", what, by=by, whom=whom)


def _new_codes() -> tuple[str, ...]:
    """Four groups of four letters each: 80 bits."""
    return tuple("-".join(_group() for _ in range(GROUPS)) for _ in range(CODES))


def _group() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(LETTERS_A_GROUP))


def _kept(name: str, code: str) -> str:
    return hashed(f"{name}\n{DASHES.sub('', code).lower()}")
