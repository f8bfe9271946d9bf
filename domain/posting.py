"""How each movement of money is written down: double entry, so that nothing comes from nowhere."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from domain.money import Money


class Kind(StrEnum):
    """What happened to the money."""

    AUTHORIZED = "authorized"
    CAPTURED = "captured"
    REFUNDED = "refunded"
    REFUND_FAILED = "refund_failed"  # confirmed, and come back since
    CHARGED_BACK = "charged_back"  # the customer's bank took it from us
    VOIDED = "voided"
    RECEIVED = "received"  # it came by itself: paid in the shop, or by bank transfer
    FEE = "fee"  # what the gateway keeps for itself


class Account(StrEnum):
    """Where money stands. What the shop has or may take is positive, what it owes or earned negative."""

    HELD = "held"  # a bank holds it for us to take
    PROMISED = "promised"  # the other side of what is held: no money yet
    GATEWAY = "gateway"  # taken, and with the gateway
    BANK = "bank"  # on the shop's own account
    RECEIVABLE = "receivable"  # shipped, to be paid by the customer later
    PAYABLE = "payable"  # to be paid back by hand
    SHOP = "shop"  # given back by the web shop itself, past our gateway
    CUSTOMER = "customer"  # came in, not yet booked to an order's account
    AHEAD = "ahead"  # paid before its parcel left
    SALES = "sales"  # paid for one parcel
    LOST = "lost"  # charged back by the customer's bank
    LOST_TWICE = "lost_twice"  # charged back although it had been given back
    FEES = "fees"  # kept by the gateway for its work


SHOWN = {
    Kind.AUTHORIZED: ({Account.HELD}, 1),
    Kind.VOIDED: ({Account.HELD}, -1),
    Kind.CAPTURED: ({Account.AHEAD, Account.SALES}, -1),
    Kind.REFUNDED: ({Account.AHEAD, Account.SALES}, 1),
    Kind.REFUND_FAILED: ({Account.AHEAD, Account.SALES}, -1),
    Kind.CHARGED_BACK: ({Account.LOST, Account.LOST_TWICE}, 1),
    Kind.RECEIVED: ({Account.CUSTOMER}, -1),
    Kind.FEE: ({Account.FEES}, 1),
}


@dataclass(frozen=True, slots=True)
class Posting:
    account: Account
    amount: Money


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One movement, whole. `object` is the gateway's (or our own) name of it; with `kind` it is written
    once. `hold` names the authorisation it concerns. `fulfilment` is empty for the whole order.
    """

    order: str
    fulfilment: str
    kind: Kind
    object: str
    key: str
    at: datetime
    postings: tuple[Posting, ...]
    hold: str = ""
    expires_at: datetime | None = None

    @property
    def balances(self) -> bool:
        """Whether the postings sum to nought in each currency; what `Slip` makes always does."""
        total: Counter[str] = Counter()
        for posting in self.postings:
            total[posting.amount.currency] += posting.amount.minor
        return not any(total.values())

    @property
    def amount(self) -> Money:
        """What people see of it; nought where money only changed its purpose."""
        accounts, sign = SHOWN[self.kind]
        minor = sign * sum(self.on(account) for account in accounts)
        return Money(minor, self.postings[0].amount.currency)

    def on(self, account: Account) -> int:
        """What it moves on one account, in minor units."""
        return sum(posting.amount.minor for posting in self.postings if posting.account == account)


