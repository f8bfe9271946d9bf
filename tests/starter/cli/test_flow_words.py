"""The words an ops engineer may use, as `orders flow` lists them."""

import pytest


@pytest.mark.parametrize(
    ("words", "name", "field"),
    [
        ("facts", "order.total", "unit"),
        ("facts", "order.lines[].sku", "kind"),
        ("facts", "order.payment.expires_at", "about"),
        ("actions", "payment.capture", "undo"),
        ("events", "carrier.delivered", "fields"),
        ("roles", "warehouse", "permissions"),
    ],
)
def test_each_word_is_listed_with_what_is_to_be_known_of_it(terminal, words, name, field):
    (found,) = [each for each in terminal.json("flow", words) if each["name"] == name]
    assert field in found
    assert found["about"]
    assert name in terminal.type("flow", words)


def test_a_fact_that_may_be_missing_says_so(terminal):
    (found,) = [
        each for each in terminal.json("flow", "facts") if each["name"] == "order.payment.expires_at"
    ]
    assert found["kind"] == "instant (may be missing)"
