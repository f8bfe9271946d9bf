"""The hooks beside the screens: no session, no form's token, and no way past the screens' own gate."""

import httpx
import pytest

from adapters.payment.signature import SIGNATURE, is_signed, sign
from adapters.payment.stripe.news import read_news
from config.settings import Settings
from console.policy import ROUTES
from console.serve import _doorstep
from domain.gateway_news import GatewayNews
from starter.api.doors import Doors
from starter.api.hooks import PREFIX, Doorstep, Sender, create_hooks
from tests.adapters.database.given import NOW
from tests.console.conftest import URL
from tests.doubles.stripe_events import event, refund

SECRET = "whsec_of_these_tests"


class Box(list[GatewayNews]):
    def keep(self, news, now):
        self.append(news)
        return True


@pytest.fixture
def box():
    return Box()


@pytest.fixture
async def machine(app, box):
    sender = Sender(
        "simulated",
        lambda body, headers, at: is_signed(body, headers.get(SIGNATURE, ""), (SECRET,), at),
        lambda body, _, at: box.keep(read_news(body, "simulated", live=False), at),
    )
    whole = Doors(app, {PREFIX: create_hooks(Doorstep({"payment/simulated": sender}, lambda: NOW))})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=whole), base_url=URL) as client:
        yield client


async def test_a_gateway_needs_no_session_and_no_token_of_a_form(machine, box):
    body = event("evt_1", "refund.updated", refund("re_1", "ch_1", 500, "succeeded"), NOW)
    headers = {"content-type": "application/json", "stripe-signature": sign(body, SECRET, NOW)}
    told = await machine.post("/hooks/payment/simulated", content=body, headers=headers)
    assert told.status_code == 200
    assert len(box) == 1


async def test_the_screens_behind_it_stay_shut(machine):
    assert (await machine.get("/orders")).status_code == 303
    assert (await machine.post("/hooks/../orders/1001/cancel")).status_code == 401
    assert (await machine.post("/hooks/orders/1001/cancel")).status_code == 404


def test_no_page_of_the_staff_is_among_the_hooks():
    assert not any(" /hooks" in key for key in ROUTES)


def test_a_shop_without_a_secret_takes_no_messages_and_one_with_a_key_takes_those_of_stripe(tmp_path):
    here = {"ORDERKEEPER_DATA": str(tmp_path), "ORDERKEEPER_WEBHOOK_SECRETS": SECRET}
    key = {"ORDERKEEPER_STRIPE_KEY": "sk_test_" + "4eC39HqLyjWDarjtT1zdp7dc"}

    def senders(env):
        return list(_doorstep(Settings.from_env(env)).senders)

    assert senders({"ORDERKEEPER_DATA": str(tmp_path)}) == []
    assert senders(here) == ["payment/simulated"]
    assert senders(here | key) == ["payment/stripe"]
