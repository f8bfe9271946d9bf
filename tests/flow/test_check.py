"""What is wrong with a flow is found, and found where it is wrong."""

# ruff: noqa: E501 - one case a row reads best on one line

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flow.check import check_flow
from tests.flow.words import CATALOGUE, FLOW, line_of

LAST = "  - id: arrived\n    title: Wait for it\n    wait_for: carrier.delivered\n"


def changed(*changes: tuple[str, str]) -> str:
    text = FLOW
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def test_a_sound_flow_has_no_findings():
    assert check_flow(FLOW, "parcel.yaml", CATALOGUE) == []


WRONG = [
    # what the file does not say, or says with a wrong word
    ("no-timeout", "id: split", 4, "may hang for ever", ("    timeout: 10s\n", "")),
    ("no-deadline", "id: arrived", 4, "can wait for ever", ("    if_late: {after: 14 days, go: off}\n", "")),
    ("no-deadline", "id: pack", 4, "can wait for ever", ("    if_late: {after: 2 working days, go: pack}\n", "")),
    ("missing", "id: tell", 4, "a `tell` step needs `title`", ("    title: Tell the customer\n", "")),
    ("missing", "packed: {label", 0, "an answer needs `go`", ("{label: Packed, go: take,", "{label: Packed,")),
    ("missing", "{after: 14 days", 0, "`if_late` needs `go`", ("{after: 14 days, go: off}", "{after: 14 days}")),
    ("missing", "flow: parcel", 0, "a flow needs `format`", ("format: 1\n", "")),
    ("unknown-key", "timout", 0, "did you mean 'timeout'?", ("timeout: 10s", "timout: 10s")),
    ("renew", "1 day", 0, "holds no money", ("    timeout: 30s", "    timeout: 30s\n    renew: 1 day")),
    ("unknown-key", "then: done", 0, "unknown key 'then'",
     ("      - otherwise: off\n", "      - otherwise: off\n    then: done\n")),
    ("unknown-key", "lable", 0, "did you mean 'label'?", ("{label: Packed", "{lable: Packed")),
    ("unknown-key", "calender", 0, "did you mean 'calendar'?", ("calendar:", "calender:")),
    ("unknown-key", "tel: shipped", 0, "did you mean 'tell'?", ("tell: shipped", "tel: shipped")),
    ("verb", "id: tell", 4, "this step does nothing", ("    tell: shipped\n", "")),
    ("verb", "pause: 1 day", 0, "not tell and pause", ("    tell: shipped\n", "    tell: shipped\n    pause: 1 day\n")),
    ("value", "true or false", 0, "`undo` is true or false", ("undo: true", "undo: true or false")),
    ("value", "[a]", 0, "`on_error` is a table", ("    timeout: 30s", "    timeout: 30s\n    on_error: [a]")),
    ("value", "{a: b}", 0, "`show` is a list", ("    ask: warehouse\n", "    ask: warehouse\n    show: {a: b}\n")),
    ("value", "0, first", 0, "`tries` is a whole number",
     ("    timeout: 30s", "    timeout: 30s\n    retry: {tries: 0, first_wait: 1s}")),
    ("value", "locally", 0, "`attempt` cannot be", ("    timeout: 30s", "    timeout: 30s\n    attempt: locally")),
    ("visits", "1000", 0, "`visits` is a whole number", ("    tell: shipped", "    tell: shipped\n    visits: 1000")),
    ("format", "2\n", 0, "`format` is a whole number", ("format: 1", "format: 2")),
    ("duration", "14 dayz", 0, "is not a length of time", ("14 days", "14 dayz")),
    ("duration", "0 days", 0, "no time at all", ("14 days", "0 days")),
    ("duration", "2 working hours", 0, "runs by the clock", ("timeout: 10s", "timeout: 2 working hours")),
    ("kind", "weight: gram}", 8, "'gram' is no kind of value", ("weight: grams}", "weight: gram}")),
    ("kind", "number}}", 0, "'weight' is number here and grams above",
     ("needs: {missing: lines}", "needs: {missing: lines, weight: number}")),
    # names and places
    ("id", "Tell\n", 0, "is no id for a step", ("id: tell\n", "id: Tell\n")),
    ("id", "order\n", 0, "already means something", ("id: tell\n", "id: order\n")),
    ("id", "if\n", 0, "already means something", ("id: tell\n", "id: if\n")),
    ("id", "other\n", 0, "the file is called parcel.yaml", ("flow: parcel", "flow: other")),
    ("duplicate-id", "tell\n    title: Wait", 0, "there are two steps 'tell'", ("id: arrived", "id: tell")),
    ("duplicate-id", "tell: {title", 0, "'tell' is a step already", ("  off: {", "  tell: {title: X, state: cancelled}\n  off: {")),
    ("go", "takke,", 0, "there is no step or end 'takke' - did you mean 'take'?", ("go: take,", "go: takke,")),
    ("go", "donne", 0, "did you mean 'done'?", ("then: done", "then: donne")),
    ("go", "of\n", 0, "did you mean 'off'?", ("- otherwise: off", "- otherwise: of")),
    ("go", "ofg}", 0, "did you mean 'off'?", ("14 days, go: off}", "14 days, go: ofg}")),
    ("no-end", "id: arrived", 4, "the last step 'arrived' leads nowhere", ("    then: done\n", "")),
    ("otherwise", "- if: split", 0, "does not say what else", ("      - otherwise: off\n", "")),
    ("otherwise", "off\n      - if", 0, "rows after `otherwise` are never reached",
     ("      - if: split.left > 0\n        go: pack\n      - otherwise: off\n",
      "      - otherwise: off\n      - if: split.left > 0\n        go: pack\n")),
    ("level", "ordr\n", 0, "`for` cannot be 'ordr' - did you mean 'order'?", ("for: fulfilment", "for: ordr")),
    ("level", "fraud.screen", 0, "fraud.screen is not for this flow",
     ("    tell: shipped", "    run: fraud.screen\n    timeout: 3s")),
    ("level", "fulfilments\n", 0, "only an order has fulfilments",
     ("    tell: shipped", "    each: fulfilments\n    use: fulfilment.flow")),
    ("role", "warehose", 0, "there is no role 'warehose' - did you mean 'warehouse'?", ("ask: warehouse", "ask: warehose")),
    ("role", "nobody", 0, "there is no role 'nobody'", ("    tell: shipped", "    tell: shipped\n    to: nobody")),
    ("role", "opps]", 0, "there is no role 'opps'", ("    timeout: 30s", "    timeout: 30s\n    may_skip: [ops, opps]")),
    ("action", "payment.captur\n", 0, "did you mean 'payment.capture'?", ("payment.capture", "payment.captur")),
    ("event", "carrier.deliverd", 0, "did you mean 'carrier.delivered'?", ("carrier.delivered", "carrier.deliverd")),
    ("notice", "shiped", 0, "did you mean 'shipped'?", ("tell: shipped", "tell: shiped")),
    ("calendar", "ofice", 0, "did you mean 'office'?", ("calendar: office", "calendar: ofice")),
    ("calendar", "2 working days", 0, "needs a calendar", ("calendar: office\n", "")),
    ("refusal", "off}\n  - id: tell", 0, "there is no refusal of payment.capture 'OutOfStock'",
     ("    timeout: 30s\n", "    timeout: 30s\n    on_error: {OutOfStock: off}\n")),
    ("argument", "pack.missing, more", 0, "stock.split needs `missing`", ("{missing: pack", "{missin: pack")),
    ("no-undo", "payment.capture", 0, "is never undone", ("    undo: payment.refund\n", "")),
    ("undo", "payment.void", 0, "payment.void does not undo payment.capture", ("payment.refund", "payment.void")),
    ("undo", "stock.release", 0, "leave undo out", ("    timeout: 10s", "    timeout: 10s\n    undo: stock.release")),
    ("cancel", "tak\n", 0, "did you mean 'take'?", ("cancel_until: take", "cancel_until: tak")),
    ("cancel", "nowhere", 0, "there is no step 'nowhere'", ("calendar: office", "calendar: office\non_cancel: nowhere")),
    ("cancel", "arrived\nsteps", 0, "'gone' is done for good while the fulfilment can still be cancelled",
     ("cancel_until: take", "cancel_until: arrived"),
     ("  - id: tell\n", "  - id: gone\n    title: Go\n    run: stock.commit\n    timeout: 5s\n  - id: tell\n")),
    ("state", "completed", 0, "there is no end state of a fulfilment 'completed'", ("state: fulfilled", "state: completed")),
    ("ask", "pakc", 0, "there is no other `ask` step 'pakc'",
     ("    ask: warehouse\n", "    ask: warehouse\n    not_same_person_as: pakc\n")),
    ("choices", "stay", 0, "there is no choice of customer.choice 'stay'",
     ("wait_for: carrier.delivered", "wait_for: customer.choice\n    choices: {stay: done, cancel: off, wait: done}"),
     ("    then: done\n", "")),
    ("choices", "{cancel", 0, "nothing is said for 'wait'",
     ("wait_for: carrier.delivered", "wait_for: customer.choice\n    choices: {cancel: off}")),
    ("choices", "{late", 0, "has nothing to choose from",
     ("wait_for: carrier.delivered", "wait_for: carrier.delivered\n    choices: {late: off}")),
    # conditions
    ("condition", "split.lft", 0, "unknown field 'split.lft' - did you mean 'split.left'?", ("split.left", "split.lft")),
    ("condition", "order.totl", 0, "did you mean 'order.total'?", ("split.left > 0", "split.left > 0 and order.totl > 0")),
    ("condition", "= 0", 0, "'=' has no place", ("split.left > 0", "split.left = 0")),
    ("condition", "order.country", 0, "this is text, but lines is wanted",
     ("{missing: pack.missing}", "{missing: order.country}")),
    ("condition", "fulfilment.total", 0, "this is money, but count is wanted",
     ("    ask: warehouse\n", "    ask: warehouse\n    priority: fulfilment.total\n")),
    ("condition", "fulfilment.state", 0, "but lines is wanted",
     ("    ask: warehouse\n", "    ask: warehouse\n    scan: fulfilment.state\n")),
    ("condition", "order.adress", 0, "unknown field 'order.adress'",
     ("    ask: warehouse\n", "    ask: warehouse\n    show: [order.total, order.adress]\n")),
    ("condition", "tell.sent", 0, "tell answers with nothing", ("split.left > 0", "split.left > 0 or tell.sent == 1")),
    ("show", "order.total + 1", 0, "is not one fact",
     ("    ask: warehouse\n", "    ask: warehouse\n    show: [order.total + 1]\n")),
    ("show", "fulfilment.ship_by", 0, "may be missing",
     ("    ask: warehouse\n", "    ask: warehouse\n    show: [fulfilment.ship_by]\n")),
    ("currency", "800", 0, "an amount without its currency", ("split.left > 0", "order.total > 800")),
    ("constant", "1 < 2", 0, "always the same", ("split.left > 0", "1 < 2")),
    ("shadowed", "split.left > 5", 0, "this row is never reached: 'split.left > 0' comes first",
     ("        go: pack\n", "        go: pack\n      - if: split.left > 5\n        go: off\n")),
    # ways through the flow
    ("unreachable", "tell\n", 0, "no way leads to the step 'tell'", ("    timeout: 30s\n", "    timeout: 30s\n    then: arrived\n")),
    ("unreachable", "odd: {title", 0, "no way leads to the end 'odd'",
     ("  off: {", "  odd: {title: Odd, state: cancelled}\n  off: {")),
    ("loop", "id: left", 4, "nothing is done or waited for on the way round: left > tell > left",
     ("    tell: shipped\n", "    tell: shipped\n    then: left\n"), ("- otherwise: off", "- otherwise: tell"),
     ("go: take,", "go: arrived,"), ("split.left > 0", "order.express")),
    ("cancel", "done: {title: Delivered", 0, "a cancellation has no end to come to", (", undo: true", "")),
    ("cancel", "stock.commit", 0, "'gone' is done for good", ("cancel_until: take\n", ""),
     ("  - id: tell\n", "  - id: gone\n    title: Go\n    run: stock.commit\n    timeout: 5s\n  - id: tell\n")),
    ("endless", "id: take", 4, "never comes to an end",
     ("    then: done\n", "    then: tell\n"), ("14 days, go: off", "14 days, go: tell"),
     ("  done: {title: Delivered, state: fulfilled}\n", "")),
    ("not-known", "split.left", 0, "'split.left' is not known on every way here: pack > left",
     ("2 working days, go: pack", "2 working days, go: left")),
    ("not-known", "pack.weight", 0, "'pack.weight' is not known on every way here: pack > split > left",
     ("split.left > 0", "pack.weight > 0")),
    ("not-known", "weigh.grams", 0, "'weigh.grams' is not known on every way here",
     ("run: stock.split\n    with: {missing: pack.missing}", "run: parcel.weigh\n    may_skip: [ops]"),
     ("id: split", "id: weigh"), ("go: split,", "go: weigh,"), ("split.left", "weigh.grams")),
    # the file itself
    ("secret", "sk_live_", 0, "this looks like a secret", ("title: Pack it", "title: sk_live_51Habcdefghijklmnop")),
    ("duplicate-key", "title: Again", 0, "'title' is already set", ("    tell: shipped", "    title: Again\n    tell: shipped")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "part", "ahead", "told", "changes"),
    [(*row[:4], row[4:]) for row in WRONG],
    ids=lambda v: str(v)[:24],
)
def test_a_wrong_flow_is_found_where_it_is_wrong(rule, part, ahead, told, changes):
    text = changed(*changes)
    findings = check_flow(text, "parcel.yaml", CATALOGUE)
    fitting = [f for f in findings if f.rule == rule and told in f.message + " - " + f.advice]
    assert fitting, [str(finding) for finding in findings]
    assert fitting[0].advice
    if rule not in PLACED_ELSEWHERE:
        line, column = line_of(text, part)
        assert (fitting[0].line, fitting[0].column) == (line, column + ahead)


