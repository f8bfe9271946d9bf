"""What the worker looks after by itself goes on, whatever goes wrong."""

import asyncio
import logging

from starter.rounds import Rounds
from tests.adapters.database.given import NOW


async def test_a_round_that_fails_is_made_again_and_one_with_more_to_do_at_once(caplog):
    made, enough = [], asyncio.Event()

    async def look(now):
        made.append(now)
        if len(made) == 1:
            raise OSError("the mail server has gone home")
        if len(made) == 4:
            enough.set()
        return len(made) < 4

    with caplog.at_level(logging.ERROR):
        going = asyncio.create_task(Rounds(look, lambda: NOW, "the buyers what runs low", 0.0).run())
        await enough.wait()
        going.cancel()

    assert made[:4] == [NOW] * 4
    assert "Cannot tell the buyers what runs low; will try again" in caplog.text
