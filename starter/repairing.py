"""
What `orders reconcile --repair` does, each told to the audit log with who and why.

Only what was promised already and never happened, or what nobody needs any more. Nothing here moves
money, changes a gateway's object or an entry of the ledger, or writes to the log of what happened:
docs/decisions/0018-what-is-repaired.md.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.act import ActRecord, Outcome
from domain.audit import Deed, DeedKind
from domain.errors import OrderError
from domain.notice import Notice, Posted
from domain.reconcile import Difference, Repair, RepairKind
from starter.relay import Doors

BY_WORDS = {
    RepairKind.START: "start its workflow",
    RepairKind.START_RETURN: "start its workflow",
    RepairKind.CARRY: "carry it to its workflow",
    RepairKind.CLOSE: "close it",
    RepairKind.RELEASE: "put the goods back, for those who wait",
    RepairKind.SEND: "send it",
    RepairKind.GUARD: "put the triggers up again",
    RepairKind.LIST: "work out anew what lists go by",
}


class Rows(Protocol):
    def mend(self, kind: RepairKind, target: str, deed: Deed) -> bool:
        """Mend rows of our own, with the deed. False when nothing was left to mend."""
        ...

    def unsent(self, notice: str) -> Notice | None: ...


class Log(Protocol):
    def tell(self, *deeds: Deed) -> None: ...


class Acts(Protocol):
    def act(self, id: str) -> ActRecord | None: ...


class Post(Protocol):
    async def send(self, notices: tuple[Notice, ...], now: datetime) -> tuple[Posted, ...]: ...


@dataclass(frozen=True, slots=True)
class Repaired:
    """`why` is empty when it was done."""

    repair: Repair
    why: str = ""


@dataclass
class Repairer:
    """`post` is made when the first notice is to be sent: a shop may have no mail server here."""

    rows: Rows
    log: Log
    acts: Acts
    doors: Doors
    post: Callable[[], Post]
    clock: Callable[[], datetime]

    async def repair(self, found: Sequence[Difference], by: str, why: str) -> list[Repaired]:
        """Everything that may be repaired, each once; one that fails keeps no other from it."""
        wanted: dict[Repair, Difference] = {}
        for each in found:
            if each.repair is not None:
                wanted.setdefault(each.repair, each)
        return [await self._one(repair, each, by, why) for repair, each in wanted.items()]

    async def _one(self, repair: Repair, found: Difference, by: str, why: str) -> Repaired:
        what = f"{repair.kind.value}: {found.rule} {found.what}"
        said = Deed(self.clock(), DeedKind.REPAIR, repair.target, what, found.subject, by=by, why=why)
        try:
            return Repaired(repair, await self._do(repair, said))
        except OrderError as error:
            return Repaired(repair, str(error))

    async def _do(self, repair: Repair, deed: Deed) -> str:
        match repair.kind:
            case RepairKind.START:
                return await self._carried((await self.doors.begin(repair.target)).outcome, deed)
            case RepairKind.START_RETURN:
                return await self._carried((await self.doors.begin_return(repair.target)).outcome, deed)
            case RepairKind.CARRY:
                act = await asyncio.to_thread(self.acts.act, repair.target)
                assert act is not None
                outcome = act.result.outcome if act.result else (await self.doors.carry(act)).outcome
                return await self._carried(outcome, deed)
            case RepairKind.SEND:
                return await self._sent(deed)
            case _:
                done = await asyncio.to_thread(self.rows.mend, repair.kind, repair.target, deed)
                return "" if done else "Nothing was left to mend."

    async def _carried(self, outcome: Outcome, deed: Deed) -> str:
        if outcome == Outcome.KEPT:
            return "Temporal or the worker does not answer."
        await asyncio.to_thread(self.log.tell, deed)
        return ""

    async def _sent(self, deed: Deed) -> str:
        notice = await asyncio.to_thread(self.rows.unsent, deed.subject)
        if notice is None:
            return "Nothing was left to send."
        (posted,) = await self.post().send((notice,), self.clock())
        if not posted.sent:
            return posted.why
        await asyncio.to_thread(self.log.tell, deed)
        return ""
