"""What the customer's page needs of the shop: handed in whole, so that tests hand in another."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from fastapi import Request

from config.page import PageWords, Words
from console.customer.limits import Limits
from console.house import House
from domain.link import Links
from domain.survey import Survey
from starter.who import CUSTOMER


class SurveyBook(Protocol):
    def given(self, order: str) -> Survey | None: ...

    def give(self, order: str, score: int, words: str, now: datetime) -> None:
        """:raises ActRefused: the answer of before is no longer to be changed."""
        ...


class ConsentBook(Protocol):
    def withdraw(self, order: str, source: str, at: datetime) -> bool:
        """
        The customer of an order wants no more marketing. False when none was going there anyway.

        :raises NotFound: no such order, or its customer was erased.
        """
        ...


@dataclass(frozen=True, slots=True)
class Window:
    """`house` is the staff's: the same books and facade. `person` is an address that people read."""

    house: House
    links: Links
    words: PageWords
    surveys: SurveyBook
    person: str
    consents: ConsentBook
    limits: Limits

    def may(self, permission: str) -> bool:
        """Whether the shop lets its customers do this from here, by config/roles.yaml."""
        return permission in self.house.permissions().get(CUSTOMER, ())


def window_of(request: Request) -> Window:
    return cast(Window, request.app.state.window)


def tongue(request: Request, language: str = "") -> Words:
    """The language that was chosen on the page, else this one, else what the browser asks for."""
    known = window_of(request).words
    chosen = request.query_params.get("language", "")
    if chosen in known.languages():
        return known.of(chosen)
    if language:
        return known.of(language)
    asked = request.headers.get("accept-language", "").split(",")
    codes = (each.partition(";")[0].strip().partition("-")[0].lower() for each in asked)
    return known.of(next((code for code in codes if code in known.languages()), "en"))
