"""A flow file, compiled."""

# ruff: noqa: E501 - one case a row reads best on one line

import pytest

from domain.errors import FlowRefused
from flow.check import check_flow, load_flow
from flow.model import (
    Answer,
    Ask,
    Decide,
    Each,
    Flow,
    Lateness,
    Pause,
    Retry,
    Row,
    Run,
    Tell,
    WaitFor,
    dumps,
    loads,
)
from tests.flow.words import CATALOGUE, FLOW, ROOT

EVERY_VERB = """\
flow: every
for: order
title: All seven
about: Everything a flow can say
format: 1
calendar: office
cancel_until: lanes
on_cancel: warn
steps:
  - id: screen
    title: Screen
    run: fraud.screen
    timeout: 10s
    retry: {tries: 3, first_wait: 1s}
    attempt: regular
    may_skip: [ops, fraud]
  - id: review
    title: Review
    ask: fraud
    priority: 1 if order.express else 5
    show: [order.total, order.lines]
    scan: order.lines
    due: 4 working hours
    remind: 2 working hours
    answers:
      fine: {label: "Fine", go: money}
      "no":
        label: Not fine
        go: warn
        needs: {why: "choice [stolen, strange]", note: text}
    if_late: {after: 1 working day, go: second}
  - id: second
    title: A second look
    ask: ops
    not_same_person_as: review
    answers: {fine: {label: Fine, go: money}}
    if_late: {after: 1 working day, go: warn}
  - id: money
    title: Money
    wait_for: payment.received
    if_late: {after: 7 days, go: warn}
  - id: book
    title: Book it
    run: payment.receive
    with: {amount: money.amount}
    undo: payment.refund
    timeout: 30s
    on_error: {AmountDiffers: warn}
  - id: ask
    title: What do they want?
    wait_for: customer.choice
    choices: {wait: rest, cancel: warn}
    if_late: {after: 3 days, go: rest}
  - id: rest
    title: Rest
    pause: 2 working hours
  - id: lanes
    title: Parcels
    each: fulfilments
    use: '"pickup" if fulfilment.method == "pickup" else "warehouse"'
    if_late: {after: 60 days, go: sum}
    visits: 1
  - id: sum
    title: How it ends
    decide:
      - if: order.total > 0
        go: done
      - otherwise: warn
  - id: warn
    title: Warn
    tell: backorder
    to: ops
    marketing: true
    then: off
ends:
  done: {title: Done, state: completed}
  off: {title: Off, state: cancelled, undo: true}
"""


def run_of(flow: Flow, id: str) -> Run:
    does = flow.step(id).does
    assert isinstance(does, Run)
    return does


@pytest.fixture(scope="module")
def flow():
    return load_flow(EVERY_VERB, "every.yaml", CATALOGUE)


def test_a_flow_keeps_what_its_file_says_about_it(flow):
    assert (flow.name, flow.level, flow.title, flow.calendar) == ("every", "order", "All seven", "office")
    assert (flow.cancel_until, flow.on_cancel, flow.format) == ("lanes", "warn", 1)
    assert flow.about == "Everything a flow can say"
    assert [(end.id, end.state, end.undo) for end in flow.ends] == [
        ("done", "completed", False),
        ("off", "cancelled", True),
    ]


@pytest.mark.parametrize(
    ("id", "does", "then"),
    [
        ("screen", Run("fraud.screen", "10s", retry=Retry(3, "1s"), regular=True, owner="fraud", may_skip=("ops", "fraud")),
         "review"),
        ("money", WaitFor("payment.received", Lateness("7 days", "warn")), "book"),
        ("book", Run("payment.receive", "30s", {"amount": "money.amount"}, undo="payment.refund",
                     on_error={"AmountDiffers": "warn"}, owner="finance", changes="authorizes"), "ask"),
        ("ask", WaitFor("customer.choice", Lateness("3 days", "rest"), {"wait": "rest", "cancel": "warn"}), "rest"),
        ("rest", Pause("2 working hours"), "lanes"),
        ("lanes", Each('"pickup" if fulfilment.method == "pickup" else "warehouse"', Lateness("60 days", "sum")), "sum"),
        ("sum", Decide((Row("order.total > 0", "done"),), "warn"), "warn"),
        ("warn", Tell("backorder", "ops", marketing=True), "off"),
        ("review",
         Ask("fraud",
             (Answer("fine", "Fine", "money"),
              Answer("no", "Not fine", "warn", {"why": "choice [stolen, strange]", "note": "text"})),
             Lateness("1 working day", "second"), "4 working hours", "2 working hours",
             ("order.total", "order.lines"), "order.lines", "1 if order.express else 5"),
         "second"),
        ("second", Ask("ops", (Answer("fine", "Fine", "money"),), Lateness("1 working day", "warn"),
                       not_same_person_as="review"), "money"),
    ],
)  # fmt: skip
def test_every_verb_is_compiled(flow, id, does, then):
    assert flow.step(id).does == does
    assert flow.step(id).then == then


def test_visits_are_bounded_even_when_the_file_is_silent(flow):
    assert flow.step("lanes").visits == 1
    assert flow.step("review").visits == 5


def test_what_the_catalogue_says_of_an_action_is_compiled_in():
    flow = load_flow(FLOW, "parcel.yaml", CATALOGUE)
    split, take = run_of(flow, "split"), run_of(flow, "take")
    assert (split.regular, split.owner) == (False, "warehouse-lead")
    assert (take.regular, take.undo_regular, take.owner) == (True, True, "finance")


def test_the_undo_of_an_action_goes_the_way_that_the_undo_takes():
    text = FLOW.replace("cancel_until: take", "cancel_until: pack").replace("for: fulfilment", "for: order")
    text = text[: text.index("  - id: pack")] + (
        "  - id: pack\n    title: Promise\n    run: stock.reserve\n    undo: stock.release\n    timeout: 10s\n    then: done\n"
        "ends: {done: {title: Done, state: completed}, off: {title: Off, state: cancelled, undo: true}}\n"
    )
    reserve = run_of(load_flow(text, "parcel.yaml", CATALOGUE), "pack")
    assert (reserve.regular, reserve.undo_regular) == (False, False)


def test_a_compiled_flow_reads_back_from_its_json(flow):
    assert loads(dumps(flow)) == flow


def test_layout_and_comments_do_not_change_a_flow():
    other = FLOW.replace("    title: Pack it\n", "    title:   'Pack it'   # by hand\n").replace(
        "\n", "\r\n"
    )
    same, changed = (load_flow(text, "parcel.yaml", CATALOGUE).sha256 for text in (other, FLOW))
    assert same == changed
    assert load_flow(FLOW.replace("14 days", "15 days"), "parcel.yaml", CATALOGUE).sha256 != same


def test_a_flow_with_findings_is_refused_with_all_of_them():
    wrong = FLOW.replace("timeout: 10s", "timout: 10s").replace("go: split", "go: splitt")
    with pytest.raises(FlowRefused) as refused:
        load_flow(wrong, "parcel.yaml", CATALOGUE)
    lines = str(refused.value).splitlines()
    assert [line.rpartition(" ")[2] for line in lines] == ["[go]", "[unknown-key]"]
    assert all(line.startswith("parcel.yaml:") for line in lines)


@pytest.mark.parametrize("name", ["standard", "warehouse"])
def test_the_flows_we_ship_read_as_bytes_and_as_text(name):
    path = ROOT / "config" / "flows" / f"{name}.yaml"
    as_bytes, as_text = (
        check_flow(source, path.name, CATALOGUE) for source in (path.read_bytes(), path.read_text())
    )
    assert as_bytes == as_text