# A missing argument stands at its action, an unknown refusal at where it leads.
PLACED_ELSEWHERE = ("argument", "refusal", "otherwise", "choices")


@pytest.mark.parametrize(
    ("condition", "later", "shadowed"),
    [
        ("split.left >= 50", "split.left >= 90", True),
        ("split.left >= 90", "split.left >= 50", False),
        ("split.left > 5", "split.left >= 5", False),
        ("split.left >= 5", "split.left > 5", True),
        ("split.left < 5", "split.left < 4", True),
        ("split.left < 5", "split.left > 5", False),
        ("order.express", "order.express and split.left > 1", True),
        ("order.express or split.left > 1", "split.left > 2", True),
        ("order.express and split.left > 1", "order.express", False),
        ("not order.express", "order.express", False),
        ("order.country in ['DE', 'AT']", "order.country == 'DE'", True),
        ("order.country == 'DE'", "order.country in ['DE', 'AT']", False),
        ("order.country != 'DE'", "order.country == 'AT'", True),
        ("order.orders_before > 3", "order.orders_before >= 4", True),
        ("order.item_count > 3", "order.item_count >= 4", True),
        ("order.item_count >= 4", "order.item_count > 3", False),
        ("5 < order.orders_before", "order.orders_before == 7", True),
        ("order.placed_at > '2026-01-01T00:00:00Z'", "order.placed_at > '2026-01-01T02:00:00+01:00'", True),
        (
            "any(line.made_to_order for line in order.lines)",
            "order.express and any(line.made_to_order for line in order.lines)",
            True,
        ),
        (
            "any(line.made_to_order for line in order.lines)",
            "all(line.made_to_order for line in order.lines)",
            False,
        ),
        ("order.item_count + 1 > 3", "order.item_count + 1 > 4", False),
    ],
)
def test_a_row_that_an_earlier_one_leaves_nothing_is_found(condition, later, shadowed):
    rows = f"      - if: {condition}\n        go: pack\n      - if: {later}\n        go: off\n"
    text = changed(("      - if: split.left > 0\n        go: pack\n", rows))
    assert [f.rule for f in check_flow(text, "parcel.yaml", CATALOGUE)] == (
        ["shadowed"] if shadowed else []
    )


