"""The words an ops engineer may use, as `orders flow` lists them."""

import json

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


def test_the_schema_completes_what_this_shop_has(terminal, monkeypatch):
    own = terminal.file("own.py", OWN_ACTION)
    monkeypatch.setenv("ORDERKEEPER_ACTIONS", str(own))
    schema = json.loads(terminal.type("flow", "schema"))
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "gift.wrap" in schema["$defs"]["step_run"]["properties"]["run"]["enum"]


def test_an_own_action_is_listed_beside_ours_and_checked(terminal, monkeypatch):
    monkeypatch.setenv("ORDERKEEPER_ACTIONS", str(terminal.file("own.py", OWN_ACTION)))
    (found,) = [each for each in terminal.json("flow", "actions") if each["name"] == "gift.wrap"]
    assert (found["about"], found["owner"], found["local"]) == ("Wraps it.", "ops", False)
    assert "nothing found" in terminal.type("flow", "check")


@pytest.mark.parametrize("words", ["actions", "check", "schema", "events", "roles"])
def test_own_actions_that_cannot_be_taken_are_one_line_and_exit_code_2(terminal, monkeypatch, words):
    own = terminal.file("own.py", "import nothing_like_it\n")
    monkeypatch.setenv("ORDERKEEPER_ACTIONS", str(own))
    result = terminal.run("flow", words)
    assert result.exit_code == 2
    assert result.stderr == f"{own}:1: No module named 'nothing_like_it'.\n"
    assert result.stdout == ""


def test_the_words_are_told_while_a_flow_is_half_written(terminal, monkeypatch):
    folder = terminal.folder / "config"
    (folder / "flows").mkdir(parents=True)
    (folder / "flows" / "warehouse.yaml").write_text("flow: warehouse\nsteps: [\n")
    monkeypatch.setenv("ORDERKEEPER_CONFIG", str(folder))
    assert "carrier.delivered" in terminal.type("flow", "events")
    assert json.loads(terminal.type("flow", "schema"))["title"] == "A flow"


def test_a_rule_is_explained_with_a_wrong_and_a_right_example(terminal):
    told = terminal.type("flow", "rules", "no-undo")
    assert told.index("Wrong") < told.index("run: payment.capture") < told.index("Right")
    assert "no-undo" in terminal.type("flow", "rules")
    assert "There is no rule nothing" in terminal.refused("flow", "rules", "nothing")
    assert terminal.type("flow", "rules", "--markdown").startswith("# The rules of `orders flow check`\n")


OWN_ACTION = """\
from activities.own import action
from domain.step import Call, StepResult


@action("gift.wrap", "Wraps it.")
def wrap(call: Call) -> StepResult:
    return StepResult()
"""
