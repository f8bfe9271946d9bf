"""What the check proves about every way is what walking the ways one by one shows."""

from hypothesis import given, settings
from hypothesis import strategies as st

from flow.check import check_flow
from tests.flow.test_money import AUTHORIZE, CAPTURE, HAND_OVER, REFUND, VOID, flow_of
from tests.flow.words import CATALOGUE

STEPS = 6
PLACES = [f"s{n}" for n in range(STEPS)] + ["done"]
RUNS = {"authorize": AUTHORIZE, "capture": CAPTURE, "refund": REFUND, "void": VOID, "ship": HAND_OVER}
REFUSED = {"authorize": "PaymentDeclined", "capture": "AuthorizationExpired", "refund": "PaymentDeclined"}
RULES = {"capture": "no-authorize", "refund": "no-capture", "ship": "unpaid"}

Plan = list[tuple[str, list[str]]]  # of each step: what it does, and where its ways lead
PLANS: st.SearchStrategy[Plan] = st.lists(
    st.tuples(st.sampled_from([*RUNS, "ask"]), st.lists(st.sampled_from(PLACES), min_size=3, max_size=3)),
    min_size=STEPS,
    max_size=STEPS,
)


def ways(plan: Plan, n: int) -> list[tuple[str, str]]:
    """Where a step leads, and whether by a refusal."""
    does, (first, second, third) = plan[n]
    if does == "ask":
        return [(first, ""), (second, ""), (third, "")]
    return [(first, ""), *([(second, REFUSED[does])] if does in REFUSED else [])]


def written(plan: Plan) -> str:
    steps = {}
    for n, (does, (first, second, third)) in enumerate(plan):
        if does == "ask":
            steps[f"s{n}"] = (
                f"ask: ops\nanswers: {{a: {{label: A, go: {first}}}, b: {{label: B, go: {second}}}}}\n"
                f"if_late: {{after: 1 day, go: {third}}}\n"
            )
        else:
            route = f"on_error: {{{REFUSED[does]}: {second}}}\n" if does in REFUSED else ""
            steps[f"s{n}"] = RUNS[does] + route + f"then: {first}\n"
    return (
        flow_of("order", steps).replace("for: order", "for: fulfilment").replace("completed", "fulfilled")
    )


def walked(plan: Plan, *, held: bool) -> set[tuple[str, str]]:
    """Every step that breaks a rule on some way, found by following them all."""
    wrong: set[tuple[str, str]] = set()
    begin = (0, held, False, False)
    seen, ahead = {begin}, [begin]
    while ahead:
        following = []
        for n, held_now, taken, paid in ahead:
            does = plan[n][0]
            fine = {"capture": held_now, "refund": taken, "ship": paid}.get(does, True)
            if not fine:
                wrong.add((f"s{n}", RULES[does]))
            for place, refusal in ways(plan, n):
                state = (held_now, taken, paid)
                if refusal == "AuthorizationExpired":
                    state = (False, taken, paid)
                elif not refusal:
                    state = _after(does, state, begun_with=held)
                here = (PLACES.index(place), *state)
                if place != "done" and here not in seen:
                    seen.add(here)
                    following.append(here)
        ahead = following
    return wrong


def _after(does: str, state: tuple[bool, bool, bool], *, begun_with: bool) -> tuple[bool, bool, bool]:
    held, taken, paid = state
    return {
        "authorize": (True, taken, paid),
        "capture": (held, True, True),
        "refund": (held, taken, False),
        "void": (begun_with and held, taken, paid),
        "ship": (held, taken, True),
    }.get(does, state)


@given(PLANS)
@settings(max_examples=200, deadline=None)
def test_every_way_that_goes_wrong_is_found_and_no_other(plan):
    lines = written(plan).splitlines()
    told = set()
    for finding in check_flow("\n".join(lines), "f.yaml", CATALOGUE):
        if finding.rule in RULES.values():
            before = [line for line in lines[: finding.line] if line.startswith("  - id: ")]
            told.add((before[-1].removeprefix("  - id: "), finding.rule))
    assert told == walked(plan, held=True)