@pytest.mark.parametrize(
    ("conditions", "rules"),
    [
        (("order.orders_before < 3", "order.orders_before > 3", "order.express"), []),
        (("order.orders_before < 3", "order.orders_before >= 3", "order.express"), ["shadowed"]),
        (("order.express", "not order.express", "order.first_order"), ["shadowed"]),
        (("order.country == 'DE'", "order.country != 'DE'", "order.first_order"), ["shadowed"]),
        (("order.country == 'DE'", "order.country == 'AT'", "order.country in ['DE', 'AT']"), ["shadowed"]),
        (("order.country == 'DE'", "order.country == 'AT'", "order.country in ['DE', 'AT', 'CH']"), []),
    ],
)
def test_a_row_that_several_others_together_leave_nothing_is_found(conditions, rules):
    rows = "".join(f"      - if: {condition}\n        go: pack\n" for condition in conditions)
    text = changed(("      - if: split.left > 0\n        go: pack\n", rows))
    assert [finding.rule for finding in check_flow(text, "parcel.yaml", CATALOGUE)] == rules


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("order.orders_before > 5 and order.orders_before < 6", "never true"),
        ("order.item_count > 5 and order.item_count < 6", ""),
        ("order.orders_before >= 0", "always true"),
        ("order.orders_before < 0 or order.express", "never true"),
        ("order.country == 'DE' and order.country == 'AT'", "never true"),
        ("order.country != 'DE' or order.country != 'AT'", "always true"),
        ("order.country in ['DE'] and order.country not in ['DE', 'AT']", "never true"),
        ("order.express and not order.express", "never true"),
        ("order.express if order.first_order else order.express", ""),
        ("order.delivery in ['ship', 'pickup']", ""),
        ("order.delivery == 'ship' and order.delivery == 'pickup'", "never true"),
        ("order.total > order.payment.captured and order.total <= order.payment.captured", ""),
        ("len(order.lines) > 3 and len(order.lines) < 2", ""),
        ("3 < order.orders_before < 3", "never true"),
    ],
)
def test_a_question_with_one_answer_is_found(condition, told):
    text = changed(("split.left > 0", condition))
    findings = check_flow(text, "parcel.yaml", CATALOGUE)
    assert [finding.rule for finding in findings] == (["constant"] if told else [])
    if told:
        assert told in findings[0].message


