"""What the gateway is asked for, and the ledger entries that come of it."""

import asyncio
from typing import TypeVar

from adapters.database.ledger import Ledger
from adapters.database.refunds import RefundRequest
from adapters.payment.gateway import Authorization, Capture, Gateway, GatewayError, Refund
from adapters.payment.outcomes import Question, Teller, our_error
from domain.attempt import Attempt, part_of
from domain.errors import AuthorizationExpired, PaymentDeclined, PaymentMisused
from domain.money import Money
from domain.payment import Hold, Sheet, Way
from domain.posting import Account, Entry, Slip
from domain.step import Call

Made = TypeVar("Made", Authorization, Capture, Refund)


class Dealings:
    """Each method asks for one thing until it is known to be done; none writes to the ledger."""

    def __init__(self, ledger: Ledger, gateway: Gateway) -> None:
        self._ledger = ledger
        self._gateway = gateway
        self._teller = Teller(ledger)

    async def adopt_payment(self, call: Call, sheet: Sheet) -> tuple[Entry, ...]:
        """The order came paid: its money is ours, and was never asked for."""
        slip, total = Slip(call.order, "", call.key, call.now), sheet.order.total
        none = Money(0, total.currency)
        if sheet.way != Way.GATEWAY:
            id = f"{call.order}:paid"
            return slip.received(id, total, Account.BANK), slip.paid_ahead(id, total, none)
        terms = sheet.order.payment
        id = terms.authorization or call.order
        try:
            paid = await self._gateway.adopt_payment(call, id, total, terms.token)
        except GatewayError as error:
            raise our_error(call, error) from error
        _same(call, paid.amount, total)
        return slip.received(paid.id, total, Account.GATEWAY), slip.paid_ahead(paid.id, total, none)

    async def adopt(self, call: Call, sheet: Sheet) -> tuple[Entry, ...]:
        """The order came authorised: what is left of the shop's authorisation is ours to take."""
        terms = sheet.order.payment
        id = terms.authorization or call.order
        try:
            held = await self._gateway.adopt(call, id, sheet.order.total, terms.token)
        except GatewayError as error:
            raise our_error(call, error) from error
        if not held.left.minor:
            return ()
        slip = Slip(call.order, "", call.key, call.now)
        return (slip.authorized(held.id, held.left, held.expires_at),)

    async def hold(self, call: Call, sheet: Sheet, amount: Money) -> Entry:
        """:raises PaymentDeclined: the bank said no."""
        attempt = await self._attempt(call, call.key, "", amount)
        token = sheet.order.payment.token

        async def do(attempt: Attempt) -> Authorization:
            return await self._gateway.authorize(call, attempt.key, attempt.amount, token)

        question = Question(
            do,
            lambda attempt: self._find(call, attempt, Authorization),
            f"The bank declined to hold {attempt.amount} for order {call.order}.",
        )
        attempt, held = await self._teller.ask(call, attempt, question)
        slip = Slip(call.order, sheet.fulfilment, attempt.key, call.now)
        return slip.authorized(held.id, held.amount, held.expires_at)

    async def take(self, call: Call, sheet: Sheet, amount: Money) -> tuple[Entry, ...]:
        """
        Capture `amount`; what a capture lets go with it is an entry too.

        :raises PaymentDeclined: the bank said no.
        :raises AuthorizationExpired: no standing hold covers it.
        """
        attempt = await asyncio.to_thread(self._ledger.open_attempt, call.key)
        if attempt is None:
            hold = sheet.hold_for(amount, call.now)
            if hold is None:
                raise _no_longer_held(call)
            attempt = await self._attempt(call, call.key, hold.id, amount)
        question = Question(
            lambda attempt: self._gateway.capture(call, attempt.key, attempt.target, attempt.amount),
            lambda attempt: self._find_capture(call, attempt),
            f"The bank declined to pay {attempt.amount} for order {call.order}.",
        )
        attempt, taken = await self._teller.ask(call, attempt, question)
        slip = Slip(call.order, sheet.fulfilment, attempt.key, call.now)
        captured = slip.captured(taken.id, taken.amount, taken.authorization)
        rest = _rest(sheet, taken)
        if self._gateway.multi_capture or not rest.minor:
            return (captured,)
        return captured, slip.voided(taken.authorization, rest)

    async def let_go(self, call: Call, hold: Hold) -> Entry | None:
        """Void what is left of a hold, expired or not; None when the gateway released nothing."""
        attempt = await self._attempt(call, part_of(call.key, hold.id), hold.id, hold.left)

        async def look(attempt: Attempt) -> Authorization | None:
            held = await self._gateway.held(call, attempt.target)
            return held if held is not None and not held.left.minor else None

        question = Question(
            lambda attempt: self._gateway.void(call, attempt.key, attempt.target),
            look,
            f"The bank did not let go {hold.left} of order {call.order}.",
        )
        attempt, held = await self._teller.ask(call, attempt, question)
        slip = Slip(call.order, hold.fulfilment, attempt.key, call.now)
        return slip.voided(hold.id, held.released) if held.released.minor else None

    async def give_back(self, call: Call, request: RefundRequest) -> Entry:
        """
        Refund through the gateway, or note what is to be paid back, or is no longer owed.

        :raises PaymentDeclined: the bank does not take it back; the money stays with the shop.
        """
        slip = Slip(call.order, request.fulfilment, request.key, call.now)
        if request.account == Account.BANK:
            return slip.refunded(request.key, request.amount, Account.PAYABLE)
        if request.account == Account.RECEIVABLE:
            return slip.refunded(request.key, request.amount, Account.RECEIVABLE)
        attempt = await self._attempt(call, request.key, request.taking, request.amount)
        question = Question(
            lambda attempt: self._gateway.refund(call, attempt.key, attempt.target, attempt.amount),
            lambda attempt: self._find(call, attempt, Refund),
            f"The bank did not take back {request.amount} of order {call.order}: pay it back another way.",
        )
        try:
            attempt, refund = await self._teller.ask(call, attempt, question)
        except PaymentDeclined:
            await asyncio.to_thread(self._ledger.fail_refund, request)
            raise
        slip = Slip(call.order, request.fulfilment, attempt.key, call.now)
        return slip.refunded(refund.id, refund.amount, Account.GATEWAY)

    async def _attempt(self, call: Call, base: str, target: str, amount: Money) -> Attempt:
        return await asyncio.to_thread(self._ledger.attempt, call, base, target, amount)

    async def _find(self, call: Call, attempt: Attempt, kind: type[Made]) -> Made | None:
        """What the gateway made under the attempt's key; its amount has to be what we asked for."""
        made = await self._gateway.find(call, attempt.key)
        if not isinstance(made, kind):
            return None
        _same(call, made.amount, attempt.amount)
        return made

    async def _find_capture(self, call: Call, attempt: Attempt) -> Capture | None:
        taken = await self._find(call, attempt, Capture)
        if taken is None:
            held = await self._gateway.held(call, attempt.target)
            if held is None or not held.left.minor:
                raise _no_longer_held(call)
        return taken


def _rest(sheet: Sheet, taken: Capture) -> Money:
    left = sum(hold.left.minor for hold in sheet.holds if hold.id == taken.authorization)
    return Money(max(left - taken.amount.minor, 0), taken.amount.currency)


def _same(call: Call, there: Money, asked: Money) -> None:
    if there != asked:
        raise PaymentMisused(
            f"The payment gateway has {there} for order {call.order} where we asked for {asked}."
        )


def _no_longer_held(call: Call) -> AuthorizationExpired:
    return AuthorizationExpired(f"The money of order {call.order} is no longer held.")
