"""`orders flow publish`, `diff`, `impact`, `move` and `backtest`, without any Temporal."""

import json
import shutil

import pytest

from config.settings import SHIPPED
from tests.e2e.conftest import an_order

PACKED = {"at": "2026-11-20T12:00:00Z", "step": "pack", "answer": "packed", "set": {"parcel_weight": 900}}
DELIVERED = {"at": "2026-11-25T10:00:00Z", "event": "carrier.delivered"}


@pytest.fixture
def warehouse(terminal, monkeypatch):
    """The shop's own file of the flow, published as we ship it."""
    folder = terminal.folder / "config"
    shutil.copytree(SHIPPED / "flows", folder / "flows")
    monkeypatch.setenv("ORDERKEEPER_CONFIG", str(folder))
    terminal.type("flow", "publish", "--why", "the first")
    return folder / "flows" / "warehouse.yaml"


def change(file, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def cases(terminal, *changes) -> str:
    each = [{"order": an_order(f"C{n}"), "events": list(events)} for n, events in enumerate(changes)]
    return terminal.file("cases.jsonl", "\n".join(json.dumps(case) for case in each))


def test_what_changed_since_it_was_published_is_told_in_words(terminal, warehouse):
    assert "Nothing changed" in terminal.type("flow", "diff", "warehouse")
    change(warehouse, "due: 1 working day", "due: 2 working days")
    assert (
        terminal.type("flow", "diff", "warehouse") == "chase: due after 1 working day -> 2 working days\n"
    )
    told = terminal.json("flow", "diff", "warehouse")
    assert terminal.json("flow", "diff", told["old"][:12])["changes"] == told["changes"]
    assert "is no flow and no version" in terminal.refused("flow", "diff", "nothing")


def test_a_flow_whose_scenarios_fail_is_not_published(terminal, warehouse):
    change(warehouse, "go: capture, needs:", "go: release, needs:")
    before = terminal.json("flow", "list")

    result = terminal.run("flow", "publish", "--why", "a bad idea")

    assert result.exit_code == 1
    assert "FAIL  warehouse:" in result.stdout
    assert result.stderr.strip().endswith("failed, so nothing was published.")
    assert terminal.json("flow", "list") == before


@pytest.mark.usefixtures("warehouse")
def test_with_nothing_open_there_is_nothing_to_move(terminal):
    assert "Nothing is open." in terminal.type("flow", "impact")
    assert terminal.json("flow", "move", "--reason", "newer") == []
    assert "4711 is not an open order" in terminal.refused("flow", "move", "4711", "--reason", "newer")


@pytest.mark.usefixtures("warehouse")
def test_orders_of_the_past_are_played_and_summed_up(terminal):
    file = cases(terminal, (PACKED, DELIVERED), (PACKED, DELIVERED), ())

    report = terminal.json("flow", "backtest", "standard", "--cases", file)

    assert (report["orders"], report["ends"]) == (3, {"Completed": 2, "Called off": 1})
    pack = next(step for step in report["steps"] if step["step"] == "pack")
    assert (pack["orders"], pack["missed"], pack["late"]) == (3, 1, 1)
    assert report["changes"] == []
    assert "3 orders through standard" in terminal.type("flow", "backtest", "standard", "--cases", file)


def test_what_another_version_would_have_made_of_them_is_told(terminal, warehouse):
    change(warehouse, "{after: 3 working days, go: escalate}", "{after: 1 hour, go: escalate}")
    file = cases(terminal, (PACKED, DELIVERED), (PACKED, DELIVERED))

    report = terminal.json("flow", "backtest", "warehouse", "--cases", file)

    assert "2 would now go to “Not packed in time”" in report["changes"]
    assert "2 would end “Called off” instead of “Completed”" in report["changes"]


def with_event(event) -> str:
    return json.dumps({"order": an_order("C1"), "events": [event]})


@pytest.mark.parametrize(
    ("case", "wrong"),
    [
        ("{}", "cases.jsonl:1: order"),
        ('{"order": {}}', "cases.jsonl:1:"),
        ("not json", "cases.jsonl:1:"),
        (with_event({**DELIVERED, "at": "now"}), "events[0].at"),
        (with_event({**DELIVERED, "event": "carrier.eaten"}), "events[0].event"),
        (with_event({**DELIVERED, "step": "pack"}), "events[0]"),
        (with_event({**PACKED, "set": {"weight": 1}}), "events[0].set"),
        (json.dumps({"order": an_order("C1"), "event": []}), "event"),
    ],
)
def test_a_line_that_is_no_case_is_named_with_its_field(terminal, case, wrong):
    line = terminal.refused("flow", "backtest", "standard", "--cases", terminal.file("cases.jsonl", case))
    assert wrong in line


def test_either_a_file_or_the_last_orders(terminal):
    assert terminal.run("flow", "backtest", "standard").exit_code == 2
    assert "There is no flow nothing" in terminal.refused("flow", "backtest", "nothing", "--last", "5")
    assert terminal.json("flow", "backtest", "standard", "--last", "5")["orders"] == 0
