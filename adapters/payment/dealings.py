"""What the gateway is asked for, and the ledger entries that come of it."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from adapters.database.payment.ledger import Ledger
from adapters.database.payment.refunds import RefundRequest
from adapters.payment.gateway import Authorization, Capture, Elsewhere, Gateway, GatewayError, Refund
from adapters.payment.outcomes import Question, Teller, our_error
from domain.attempt import Attempt, AttemptState, op_of, part_of
from domain.errors import AuthorizationExpired, PaymentDeclined, PaymentMisused, RefundPending
from domain.money import Money
from domain.order import PaymentState, Voucher
from domain.payment import MAIN, Hold, Sheet, Way, way_of
from domain.posting import Account, Entry, Slip
from domain.step import Call

HOLDING = ("payment.authorize", "payment.renew", "payment.receive")
TAKING = "payment.capture"
TAKEN = "taken"  # ends the key under which a voucher is taken
# Between two looks at a refund that the bank has not confirmed.
FIRST_LOOK = timedelta(minutes=1)
LONGEST_LOOK = timedelta(hours=6)
Made = TypeVar("Made", Authorization, Capture, Refund)


class Dealings:
    """Each method asks for one thing until it is known to be done; none writes to the ledger."""

    def __init__(self, ledger: Ledger, gateway: Gateway) -> None:
        self._ledger = ledger
        self._gateway = gateway
        self._teller = Teller(ledger)

    async def adopt_payment(self, call: Call, part: str, paid: Voucher) -> tuple[Entry, ...]:
        """
        It came paid: the money is ours, and was never asked for. What our gateway cannot reach was paid
        into the shop's own hands.
        """
        slip, amount = Slip(call.order, "", part_of(call.key, part), call.now), paid.amount
        none, terms = Money(0, amount.currency), paid.terms
        own = f"{call.order}:{part}"
        in_hand = slip.received(own, amount, Account.BANK), slip.paid_ahead(own, amount, none)
        id = terms.authorization or (call.order if part == MAIN else "")
        if way_of(terms.method) != Way.GATEWAY or not id:
            return in_hand
        try:
            there = await self._gateway.adopt_payment(call, id, amount, terms.token)
        except Elsewhere:
            return in_hand
        except GatewayError as error:
            raise our_error(call, error) from error
        _same(call, there.amount, amount)
        came = slip.received(there.id, amount, Account.GATEWAY), slip.paid_ahead(there.id, amount, none)
        return *came, *_kept(slip, there)

    async def hold_voucher(self, call: Call, n: int, voucher: Voucher) -> Entry:
        """:raises PaymentDeclined: it is not worth that."""
        slip = Slip(call.order, "", part_of(call.key, f"voucher{n}"), call.now)
        terms = voucher.terms
        if terms.state == PaymentState.AUTHORIZED:
            try:
                adopted = await self._gateway.adopt(call, terms.authorization, voucher.amount, terms.token)
            except GatewayError as error:
                raise our_error(call, error) from error
            return slip.authorized(adopted.id, adopted.left, adopted.expires_at)
        attempt = await self._attempt(call, slip.key, terms.token, voucher.amount)
        question = Question(
            lambda attempt: self._gateway.authorize(call, attempt.key, attempt.amount, attempt.target),
            lambda attempt: self._find(call, attempt, Authorization),
            f"The voucher over {voucher.amount} of order {call.order} was refused.",
        )
        attempt, held = await self._teller.ask(call, attempt, question)
        return replace(slip, key=attempt.key).authorized(held.id, held.amount, held.expires_at)

    async def take_voucher(self, call: Call, n: int, voucher: Voucher, hold: str) -> tuple[Entry, ...]:
        """All that `hold` is for: it pays the parcels that leave first."""
        base = part_of(call.key, f"voucher{n}/{TAKEN}")
        attempt = await self._attempt(call, base, hold, voucher.amount)
        question = Question(
            lambda attempt: self._gateway.capture(call, attempt.key, attempt.target, attempt.amount),
            lambda attempt: self._find_capture(call, attempt),
            f"The voucher over {voucher.amount} of order {call.order} was refused.",
        )
        attempt, taken = await self._teller.ask(call, attempt, question)
        return _taken_ahead(Slip(call.order, "", attempt.key, call.now), taken)

    async def adopt(self, call: Call, sheet: Sheet, id: str, amount: Money) -> tuple[Entry, ...]:
        """An authorisation that others asked for, of about `amount`: what is left of it is ours to take."""
        try:
            held = await self._gateway.adopt(call, id, amount, sheet.order.payment.token)
        except GatewayError as error:
            raise our_error(call, error) from error
        if not held.left.minor:
            return ()
        slip = Slip(call.order, "", call.key, call.now)
        return (slip.authorized(held.id, held.left, held.expires_at),)

    async def hold(self, call: Call, sheet: Sheet, amount: Money, base: str = "") -> Entry:
        """
        `base` is the question's, where the call asks several.

        :raises PaymentDeclined: the bank said no.
        """
        # The card stands in the attempt: another that the customer gives meanwhile is not this key's.
        attempt = await self._attempt(call, base or call.key, sheet.order.payment.token, amount)
        question = Question(
            lambda attempt: self._gateway.authorize(call, attempt.key, attempt.amount, attempt.target),
            lambda attempt: self._find(call, attempt, Authorization),
            f"The bank declined to hold {attempt.amount} for order {call.order}.",
        )
        attempt, held = await self._teller.ask(call, attempt, question)
        slip = Slip(call.order, sheet.fulfilment, attempt.key, call.now)
        return slip.authorized(held.id, held.amount, held.expires_at)

    async def take(
        self, call: Call, sheet: Sheet, amount: Money, *, at_once: bool = False
    ) -> tuple[Entry, ...]:
        """
        Capture `amount`, or with `at_once` whatever the order's open parcels still cost; what a capture
        lets go with it is an entry too.

        :raises PaymentDeclined: the bank said no.
        :raises AuthorizationExpired: no standing hold covers it.
        """
        attempt = await asyncio.to_thread(self._ledger.open_attempt, call.key)
        if attempt is None:
            hold = sheet.hold_for(amount, call.now)
            if hold is None:
                raise _no_longer_held(call)
            whole = min(max(sheet.to_come, amount), hold.left) if at_once else amount
            attempt = await self._attempt(call, call.key, hold.id, whole)
        question = Question(
            lambda attempt: self._gateway.capture(call, attempt.key, attempt.target, attempt.amount),
            lambda attempt: self._find_capture(call, attempt),
            f"The bank declined to pay {attempt.amount} for order {call.order}.",
        )
        attempt, taken = await self._teller.ask(call, attempt, question)
        return self._captured(call, sheet, attempt, taken)

    def _captured(self, call: Call, sheet: Sheet, attempt: Attempt, taken: Capture) -> tuple[Entry, ...]:
        slip = Slip(call.order, sheet.fulfilment, attempt.key, call.now)
        captured = _booked(sheet, slip, taken)
        rest = _rest(sheet, taken)
        if self._gateway.multi_capture or not rest.minor:
            return captured
        return *captured, slip.voided(taken.authorization, rest)

    async def found(self, call: Call, sheet: Sheet, attempt: Attempt) -> tuple[Entry, ...]:
        """What came of an attempt that was never answered, where it held or took money."""
        try:
            made = await self._gateway.find(call, attempt.key, attempt.target, attempt.at)
        except GatewayError as error:
            raise our_error(call, error) from error
        if isinstance(made, Authorization) and op_of(attempt.base) in HOLDING:
            slip = Slip(call.order, sheet.fulfilment, attempt.key, call.now)
            return (slip.authorized(made.id, made.amount, made.expires_at),)
        if isinstance(made, Capture) and attempt.base.endswith(f"/{TAKEN}"):
            return _taken_ahead(Slip(call.order, "", attempt.key, call.now), made)
        if isinstance(made, Capture) and op_of(attempt.base) == TAKING:
            return self._captured(call, sheet, attempt, made)
        return ()

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
            _not_taken_back(call, request.amount),
        )
        try:
            attempt, refund = await self._teller.ask(call, attempt, question)
        except PaymentDeclined:
            await asyncio.to_thread(self._ledger.fail_refund, request)
            raise
        await self._settled(call, request, attempt, refund)
        slip = Slip(call.order, request.fulfilment, attempt.key, call.now)
        return slip.refunded(refund.id, refund.amount, Account.GATEWAY)

    async def _settled(self, call: Call, request: RefundRequest, attempt: Attempt, refund: Refund) -> None:
        """
        Nothing to do for money that is with the customer.

        :raises RefundPending: it is on its way: the gateway's word on it is read again later.
        :raises PaymentDeclined: it has come back; the money stays with the shop.
        """
        if refund.state == "pending":
            # Under its key the gateway repeats what it said first: only reading tells more.
            await asyncio.to_thread(self._ledger.mark, attempt, AttemptState.UNKNOWN)
            raise _on_its_way(call, attempt)
        if refund.state == "failed":
            await asyncio.to_thread(self._ledger.mark, attempt, AttemptState.REFUSED)
            await asyncio.to_thread(self._ledger.fail_refund, request)
            raise PaymentDeclined(_not_taken_back(call, refund.amount))

    async def _attempt(self, call: Call, base: str, target: str, amount: Money) -> Attempt:
        return await asyncio.to_thread(self._ledger.attempt, call, base, target, amount)

    async def _find(self, call: Call, attempt: Attempt, kind: type[Made]) -> Made | None:
        """What the gateway made under the attempt's key; its amount has to be what we asked for."""
        made = await self._gateway.find(call, attempt.key, attempt.target, attempt.at)
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


