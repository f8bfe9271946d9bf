"""The shop's till: what the ledger says, what the gateway does, and one answer per call."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime

from adapters.database.payment.ledger import Ledger
from adapters.database.payment.refunds import RefundRequest, RefundState
from adapters.payment.answers import Answer, answer, held_answer
from adapters.payment.dealings import Dealings
from adapters.payment.gateway import Gateway
from domain.attempt import part_of, seq_of
from domain.errors import AmountDiffers, BadInput, OrderError, PaymentDeclined
from domain.money import Money
from domain.order import PaymentState
from domain.payment import Hold, Sheet, Way
from domain.posting import Account, Entry, Kind, Slip
from domain.step import Call, StepResult


class Cashier:
    """
    Implements `activities.payment.Payments`; entries and the answer are written in one transaction.
    `at_once` takes the whole order with the first parcel, where the gateway takes what it holds only once.

    Cards, wallets and every method not named here go through the gateway. A `transfer`, bank slip or
    boleto has to be received before it can be captured, and is paid back by hand. An invoice or cash
    is owed from the moment of capture, and nothing is held for it. An order that came paid is never
    charged: its money is assigned to parcels, and given back through the gateway that took it.
    """

    def __init__(
        self,
        ledger: Ledger,
        gateway: Gateway,
        *,
        at_once: bool = False,
    ) -> None:
        self._ledger = ledger
        self._gateway = gateway
        self._at_once = at_once
        self._dealings = Dealings(ledger, gateway)

    async def authorize(self, call: Call) -> StepResult:
        return await self._once(call, self._authorize)

    async def renew(self, call: Call) -> StepResult:
        return await self._once(call, self._renew)

    async def capture(self, call: Call) -> StepResult:
        return await self._once(call, self._capture)

    async def receive(self, call: Call) -> StepResult:
        return await self._once(call, self._receive)

    async def collect(self, call: Call) -> StepResult:
        return await self._once(call, self._collect)

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
        sheet = await self._vouchers_taken(call)
        due = sheet.to_authorize(call.now)
        if sheet.came_paid:
            said = f"{sheet.order.to_pay} came paid"
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

    async def _renew(self, call: Call) -> StepResult:
        """The new hold stands in the books before the old is let go: the customer's goods stay paid for."""
        sheet = await self._taken_over(call)
        by = datetime.fromisoformat(str(call.args["by"]))
        old, due = sheet.to_renew(by, call.key)
        if due.minor and sheet.holds_money:
            await self._hold_anew(call, sheet, due)
        await self._let_go(call, old)
        return await self._settle(call, [], held_answer(call, sheet))

    async def _hold_anew(self, call: Call, sheet: Sheet, due: Money) -> None:
        try:
            entry = await self._dealings.hold(call, sheet, due)
        except PaymentDeclined:
            await asyncio.to_thread(self._ledger.issue_pay_link, call.order, call.now)
            raise
        await asyncio.to_thread(self._ledger.book, [entry])

    async def _capture(self, call: Call) -> StepResult:
        sheet = await self._taken_over(call)
        due = sheet.to_capture()
        entries = await self._captures(call, sheet, due) if due.minor else ()
        if due - min(due, sheet.ahead) >= sheet.to_come:
            await self._let_go(call, sheet.left_over(entries))
        if not self._gateway.multi_capture:
            await asyncio.to_thread(self._ledger.book, entries)
            entries = await self._hold_rest(call)
        return await self._settle(
            call, entries, answer(call, sheet, [Kind.CAPTURED], "Nothing left to take")
        )

    async def _hold_rest(self, call: Call) -> Sequence[Entry]:
        """
        A gateway that takes an authorisation once has let the rest of it go: parcels that are still to
        leave have theirs held again. Where the bank refuses, they ask once more when they leave.
        """
        sheet = await asyncio.to_thread(self._ledger.sheet, call.order, "")
        rest = sheet.to_hold(call.now)
        if not rest.minor or not sheet.holds_money:
            return ()
        try:
            return (await self._dealings.hold(call, sheet, rest, part_of(call.key, "rest")),)
        except PaymentDeclined:
            return ()

    async def _captures(self, call: Call, sheet: Sheet, due: Money) -> Sequence[Entry]:
        """What was taken ahead pays first, by vouchers or with an earlier parcel."""
        slip, ahead = Slip(call.order, sheet.fulfilment, call.key, call.now), min(due, sheet.ahead)
        if sheet.came_paid and not ahead.minor:
            raise PaymentDeclined(f"What was paid for order {call.order} has been given back.")
        if sheet.came_paid or ahead == due:
            # Part of it may have been given back before the parcel left: that is not asked for again.
            return (slip.assigned(ahead),)
        part = replace(slip, key=part_of(call.key, "ahead"))
        taken_before = (part.assigned(ahead),) if ahead.minor else ()
        if sheet.way == Way.LATER:
            return (*taken_before, slip.invoiced(due - ahead))
        if sheet.way == Way.TRANSFER:
            raise _not_come(call)
        at_once = self._at_once and not self._gateway.multi_capture
        return (*taken_before, *await self._dealings.take(call, sheet, due - ahead, at_once=at_once))

    async def _receive(self, call: Call) -> StepResult:
        sheet = await self._vouchers_taken(call)
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

    async def _collect(self, call: Call) -> StepResult:
        """What the parcel left unpaid with; a transfer may have paid it before its customer came."""
        sheet = await self._sheet(call)
        due = min(sheet.taken, sheet.owed)
        slip = Slip(call.order, "", call.key, call.now)
        entries = [
            slip.received(call.key, due, Account.BANK),
            slip.paid_ahead(call.key, due, due),
        ]
        return await self._settle(
            call, entries if due.minor else [], answer(call, sheet, [Kind.RECEIVED], "Nothing left to pay")
        )

    async def _void(self, call: Call) -> StepResult:
        """Money that came by itself and pays for no parcel is not needed either: it goes back."""
        await self._find_what_was_done(call)
        sheet = await self._taken_over(call)
        await self._let_go(call, sheet.to_void())
        unused: Sequence[RefundRequest] = ()
        if not sheet.fulfilment:
            unused = await asyncio.to_thread(self._ledger.ask_ahead, call)
        entries = await self._given_back(call, unused)
        kinds = [Kind.VOIDED, Kind.REFUNDED]
        return await self._settle(call, entries, answer(call, sheet, kinds, "Nothing was held"))

    async def _refund(self, call: Call) -> StepResult:
        await self._find_what_was_done(call)
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

    async def _find_what_was_done(self, call: Call) -> None:
        """What was asked before and never answered may be done, and has to be known to be taken back."""
        for attempt in await asyncio.to_thread(self._ledger.unsettled, call.order, seq_of(call.key)):
            sheet = await self._sheet(call)
            entries = await self._dealings.found(call, sheet, attempt)
            await asyncio.to_thread(self._ledger.book, entries)

    async def _sheet(self, call: Call) -> Sheet:
        return await asyncio.to_thread(self._ledger.sheet, call.order, call.fulfilment or "")

    async def _vouchers_taken(self, call: Call) -> Sheet:
        """A voucher is money, and no promise of it: it is taken when the order is accepted."""
        sheet = await self._taken_over(call)
        wanted = [] if call.fulfilment else sheet.vouchers_to_take()
        for n, voucher in wanted:
            held = await self._dealings.hold_voucher(call, n, voucher)
            await asyncio.to_thread(self._ledger.book, [held])
            taken = await self._dealings.take_voucher(call, n, voucher, held.hold)
            await asyncio.to_thread(self._ledger.book, taken)
        return await self._sheet(call) if wanted else sheet

    async def _taken_over(self, call: Call) -> Sheet:
        """The sheet, after what the shop brought along was booked."""
        sheet = await self._sheet(call)
        entries: Sequence[Entry] = ()
        if sheet.offered and sheet.holds_money:
            await self._take_offer(call, sheet)
            return await self._sheet(call)
        came = sheet.payments_to_adopt()
        if came:
            adopted = [await self._dealings.adopt_payment(call, id, each) for id, each in came]
            entries = tuple(entry for pair in adopted for entry in pair)
        held = sheet.figures.authorized.minor or sheet.way != Way.GATEWAY
        if sheet.order.payment.state == PaymentState.AUTHORIZED and not held:
            entries = (*entries, *await self._adopt(call, sheet))
        if not entries:
            return sheet
        await asyncio.to_thread(self._ledger.book, entries)
        return await self._sheet(call)

    async def _adopt(self, call: Call, sheet: Sheet) -> Sequence[Entry]:
        id = sheet.order.payment.authorization or call.order
        return await self._dealings.adopt(call, sheet, id, sheet.order.to_pay)

    async def _take_offer(self, call: Call, sheet: Sheet) -> None:
        """The customer has paid anew: what the gateway holds by that is ours to take."""
        entries = await self._dealings.adopt(call, sheet, sheet.offered, sheet.to_come)
        await asyncio.to_thread(self._ledger.book, entries)

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
