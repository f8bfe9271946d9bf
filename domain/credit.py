"""Credit notes: what of an invoiced parcel was given back, with the tax that the books take with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from domain.bill import Bill, Issued, tax_lines
from domain.document import DocumentKind
from domain.money import Money
from domain.posting import Account, Entry, Kind
from domain.sales_tax import Moved, Taxed, negative, summed

GIVEN_BACK = (Kind.REFUNDED, Kind.REFUND_FAILED)


@dataclass(frozen=True, slots=True)
class Credit:
    """What is to be credited for an entry: `taxes` by rate make `minor` together."""

    entry: Entry
    minor: int
    taxes: Mapping[str, Moved]

    @property
    def movement(self) -> str:
        """The movement of money that gave it back."""
        return self.entry.object


def credits_of(entries: Sequence[Entry], taxed: Taxed) -> Iterator[Credit]:
    """
    What of a parcel's `entries` gave more of its price back than had been before, and how much more.

    Money that came back from a refund and is given back another way is no second credit.
    """
    given = most = 0
    back: dict[str, Moved] = {}
    credited: dict[str, Moved] = {}
    for entry in entries:
        if entry.kind not in GIVEN_BACK:
            continue
        given += entry.on(Account.SALES)
        back = summed([back, negative(taxed[entry.object, entry.kind.value])])
        if given > most:
            yield Credit(entry, given - most, summed([back, negative(credited)]))
            most, credited = given, back


def credit_for(invoice: Issued, credit: Credit, return_id: str) -> Bill:
    """A part of an invoice given back, with the tax that the books take with it."""
    bill = invoice.bill
    nought = Money(0, bill.total.currency)
    return Bill(
        kind=DocumentKind.CREDIT_NOTE,
        order=bill.order,
        fulfilment=bill.fulfilment,
        subject=credit.movement,
        placed_at=bill.placed_at,
        payment=bill.payment,
        language=bill.language,
        lines=(),
        shipping=nought,
        discount=nought,
        total=Money(credit.minor, bill.total.currency),
        taxes=tax_lines(credit.taxes, bill.total.currency),
        invoice=invoice.number,
        return_id=return_id,
    )
