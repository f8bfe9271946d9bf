"""Stripe's doubles, opened once: each brings a line of its own up, which costs more than a test."""

import pytest

from adapters.payment.stripe.gateway import StripeGateway
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