def _booked(sheet: Sheet, slip: Slip, taken: Capture) -> tuple[Entry, ...]:
    """What was taken beyond the parcel's share is there for those that leave later."""
    due = sheet.to_capture()
    due -= min(due, sheet.ahead)
    if taken.amount <= due:
        return slip.captured(taken.id, taken.amount, taken.authorization), *_kept(slip, taken)
    return *_taken_ahead(replace(slip, fulfilment=""), taken), slip.assigned(due)


def _taken_ahead(slip: Slip, taken: Capture) -> tuple[Entry, ...]:
    return slip.taken_ahead(taken.id, taken.amount, taken.authorization), *_kept(slip, taken)


def _kept(slip: Slip, taken: Capture) -> tuple[Entry, ...]:
    """The gateway's fee, where it is known by now."""
    return (slip.fee(taken.fee.id, taken.fee.amount),) if taken.fee else ()


def _rest(sheet: Sheet, taken: Capture) -> Money:
    left = sum(hold.left.minor for hold in sheet.holds if hold.id == taken.authorization)
    return Money(max(left - taken.amount.minor, 0), taken.amount.currency)


def _same(call: Call, there: Money, asked: Money) -> None:
    if there != asked:
        raise PaymentMisused(
            f"The payment gateway has {there} for order {call.order} where we asked for {asked}."
        )


def _not_taken_back(call: Call, amount: Money) -> str:
    return f"The bank did not take back {amount} of order {call.order}: pay it back another way."


def _on_its_way(call: Call, attempt: Attempt) -> RefundPending:
    """To be asked again in as long as it has taken so far."""
    age = (call.now - attempt.at) * call.speed
    wait = min(max(age, FIRST_LOOK), LONGEST_LOOK) / call.speed
    said = f"{attempt.amount} of order {call.order} is on its way back; the bank has not confirmed it."
    return RefundPending(said, wait)


def _no_longer_held(call: Call) -> AuthorizationExpired:
    return AuthorizationExpired(f"The money of order {call.order} is no longer held.")
