"""The people who sign in: who they are, and what a name and a password have to be."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.errors import BadInput
from domain.partner import ROLE

NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
SHORTEST, LONGEST = 12, 200
FEWEST_LETTERS = 5
PIN = re.compile(r"[0-9]{4,12}", re.ASCII)
FEWEST_DIGITS = 3
IN_A_ROW = "012345678909876543210"
# What a guesser tries first here.
GUESSED = ("orderkeeper", "password", "passwort", "motdepasse", "123456789", "qwertyuiop", "letmein")


@dataclass(frozen=True, slots=True)
class Account:
    """
    `must_change`: the password was given out once, and has to be replaced before anything else. `second`:
    a code of an authenticator app is asked for as well. `partner` is whose orders alone it sees; empty for
    our own people. `shared` is a terminal at which several people answer, each with a `pin` of their own.
    """

    name: str
    roles: tuple[str, ...]
    created_at: datetime
    must_change: bool = False
    disabled: bool = False
    second: bool = False
    partner: str = ""
    shared: bool = False
    pin: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """One person's session: `seen_at` was their last look, `ends_at` is its end whatever they do."""

    account: Account
    seen_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Token:
    """What lets a program in as an account; `id` names it, and is no secret."""

    id: str
    account: str
    label: str
    made_at: datetime
    used_at: datetime | None = None


def account_name(typed: str) -> str:
    """As it is kept: it stands as who did it on every timeline. :raises BadInput: it cannot be a name."""
    name = typed.strip().lower()
    if not NAME.fullmatch(name):
        raise BadInput("is not a name of up to 64 small letters, digits, and . _ - @", "name")
    return name


def check_partner(roles: Sequence[str], partner: str) -> None:
    """
    An account of a partner's sees their orders alone, and so has no other role.

    :raises BadInput: it has one, or belongs to nobody; or one of our own people belongs to a partner.
    """
    if ROLE in roles and len(roles) > 1:
        raise BadInput(f"an account of a {ROLE} has no other role", "role")
    if ROLE in roles and not partner:
        raise BadInput("say which partner this account belongs to", ROLE)
    if partner and ROLE not in roles:
        raise BadInput(f"only accounts with the role {ROLE} belong to one", ROLE)


def check_password(password: str, name: str) -> None:
    """:raises BadInput: too easy to guess, or too long; `password` is never repeated."""
    if len(password) < SHORTEST:
        raise BadInput(f"needs {SHORTEST} characters or more; a few words do well", "password")
    if len(password) > LONGEST:
        raise BadInput(f"is longer than {LONGEST} characters", "password")
    low = password.lower()
    if name in low or any(word in low for word in GUESSED) or len(set(low)) < FEWEST_LETTERS:
        raise BadInput("is among the first that somebody would guess", "password")


def check_pin(pin: str) -> None:
    """:raises BadInput: no PIN, or one of the first that somebody would try; `pin` is never repeated."""
    if not PIN.fullmatch(pin):
        raise BadInput("is 4 to 12 digits", "PIN")
    if len(set(pin)) < FEWEST_DIGITS or pin in IN_A_ROW:
        raise BadInput("is among the first that somebody would try", "PIN")
