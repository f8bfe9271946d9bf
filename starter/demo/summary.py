"""What a demo came to: outcomes as they should be, money, stock, mails."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.money import Money
from domain.stock_book import MovementRow
from domain.view import OrderView
from starter.demo.samples import Play

SHIPPED = ("shipped", "fulfilled")


@dataclass(frozen=True, slots=True)
class Ending:
    """How one order ended; `wrong` says what should have been otherwise."""

    play: Play
    view: OrderView

    @property
    def number(self) -> str:
        return self.view.row.number

    @property
    def words(self) -> str:
        """`Completed, captured`; where it stands, while it has not ended."""
        row = self.view.row
        return f"{self.view.end or row.state}, {row.payment.replace('_', ' ')}"

    @property
    def parcels(self) -> int:
        return sum(part.state in SHIPPED for part in self.view.fulfilments)

    @property
    def wrong(self) -> str:
        wanted, row = self.play.scenario, self.view.row
        came = {entry.step for entry in self.view.timeline}
        found = (
            _other("state", row.state, wanted.state),
            _other("payment", row.payment, wanted.payment),
            _other("parcels", str(self.parcels), str(wanted.parcels)),
            _other("return", " ".join(row.returns) or "none", wanted.returned or "none"),
            *(f"never came to {step}" for step in wanted.through if step not in came),
            *(f"stopped at {incident.title}: {incident.what}" for incident in self.view.incidents),
        )
        return "; ".join(filter(None, found))


def _other(what: str, found: str, wanted: str) -> str:
    return "" if found == wanted else f"{what} is {found}, not {wanted}"


def outcomes(endings: Iterable[Ending]) -> Mapping[str, int]:
    """End -> how many orders came to it, the most frequent first."""
    return dict(Counter(ending.view.end or "Not ended" for ending in endings).most_common())


def money(endings: Sequence[Ending]) -> Mapping[str, Mapping[str, Money]]:
    """Currency -> what was done -> how much."""
    sums: dict[str, dict[str, Money]] = {}
    for ending in endings:
        for payment in ending.view.payments:
            of = sums.setdefault(payment.amount.currency, {})
            nought = Money(0, payment.amount.currency)
            of[payment.kind] = of.get(payment.kind, nought) + payment.amount
    return {currency: sums[currency] for currency in sorted(sums)}


def moved(movements: Iterable[MovementRow]) -> Mapping[str, tuple[int, Decimal]]:
    """Kind of movement -> how many there were, and of how many units: on the shelf, else only promised."""
    found: dict[str, tuple[int, Decimal]] = {}
    for movement in movements:
        count, units = found.get(movement.kind, (0, Decimal(0)))
        found[movement.kind] = count + 1, units + (movement.quantity or movement.promised)
    return found


def mails(endings: Iterable[Ending]) -> tuple[Mapping[str, int], int]:
    """Template -> how many were sent, the most frequent first; and how many were not."""
    notices = [notice for ending in endings for notice in ending.view.notices]
    sent = Counter(notice.template for notice in notices if notice.state == "sent")
    return dict(sent.most_common()), len(notices) - sent.total()
