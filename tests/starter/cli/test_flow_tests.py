"""`orders flow test` and `orders flow simulate`: what an ops engineer sees of scenarios."""

import json
import shutil

import pytest

from config.settings import SHIPPED
from tests.starter.formats.samples import OWN

SCENARIO = """\
tests: standard
scenarios:
  - scenario: A clean order is delivered
    order: samples/own.json
    story:
      - answer: {pack: packed}
        with: {parcel_weight: 900}
      - event: carrier.delivered
    expect:
      end: done
"""


@pytest.fixture
def own(terminal, monkeypatch):
    """A shop with a flow of its own, one scenario for it and a sample order."""
    folder = terminal.folder / "config"
    (folder / "flows").mkdir(parents=True)
    (folder / "samples").mkdir()
    shutil.copy(SHIPPED / "flows" / "standard.yaml", folder / "flows")
    (folder / "samples" / "own.json").write_text(json.dumps(OWN))
    (folder / "flows" / "standard.test.yaml").write_text(SCENARIO)
    monkeypatch.setenv("ORDERKEEPER_CONFIG", str(folder))
    return folder


def test_the_shipped_scenarios_pass_and_leave_no_branch_out(terminal):
    said = terminal.type("flow", "test", "--require-coverage")

    assert "FAIL" not in said
    assert "taken; never" not in said
    assert "ok    warehouse: A parcel is packed, paid, handed over and delivered" in said


def test_one_flow_is_tested_alone(terminal):
    told = terminal.json("flow", "test", "return-keep")

    assert {each["flow"] for each in told["scenarios"]} == {"return-keep"}
    (coverage,) = told["coverage"]
    assert (coverage["flow"], coverage["missing"]) == ("return-keep", [])
    assert coverage["taken"] == coverage["branches"]


@pytest.mark.usefixtures("own")
def test_a_shops_own_flow_is_tested_by_its_own_scenarios_alone(terminal):
    told = terminal.json("flow", "test", "standard")

    assert [each["scenario"] for each in told["scenarios"]] == ["A clean order is delivered"]
    assert told["scenarios"][0]["passed"]
    missing = told["coverage"][0]["missing"]
    assert {"file", "line", "column", "step", "branch"} == missing[0].keys()
    assert ("review", "answer approve") in {(each["step"], each["branch"]) for each in missing}


@pytest.mark.usefixtures("own")
def test_a_branch_never_taken_fails_only_where_that_is_asked_for(terminal):
    assert terminal.run("flow", "test", "standard").exit_code == 0
    result = terminal.run("flow", "test", "standard", "--require-coverage")

    assert result.exit_code == 1
    assert "flows/standard.yaml:" in result.stdout


def test_a_scenario_that_fails_says_where_what_and_the_last_of_its_story(terminal, own):
    (own / "flows" / "standard.test.yaml").write_text(SCENARIO.replace("end: done", "end: refused"))
    result = terminal.run("flow", "test", "standard")

    assert result.exit_code == 1
    assert "FAIL  standard: A clean order is delivered" in result.stdout
    assert "flows/standard.test.yaml:10:12: expected the end refused" in result.stdout
    assert "what happened: done" in result.stdout
    assert "Thank the customer." in result.stdout
    assert "1 failed" in result.stdout


def test_a_scenario_file_with_mistakes_cannot_run_and_check_finds_them(terminal, own):
    file = own / "flows" / "standard.test.yaml"
    file.write_text(SCENARIO.replace("pack:", "pakc:").replace("end: done", "end: over"))
    result = terminal.run("flow", "test")

    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 2
    checked = terminal.run("flow", "check")
    assert checked.exit_code == 1
    assert "flows/standard.test.yaml:6:18: there is no step that asks 'pakc'" in checked.stdout


def test_mistakes_in_scenarios_stop_no_order(terminal, own):
    (own / "flows" / "standard.test.yaml").write_text("tests: nothing\n")

    assert "“Packed”" in terminal.type("flow", "show", "warehouse")


def test_a_flow_that_is_not_there_cannot_be_tested(terminal):
    result = terminal.run("flow", "test", "nothing")

    assert result.exit_code == 2
    assert result.stderr.startswith("There is no flow nothing; there are ")


def test_a_sample_order_that_is_not_there_is_found(terminal, own):
    (own / "samples" / "own.json").unlink()
    result = terminal.run("flow", "test", "standard")

    assert result.exit_code == 2
    assert "there is no sample order 'samples/own.json'" in result.stderr


def test_an_order_is_led_through_its_flow_by_hand_and_saved_as_a_scenario(terminal):
    order, saved = terminal.file("order.json", OWN), terminal.folder / "standard.test.yaml"
    typed = "1\n900\nh\nOTHER\na\n3 days\nh\n2\n3\n"
    said = terminal.type(
        "flow", "simulate", "standard", "--order", order, "--save", str(saved), input=typed
    )

    assert "F1: Pick and pack, waiting since 2026-11-23 09:00 for warehouse" in said
    assert "then “Not packed in time”; next is “Take the payment”." in said
    assert "until 2026-12-10 09:00" in said
    told = terminal.type("flow", "simulate", "standard", "--script", str(saved))
    assert told.splitlines()[-1].endswith("Waiting for support: Trace the parcel.") or "Completed" in told


def test_a_step_may_fail_from_the_start_or_the_next_time(terminal):
    said = terminal.type("flow", "simulate", "standard", "--fail", "authorize=PaymentDeclined", input="")
    assert "It has ended: cancelled." in said

    offered = terminal.type("flow", "simulate", "warehouse", input="f\n1\nq\n")
    assert "capture: PaymentDeclined" in offered


def test_what_is_none_of_the_choices_is_asked_again(terminal):
    result = terminal.run("flow", "simulate", "return", input="99\nz\na\nlong\na\n31 days\n")

    assert result.exit_code == 0
    assert "'99' is none of the choices" in result.stderr
    assert "'long' is not a length of time" in result.stderr
    assert "It has ended: closed." in result.stdout


def test_a_cancellation_that_comes_too_late_is_told_and_saved(terminal):
    saved = terminal.folder / "return.test.yaml"
    said = terminal.type("flow", "simulate", "return", "--save", str(saved), input="1\nc\nq\n")

    assert "it was refused" in said
    assert "refused: Return 1001-R1 can no longer be cancelled" in saved.read_text().replace("'", "")
    assert terminal.run("flow", "simulate", "return", "--script", str(saved)).exit_code == 0


def test_a_script_that_does_not_go_as_it_says_fails(terminal):
    script = terminal.file(
        "standard.test.yaml", SCENARIO.replace("    order: samples/own.json\n", "").replace("done", "lost")
    )
    result = terminal.run("flow", "simulate", "standard", "--script", script)

    assert result.exit_code == 1
    assert "there is no end 'lost'" in result.stderr
