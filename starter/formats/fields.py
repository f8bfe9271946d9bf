"""The kinds of fields every format has: a mailbox, a country, an instant, an amount."""

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from domain.country import COUNTRIES
from domain.errors import BadInput
from domain.money import Money, exponent
from domain.order import NUMBER
from starter.formats.currencies import CURRENCIES

MAX_TEXT = 10_000
MAX_MAILBOX = 254
MAX_QUANTITY = 1_000_000
FINEST_QUANTITY = Decimal("0.001")
MAX_LINES = 1_000
MAILBOX = re.compile(
    r"""(?!\.)(?!.*\.\.)[^\s@,;:<>()\[\]\\"\x00-\x1f]{1,64}(?<!\.)"""
    r"""@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]\Z"""
)
# Kosovo has no code of its own yet; shops and posts write XK.
KNOWN_COUNTRIES = COUNTRIES | {"XK"}
LARGEST_AMOUNT = 10**15
AMOUNT = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,20})?\Z")
FIRST_YEAR, LAST_YEAR = 1990, 2100


def mailbox(text: str, path: str) -> str:
    """:raises BadInput: not exactly one mail address."""
    if len(text) > MAX_MAILBOX or not MAILBOX.match(text):
        raise BadInput(f"{text[:80]!r} is not exactly one mail address", path)
    return text


def country(text: str, path: str) -> str:
    """:raises BadInput: not a country's two capital letters."""
    if text not in KNOWN_COUNTRIES:
        raise BadInput(f"{text[:20]!r} is not a country in two capital letters, such as NL", path)
    return text


def currency(text: str, path: str) -> str:
    """:raises BadInput: not a currency people pay with."""
    if text not in CURRENCIES:
        raise BadInput(f"{text[:20]!r} is not a currency such as EUR", path)
    return text


def number(text: str, path: str) -> str:
    """:raises BadInput: not a number an order may have."""
    if not NUMBER.match(text):
        rule = "1 to 64 letters, digits, dots, dashes and underscores"
        raise BadInput(f"{text[:80]!r} is not an order number ({rule})", path)
    return text


def instant(text: str, path: str) -> datetime:
    """The instant in UTC. :raises BadInput: no time with a zone, or no year of our time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"{text[:40]!r} is not a time such as 2026-11-21T09:30:00+01:00"
        raise BadInput(message, path) from error
    if moment.tzinfo is None:
        raise BadInput(f"{text[:40]!r} does not say its time zone, such as +01:00 or Z", path)
    if not FIRST_YEAR < moment.year < LAST_YEAR:
        raise BadInput(f"{text[:40]!r} is not in our time", path)
    return moment.astimezone(UTC)


def money(text: str, unit: str, path: str) -> Money:
    """:raises BadInput: not an amount of nought or more, or finer than the currency."""
    if not AMOUNT.match(text):
        raise BadInput(f"{text[:40]!r} is not an amount such as 19.90", path)
    amount = Money.parse(text, unit, field=path)
    if amount.minor < 0:
        raise BadInput(f"{text} is below nought", path)
    return amount


def rounded(text: str, unit: str, path: str) -> Money:
    """An amount as shops write it, rounded half up to the smallest coin; it may be below nought."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or abs(amount) >= LARGEST_AMOUNT:
        raise BadInput(f"{text[:40]!r} is not an amount such as 19.90", path)
    coins = amount.scaleb(exponent(unit)).to_integral_value(rounding="ROUND_HALF_UP")
    return Money(int(coins), unit)


def quantity(amount: Decimal, path: str) -> Decimal:
    """:raises BadInput: nought or less, finer than a thousandth, or beyond reason."""
    if not amount.is_finite() or amount <= 0:
        raise BadInput(f"{amount} is not a quantity above nought", path)
    if amount > MAX_QUANTITY:
        raise BadInput(f"a line has at most {MAX_QUANTITY}", path)
    if amount % FINEST_QUANTITY:
        raise BadInput(f"{amount} is finer than a thousandth", path)
    return amount.normalize() + 0
