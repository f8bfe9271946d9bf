"""Scenarios: what they say, what they find, and what they say when something went wrong."""

import re
from pathlib import Path

import pytest

from activities.catalogue import ACTIONS
from config.shop import config_files, read_shop
from flow.load.scenario_expect import TASK, TIMES
from flow.load.scenario_order import STARTS
from flow.load.scenarios import KEYS, Shelf, read_scenarios
from flow.scenario import Aspect, Does
from flow.scenario_files import scenarios_of
from flow.scenario_run import run
from flow.scenario_suite import run_all
from tests.flow.words import line_of

CONFIG = Path("config")
PAGE = Path("docs/reference/scenarios.md")
CLEAN = """\
tests: standard
scenarios:
  - scenario: A clean order
    story:
      - answer: {pack: packed}
        with: {parcel_weight: 900}
      - event: carrier.delivered
    expect:
      end: done
"""


@pytest.fixture(scope="module")
def shop():
    return read_shop(CONFIG, ACTIONS)


def no_samples(_name):
    return {}


@pytest.fixture
def load(shop):
    def read(text, file="standard.test.yaml", samples=no_samples, **more):
        return read_scenarios(
            text, file, Shelf(shop.flows, shop.catalogue, shop.calendars), samples, **more
        )

    return read


@pytest.fixture
def play(shop, load):
    def played(text, file="standard.test.yaml"):
        scenarios, findings = load(text, file)
        assert findings == []
        return run(scenarios[0], shop)

    return played


def test_every_shipped_scenario_goes_as_it_says_and_takes_every_branch(shop):
    report = run_all(config_files(CONFIG), shop, no_samples)

    assert [each.failures for each in report.played if each.failures] == []
    assert {each.flow: each.missing for each in report.coverage} == dict.fromkeys(shop.flows, ())
    assert {each.scenario.flow for each in report.played} == set(shop.flows)


def test_the_example_of_the_page_goes_as_it_says(play):
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)

    assert play(example, "warehouse.test.yaml").failures == ()


