"""Passwords and tokens: argon2id for what people remember, plain hashes for what is random anyway."""

import hashlib
import secrets
from threading import Semaphore

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

# OWASP's least for argon2id: two passes over 19 MiB, one lane.
PASSES, KIBIBYTES, LANES = 2, 19_456, 1
# So many at once; the others wait, so that a flood of guesses does not take the machine's memory.
AT_ONCE = 2
# No l, o, 0 or 1: it is read off a screen once.
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
GROUPS, LETTERS_A_GROUP = 4, 5


class Passwords:
    def __init__(self) -> None:
        self._hash = PasswordHash(
            [Argon2Hasher(time_cost=PASSES, memory_cost=KIBIBYTES, parallelism=LANES)]
        )
        self._turn = Semaphore(AT_ONCE)
        self._nobodys = self.hash(secrets.token_hex())

    def hash(self, password: str) -> str:
        with self._turn:
            return self._hash.hash(password)

    def verify(self, password: str, known: str) -> tuple[bool, str]:
        """
        Whether it is right, and a new hash where today's parameters are others. Nobody's password, with
        `known` empty, takes as long and is wrong.
        """
        with self._turn:
            try:
                right, anew = self._hash.verify_and_update(password, known or self._nobodys)
            except UnknownHashError:
                return False, ""
        return right and bool(known), anew or ""


def one_time_password() -> str:
    """Four groups of five letters: 100 bits."""
    groups = ("".join(secrets.choice(LETTERS) for _ in range(LETTERS_A_GROUP)) for _ in range(GROUPS))
    return "-".join(groups)


def new_token() -> str:
    """256 bits for a cookie; only its hash is kept."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