def test_several_findings_come_in_one_run_in_the_order_of_the_file():
    text = changed(
        ("ask: warehouse", "ask: warehose"), ("split.left", "split.lft"), ("tell: shipped", "tell: shiped")
    )
    findings = check_flow(text, "parcel.yaml", CATALOGUE)
    assert [finding.rule for finding in findings] == ["role", "condition", "notice"]


def test_what_is_wrong_with_a_name_does_not_hide_what_is_wrong_with_the_ways():
    text = changed(
        ("ask: warehouse", "ask: warehose"), ("split.left", "split.lft"), ("go: take,", "go: arrived,")
    )
    findings = check_flow(text, "parcel.yaml", CATALOGUE)
    assert [finding.rule for finding in findings] == ["role", "condition", "unreachable", "unreachable"]


def test_a_misspelt_key_is_found_once_and_read_as_what_it_means():
    findings = check_flow(changed(("timeout: 10s", "timout: 10s")), "parcel.yaml", CATALOGUE)
    assert [finding.rule for finding in findings] == ["unknown-key"]


def test_free_text_of_people_never_reaches_a_condition():
    text = changed(
        ("needs: {missing: lines}", "needs: {missing: lines, note: text}"),
        ("split.left > 0", "split.left > 0 and pack.note == 'x'"),
    )
    assert "free text" in check_flow(text, "parcel.yaml", CATALOGUE)[0].message