@pytest.mark.parametrize(
    "word", sorted({*KEYS, *Does, *Aspect, *TASK, *TIMES, STARTS, "split_off", "refused"})
)
def test_each_word_of_scenarios_is_on_their_page(word):
    prose = re.sub(r"```.*?```", "", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    quoted = re.findall(r"`([^`]+)`", prose)
    assert word in {part for text in quoted for part in (text, re.split(r"[:( ]", text)[0])}


def test_a_scenario_may_be_played_again(shop, load):
    (scenario,), _ = load(CLEAN)

    first, second = run(scenario, shop), run(scenario, shop)

    assert first.story == second.story
    assert first.failures == second.failures == ()


def test_what_was_not_as_expected_stands_with_its_place_and_the_story(play):
    text = CLEAN.replace("end: done", "end: unpaid")

    played = play(text)

    (failure,) = played.failures
    assert (failure.place.line, failure.place.column) == line_of(text, "unpaid")
    assert (failure.expected, failure.happened) == ("the end unpaid", "done")
    assert played.story[-1].endswith("Completed.")


def test_the_first_thing_that_cannot_happen_is_told_and_nothing_after_it(play):
    played = play(CLEAN.replace("pack: packed", "trace: wait").replace("{parcel_weight: 900}", "{}"))

    (failure,) = played.failures
    assert failure.expected == "answer trace: wait"
    assert failure.happened == "there is no open task of trace; it is at ship (waiting) and pack (waiting)"


WRONG = [
    ("state: cancelled", "the state cancelled", "completed"),
    ("waits: pack", "to wait at pack", "none"),
    (
        "notices: [confirmation]",
        "the notices confirmation",
        "confirmation, shipped, delivered",
    ),
    ("undone: [payment.void]", "to take back by payment.void", "none"),
    ("passed: [confirm, risk]", "after confirm: risk", "after confirm: screen, risk,"),
    (
        "includes: [reserve, confirm]",
        "to come through reserve, confirm",
        "confirm, screen",
    ),
    ("reminders: pack", "reminders of pack", "none"),
    ("incidents: capture", "incidents at capture", "none"),
    ("holds: [OTHER]", "the holds OTHER", "none"),
    ("tasks: {pack: {title: Wrap}}", "the task pack: title Wrap", "Pick and pack"),
    ("tasks: {review: {}}", "a task of review", "there was none"),
    ("tasks: {pack: {answers: [Packed]}}", "the task pack: answers Packed", "Packed, Item missing"),
    ("deadlines: {pack: {late: none}}", "of pack: late none", "2026-11-26 09:00"),
    ("end: {F1: lost}", "the end of F1 lost", "done"),
]


@pytest.mark.parametrize(("expect", "expected", "happened"), WRONG)
def test_each_expectation_that_fails_says_what_happened(play, expect, expected, happened):
    (failure,) = play(CLEAN.replace("end: done", expect)).failures

    assert failure.expected == expected
    assert failure.happened.startswith(happened)


def test_an_incident_nobody_expects_fails_the_scenario(play):
    text = CLEAN.replace("    story:", "    given: {capture: no answer}\n    story:").replace(
        "      - event: carrier.delivered\n", "      - after: 1 day\n"
    )

    (failure,) = play(text.replace("end: done", "state: open")).failures

    assert failure.expected == "no incident"
    assert "capture: payment.capture does not answer" in failure.happened


def test_a_refusal_that_does_not_come_fails_the_scenario(play):
    text = CLEAN.replace(
        "      - event", "      - cancel: order\n        refused: not today\n      - event"
    )

    (failure,) = play(text).failures

    assert failure.expected == "cancel order to be refused: not today"
    assert "it has left" in failure.happened


def test_a_branch_nobody_takes_is_told_with_its_place(shop):
    files = config_files(CONFIG)
    text = files["flows/standard.test.yaml"]
    files["flows/standard.test.yaml"] = text.replace(
        "given:\n      reserve: OutOfStock", "given: {}"
    ).replace(
        "end: sold_out\n      notices: [confirmation, cancelled]\n      undone: [payment.void]",
        "waits: pack",
    )

    report = run_all(files, shop, no_samples, "standard")

    (coverage,) = report.coverage
    assert [str(branch) for branch, _ in coverage.missing] == [
        "reserve: refused: OutOfStock",
        "tell_out_of_stock: done",
    ]
    (_, place), _ = coverage.missing
    assert (place.line, place.column) == line_of(files["flows/standard.yaml"], "tell_out_of_stock")
    assert report.failed == 0
    assert not report.whole


def test_the_branches_of_a_story_are_those_it_takes(play):
    taken = {str(each) for each in play(CLEAN).taken if each.flow == "warehouse"}

    assert taken == {
        "in_stock: otherwise",
        "pack: answer packed",
        "capture: done",
        "hand_over: done",
        "commit: done",
        "tell_shipped: done",
        "delivered: carrier.delivered comes",
        "tell_delivered: done",
    }


def test_scenarios_leave_the_shop_and_the_versions_of_its_flows_alone(shop):
    files = config_files(CONFIG)

    assert not [name for name in shop.hashes if "test" in name]
    assert scenarios_of(files, Shelf(shop.flows, shop.catalogue, shop.calendars), no_samples)[1] == []


FINDINGS = {
    "an unknown key": (
        CLEAN.replace("story:", "storey:"),
        "storey",
        "unknown key 'storey' - did you mean 'story'?",
    ),
    "no such step": (CLEAN.replace("{pack:", "{pak:"), "pak", "there is no step that asks 'pak'"),
    "no such answer": (
        CLEAN.replace("pack: packed", "pack: done"),
        "done}",
        "there is no answer of pack 'done'",
    ),
    "a field missing": (CLEAN.replace("parcel_weight: 900", ""), "{}", "`pack` needs parcel_weight"),
    "no such field": (
        CLEAN.replace("parcel_weight: 900", "parcel_weight: 900, x: 1"),
        "x: 1",
        "`pack` has no 'x'",
    ),
    "a wrong kind": (CLEAN.replace("900", "heavy"), "heavy", "`parcel_weight` cannot be 'heavy'"),
    "no such event": (
        CLEAN.replace("carrier.delivered", "carrier.came"),
        "carrier.came",
        "there is no event",
    ),
    "no such end": (CLEAN.replace("end: done", "end: over"), "over", "there is no end 'over'"),
    "nothing expected": (CLEAN.partition("    expect")[0], "A clean", "a scenario needs `expect`"),
    "two at once": (
        CLEAN.replace("- event:", "- cancel: order\n        event:"),
        "cancel",
        "two things happen",
    ),
    "no such refusal": (
        CLEAN.replace("    story", "    given: {capture: OutOfStock}\n    story"),
        "OutOfStock",
        "capture is never answered 'OutOfStock'",
    ),
    "no such result": (
        CLEAN.replace("    story", "    given: {screen: {points: 3}}\n    story"),
        "points",
        "the result of screen has no 'points'",
    ),
    "no length": (
        CLEAN.replace("event: carrier.delivered", "after: a while"),
        "a while",
        "'a while' is not a length",
    ),
    "no such flow": (
        CLEAN.replace("tests: standard", "tests: standart"),
        "standart",
        "there is no flow 'standart'",
    ),
    "no such fact": (
        CLEAN.replace("    story", "    order: {weight: 3}\n    story"),
        "weight",
        "`order` has no 'weight'",
    ),
    "a moment that is none": (
        CLEAN.replace("end: done", "deadlines: {pack: {late: tomorrow}}"),
        "tomorrow",
        "'tomorrow' is no moment",
    ),
    "no such notice": (
        CLEAN.replace("end: done", "notices: [hello]"),
        "hello",
        "there is no name for `notices`",
    ),
    "no such part": (CLEAN.replace("end: done", "end: {G1: done}"), "G1", "'G1' is no part of this"),
    "no goods": (CLEAN.replace("    story", "    order: {lines: 3}\n    story"), "3}", "`lines` are goods"),
}


@pytest.mark.parametrize(("text", "at", "message"), FINDINGS.values(), ids=FINDINGS.keys())
def test_a_mistake_is_found_in_its_place(load, text, at, message):
    scenarios, findings = load(text)

    assert scenarios == []
    first = findings[0]
    assert message in first.message
    assert first.file == "standard.test.yaml"
    assert first.line in (line_of(text, at)[0], line_of(text, at)[0] - 1)


def test_two_scenarios_of_one_name_are_a_mistake(load):
    _, findings = load(CLEAN + CLEAN.partition("scenarios:\n")[2])

    assert [each.rule for each in findings] == ["duplicate-id"]


def test_a_script_may_expect_nothing(load):
    scenarios, findings = load(CLEAN.partition("    expect")[0], script=True)

    assert (len(scenarios), findings) == (1, [])


def test_a_sample_order_may_be_changed(load):
    text = CLEAN.replace("    story", "    order: {sample: mine.json, express: true}\n    story")

    (scenario,), _ = load(
        text, samples=lambda name: {"number": name.removesuffix(".json"), "country": "FR"}
    )

    assert (scenario.number, scenario.order["country"], scenario.order["express"]) == ("mine", "FR", True)
