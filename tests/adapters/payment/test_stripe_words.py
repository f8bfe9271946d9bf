"""Stripe's amounts and errors in our words."""

from typing import Any

import pytest
from stripe import APIConnectionError, APIError, CardError, InvalidRequestError, StripeError

from adapters.payment.gateway import Declined, Failed, Misused, NoAnswer, NotYet, PerhapsDone
from adapters.payment.stripe.amounts import ours, theirs
from adapters.payment.stripe.errors import foreign_errors, meant
from domain.money import Money


@pytest.mark.parametrize(
    ("minor", "currency", "there"),
    [
        (1_990, "EUR", 1_990),
        (500, "JPY", 500),
        (500, "ISK", 50_000),
        (500, "UGX", 50_000),
        (12_340, "KWD", 12_340),
        (1_200, "MGA", 12),
    ],
)
def test_an_amount_goes_there_and_back(minor, currency, there):
    assert theirs(Money(minor, currency)) == there
    assert ours(there, currency.lower()) == Money(minor, currency)


@pytest.mark.parametrize(("minor", "currency"), [(12_345, "KWD"), (1_250, "MGA")])
def test_an_amount_that_is_too_fine_for_stripe_is_refused(minor, currency):
    with pytest.raises(Misused):
        theirs(Money(minor, currency))


def told(kind: type[StripeError], status: int, code: str = "", **more: Any) -> StripeError:
    body = {"error": {"code": code, "type": "x"}}
    error = kind("what a customer typed", http_status=status, json_body=body, code=code, **more)
    assert isinstance(error, StripeError)
    return error


@pytest.mark.parametrize(
    ("error", "means"),
    [
        (APIConnectionError("reset"), NoAnswer),
        (APIError("<html>", http_body="<html>", http_status=502), NoAnswer),
        (APIError("nonsense", http_body="{", http_status=200), NoAnswer),
        (told(APIError, 500), Failed),
        (told(StripeError, 409, "idempotency_key_in_use"), NotYet),
        (told(StripeError, 429, "rate_limit"), NotYet),
        (told(StripeError, 429, "lock_timeout"), NotYet),
        (told(StripeError, 401), NotYet),
        (told(StripeError, 400), Misused),
        (told(StripeError, 400, "charge_already_captured"), PerhapsDone),
        (told(StripeError, 400, "charge_already_refunded"), PerhapsDone),
        (told(StripeError, 400, "payment_intent_unexpected_state"), PerhapsDone),
        (told(StripeError, 400, "charge_disputed"), Declined),
        (told(CardError, 402, "card_declined", param=""), Declined),
        (told(CardError, 402, "authentication_required", param=""), Declined),
        (told(InvalidRequestError, 400, param="amount"), PerhapsDone),
        (told(InvalidRequestError, 400, "amount_too_large", param="amount_to_capture"), Misused),
        (told(InvalidRequestError, 404, "resource_missing", param="id"), Misused),
    ],
)
def test_what_stripe_answers_is_done_refused_or_unclear(error, means):
    said = meant(error)
    assert type(said) is means
    assert "typed" not in str(said)


async def test_an_answer_that_lacks_what_it_should_have_is_none():
    with pytest.raises(NoAnswer):
        async with foreign_errors():
            raise AttributeError("amount_received")
