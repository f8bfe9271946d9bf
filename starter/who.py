"""Who asks, and what they may do: the same for the screens and for machines with a token."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.account import Account
from domain.partner import ROLE, SHIP
from starter.carrying import Person

LEAD = "-lead"
ADMIN = "admin"
# What a customer may do on the page of their order; no account is given this role.
CUSTOMER = "customer"
# They have doors of their own, to their own orders; the staff's are not for them.
ELSEWHERE = frozenset({ROLE, CUSTOMER})


@dataclass(frozen=True, slots=True)
class Who:
    """
    `lists` are the roles whose tasks they see: their own, those they lead, and for an admin all.

    Somebody of a partner's may ship, which is answer for their own orders, and nothing else.
    """

    account: Account
    permissions: frozenset[str]
    lists: tuple[str, ...]
    roles: Mapping[str, frozenset[str]]

    @property
    def name(self) -> str:
        return self.account.name

    @property
    def partner(self) -> str:
        """Whose orders alone they see; empty for our own people."""
        return self.account.partner

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def who_may(self, permission: str) -> str:
        """The roles that may, for a person who may not."""
        return ", ".join(role for role, may in self.roles.items() if permission in may)

    def acting(self, permission: str, rather: Sequence[str] = ()) -> Person:
        """They themselves, in a role that may; one of `rather` where they have it."""
        fitting = [role for role in self.account.roles if permission in self.roles.get(role, ())]
        preferred = [role for role in fitting if role in rather]
        return Person(self.name, (preferred or fitting)[0])

    def answering(self, role: str) -> Person:
        """They themselves, in the role that a task asks for, or the one that lets them stand in."""
        own = self.account.roles
        stands_in = next((each for each in (role, f"{role}{LEAD}", ADMIN) if each in own), role)
        return Person(self.name, stands_in)


def who_is(account: Account, roles: Mapping[str, frozenset[str]]) -> Who:
    """`roles` are the shop's; a role that it no longer has may nothing."""
    own = [role for role in account.roles if role in roles and role not in ELSEWHERE]
    permissions: frozenset[str] = frozenset().union(*(roles[role] for role in own)) - {SHIP}
    if account.partner:
        theirs = roles.get(ROLE, frozenset()) if ROLE in account.roles else frozenset()
        own, permissions = [], theirs & {SHIP}
    lists = [role for role in own if "answer" in roles[role]]
    lists += [role.removesuffix(LEAD) for role in lists if role.endswith(LEAD)]
    if ADMIN in own:
        lists = [role for role in roles if role not in ELSEWHERE]
    known = tuple(dict.fromkeys(role for role in lists if role in roles))
    return Who(account, permissions, known, roles)
