"""Where everything of a picture stands: nothing in the way of anything, and few crossings."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, pairwise

import pytest

from activities.catalogue import ACTIONS
from config.shop import read_shop
from flow.diagram.cards import SMALL, TEXT_LEFT, TEXT_RIGHT, TITLE, UNDER, WIDTH
from flow.diagram.happy import happy_path
from flow.diagram.layout import Box, Layout, Line, laid_out
from flow.diagram.measure import width, wrap
from flow.diagram.sketch import sketch
from flow.graph import edges
from flow.model import Answer, Ask, End, Flow, Lateness, Level, Step, Tell
from tests.flow.words import ROOT
from tests.flow.workshop import workshop

# What may cross at most; whoever makes it fewer lowers the figure.
CROSSINGS = {"standard": 12, "warehouse": 24, "return": 20, "return-keep": 12, "workshop": 110}


@pytest.fixture(scope="module")
def flows() -> dict[str, Flow]:
    shipped = read_shop(ROOT / "config", ACTIONS).flows
    return {name: shipped[name] for name in CROSSINGS if name in shipped} | {"workshop": workshop()}


@pytest.fixture(params=CROSSINGS)
def flow(request, flows) -> Flow:
    return flows[request.param]


def laid(flow: Flow) -> Layout:
    return laid_out(sketch(flow), 80)


Segment = tuple[float, float, float, float]


def segments(line: Line) -> Iterator[Segment]:
    """Left, top, right, bottom of each straight part."""
    for (ax, ay), (bx, by) in pairwise(line.points):
        yield min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)


def runs_through(part: Segment, box: Box) -> bool:
    left, top, right, bottom = part
    in_x = left < box.x + WIDTH - 1 and right > box.x + 1
    return in_x and top < box.y + box.card.height - 1 and bottom > box.y + 1


def cross(one: Segment, other: Segment) -> bool:
    def over(flat: Segment, upright: Segment) -> bool:
        is_cross = flat[1] == flat[3] and upright[0] == upright[2]
        inner = flat[0] + 1 < upright[0] < flat[2] - 1 and upright[1] + 1 < flat[1] < upright[3] - 1
        return is_cross and inner

    return over(one, other) or over(other, one)


def overlap(one: Segment, other: Segment) -> bool:
    flat = one[1] == one[3] == other[1] == other[3]
    upright = one[0] == one[2] == other[0] == other[2]
    along = 0 if flat else 1
    return (flat or upright) and one[along] + 1 < other[along + 2] and other[along] + 1 < one[along + 2]


def apart(layout: Layout) -> list[tuple[Line, Line]]:
    """Pairs of lines that do not run together to one place."""
    pairs = combinations(layout.lines, 2)
    return [(one, other) for one, other in pairs if (one.to, one.kind) != (other.to, other.kind)]


def test_no_line_runs_through_a_step(flow):
    layout = laid(flow)
    for line in layout.lines:
        for part in segments(line):
            hit = [id for id, box in layout.boxes.items() if runs_through(part, box)]
            assert not hit, f"{line.start} -> {line.to} runs through {hit}"


def test_no_step_stands_on_another(flow):
    for one, other in combinations(laid(flow).boxes.values(), 2):
        in_rows = one.y < other.y + other.card.height and other.y < one.y + one.card.height
        assert not (in_rows and abs(one.x - other.x) < WIDTH)


def test_everything_stands_within_the_picture(flow):
    layout = laid(flow)
    places = [point for line in layout.lines for point in line.points]
    places += [(box.x + WIDTH, box.y + box.card.height) for box in layout.boxes.values()]
    assert all(0 < x < layout.width and 80 < y < layout.height for x, y in places)


def test_lines_to_different_places_never_lie_on_one_another(flow):
    for one, other in apart(laid(flow)):
        hit = [(a, b) for a in segments(one) for b in segments(other) if overlap(a, b)]
        assert not hit, f"{one.start} -> {one.to} and {other.start} -> {other.to}: {hit}"


def test_few_lines_cross(flow):
    places = {
        (round(max(a[0], b[0])), round(max(a[1], b[1])))
        for one, other in apart(laid(flow))
        for a in segments(one)
        for b in segments(other)
        if cross(a, b)
    }
    assert len(places) <= CROSSINGS[flow.name]


def test_the_happy_path_goes_straight_down_the_first_column(flow):
    layout = laid(flow)
    boxes = [layout.boxes[id] for id in happy_path(flow)]
    assert len({box.x for box in boxes}) == 1
    assert [box.y for box in boxes] == sorted({box.y for box in boxes})
    assert boxes[0].x == min(box.x for box in layout.boxes.values())


def test_every_way_is_drawn_once(flow):
    drawn = [(line.start, line.exit) for line in laid(flow).lines]
    ways = [(step.id, n) for step in flow.steps for n, _ in enumerate(_of(flow, step))]
    assert sorted(drawn) == sorted(ways)


def _of(flow: Flow, step: Step) -> list[object]:
    return [edge for edge in edges(flow) if edge.start == step.id]


def test_loops_of_the_happy_path_run_left_of_it(flows):
    layout = laid(flows["return"])
    (line,) = [line for line in layout.lines if (line.start, line.to) == ("all_seen", "inspect")]
    assert max(x for x, _ in line.points) == layout.boxes["inspect"].x


def test_words_stay_within_their_box(flow):
    for box in laid(flow).boxes.values():
        card = box.card
        room = WIDTH - TEXT_LEFT - TEXT_RIGHT
        assert all(width(line, TITLE, bold=True) <= room for line in card.title)
        assert all(width(line, UNDER) <= room for line in card.under + card.note)
        assert all(width(line, SMALL) <= WIDTH - 28 for row in card.rows for line in row.lines)
        assert all(0 < row.port < card.height for row in card.rows)


@pytest.mark.parametrize(
    "text", ["W" * 200, "order.payment.method" * 9, "倉庫で梱包する" * 20, "one two " * 60, "a\u0301" * 300]
)
def test_too_long_a_text_is_cut_and_says_so(text):
    lines = wrap(text, 180, 13, 3, bold=True)
    assert len(lines) == 3
    assert lines[-1].endswith("…")
    assert all(width(line, 13, bold=True) <= 180 for line in lines)


def test_a_long_name_breaks_after_a_stop():
    assert wrap("fulfilment.payment.expires_at", 110, 12, 3)[0] == "fulfilment.payment."


def test_the_happy_path_takes_first_answers_and_is_never_late(flows):
    assert happy_path(flows["warehouse"]) == (
        *("in_stock", "pack", "capture", "hand_over", "commit", "tell_shipped"),
        *("delivered", "tell_delivered", "done"),
    )
    assert "check" in happy_path(flows["return-keep"])
    assert happy_path(flows["return"])[-3:] == ("refund", "tell_refunded", "refunded")


def added(flow: Flow, after: str) -> Flow:
    """The flow with a notice more."""
    steps: list[Step] = []
    for step in flow.steps:
        more = step.id == after
        steps.append(replace(step, then="more") if more else step)
        if more:
            steps.append(Step("more", "One more word", Tell("delivered"), step.then))
    return replace(flow, steps=tuple(steps))


def moved(flow: Flow, after: str) -> set[str]:
    before, now = laid(flow).boxes, laid(added(flow, after)).boxes
    return {id for id, box in before.items() if (box.x, box.y) != (now[id].x, now[id].y)}


def test_a_step_more_at_the_end_moves_only_the_end(flows):
    assert moved(flows["warehouse"], "tell_delivered") <= {"done"}


@pytest.mark.parametrize("after", ["capture", "hand_over", "tell_shipped"])
def test_a_step_more_moves_nothing_that_stands_above_it(flows, after):
    before = laid(flows["warehouse"]).boxes
    now_below = {before[id].y for id in moved(flows["warehouse"], after)}
    assert min(now_below) > before[after].y


def test_a_flow_still_being_written_is_drawn_all_the_same():
    only = Step(
        "only", "Only", Ask("ops", (Answer("again", "Again", "only"),), Lateness("1 day", "nowhere"))
    )
    lost = Step("lost", "Nothing leads here", Tell("shipped"), "only")
    flow = Flow("half", Level.ORDER, "Half a flow", (only, lost), (End("done", "Done", "completed"),))
    assert set(laid(flow).boxes) == {"only", "lost", "done"}
