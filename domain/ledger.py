"""What a run of entries of one order comes to."""

from collections.abc import Sequence
from dataclasses import replace

from domain.money import Money
from domain.payment import Figures, Hold
from domain.posting import Account, Entry, Kind


def figures_of(entries: Sequence[Entry], currency: str) -> Figures:
    def total(kind: Kind) -> Money:
        return Money(sum(entry.amount.minor for entry in entries if entry.kind == kind), currency)

    ends = [hold.expires_at for hold in holds_of(entries, currency) if hold.left.minor]
    return Figures(
        authorized=total(Kind.AUTHORIZED),
        captured=total(Kind.CAPTURED),
        refunded=total(Kind.REFUNDED) - total(Kind.REFUND_FAILED),
        voided=total(Kind.VOIDED),
        received=total(Kind.RECEIVED),
        expires_at=min((end for end in ends if end), default=None),
    )


def holds_of(entries: Sequence[Entry], currency: str) -> tuple[Hold, ...]:
    """Every authorisation, in the order they came, with what is left of each."""
    holds: dict[str, Hold] = {}
    for entry in entries:
        moved = Money(entry.on(Account.HELD), currency)
        if entry.kind == Kind.AUTHORIZED:
            holds[entry.hold] = Hold(entry.hold, entry.fulfilment, moved, entry.expires_at, entry.key)
        elif entry.hold in holds:
            hold = holds[entry.hold]
            holds[entry.hold] = replace(hold, left=hold.left + moved)
    return tuple(holds.values())


def taken_for(entries: Sequence[Entry], fulfilment: str, currency: str) -> Money:
    """What was captured for one fulfilment, or for the whole order when empty."""
    accounts = (Account.SALES,) if fulfilment else (Account.SALES, Account.AHEAD)
    mine = [entry for entry in entries if fulfilment in ("", entry.fulfilment)]
    taken = (entry.on(account) for entry in mine if entry.kind == Kind.CAPTURED for account in accounts)
    return Money(-sum(taken), currency)


def balance(entries: Sequence[Entry], account: Account) -> int:
    """What stands on an account, in minor units."""
    return sum(entry.on(account) for entry in entries)
