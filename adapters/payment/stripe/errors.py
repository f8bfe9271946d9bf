"""Stripe's errors in the gateway's words: what is known to be done, known not to be, and unclear."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

from stripe import APIConnectionError, CardError, StripeError

from adapters.payment.gateway import Declined, Failed, GatewayError, Misused, NoAnswer, NotYet, PerhapsDone

# The object is in another state than we thought: reading it tells whether by our own doing.
PERHAPS_DONE = frozenset(
    {
        "charge_already_captured",
        "charge_already_refunded",
        "charge_expired_for_capture",
        "payment_intent_unexpected_state",
    }
)
# The bank behind it says no to giving money back.
NO = frozenset({"charge_disputed"})
# Nothing was done, and it may work later: another call holds the object, or there is no money at Stripe.
LATER = frozenset({"lock_timeout", "balance_insufficient", "idempotency_key_in_use"})
BUSY = (HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS)
# Nothing was done, and a person has to mend the key: the orders wait meanwhile.
NOT_LET_IN = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)

log = logging.getLogger(__name__)


@asynccontextmanager
async def foreign_errors() -> AsyncIterator[None]:
    """:raises GatewayError: for whatever Stripe, or the way to it, says instead of an answer."""
    try:
        yield
    except StripeError as error:
        raise meant(error) from error
    except TimeoutError as error:
        raise NoAnswer("Stripe took too long") from error
    # An answer that lacks what every answer of Stripe's has is none.
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        log.exception("Stripe's answer cannot be read")
        raise NoAnswer("Stripe's answer cannot be read") from error


def is_missing(error: StripeError) -> bool:
    return error.http_status == HTTPStatus.NOT_FOUND


def meant(error: StripeError) -> GatewayError:
    """Never with Stripe's own sentence: it may quote what a customer typed."""
    status, said = error.http_status, f"{error.code or type(error).__name__} ({error.request_id})"
    if isinstance(error, APIConnectionError) or not _is_whole(error):
        return NoAnswer(said)
    if status in NOT_LET_IN:
        log.error("Stripe does not let us in: is ORDERKEEPER_STRIPE_KEY right? %s", said)
    return _class_of(error)(said)


def _class_of(error: StripeError) -> type[GatewayError]:
    status, code = error.http_status or 0, error.code
    if status in BUSY or status in NOT_LET_IN or code in LATER:
        return NotYet
    if isinstance(error, CardError) or code in NO:
        return Declined
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Failed
    return PerhapsDone if code in PERHAPS_DONE or _more_than_is_left(error) else Misused


def _is_whole(error: StripeError) -> bool:
    """
    Whether it is Stripe's own word: a proxy's page (502, 504) says nothing of what goes on behind it,
    where the call may still be under way. The same key then tells.
    """
    return isinstance(error.json_body, dict) and isinstance(error.json_body.get("error"), dict)


def _more_than_is_left(error: StripeError) -> bool:
    """Of a refund: Stripe names the field, and gives no code."""
    path = getattr(error, "param", "")
    return error.http_status == HTTPStatus.BAD_REQUEST and path == "amount" and not error.code
