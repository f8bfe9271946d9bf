"""
A payment gateway that lives in our own database: strict, patient, and able to misbehave on command.

By token: `tok_declined` is refused, `tok_expires_soon` holds for an hour, `tok_down` answers nothing for
the first hour, `tok_unknown` does it and then answers with an error, `tok_refund_fails` gives nothing
back. Every other token, and none, behaves like `tok_ok`: money is held for seven days. Hours and days
are those of the order's clock.
"""

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from adapters.database.engine import Database
from adapters.database.payment.simulated_gateway import Books, read, written
from adapters.payment.gateway import (
    GATEWAY_ERRORS,
    Authorization,
    Capture,
    Declined,
    Failed,
    Fee,
    GatewayError,
    Made,
    Misused,
    NoAnswer,
    NotYet,
    PerhapsDone,
    Refund,
)
from adapters.payment.tariff import FREE, Tariff
from domain.errors import BadInput
from domain.money import Money
from domain.step import Call

HELD_FOR = {"tok_expires_soon": timedelta(hours=1), "": timedelta(days=7)}
DECLINED = frozenset({"tok_declined"})
DOWN = frozenset({"tok_down"})
UNKNOWN = frozenset({"tok_unknown"})
NOT_GIVEN_BACK = frozenset({"tok_refund_fails"})
OUTAGE = timedelta(hours=1)
KEYS_KEPT_FOR = timedelta(hours=24)

# What `misbehave` takes: nothing happens, a no or an error is kept, or it is done and then unclear.
BEFORE: dict[str, type[GatewayError]] = {"down": NoAnswer, "busy": NotYet}
INSTEAD: dict[str, type[GatewayError]] = {"decline": Declined, "error": Failed}
AFTER = frozenset({"timeout_after", "empty_after", "error_after"})
OPS = frozenset({"authorize", "capture", "void", "refund", "adopt", "read"})

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class _Asked:
    """One call: `what` are its parameters, `card` what the gateway knows the card by."""

    call: Call
    op: str
    key: str
    what: str
    card: str = ""  # a token, or the object whose card it is


class SimulatedGateway(Database):
    """
    Implements `adapters.payment.gateway.Gateway` over the database at `url`.

    Without `multi_capture` the first capture of an authorisation lets go the rest. Of each payment it keeps
    what its `tariff` says.
    """

    def __init__(self, url: str, *, multi_capture: bool = True, tariff: Tariff = FREE) -> None:
        super().__init__(url)
        self.multi_capture = multi_capture
        self.tariff = tariff

    async def misbehave(self, order: str, op: str, how: str, times: int = 1) -> None:
        """
        Spoil the next `times` calls of `op` for an order; `op` is one of OPS.

        :raises BadInput: no such call, or no such way to misbehave.
        """
        if op not in OPS or how not in {*BEFORE, *INSTEAD, *AFTER}:
            raise BadInput(f"the simulated gateway cannot {how!r} on {op!r}")

        def work() -> None:
            with self.write() as session:
                Books(session).misbehave(order, op, how, times)

        await asyncio.to_thread(work)

    async def authorize(self, call: Call, key: str, amount: Money, token: str) -> Authorization:
        def work(books: Books) -> Authorization:
            if token in DECLINED:
                raise Declined("the card was declined")
            made = _held(call, _new("auth"), key, amount, token)
            books.add(made, token)
            return made

        asked = _Asked(call, "authorize", key, f"authorize {amount} {token}", token)
        made = await self._do(asked, work)
        assert isinstance(made, Authorization)
        return made

    async def capture(self, call: Call, key: str, authorization: str, amount: Money) -> Capture:
        def work(books: Books) -> Capture:
            _still_held(books, call, authorization)
            if not books.take(authorization, amount):
                raise Misused("more than is held")
            made = self._taken(Capture(_new("cap"), call.order, key, amount, authorization))
            books.add(made, books.token(authorization))
            if not self.multi_capture:
                books.close(authorization, call.now)
            return made

        asked = _Asked(call, "capture", key, f"capture {amount} {authorization}", authorization)
        made = await self._do(asked, work)
        assert isinstance(made, Capture)
        return made

    async def void(self, call: Call, key: str, authorization: str) -> Authorization:
        def work(books: Books) -> Authorization:
            held = _still_held(books, call, authorization)
            books.close(authorization, call.now)
            return replace(held, released=held.left)

        asked = _Asked(call, "void", key, f"void {authorization}", authorization)
        made = await self._do(asked, work)
        assert isinstance(made, Authorization)
        return made

    async def refund(self, call: Call, key: str, capture: str, amount: Money) -> Refund:
        def work(books: Books) -> Refund:
            taken = books.capture(capture)
            if taken is None or taken.order != call.order:
                raise Misused("no such payment of this order")
            if books.token(capture) in NOT_GIVEN_BACK:
                raise Declined("the card's bank does not take it back")
            if not books.give_back(capture, amount):
                raise PerhapsDone("less than that is left of the payment")
            made = Refund(_new("ref"), call.order, key, amount, capture)
            books.add(made)
            return made

        made = await self._do(_Asked(call, "refund", key, f"refund {amount} {capture}", capture), work)
        assert isinstance(made, Refund)
        return made

    async def adopt(self, call: Call, authorization: str, amount: Money, token: str) -> Authorization:
        def work(books: Books) -> Authorization:
            books.add(_held(call, authorization, "", amount, token), token)
            held = books.authorization(authorization, call.now)
            if held is None or held.order != call.order:
                raise Misused("an authorisation of another order")
            return held

        return await asyncio.to_thread(self._plainly, _Asked(call, "adopt", "", "", token), work)

    async def adopt_payment(self, call: Call, payment: str, amount: Money, token: str) -> Capture:
        def work(books: Books) -> Capture:
            books.add(self._taken(Capture(payment, call.order, "", amount, "")), token)
            taken = books.capture(payment)
            if taken is None or taken.order != call.order:
                raise Misused("a payment of another order")
            return taken

        return await asyncio.to_thread(self._plainly, _Asked(call, "adopt", "", "", token), work)

    async def find(self, call: Call, key: str, about: str, since: datetime) -> Made | None:
        def work(books: Books) -> Made | None:
            return books.made_under(call.order, key, call.now)

        return await asyncio.to_thread(self._plainly, _Asked(call, "read", "", ""), work)

    async def held(self, call: Call, authorization: str) -> Authorization | None:
        def work(books: Books) -> Authorization | None:
            return books.authorization(authorization, call.now)

        return await asyncio.to_thread(self._plainly, _Asked(call, "read", "", ""), work)

    def _taken(self, capture: Capture) -> Capture:
        """With what is kept of it."""
        kept = self.tariff.on(capture.amount)
        return replace(capture, fee=Fee(capture.id, capture.id, kept)) if kept.minor else capture

    async def _do(self, asked: _Asked, work: Callable[[Books], Made]) -> Made:
        return await asyncio.to_thread(self._keyed, asked, work)

    def _plainly(self, asked: _Asked, work: Callable[[Books], Answer]) -> Answer:
        """Do what needs no key: it reads, or registers what exists."""
        with self.write() as session:
            books = Books(session)
            how = _mood(books, asked)
            answers = [] if how in BEFORE else [work(books)]
        if how in BEFORE:
            raise BEFORE[how]("nothing was done")
        return answers[0]

    def _keyed(self, asked: _Asked, work: Callable[[Books], Made]) -> Made:
        with self.write() as session:
            books = Books(session)
            how = _mood(books, asked)
            refused = BEFORE[how]("nothing was done") if how in BEFORE else None
            answer = refused or _once(books, asked, how, work)
        # Only now: what was done and kept has to be committed before an error is raised.
        if isinstance(answer, GatewayError):
            raise answer
        if how in AFTER:
            raise NoAnswer("the answer was lost")
        return answer


