"""Pages stay as quick when the shop grows: so many statements each, however much there is to show."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from adapters.database.journal.steps import Journal
from domain.journal import IncidentOpened
from tests.adapters.database.given import NOW, a_batch, a_placement, a_task, an_entry, an_order

PAGES = (
    *("/inbox", "/inbox?role=fraud", "/tasks/N000.review.1", "/pack", "/pack?code=1001"),
    *(
        "/orders",
        "/orders?state=open&payment=pending",
        "/orders?waiting=fraud",
        "/orders?q=ada",
        "/orders/N000",
    ),
    *("/incidents", "/flows/standard"),
)


@contextmanager
def counted(engine) -> Iterator[list[str]]:
    """The statements meanwhile, whoever sends them."""
    heard: list[str] = []

    def hear(_connection, _cursor, statement, *_more):
        heard.append(statement)

    event.listen(engine, "before_cursor_execute", hear)
    yield heard
    event.remove(engine, "before_cursor_execute", hear)


def grow(house, first: int, last: int) -> None:
    """More orders that wait for the fraud team, all with the same trouble and a longer story."""
    journal = Journal(house.book.url, dict)
    for n in range(first, last):
        number = f"N{n:03}"
        house.book.place(an_order(number, placed_at=NOW - timedelta(hours=n)), a_placement(number), NOW)
        stopped = IncidentOpened(
            f"{number}.x.i1", number, "x", "Hold the money", "No answer.", "ops", (), NOW
        )
        told = tuple(an_entry(n) for n in range(1, 4))
        batch = a_batch(order=number, opened=(a_task(number),), incidents_opened=(stopped,), entries=told)
        journal.write(batch)


async def statements(browser, house) -> dict[str, int]:
    found = {}
    for path in PAGES:
        await browser.get(path)  # what is kept for a while is there then
        with counted(house.desk.engine) as heard:
            answer = await browser.get(path)
        assert answer.status_code in (200, 303), path
        found[path] = len(heard)
    return found


async def test_a_page_asks_as_often_with_fifty_rows_as_with_five(sign_in, house):
    root = await sign_in("root", "admin")
    grow(house, 0, 5)
    few = await statements(root, house)
    grow(house, 5, 50)
    assert await statements(root, house) == few


@pytest.mark.parametrize(
    ("path", "most"),
    [("/inbox", 9), ("/orders", 18), ("/orders?q=ada", 22), ("/incidents", 10), ("/orders/N000", 30)],
)
async def test_a_list_is_read_in_few_statements(path, most, sign_in, house):
    root = await sign_in("root", "admin")
    grow(house, 0, 5)
    with counted(house.desk.engine) as heard:
        await root.get(path)
    read = [each for each in heard if not each.startswith("BEGIN")]
    assert len(read) <= most, "\n".join(read)


async def test_no_page_reads_more_tasks_or_orders_than_it_shows(sign_in, house):
    root = await sign_in("root", "admin")
    grow(house, 0, 60)
    text = (await root.get("/inbox")).text
    assert text.count("data-row") == 50
    assert "1 to 50 of 62" in text
    second = (await root.get("/inbox?page=2")).text
    assert second.count("data-row") == 12
    assert 'rel="prev"' in second
    assert (await root.get("/inbox?page=999999")).status_code == 200
