"""What is decided once, when money is to go back with nothing coming back for it."""

from dataclasses import dataclass
from typing import Protocol

from domain.errors import BadInput, FlowRefused
from domain.money import Money
from domain.return_book import Asked, Sold
from domain.returns import Claim, Terms
from starter.answers import MAX_TEXT, UNKEPT

MOST = 10**15


class Policy(Protocol):
    """What the shop says of goodwill."""

    @property
    def flow(self) -> str: ...

    def takes_two(self, amount: Money) -> bool: ...


class Shelf(Protocol):
    def current(self) -> dict[str, str]: ...


class Books(Protocol):
    def sold(self, number: str) -> Sold: ...


@dataclass(frozen=True, slots=True)
class Goodwill:
    """What somebody asks for; `amount` is in major units, and the same `form` twice is one refund."""

    order: str
    amount: str
    reason: str
    by: str
    role: str
    form: str


def prepare_goodwill(wish: Goodwill, books: Books, shelf: Shelf, policy: Policy) -> Asked:
    """
    What is to be kept of a refund.

    :raises NotFound: no such order.
    :raises BadInput: not an amount above nought, or it does not say why.
    :raises FlowRefused: the flow it should take is not published.
    """
    reason = wish.reason.strip()
    if not reason:
        raise BadInput("say why", "reason")
    if len(reason) > MAX_TEXT or UNKEPT.search(reason):
        raise BadInput(f"is not a text of up to {MAX_TEXT} characters", "reason")
    sold = books.sold(wish.order)
    amount = Money.parse(wish.amount.strip(), sold.order.currency, field="amount")
    if not 0 < amount.minor < MOST:
        raise BadInput(f"{wish.amount.strip()} is not above nought", "amount")
    flows = shelf.current()
    if policy.flow not in flows:
        raise FlowRefused(f"The flow {policy.flow} is not published here; `orders flow publish` does it.")
    return Asked(
        order=sold.order.number,
        form=wish.form,
        claim=Claim.GOODWILL,
        lines=(),
        value=amount,
        days=0,
        terms=Terms(policy.flow, Money(0, amount.currency)),
        flow_hash=flows[policy.flow],
        speed=sold.speed,
        reason=reason,
        by=wish.by,
        role=wish.role,
        second_person=policy.takes_two(amount),
    )