def test_a_result_of_an_earlier_visit_is_not_relied_on():
    """After `short` there may be the weight of an earlier `packed`, or none."""
    text = changed(("{missing: pack.missing}", "{missing: pack.missing}\n    retry: {tries: 3}"))
    assert check_flow(text, "parcel.yaml", CATALOGUE) == []
    again = changed(
        ("    tell: shipped", "    tell: shipped\n    then: pack"), ("split.left > 0", "pack.weight > 0")
    )
    assert {finding.rule for finding in check_flow(again, "parcel.yaml", CATALOGUE)} >= {
        "unreachable",
        "not-known",
    }


def test_a_step_that_a_cancellation_leads_to_knows_nothing():
    text = changed(("cancel_until: take", "cancel_until: take\non_cancel: left"))
    findings = check_flow(text, "parcel.yaml", CATALOGUE)
    assert [finding.rule for finding in findings] == ["not-known"]
    assert findings[0].message.endswith("here: pack > (called off) left")


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_no_torn_file_breaks_the_checker(data):
    """Cut out, doubled or swapped pieces of a real flow give findings, never a crash."""
    lines = FLOW.splitlines(keepends=True)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        how = data.draw(st.sampled_from(["cut", "double", "half", "empty"]))
        line = lines[at]
        lines[at : at + 1] = {
            "cut": [],
            "double": [line, line],
            "half": [line[: len(line) // 2] + "\n"],
            "empty": [line.partition(":")[0] + ":\n"],
        }[how] or ["\n"]
    for finding in check_flow("".join(lines), "parcel.yaml", CATALOGUE):
        assert finding.line >= 1
        assert finding.message
