"""What is asked of an order while Temporal is away is kept; what makes no sense is refused."""

import json

import pytest


@pytest.mark.parametrize(
    "words",
    [
        ("cancel", "A-1001", "--reason", "Changed her mind"),
        ("hold", "A-1001", "--kind", "incorrect_address", "--reason", "No house number"),
        ("release", "A-1001"),
        ("event", "A-1001", "carrier.delivered", "--fulfilment", "A-1001-F1"),
        ("event", "A-1001", "payment.received", "--set", "amount=71.34"),
        ("address", "A-1001", "--set", "line1=9 Low Street"),
        ("edit", "A-1001", "--line", "TEAPOT=0", "--reason", "Too many"),
    ],
)
def test_with_temporal_down_an_act_is_kept(placed, words):
    assert placed.type(*words).startswith("kept: ")
    assert placed.json("show", "A-1001")["pending_acts"] == 1


def test_programs_get_the_acts_id_and_outcome(placed):
    told = placed.json("cancel", "A-1001", "--reason", "Changed her mind")
    assert told.keys() == {"act", "outcome", "why"}
    assert told["outcome"] == "kept"


def test_an_event_with_one_id_is_one_event(placed):
    for _ in range(2):
        told = placed.json("event", "A-1001", "carrier.delivered", "--id", "scan-7")
        assert told["act"] == "scan-7"
    assert placed.json("show", "A-1001")["pending_acts"] == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("cancel", "A-9", "--reason", "x"), "There is no order A-9."),
        (("cancel", "A-1001", "--reason", "  "), "reason: say why"),
        (("release", "A-1001", "--kind", "AWAITING_PAYMENT"), "only a payment releases it"),
        (("event", "A-1001", "carrier.eaten"), "'carrier.eaten' is none of the shop's events"),
        (("event", "A-1001", "carrier.delivered", "--set", "colour=red"), "colour: is not asked for here"),
        (("event", "A-1001", "payment.received", "--set", "amount=lots"), "amount: 'lots'"),
        (("answer", "A-1001-F1.pack.1", "packed"), "There is no task A-1001-F1.pack.1"),
        (("claim", "A-1001-F1.pack.1"), "There is no task A-1001-F1.pack.1"),
        (("give-back", "A-1001-F1.pack.1"), "There is no task A-1001-F1.pack.1"),
        (("address", "A-1001", "--set", "street=x"), "street: is no part of an address"),
        (("address", "A-1001"), "nothing of the address would change"),
        (("edit", "A-1001", "--line", "CUP", "--reason", "x"), "'CUP' is not SKU=quantity"),
        (("resend", "A-1001", "shipped"), "has no mail 'shipped'; there is none"),
        (("refund", "A-1001", "5.00", "--reason", "x"), "0.00 of what was paid can still be given back"),
        (("refund", "A-1001", "0", "--reason", "x"), "amount: 0 is not above nought"),
        (("refund", "A-9", "5.00", "--reason", "x"), "There is no order A-9"),
        (("retry", "I-1"), "There is no open incident I-1"),
        (("skip", "I-1", "--reason", "x"), "There is no open incident I-1"),
        (("note", "A-9", "hello"), "There is no order A-9."),
        (("note", "A-1001", "  "), "text: is not a note"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(placed, words, said):
    assert said in placed.refused(*words)


def test_a_refusal_is_told_to_programs_too(placed):
    result = placed.run("cancel", "A-9", "--reason", "x", "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert (told["outcome"], told["why"]) == ("refused", "There is no order A-9.")
    assert result.stderr == "There is no order A-9.\n"


@pytest.mark.parametrize(
    "words",
    [
        ("cancel", "A-1001"),
        ("hold", "A-1001", "--kind", "BORED", "--reason", "x"),
        ("event", "A-1001", "carrier.delivered", "--set", "amount"),
        ("event", "A-1001", "carrier.delivered", "--set", "a=1", "--set", "a=2"),
        ("event", "A-1001", "carrier.delivered", "--fulfilment", "F", "--tracking", "T"),
        ("dance",),
    ],
)
def test_a_command_that_makes_no_sense_exits_2(terminal, words):
    assert terminal.run(*words).exit_code == 2


def test_a_note_stands_in_the_timeline_with_who_wrote_it(placed):
    assert placed.type("note", "A-1001", "Called her: ring twice", "--by", "noor") == "done\n"
    (entry,) = placed.json("show", "A-1001")["timeline"]
    assert (entry["text"], entry["by"], entry["kind"]) == ("Called her: ring twice", "noor", "note")


def test_a_wrong_setting_is_one_clear_line(terminal, monkeypatch):
    monkeypatch.setenv("ORDERKEEPER_COLOUR", "red")
    assert terminal.refused("list") == "ORDERKEEPER_COLOUR is not a setting of Orderkeeper."


def test_what_orders_up_wrote_is_where_temporal_is_looked_for(placed):
    here = {"temporal": "127.0.0.1:1", "namespace": "default", "task_queue": "orderkeeper", "speed": 1}
    up = placed.folder / "data" / "up.json"
    up.write_text(json.dumps(here))
    assert placed.type("release", "A-1001").startswith("kept: ")
    assert "127.0.0.1:1" in placed.refused("show", "A-1001", "--history")
    up.write_text("{")
    assert "up.json cannot be read" in placed.refused("release", "A-1001")


def test_books_that_cannot_be_compared_with_temporal_are_not_called_right(placed):
    result = placed.run("reconcile", "--json")
    assert result.exit_code == 1
    (found,) = json.loads(result.stdout)
    assert found["rule"] == "workflows-not-compared"
    assert found.keys() == {"rule", "subject", "what", "advice", "repair"}


def test_what_was_done_by_hand_is_told_with_who_and_why(placed):
    placed.type("note", "A-1001", "call him", "--by", "Sue")
    found = placed.json("audit", "--order", "A-1001")
    assert [(each["kind"], each["by"], each["why"]) for each in found] == [("note", "Sue", "call him")]
    assert "call him" in placed.type("audit", "--by", "Sue")
    assert placed.json("audit", "--by", "Eve") == []


def test_a_head_noted_down_shows_that_the_log_was_cut_off(placed):
    head = placed.json("audit", "--head")["head"]
    assert placed.type("audit", "--head").strip() == head
    rules = [each["rule"] for each in reconciled(placed, "--audit-head", head)]
    assert rules == ["workflows-not-compared"]
    rules = [each["rule"] for each in reconciled(placed, "--audit-head", "999:ab")]
    assert rules == ["A1", "workflows-not-compared"]
    assert placed.run("reconcile", "--audit-head", "x").exit_code == 2


def test_a_repair_needs_a_reason_and_a_dry_run_does_nothing(placed):
    assert placed.run("reconcile", "--repair").exit_code == 2
    (found,) = reconciled(placed, "--repair", "--dry-run")["differences"]
    assert found["repair"] == ""
    assert reconciled(placed, "--repair", "--reason", "outage")["repaired"] == []


def reconciled(terminal, *words: str):
    return json.loads(terminal.run("reconcile", "--json", *words).stdout)


def test_a_mistake_of_our_own_is_one_line_too(terminal, monkeypatch):
    def broken(_settings):
        raise KeyError("teapot")

    monkeypatch.setattr("starter.cli.shop.whereabouts", broken)
    assert terminal.refused("list").startswith("A mistake of Orderkeeper's own: KeyError: 'teapot'")
