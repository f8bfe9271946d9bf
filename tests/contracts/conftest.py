"""Stripe's doubles, opened once as each brings a line of its own up, and a shop to send things back to."""

import pytest

from adapters.payment.stripe.gateway import StripeGateway
from tests.contracts.counter import Counter
from tests.contracts.gateways import KEY, PATIENT
from tests.doubles import another_stripe
from tests.doubles.stripe_server import Bank


@pytest.fixture(scope="session")
async def strict_stripe():
    """A strict double, and our adapter at it."""
    async with Bank().open() as bank:
        gateway = StripeGateway(KEY, url=bank.url, call_seconds=PATIENT)
        yield bank, gateway
        await gateway.close()


@pytest.fixture(scope="session")
async def lax_stripe():
    """localstripe's address, and our adapter at it."""
    with another_stripe.running() as url:
        gateway = StripeGateway(KEY, url=url, call_seconds=PATIENT)
        yield url, gateway
        await gateway.close()


@pytest.fixture
async def shop(database):
    opened = Counter(database)
    await opened.sell()
    yield opened
    assert opened.wrong() == []