def _once(books: Books, asked: _Asked, how: str, work: Callable[[Books], Made]) -> Made | GatewayError:
    call = asked.call
    books.forget(asked.key, call.now - KEYS_KEPT_FOR / call.speed)
    kept = books.claim(asked.key, call.order, asked.what, call.now)
    if kept is not None and kept.asked != asked.what:
        return Misused("the key was used with other parameters")
    if kept is not None:
        return GATEWAY_ERRORS[kept.error](kept.answer) if kept.error else read(kept.answer)
    answer = _first(books, asked, how, work)
    if isinstance(answer, GatewayError):
        books.keep(asked.key, type(answer).__name__, str(answer))
    else:
        books.keep(asked.key, "", written(answer))
    return answer


def _first(books: Books, asked: _Asked, how: str, work: Callable[[Books], Made]) -> Made | GatewayError:
    if how in INSTEAD:
        return INSTEAD[how]("an error of the gateway" if how == "error" else "declined")
    try:
        made = work(books)
    except GatewayError as error:
        return error
    unclear = how == "error_after" or (books.token(asked.card) or asked.card) in UNKNOWN
    return Failed("done, but with an error of the gateway") if unclear else made


def _mood(books: Books, asked: _Asked) -> str:
    """How this call is to misbehave; an outage counts before anything else."""
    call, until = asked.call, books.outage(asked.call.order)
    if until is None and asked.card in DOWN:
        until = call.after(OUTAGE)
        books.misbehave(call.order, "", "down", 0, until)
    if until is not None and call.now < until:
        return "down"
    return books.misbehaviour(call.order, asked.op)


def _still_held(books: Books, call: Call, authorization: str) -> Authorization:
    held = books.authorization(authorization, call.now)
    if held is None or held.order != call.order:
        raise Misused("no such authorisation of this order")
    if not held.left.minor:
        raise PerhapsDone("the authorisation is used up, closed or expired")
    return held


def _held(call: Call, id: str, key: str, amount: Money, token: str) -> Authorization:
    none = Money(0, amount.currency)
    expires_at = call.after(HELD_FOR.get(token, HELD_FOR[""]))
    return Authorization(id, call.order, key, amount, none, none, expires_at)


def _new(prefix: str) -> str:
    return f"{prefix}_{uuid.uuid4().hex[:20]}"
