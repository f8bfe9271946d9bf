"""What changed in a flow, as an ops engineer reads it before publishing."""

from flow.difference import difference
from tests.versions import another

SHIPPED = another("warehouse")


def changes(*texts: tuple[str, str]) -> list[str]:
    return difference(SHIPPED, another("warehouse", *texts))


def test_the_same_flow_has_not_changed():
    assert difference(SHIPPED, another("warehouse")) == []


def test_a_new_deadline_and_a_new_answer_stand_in_one_line():
    broken = "      broken: {label: Broken, go: release}\n      short:  {label: Item missing, go: split,"
    told = changes(
        ("after: 3 working days, go: escalate", "after: 2 working days, go: escalate"),
        ("      short:  {label: Item missing, go: split,", broken),
    )
    assert told == ["pack: new answer broken -> release; late after 3 working days -> 2 working days"]


def test_an_answer_that_leads_elsewhere_says_from_where_to_where():
    told = changes(("lost:    {label: Lost, go: refund}", "lost:    {label: Gone, go: tell_delivered}"))
    assert told == [
        "trace: answer lost leads to refund -> tell_delivered; answer lost is labelled Lost -> Gone"
    ]


def test_a_new_step_is_read_aloud_and_a_gone_one_named():
    tell = "  - id: tell_shipped\n    title: Tell the customer that it is on its way\n    tell: shipped\n\n"
    pause = "\n  - id: cool_down\n    title: Cool down\n    pause: 2 hours\n    then: done"
    told = changes((tell, ""), ("    then: done", f"    then: cool_down\n{pause}"))
    assert "tell_delivered: then done -> cool_down" in told
    assert any(line.startswith("cool_down: new step. Cool down: waits 2 hours") for line in told)
    assert "tell_shipped: the step “Tell the customer that it is on its way” is gone" in told
    assert "commit: then tell_shipped -> delivered" in told


def test_a_row_of_a_decision_that_changed_is_told_as_gone_and_new():
    told = changes(("if: split.left > 0", "if: split.left > 1"))
    assert told == ["after_split: new: if split.left > 1 -> pack; gone: if split.left > 0"]


def test_a_step_that_does_something_else_says_what_it_did_and_does():
    told = changes(("    tell: delivered\n", "    pause: 1 hour\n"))
    assert told == ["tell_delivered: tell -> pause"]


def test_ends_and_the_flow_itself_are_compared_too():
    told = changes(
        ("cancel_until: hand_over", "cancel_until: capture"),
        ("lost:       {title: Lost on the way and refunded,", "lost:       {title: Lost,"),
    )
    assert told == [
        "warehouse: can be cancelled until hand_over -> capture",
        "lost: title Lost on the way and refunded -> Lost",
    ]


def test_how_a_step_is_run_is_compared():
    run = (
        "timeout: 20s\n    retry: {tries: 20, first_wait: 10s}\n    on_error:\n      AuthorizationExpired: "
    )
    slow = run.replace("20s", "30s").replace("20,", "9,")
    told = changes((f"{run}authorize_again", f"{slow}tell_payment_trouble"))
    rest = "on AuthorizationExpired authorize_again -> tell_payment_trouble"
    assert told == [f"capture: timeout 20s -> 30s; tries 20 -> 9; {rest}"]