@dataclass(frozen=True, slots=True)
class Slip:
    """What every entry of one call has in common, and the entries it may make."""

    order: str
    fulfilment: str
    key: str
    at: datetime

    def authorized(self, hold: str, amount: Money, expires_at: datetime | None) -> Entry:
        postings = _move(amount, Account.PROMISED, Account.HELD)
        return self._entry(Kind.AUTHORIZED, hold, postings, hold=hold, expires_at=expires_at)

    def voided(self, hold: str, amount: Money) -> Entry:
        return self._entry(Kind.VOIDED, hold, _move(amount, Account.HELD, Account.PROMISED), hold=hold)

    def captured(self, capture: str, amount: Money, hold: str) -> Entry:
        """Held money taken by the gateway, for one parcel."""
        taken = _move(amount, Account.SALES, Account.GATEWAY)
        no_longer_held = _move(amount, Account.HELD, Account.PROMISED)
        return self._entry(Kind.CAPTURED, capture, taken + no_longer_held, hold=hold)

    def taken_ahead(self, capture: str, amount: Money, hold: str) -> Entry:
        """Held money taken by the gateway at once, for parcels that leave one after the other."""
        taken = _move(amount, Account.AHEAD, Account.GATEWAY)
        no_longer_held = _move(amount, Account.HELD, Account.PROMISED)
        return self._entry(Kind.CAPTURED, capture, taken + no_longer_held, hold=hold)

    def received(self, object: str, amount: Money, into: Account) -> Entry:
        """Money came by itself; `paid_ahead` says what for."""
        return self._entry(Kind.RECEIVED, object, _move(amount, Account.CUSTOMER, into))

    def paid_ahead(self, object: str, amount: Money, owed: Money) -> Entry:
        """Received money pays first what is `owed` for parcels that left, then those to come."""
        settled = _move(owed, Account.RECEIVABLE, Account.CUSTOMER)
        ahead = _move(amount - owed, Account.AHEAD, Account.CUSTOMER)
        return self._entry(Kind.CAPTURED, object, _joined(settled + ahead))

    def assigned(self, amount: Money) -> Entry:
        """Money paid ahead is taken for one parcel."""
        return self._entry(Kind.CAPTURED, self.key, _move(amount, Account.SALES, Account.AHEAD))

    def invoiced(self, amount: Money) -> Entry:
        """A parcel leaves that the customer pays later."""
        return self._entry(Kind.CAPTURED, self.key, _move(amount, Account.SALES, Account.RECEIVABLE))

    def refunded(self, refund: str, amount: Money, out_of: Account) -> Entry:
        """Given back: what a parcel earned, or for the whole order what was paid ahead."""
        earned = Account.SALES if self.fulfilment else Account.AHEAD
        return self._entry(Kind.REFUNDED, refund, _move(amount, out_of, earned))

    def came_back(self, refund: str, amount: Money) -> Entry:
        """A refund that was booked has failed since."""
        earned = Account.SALES if self.fulfilment else Account.AHEAD
        return self._entry(Kind.REFUND_FAILED, refund, _move(amount, earned, Account.GATEWAY))

    def charged_back(self, dispute: str, amount: Money, earned: Money) -> Entry:
        """The bank took `amount`, of which `earned` had not been given back before."""
        once = _move(earned, Account.GATEWAY, Account.LOST)
        twice = _move(amount - earned, Account.GATEWAY, Account.LOST_TWICE)
        return self._entry(Kind.CHARGED_BACK, dispute, _joined(once + twice))

    def fee(self, fee: str, amount: Money) -> Entry:
        """
        What the gateway kept of money that is with it; below nought where it gave a fee back. Nobody asked
        for it: its key is its own name, however it became known.
        """
        entry = self._entry(Kind.FEE, fee, _move(amount, Account.GATEWAY, Account.FEES))
        return replace(entry, key=fee)

    def _entry(
        self,
        kind: Kind,
        object: str,
        postings: tuple[Posting, ...],
        hold: str = "",
        expires_at: datetime | None = None,
    ) -> Entry:
        return Entry(
            self.order, self.fulfilment, kind, object, self.key, self.at, postings, hold, expires_at
        )


def _move(amount: Money, source: Account, target: Account) -> tuple[Posting, ...]:
    return Posting(target, amount), Posting(source, Money(-amount.minor, amount.currency))


def _joined(postings: tuple[Posting, ...]) -> tuple[Posting, ...]:
    """One posting an account, and none of nought: an entry names each account once."""
    totals: dict[Account, Money] = {}
    for posting in postings:
        earlier = totals.get(posting.account)
        totals[posting.account] = posting.amount if earlier is None else earlier + posting.amount
    return tuple(Posting(account, amount) for account, amount in totals.items() if amount.minor)
