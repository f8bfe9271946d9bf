"""A gateway that gives no answer is left alone, and taken up again when it does."""

from dataclasses import dataclass, field

import pytest

from adapters.payment.breaker import Breaker
from adapters.payment.gateway import Declined, Failed, NoAnswer, NotYet
from domain.step import Call
from tests.adapters.placed import NOON, eur

CALL = Call("1001", "1001", "pay", 1, "1001:pay:O.1", NOON)


@dataclass
class Moody:
    """Answers with what it is told to, and counts how often it was asked."""

    multi_capture: bool = False
    says: Exception | None = None
    asked: int = 0
    times: list[float] = field(default_factory=list)

    async def authorize(self, *_) -> str:
        self.asked += 1
        if self.says:
            raise self.says
        return "held"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def moody():
    return Moody()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def breaker(moody, clock):
    return Breaker(moody, clock, failures=3)


async def ask(breaker):
    return await breaker.authorize(CALL, "k", eur(100), "")


async def fail(breaker, times: int, error=NoAnswer):
    for _ in range(times):
        with pytest.raises(error):
            await ask(breaker)


@pytest.mark.parametrize("error", [NoAnswer, Failed])
async def test_after_a_few_calls_without_an_answer_nobody_asks_for_a_while(breaker, moody, error, caplog):
    moody.says = error("")
    await fail(breaker, 3, error)
    assert breaker.is_open
    await fail(breaker, 10, NotYet)
    assert moody.asked == 3
    assert caplog.messages == [
        "The payment gateway gave no answer 3 times: it is asked once in 30 s until it does"
    ]


async def test_then_one_goes_to_see_while_the_others_wait(breaker, moody, clock):
    moody.says = NoAnswer("")
    await fail(breaker, 3)
    clock.now = 30
    await fail(breaker, 1)
    await fail(breaker, 1, NotYet)
    assert moody.asked == 4
    clock.now = 60
    moody.says = None
    assert await ask(breaker) == "held"
    assert await ask(breaker) == "held"
    assert not breaker.is_open


async def test_only_failures_in_a_row_count_and_a_no_is_an_answer(breaker, moody):
    for says in (NoAnswer(""), NoAnswer(""), Declined(""), Failed(""), Failed(""), NotYet("")):
        moody.says = says
        await fail(breaker, 1, type(says))
    assert not breaker.is_open
    assert moody.asked == 6
