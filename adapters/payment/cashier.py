"""The shop's till: what the ledger says, what the gateway does, and one answer per call."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from adapters.database.ledger import Ledger
from adapters.database.refunds import RefundRequest, RefundState
from adapters.payment.answers import Answer, answer, held_answer
from adapters.payment.dealings import Dealings
from adapters.payment.gateway import Gateway
from domain.errors import AmountDiffers, BadInput, OrderError, PaymentDeclined
from domain.money import Money
from domain.order import PaymentState
from domain.payment import Hold, Sheet, Way
from domain.posting import Account, Entry, Kind, Slip
from domain.step import Call, StepResult


class Cashier:
    """
    Implements `activities.payment.Payments`; entries and the answer are written in one transaction.

    Cards, wallets and every method not named here go through the gateway. A `transfer`, bank slip or
    boleto has to be received before it can be captured, and is paid back by hand. An invoice or cash
    is owed from the moment of capture, and nothing is held for it. An order that came paid is never
    charged: its money is assigned to parcels, and given back through the gateway that took it.
    """

    def __init__(self, ledger: Ledger, gateway: Gateway) -> None:
        self._ledger = ledger
        self._dealings = Dealings(ledger, gateway)

    async def authorize(self, call: Call) -> StepResult:
        return await self._once(call, self._authorize)

    async def capture(self, call: Call) -> StepResult:
        return await self._once(call, self._capture)

    async def receive(self, call: Call) -> StepResult:
        return await self._once(call, self._receive)

    async def void(self, call: Call) -> StepResult:
        return await self._once(call, self._void)

    async def refund(self, call: Call) -> StepResult:
        return await self._once(call, self._refund)

    async def pay_back(self, call: Call) -> StepResult:
        return await self._once(call, self._pay_back)

    async def _once(self, call: Call, work: Callable[[Call], Awaitable[StepResult]]) -> StepResult:
        earlier = await asyncio.to_thread(self._ledger.answered, call.key)
        return earlier or await work(call)

    async def _authorize(self, call: Call) -> StepResult:
        sheet = await self._taken_over(call)
        due = sheet.to_authorize(call.now)
        if sheet.came_paid:
            said = f"{sheet.order.total} came paid"
            return await self._settle(call, [], held_answer(call, sheet, said))
        if not due.minor:
            return await self._settle(call, [], held_answer(call, sheet))
        if sheet.way == Way.LATER:
            said = f"{due} to be paid later: {sheet.order.payment.method}"
            return await self._settle(call, [], held_answer(call, sheet, said))
        if sheet.way == Way.TRANSFER:
            raise _not_come(call)
        await self._let_go(call, sheet.expired(call.now))
        entry = await self._dealings.hold(call, sheet, due)
        return await self._settle(call, [entry], held_answer(call, sheet))

    async def _capture(self, call: Call) -> StepResult:
        sheet = await self._taken_over(call)
        due = sheet.to_capture()
        entries = await self._captures(call, sheet, due) if due.minor else ()
        return await self._settle(
            call, entries, answer(call, sheet, [Kind.CAPTURED], "Nothing left to take")
        )

    async def _captures(self, call: Call, sheet: Sheet, due: Money) -> Sequence[Entry]:
        slip = Slip(call.order, sheet.fulfilment, call.key, call.now)
        if sheet.came_paid and not sheet.ahead.minor:
            raise PaymentDeclined(f"What was paid for order {call.order} has been given back.")
        if sheet.came_paid:
            # Part of it may have been given back before the parcel left: that is not asked for again.
            return (slip.assigned(min(due, sheet.ahead)),)
        if sheet.way == Way.LATER:
            return (slip.invoiced(due),)
        if sheet.way == Way.TRANSFER:
            raise _not_come(call)
        return await self._dealings.take(call, sheet, due)

    async def _receive(self, call: Call) -> StepResult:
        sheet = await asyncio.to_thread(self._ledger.sheet, call.order, "")
        amount, due = _amount(call, sheet), sheet.to_receive()
        if amount != due or not due.minor:
            raise AmountDiffers(
                f"{amount} came for order {call.order}, which has {due} to pay; nothing was booked."
            )
        slip = Slip(call.order, "", call.key, call.now)
        entries = [
            slip.received(call.key, amount, Account.BANK),
            slip.paid_ahead(call.key, amount, sheet.owed),
        ]
        return await self._settle(call, entries, answer(call, sheet, [Kind.RECEIVED], ""))

    async def _void(self, call: Call) -> StepResult:
        """Money that came by itself and pays for no parcel is not needed either: it goes back."""
        sheet = await self._taken_over(call)
        await self._let_go(call, sheet.to_void())
        unused: Sequence[RefundRequest] = ()
        if not sheet.fulfilment:
            unused = await asyncio.to_thread(self._ledger.ask_ahead, call)
        entries = await self._given_back(call, unused)
        kinds = [Kind.VOIDED, Kind.REFUNDED]
        return await self._settle(call, entries, answer(call, sheet, kinds, "Nothing was held"))

    async def _refund(self, call: Call) -> StepResult:
        sheet = await self._taken_over(call)
        if call.returned:
            requests = await asyncio.to_thread(self._ledger.ask_return, call)
        else:
            requests = await asyncio.to_thread(self._ledger.ask_refunds, call, sheet.fulfilment)
        entries = await self._given_back(call, requests)
        nothing = "Nothing left to give back"
        return await self._settle(call, entries, answer(call, sheet, [Kind.REFUNDED], nothing))

    async def _pay_back(self, call: Call) -> StepResult:
        sheet = await asyncio.to_thread(self._ledger.sheet, call.order, "")
        requests = await asyncio.to_thread(self._ledger.ask_return, call)
        entries = [
            Slip(call.order, each.fulfilment, each.key, call.now).refunded(
                each.key, each.amount, Account.BANK
            )
            for each in requests
        ]
        nothing = "Nothing left to give back"
        return await self._settle(call, entries, answer(call, sheet, [Kind.REFUNDED], nothing))

    async def _taken_over(self, call: Call) -> Sheet:
        """The sheet, after what the shop brought along was booked."""
        fulfilment = call.fulfilment or ""
        sheet = await asyncio.to_thread(self._ledger.sheet, call.order, fulfilment)
        state, figures = sheet.order.payment.state, sheet.figures
        entries: Sequence[Entry] = ()
        if state == PaymentState.PAID and sheet.order.total.minor and not figures.received.minor:
            entries = await self._dealings.adopt_payment(call, sheet)
        elif state == PaymentState.AUTHORIZED and sheet.way == Way.GATEWAY:
            entries = () if figures.authorized.minor else await self._dealings.adopt(call, sheet)
        if not entries:
            return sheet
        await asyncio.to_thread(self._ledger.book, entries)
        return await asyncio.to_thread(self._ledger.sheet, call.order, fulfilment)

    async def _let_go(self, call: Call, holds: Sequence[Hold]) -> None:
        for hold in holds:
            entry = await self._dealings.let_go(call, hold)
            if entry is not None:
                await asyncio.to_thread(self._ledger.book, [entry])

    async def _given_back(self, call: Call, requests: Sequence[RefundRequest]) -> Sequence[Entry]:
        """Where one is refused, those that were given back before it are booked all the same."""
        entries: list[Entry] = []
        try:
            for request in requests:
                if request.state == RefundState.REQUESTED:
                    entries.append(await self._dealings.give_back(call, request))  # noqa: PERF401 - kept on a refusal
        except OrderError:
            await asyncio.to_thread(self._ledger.book, entries)
            raise
        return entries

    async def _settle(self, call: Call, entries: Sequence[Entry], answer: Answer) -> StepResult:
        return await asyncio.to_thread(self._ledger.settle, call, entries, answer)


def _amount(call: Call, sheet: Sheet) -> Money:
    """:raises AmountDiffers: not an amount in the order's currency."""
    try:
        return Money.parse(str(call.args["amount"]), sheet.order.currency)
    except BadInput as error:
        raise AmountDiffers(f"What came for order {call.order} is not an amount: {error}") from error


def _not_come(call: Call) -> PaymentDeclined:
    return PaymentDeclined(f"The money of order {call.order} has not come, and cannot be held.")
