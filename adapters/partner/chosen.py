"""Each partner as the shop has written it down: on our pages, by mail, or simulated."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from adapters.database.engine import Database
from adapters.database.order.fulfilments import load_fulfilment
from adapters.database.partner.orders import partner_order
from adapters.partner.asking import partner_name
from adapters.partner.people import PeoplePartners
from adapters.partner.simulated import SimulatedPartners
from domain.errors import ActRefused
from domain.partner import How, Partner, Partners
from domain.step import Call, StepResult


class ChosenPartners:
    """An order that was sent is finished the way it was sent, whatever is written down since."""

    def __init__(
        self,
        database: Database,
        simulated: SimulatedPartners,
        people: PeoplePartners,
        partners: Callable[[], Partners],
    ) -> None:
        self._database = database
        self._simulated = simulated
        self._people = people
        self._partners = partners

    async def order(self, call: Call) -> StepResult:
        """
        :raises ActRefused: the shop has not written this partner down.
        :raises PartnerUnavailable: no answer; safe to ask again.
        """
        partner = await asyncio.to_thread(self._partner, call)
        if partner.how == How.SIMULATED:
            return await self._simulated.order(call)
        return await self._people.order(call, partner)

    async def cancel(self, call: Call) -> StepResult:
        """:raises PartnerUnavailable: no answer; safe to ask again."""
        partner = await asyncio.to_thread(self._partner, call, refused_too=True)
        if partner.how == How.SIMULATED:
            return await self._simulated.cancel(call)
        return await self._people.cancel(call, partner)

    async def hand_over(self, call: Call) -> StepResult:
        return await self._people.hand_over(call)

    def report(self, now: datetime) -> int:
        """Those that are simulated."""
        return self._simulated.report(now)

    def _partner(self, call: Call, *, refused_too: bool = False) -> Partner:
        with self._database.read() as session:
            asked = partner_order(session, call.lane)
            name = asked.partner if asked else partner_name(load_fulfilment(session, call.lane))
        known = self._partners().find(name)
        if asked is not None:
            return Partner(name, asked.how, known.email if known else "", known.language if known else "en")
        if known is None and not refused_too:
            raise ActRefused(f"There is no partner {name} in config/partners.yaml: add it, then try again.")
        return known or Partner(name, How.CONSOLE)
