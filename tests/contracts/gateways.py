"""Every gateway our till can work with, and where a double is laxer than what it stands for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

from adapters.payment.gateway import Fee
from adapters.payment.simulated import SimulatedGateway
from adapters.payment.stripe.reading import Reader
from adapters.payment.tariff import USUAL
from domain.step import Call
from starter.clock import now
from tests.adapters.placed import NOON
from tests.doubles.stripe_rules import DECLINED

KEY = "sk_test_of_no_account"
# Longer than any of these tests takes on a slow machine.
PATIENT = 60.0
GOOD = "pm_card_visa"

# gateway -> test -> what it does that Stripe does not. A gap that closes fails the suite.
LAXER = {
    "localstripe": {
        "test_one_key_acts_once_and_answers_alike": "knows no idempotency keys: a second hold",
        "test_one_key_keeps_its_errors_too": "knows no idempotency keys: the card is asked again",
        "test_a_key_with_other_parameters_is_refused": "knows no idempotency keys",
        "test_no_more_is_given_back_than_was_taken": "gives back more than was taken",
        "test_what_was_let_go_is_not_taken": "takes what was let go, refuses without a code",
        "test_what_it_keeps_is_told_once_of_each_payment": "keeps nothing for itself",
        "test_a_hold_is_taken_once": "refuses without a code, so that it looks like our mistake",
    }
}


@dataclass
class Kind:
    """One of them: the tokens of its cards, its clock, and how a shop of its own would use it."""

    name: str
    gateway: Any
    good: str
    declined: str
    now: datetime
    url: str = ""
    count: Callable[[], None] = lambda: None  # what it keeps, where it does so in the background

    def call(self, order: str = "1001", later: timedelta = timedelta(0)) -> Call:
        return Call(order, order, "pay", 1, f"{order}:pay:O.1", self.now + later)

    async def fees(self, order: str, key: str, authorization: str) -> list[Fee]:
        """What it says it has kept: of one payment with that, or in a list of its own."""
        if not self.url:
            taken = await self.gateway.find(self.call(order), key, authorization, self.now)
            return [taken.fee]
        reader = Reader(KEY, self.url, PATIENT)
        try:
            return await reader.fees_since(self.now - timedelta(days=1))
        finally:
            await reader.close()

    async def shop_holds(self, minor: int) -> str:
        """An authorisation that the shop has made itself."""
        if not self.url:
            return "shop-1"
        return (await self._charge(minor, "manual"))["id"]

    async def shop_charges(self, minor: int) -> str:
        if not self.url:
            return "shop-2"
        return (await self._charge(minor, "automatic"))["latest_charge"]["id"]

    async def _charge(self, minor: int, how: str) -> Any:
        form = {"amount": minor, "currency": "eur", "payment_method": self.good, "confirm": "true"}
        form |= {"off_session": "true", "capture_method": how, "metadata[order]": "the shop's own 7"}
        async with httpx.AsyncClient(headers={"authorization": f"Bearer {KEY}"}) as client:
            headers = {"idempotency-key": f"shop-{how}-{minor}"}
            told = await client.post(f"{self.url}/v1/payment_intents", data=form, headers=headers)
        return told.json()


def opened(name: str, request: Any) -> Kind:
    """One of NAMES, with nothing in its books."""
    if name == "simulated":
        url = request.getfixturevalue("sqlite_database").url
        gateway = SimulatedGateway(url, multi_capture=False, tariff=USUAL)
        return Kind(name, gateway, "tok_ok", "tok_declined", NOON)
    if name == "stripe":
        bank, gateway = request.getfixturevalue("strict_stripe")
        bank.begin_anew()
        return Kind(name, gateway, GOOD, DECLINED, NOON, bank.url, bank.books.count)
    url, gateway = request.getfixturevalue("lax_stripe")
    httpx.delete(f"{url}/_config/data")
    # Its clock is the machine's, and it knows other cards.
    return Kind(name, gateway, GOOD, "pm_card_chargeCustomerFail", now(), url)


NAMES = ("simulated", "stripe", "localstripe")
