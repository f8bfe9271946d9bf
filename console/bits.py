"""The smallest pieces of a page: a list shows hundreds, and a macro of a template takes longer for each."""

from datetime import datetime
from functools import lru_cache

from markupsafe import Markup, escape

from console.words import say_payment, say_state, tone
from starter.when import full, when

STATES_KNOWN = 512


def time(moment: datetime, now: datetime) -> Markup:
    """An instant as people say it, and in full for whoever points at it."""
    exactly, said = escape(full(moment, now)), escape(when(moment, now))
    return Markup(f'<time datetime="{iso(moment)}" title="{exactly}">{said}</time>')  # noqa: S704 - escaped


def iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


@lru_cache(STATES_KNOWN)
def chip(state: str) -> Markup:
    """A state in a word of its colour."""
    return _chip(state, say_state(state))


@lru_cache(STATES_KNOWN)
def payment(state: str) -> Markup:
    """The same of how an order is paid."""
    return _chip(state, say_payment(state))


def _chip(state: str, said: str) -> Markup:
    return Markup('<span class="chip {}">{}</span>').format(tone(state), said)
