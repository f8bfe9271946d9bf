"""Forms of customers, counted by all programs of the shop together."""

from datetime import timedelta

from sqlmodel import select

from adapters.database.customer.form_counts import FormCounts
from adapters.database.tables.counted import FormCountRow
from tests.adapters.database.given import NOW, all_at_once


def test_both_databases_count_forms_and_forget_them(database):
    counts, window = FormCounts(database.url), timedelta(minutes=10)
    at = [NOW + timedelta(minutes=n) for n in range(12)]
    assert [counts.count("1", each, window) for each in at] == [*range(1, 11), 1, 2]
    assert counts.count("2", at[0], window) == 1
    assert sorted(all_at_once(lambda _: counts.count("3", NOW, window))) == [1, 2, 3, 4, 5]
    counts.count("4", NOW + timedelta(hours=1), window)
    with database.read() as session:
        assert [(row.order, row.times) for row in session.exec(select(FormCountRow))] == [("4", 1)]
