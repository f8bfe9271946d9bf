"""Money and goods in their order, on every way through an order and its parcels."""

# ruff: noqa: E501 - one case a row reads best on one line

import pytest

from activities.catalogue import ACTIONS
from config.settings import SHIPPED
from config.shop import config_files, notices
from flow.check import check_flow
from flow.shop import check_shop
from tests.flow.words import CATALOGUE

FILES = config_files(SHIPPED)

AUTHORIZE = "run: payment.authorize\nundo: payment.void\ntimeout: 9s\n"
CAPTURE = "run: payment.capture\nundo: payment.refund\ntimeout: 9s\n"
HAND_OVER = "run: shipping.hand_over\ntimeout: 9s\n"
REFUND = "run: payment.refund\ntimeout: 9s\n"
VOID = "run: payment.void\ntimeout: 9s\n"
ASK = "ask: ops\nanswers: {yes: {label: Yes, go: %s}, no: {label: No, go: %s}}\nif_late: {after: 1 day, go: off}\n"


def flow_of(level: str, steps: dict[str, str], until: str = "", out: str = "undo") -> str:
    """A flow of `steps`, each an id and what it does; the last one says for itself where to go."""
    state = {"order": "completed", "fulfilment": "fulfilled", "return": "refunded"}[level]
    told = "".join(
        f"  - id: {id}\n    title: {id}\n" + "".join(f"    {line}\n" for line in does.splitlines())
        for id, does in steps.items()
    )
    until = f"cancel_until: {until}\n" if until else ""
    return (
        f"flow: f\nfor: {level}\ntitle: F\nformat: 1\n{until}on_cancel: {out}\nsteps:\n{told}"
        f"ends: {{done: {{title: D, state: {state}}}, off: {{title: O, state: cancelled, undo: true}}}}\n"
    )


def found(text: str) -> list[str]:
    return [f"{finding.rule} {finding.message}" for finding in check_flow(text, "f.yaml", CATALOGUE)]


SHIP = {"capture": CAPTURE, "ship": HAND_OVER + "then: done\n"}


@pytest.mark.parametrize(
    ("level", "steps", "rule", "way"),
    [
        ("fulfilment", SHIP, "", ""),
        ("fulfilment", {"ship": HAND_OVER, "capture": CAPTURE + "then: done\n"}, "unpaid", "ship"),
        ("fulfilment", {"ask": ASK % ("capture", "ship")} | SHIP, "unpaid", "ask > ship"),
        ("fulfilment", SHIP | {"capture": CAPTURE + "may_skip: [ops]\n"}, "unpaid", "capture > ship"),
        (
            "fulfilment",
            {"capture": CAPTURE + "on_error: {PaymentDeclined: ship}\n", "ship": SHIP["ship"]},
            "unpaid",
            "capture > ship",
        ),
        (
            "fulfilment",
            {"capture": CAPTURE, "back": REFUND, "ship": SHIP["ship"]},
            "unpaid",
            "capture > back > ship",
        ),
        ("fulfilment", {"ship": HAND_OVER + "before_payment: true\n", "capture": CAPTURE + "then: done\n"}, "", ""),
        (
            "fulfilment",
            {
                "ship": HAND_OVER + "before_payment: true\n",
                "commit": "run: stock.commit\ntimeout: 9s\n",
                "capture": CAPTURE + "then: done\n",
            },
            "",
            "",
        ),
        ("fulfilment", SHIP | {"capture": CAPTURE + "before_payment: true\n"}, "unpaid", ""),
        ("fulfilment", {"back": REFUND + "then: done\n"}, "no-capture", "back"),
        ("fulfilment", {"capture": CAPTURE, "back": REFUND + "then: done\n"}, "", ""),
        (
            "fulfilment",
            {"capture": CAPTURE + "on_error: {PaymentDeclined: back}\nthen: done\n", "back": REFUND + "then: off\n"},
            "no-capture",
            "capture > back",
        ),
        (
            "fulfilment",
            {
                "capture": CAPTURE + "on_error: {AuthorizationExpired: again}\nthen: done\n",
                "again": CAPTURE + "then: done\n",
            },
            "no-authorize",
            "capture > again",
        ),
        (
            "fulfilment",
            {
                "capture": CAPTURE + "on_error: {AuthorizationExpired: hold}\nthen: done\n",
                "hold": AUTHORIZE + "then: capture\n",
            },
            "",
            "",
        ),
        ("fulfilment", {"void": VOID, "capture": CAPTURE + "then: done\n"}, "", ""),
        ("order", {"back": REFUND + "then: done\n"}, "no-capture", "back"),
        ("order", {"lanes": "each: fulfilments\nuse: fulfilment.flow\n", "back": REFUND + "then: done\n"}, "", ""),
        (
            "order",
            {
                "money": "wait_for: payment.received\nif_late: {after: 7 days, go: off}\n",
                "book": "run: payment.receive\nwith: {amount: money.amount}\nundo: payment.refund\ntimeout: 9s\n",
                "back": REFUND + "then: done\n",
            },
            "",
            "",
        ),
        ("return", {"back": REFUND + "then: done\n"}, "", ""),
    ],
)  # fmt: skip
def test_money_is_held_then_taken_then_goods_go(level, steps, rule, way):
    until = next(
        (id for id, does in steps.items() if HAND_OVER in does or (REFUND in does and level == "return")),
        "",
    )
    told = found(flow_of(level, steps, until))
    assert [each.split()[0] for each in told] == ([rule] if rule else [])
    if way:
        assert told[0].endswith(f"on this way: {way}")


