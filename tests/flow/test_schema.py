"""The schema that editors complete flow files by says what the check says."""

# ruff: noqa: E501 - one case a row reads best on one line

import json

import pytest

from activities.catalogue import ACTIONS
from config.settings import SHIPPED
from config.shop import config_files, notices, read_shop
from flow.checks.casebook import FLOW_FILE, rule_cases
from flow.load.flow import FLOW_KEYS
from flow.load.reader import read
from flow.load.steps import KEYS
from flow.schema import flow_schema
from flow.schema_words import ABOUT
from tests.flow.json_schema import plain, wrong

SCHEMA = flow_schema(read_shop(SHIPPED, ACTIONS))
FLOWS = {
    name: text
    for name, text in config_files(SHIPPED).items()
    if name.startswith("flows/") and not name.endswith(".test.yaml")
}
# What a schema can tell of one key or value; the rest needs the whole flow.
TOLD = (
    "action", "argument", "calendar", "event", "format", "id", "kind", "missing", "no-deadline", "no-timeout",
    "no-undo", "notice", "otherwise", "refusal", "role", "state", "undo", "unknown-key", "value", "visits", "duration",
    "verb",
)  # fmt: skip
CASES = [case for case in rule_cases() if case.file == FLOW_FILE]


def faults(text: str) -> list[str]:
    table, findings = read(text, "f.yaml")
    assert findings == []
    return list(wrong(plain(table), SCHEMA, SCHEMA))


@pytest.mark.parametrize("name", FLOWS)
def test_the_flows_we_ship_fit_the_schema(name):
    assert faults(FLOWS[name]) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_every_right_example_fits_the_schema(case):
    assert faults(case.whole(case.right)) == []


@pytest.mark.parametrize("case", [case for case in CASES if case.rule in TOLD], ids=lambda case: case.rule)
def test_what_one_key_can_tell_the_editor_tells_too(case):
    assert faults(case.wrong_file)


def test_the_schema_is_json_and_says_which_dialect():
    text = json.dumps(SCHEMA)
    assert "https://json-schema.org/draft/2020-12/schema" in text
    assert json.loads(text) == SCHEMA


def test_names_come_from_the_shop_each_with_what_it_is():
    run = SCHEMA["$defs"]["step_run"]["properties"]["run"]
    assert run["enum"] == list(ACTIONS)
    assert run["enumDescriptions"] == [action.about for action in ACTIONS.values()]
    assert "warehouse" in SCHEMA["$defs"]["step_ask"]["properties"]["ask"]["enum"]
    assert "carrier.delivered" in SCHEMA["$defs"]["step_wait_for"]["properties"]["wait_for"]["enum"]
    assert SCHEMA["$defs"]["step_tell"]["properties"]["tell"]["enum"] == sorted(notices(SHIPPED))


def test_every_key_is_explained():
    for key in {*FLOW_KEYS, *KEYS, *(key for keys in KEYS.values() for key in keys)}:
        assert key in ABOUT
    for verb in KEYS:
        for name, shape in SCHEMA["$defs"][f"step_{verb}"]["properties"].items():
            assert shape["description"], name


@pytest.mark.parametrize("verb", KEYS)
def test_what_a_step_has_to_have_is_what_the_check_asks_for(verb):
    """Without a needed key there are findings; without any other there need be none."""
    needed = SCHEMA["$defs"][f"step_{verb}"]["required"]
    assert needed[:3] == ["id", "title", verb]
    assert set(needed) <= {*SCHEMA["$defs"][f"step_{verb}"]["properties"]}
