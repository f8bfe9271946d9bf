"""Money in integer minor units, exact for every currency."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.errors import BadInput

# ISO 4217 minor units that are not two.
ZERO_DECIMALS = frozenset(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
THREE_DECIMALS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
AMOUNT = re.compile(r"-?\d{1,15}(\.\d+)?\Z")


def exponent(currency: str) -> int:
    """How many decimals the currency has."""
    if currency in ZERO_DECIMALS:
        return 0
    return 3 if currency in THREE_DECIMALS else 2


@dataclass(frozen=True, slots=True, order=True)
class Money:
    minor: int
    currency: str

    @classmethod
    def parse(cls, text: str, currency: str, *, field: str = "") -> "Money":
        """
        The amount in `text`, given in major units such as "19.90".

        :raises BadInput: not a plain number, or finer than the currency's smallest coin.
        """
        if not AMOUNT.match(text):
            raise BadInput(f"{text!r} is not an amount such as 19.90", field)
        scaled = Decimal(text).scaleb(exponent(currency))
        if scaled != scaled.to_integral_value():
            raise BadInput(f"{text} is finer than {currency} allows", field)
        return cls(int(scaled), currency)

    @property
    def major(self) -> Decimal:
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __str__(self) -> str:
        return f"{self.currency} {self.major:.{exponent(self.currency)}f}"

    def _same(self, other: "Money") -> None:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be added")


def apportion(total: int, weights: Sequence[Decimal | int]) -> list[int]:
    """
    `total` split in proportion to `weights`, whole units whose sum is exactly `total`.

    The units that rounding leaves over go to the largest remainders, first come first. With no weight
    at all, everything goes to the first share.
    """
    if not weights:
        raise ValueError("nothing to share among")
    whole = sum((Decimal(weight) for weight in weights), Decimal(0))
    if whole == 0:
        return [total, *[0] * (len(weights) - 1)]
    exact = [Decimal(total) * Decimal(weight) / whole for weight in weights]
    shares = [int(share.to_integral_value(rounding="ROUND_FLOOR")) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: (shares[i] - exact[i], i))
    for i in by_remainder[: total - sum(shares)]:
        shares[i] += 1
    return shares