def test_a_cancellation_that_leads_back_into_the_flow_is_followed_too():
    """The partner does not agree to the cancellation, so the goods go: were they paid by then?"""
    steps = {
        "pack": ASK % ("capture", "off"),
        **SHIP,
        "negotiate": ASK % ("off", "ship"),
    }
    (told,) = found(flow_of("fulfilment", steps, "ship", "negotiate"))
    assert told.endswith("on this way: pack > (called off) negotiate > ship")
    assert (
        found(flow_of("fulfilment", steps | {"negotiate": ASK % ("off", "capture")}, "ship", "negotiate"))
        == []
    )


def in_warehouse(findings):
    """The one in this flow; every flow that takes money says the same."""
    (found,) = (finding for finding in findings if finding.file == "flows/warehouse.yaml")
    return found


def test_an_order_flow_that_holds_no_money_leaves_its_lanes_nothing_to_take():
    """The way goes through both flows: what the order left out, and where the parcel would miss it."""
    text = FILES["flows/standard.yaml"].replace(
        "        go: ask_transfer\n      - otherwise: authorize",
        "        go: ask_transfer\n      - otherwise: reserve",
    )
    findings = check_shop(FILES | {"flows/standard.yaml": text}, ACTIONS, notices(SHIPPED))
    assert {finding.rule for finding in findings} == {"unreachable"}
    text = text.replace("    then: reserve\n", "    then: authorize\n")
    finding = in_warehouse(check_shop(FILES | {"flows/standard.yaml": text}, ACTIONS, notices(SHIPPED)))
    assert (finding.file, finding.rule) == ("flows/warehouse.yaml", "no-authorize")
    assert (
        "standard: confirm > screen > risk > how_paid > reserve > ship, then in_stock > pack > capture"
        in finding.message
    )


def test_money_let_go_before_the_parcels_begin_is_not_there_for_them():
    text = FILES["flows/standard.yaml"].replace(
        "  - id: ship\n",
        "  - id: oops\n    title: Oops\n    run: payment.void\n    timeout: 9s\n  - id: ship\n",
    )
    finding = in_warehouse(check_shop(FILES | {"flows/standard.yaml": text}, ACTIONS, notices(SHIPPED)))
    assert finding.rule == "no-authorize"
    assert "oops > ship, then in_stock" in finding.message


def test_a_lane_relies_only_on_what_every_order_flow_gives_it():
    text = FILES["flows/standard.yaml"]
    other = flow_of("order", {"lanes": "each: fulfilments\nuse: '\"warehouse\"'\nthen: done\n"}, "lanes")
    files = FILES | {"flows/f.yaml": other, "flows/standard.yaml": text}
    (finding,) = check_shop(files, ACTIONS, notices(SHIPPED))
    assert (finding.file, finding.rule) == ("flows/warehouse.yaml", "no-authorize")
    assert "f: lanes, then" in finding.message


def test_a_lane_does_not_read_what_a_step_of_the_order_gave():
    text = FILES["flows/warehouse.yaml"].replace('fulfilment.state == "backordered"', "screen.score > 50")
    (finding,) = check_shop(FILES | {"flows/warehouse.yaml": text}, ACTIONS, notices(SHIPPED))
    assert "'screen' is a step of the flow 'standard', where its results stay" in finding.message
    assert finding.rule == "condition"


def test_an_action_whose_incidents_nobody_would_see_is_found():
    roles = FILES["roles.yaml"].replace("finance:\n", "treasury:\n")
    findings = check_shop(FILES | {"roles.yaml": roles}, ACTIONS, notices(SHIPPED))
    assert any(
        "incidents of payment.capture go to the role 'finance'" in finding.message for finding in findings
    )


@pytest.mark.parametrize("rows", [0, 1])
def test_a_flow_of_sixty_forks_is_checked_without_walking_each_way(rows):
    """Two to the power of sixty ways; facts about steps are enough."""
    steps = {
        f"fork{n}": f"decide:\n  - if: order.orders_before > {n}\n    go: left{n}\n  - otherwise: right{n}\n"
        for n in range(60)
    }
    every: dict[str, str] = {}
    for n, (id, does) in enumerate(steps.items()):
        following = f"fork{n + 1}" if n < 59 else "capture"
        every[id] = does
        every[f"left{n}"] = "tell: shipped\n" + f"then: {following}\n"
        every[f"right{n}"] = (CAPTURE if rows and n == 30 else "tell: shipped\n") + f"then: {following}\n"
    every |= {"capture": CAPTURE, "ship": HAND_OVER + "then: done\n"}
    assert found(flow_of("fulfilment", every, "ship")) == []
    every["capture"] = "tell: shipped\n"
    (told,) = found(flow_of("fulfilment", every, "ship"))
    assert told.startswith("unpaid 'ship' lets goods go that are not paid on this way: ... > ")
