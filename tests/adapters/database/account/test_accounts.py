"""Accounts and sessions as rows, in either database."""

from datetime import timedelta

import pytest

from adapters.database.account.accounts import Accounts
from domain.audit import Deed, DeedKind
from domain.errors import ActRefused, NotFound
from tests.adapters.database.given import NOW, all_at_once

HOUR = timedelta(hours=1)
DONE = Deed(NOW, DeedKind.ACCOUNT, "account")


@pytest.fixture
def book(database):
    made = Accounts(database.url)
    made.add("pat", ["warehouse"], "hash", DONE, first=False)
    return made


def test_a_session_is_its_accounts_until_it_is_closed(book):
    book.open_session("token", "pat", NOW, NOW + HOUR)
    visit = book.visit("token")
    assert (visit.account.name, visit.account.roles, visit.ends_at) == ("pat", ("warehouse",), NOW + HOUR)
    book.seen("token", NOW + HOUR / 2)
    assert book.visit("token").seen_at == NOW + HOUR / 2
    book.close_session("token")
    assert book.visit("token") is None


@pytest.mark.parametrize(
    "change",
    [
        lambda book: book.set_password("pat", "other", DONE, must_change=False),
        lambda book: book.set_roles("pat", ["support"], DONE),
        lambda book: book.disable("pat", DONE),
    ],
)
def test_a_change_of_password_roles_or_standing_ends_every_session(change, book):
    book.open_session("one", "pat", NOW, NOW + HOUR)
    book.open_session("two", "pat", NOW, NOW + HOUR)
    change(book)
    assert (book.visit("one"), book.visit("two")) == (None, None)


def test_sessions_that_are_over_are_forgotten(book):
    book.open_session("old", "pat", NOW, NOW + HOUR)
    book.open_session("new", "pat", NOW + 2 * HOUR, NOW + 3 * HOUR)
    assert book.visit("old") is None


def test_failures_are_counted_apart_for_a_known_browser(book):
    book.failed("pat", "", "192.0.2.1", NOW, keep=NOW - HOUR)
    book.failed("pat", "known", "192.0.2.1", NOW, keep=NOW - HOUR)
    book.failed("eve", "", "192.0.2.1", NOW - 2 * HOUR, keep=NOW - 3 * HOUR)
    assert book.failures("pat", "", NOW - HOUR) == [NOW]
    assert book.failures("pat", "known", NOW - HOUR) == [NOW]
    assert len(book.failures_from("192.0.2.1", NOW - HOUR)) == 2


def test_a_browser_is_known_for_one_person_and_for_a_while(book):
    book.remember_device("device", "pat", NOW)
    assert book.knows_device("device", "pat", NOW - HOUR)
    assert not book.knows_device("device", "eve", NOW - HOUR)
    assert not book.knows_device("device", "pat", NOW + HOUR)


def test_only_one_first_account_is_made_however_many_try(database):
    book = Accounts(database.url)
    results = all_at_once(lambda _: book.add("admin", ["admin"], "hash", DONE, first=True))
    assert len([each for each in results if each is None]) == 1
    assert all(each is None or isinstance(each, ActRefused) for each in results)


def test_nobody_is_changed_who_is_not_there(book):
    for change in (
        lambda: book.set_password("eve", "x", DONE, must_change=True),
        lambda: book.set_roles("eve", [], DONE),
        lambda: book.disable("eve", DONE),
    ):
        with pytest.raises(NotFound):
            change()
