"""A flow drawn and read aloud."""

import re

import pytest

from flow.check import load_flow
from flow.diagram.mermaid import mermaid
from flow.words import sentences
from tests.flow.test_load import EVERY_VERB
from tests.flow.words import CATALOGUE, FLOW

NODE = re.compile(
    r'\w+(\(\[|\[\[|\[/|\{\{|\{|\[|>)"[^"]*"(?:<br/>"?[^"]*"?)?(\]\)|\]\]|/\]|\}\}|\}|\])(:::\w+)?'
)
ARROW = re.compile(r'(\w+(\(\["[^"]*"\]\))?) (-->|-\.->)(\|"[^"]*"\|)? (\w+)')


@pytest.fixture(scope="module")
def parcel():
    return load_flow(FLOW, "parcel.yaml", CATALOGUE)


@pytest.fixture(scope="module")
def every():
    return load_flow(EVERY_VERB, "every.yaml", CATALOGUE)


def test_a_diagram_shows_every_step_end_and_way(parcel):
    assert mermaid(parcel).splitlines()[:24] == [
        "flowchart TD",
        '    begin(["Send a parcel"])',
        '    s_pack[/"Pack it<br/>warehouse"/]:::ask',
        '    s_split["Move what is missing"]:::run',
        '    s_left{"Is anything left?"}:::decide',
        '    s_take["Take the money"]:::run',
        '    s_tell>"Tell the customer"]:::tell',
        '    s_arrived{{"Wait for it"}}:::wait',
        '    s_done(["Delivered"]):::good',
        '    s_off(["Called off"]):::off',
        "    begin --> s_pack",
        '    s_pack -->|"Packed"| s_take',
        '    s_pack -->|"Missing"| s_split',
        '    s_pack -.->|"late after 2 working days"| s_pack',
        "    s_split --> s_left",
        '    s_left -->|"split.left #gt; 0"| s_pack',
        '    s_left -->|"otherwise"| s_off',
        "    s_take --> s_tell",
        "    s_tell --> s_arrived",
        "    s_arrived --> s_done",
        '    s_arrived -.->|"late after 14 days"| s_off',
        "    classDef run fill:#eef4ff,stroke:#3b6fb6,color:#10233f",
        "    classDef ask fill:#fff4d6,stroke:#b07d00,color:#3d2c00",
        "    classDef decide fill:#f3ecff,stroke:#7350b5,color:#2a1650",
    ]


def test_people_waits_decisions_and_lanes_have_shapes_of_their_own(every):
    drawn = mermaid(every)
    for shape in (
        's_screen["',
        's_review[/"',
        's_sum{"',
        's_ask{{"',
        's_rest{{"',
        's_lanes[["',
        's_warn>"',
    ):
        assert shape in drawn


def test_refusals_choices_and_a_cancellation_are_drawn(every):
    drawn = mermaid(every)
    assert 's_book -.->|"AmountDiffers"| s_warn' in drawn
    assert 's_ask -->|"cancel"| s_warn' in drawn
    assert 'cancelled(["Cancelled"]) -.-> s_warn' in drawn


def test_every_line_is_a_node_an_arrow_or_a_colour(every, parcel):
    for line in (mermaid(every) + mermaid(parcel)).splitlines():
        text = line.strip()
        known = text == "flowchart TD" or text.startswith("classDef ")
        assert known or NODE.fullmatch(text) or ARROW.fullmatch(text), text


def test_words_of_mermaid_in_titles_and_ids_do_no_harm():
    text = FLOW.replace("id: tell\n", "id: end\n").replace(
        "title: Tell the customer", "title: 'Say \"end\" <b>#1</b>'"
    )
    drawn = mermaid(load_flow(text, "parcel.yaml", CATALOGUE))
    assert 's_end>"Say #quot;end#quot; #lt;b#gt;#35;1#lt;/b#gt;"]:::tell' in drawn


def test_the_same_flow_is_drawn_the_same(every):
    again = load_flow(EVERY_VERB, "every.yaml", CATALOGUE)
    assert mermaid(again) == mermaid(every)


def test_a_flow_is_read_aloud_step_by_step(parcel):
    assert sentences(parcel) == [
        (
            "Pack it: a task for warehouse; “Packed” (needs weight) leads to “Take the money”; “Missing” "
            "(needs missing) leads to “Move what is missing”; after 2 working days without that, “Pack it”."
        ),
        "Move what is missing: runs stock.split with missing = pack.missing, up to 5 times of 10s.",
        "Is anything left? if split.left > 0, “Pack it”; otherwise the end “Called off”.",
        "Take the money: runs payment.capture, up to 5 times of 30s; undone by payment.refund.",
        "Tell the customer: sends the notice shipped to the customer.",
        (
            "Wait for it: waits for carrier.delivered; after 14 days without that, the end “Called off”; "
            "then the end “Delivered”."
        ),
    ]


def test_every_verb_can_be_read_aloud(every):
    told = dict(zip([step.id for step in every.steps], sentences(every), strict=True))
    assert told["screen"].endswith("up to 3 times of 10s; ops and fraud may skip it.")
    assert "not by the person who answered “Review”" in told["second"]
    assert "due after 4 working hours; a reminder after 2 working hours" in told["review"]
    assert "on cancel, “Warn”" in told["ask"]
    assert told["rest"] == "Rest: waits 2 working hours."
    assert told["warn"] == "Warn: sends the notice backorder to ops, with consent only; then the end “Off”."
    assert "side by side, until none is open; after 60 days without that, “How it ends”" in told["lanes"]
    assert "on AmountDiffers, “Warn”" in told["book"]
