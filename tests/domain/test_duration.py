"""Lengths of time as a shop says them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.duration import Duration
from domain.errors import BadInput


@pytest.mark.parametrize(
    ("text", "plain", "working"),
    [
        ("30s", timedelta(seconds=30), False),
        ("1 minute", timedelta(minutes=1), False),
        ("14 days", timedelta(days=14), False),
        ("2 weeks", timedelta(weeks=2), False),
        ("6 working hours", timedelta(hours=6), True),
        (" 1 working day ", timedelta(days=1), True),
    ],
)
def test_a_length_is_read_as_it_is_said(text, plain, working):
    length = Duration.parse(text)
    assert (length.plain, length.working) == (plain, working)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "0 days",
        "-1 day",
        "1.5 hours",
        "2 working weeks",
        "30 working s",
        "1 month",
        "100000 days",
        "1 day 2",
    ],
)
def test_what_is_no_length_of_time_is_refused(text):
    with pytest.raises(BadInput):
        Duration.parse(text)


def test_a_refusal_names_the_field():
    with pytest.raises(BadInput, match="due: 'soon' is not a length of time"):
        Duration.parse("soon", field="due")


@given(
    st.integers(1, 99999),
    st.sampled_from([("s", False), ("minute", False), ("hour", True), ("day", True), ("week", False)]),
)
def test_a_length_reads_back_as_it_is_written(count, unit):
    length = Duration(count, *unit)
    assert Duration.parse(str(length)) == length
