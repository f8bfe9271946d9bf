"""The people who sign in: who they are, and what a name and a password have to be."""

import re
from dataclasses import dataclass
from datetime import datetime

from domain.errors import BadInput

NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
SHORTEST, LONGEST = 12, 200
FEWEST_LETTERS = 5
# What a guesser tries first here.
GUESSED = ("orderkeeper", "password", "passwort", "motdepasse", "123456789", "qwertyuiop", "letmein")


@dataclass(frozen=True, slots=True)
class Account:
    """
    `must_change`: the password was given out once, and has to be replaced before anything else. `second`:
    a code of an authenticator app is asked for as well.
    """

    name: str
    roles: tuple[str, ...]
    created_at: datetime
    must_change: bool = False
    disabled: bool = False
    second: bool = False


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


def check_password(password: str, name: str) -> None:
    """:raises BadInput: too easy to guess, or too long; `password` is never repeated."""
    if len(password) < SHORTEST:
        raise BadInput(f"needs {SHORTEST} characters or more; a few words do well", "password")
    if len(password) > LONGEST:
        raise BadInput(f"is longer than {LONGEST} characters", "password")
    low = password.lower()
    if name in low or any(word in low for word in GUESSED) or len(set(low)) < FEWEST_LETTERS:
        raise BadInput("is among the first that somebody would guess", "password")
