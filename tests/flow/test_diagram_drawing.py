"""What a picture says, and to whom: readers by day and night, listeners, pages that hold it."""

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from activities.catalogue import ACTIONS
from config.shop import read_shop
from flow.check import load_flow
from flow.diagram.overlay import Overlay
from flow.diagram.passed import lanes_step, standing_at, way_taken
from flow.diagram.style import DARK, LIGHT, style
from flow.diagram.svg import svg
from flow.graph import edges
from flow.model import Flow
from tests.flow.test_load import EVERY_VERB
from tests.flow.words import CATALOGUE, ROOT
from tests.flow.workshop import workshop

NAMES = {"svg": "http://www.w3.org/2000/svg"}


@pytest.fixture(scope="module")
def flows() -> dict[str, Flow]:
    every = load_flow(EVERY_VERB, "every.yaml", CATALOGUE)
    return {**read_shop(ROOT / "config", ACTIONS).flows, "every": every, "workshop": workshop()}


@pytest.fixture(scope="module")
def warehouse(flows) -> Flow:
    return flows["warehouse"]


def drawn(flow: Flow, overlay: Overlay | None = None) -> ET.Element:
    return ET.fromstring(svg(flow, overlay) if overlay else svg(flow))


def node(picture: ET.Element, id: str) -> ET.Element:
    found = picture.find(f".//*[@id='step-{id}']")
    assert found is not None
    return found


def looks(element: ET.Element) -> set[str]:
    return set(element.attrib["class"].split())


def said(element: ET.Element) -> list[str]:
    return [text.text or "" for text in element.findall(".//svg:text", NAMES)]


def title(element: ET.Element) -> str:
    return element.findtext("svg:title", "", NAMES)


def ways(picture: ET.Element, look: str) -> list[str]:
    groups = picture.findall("svg:g", NAMES)
    return [title(each) for each in groups if {"way", look} <= looks(each)]


def test_a_picture_has_a_role_a_title_and_a_description(warehouse):
    picture = drawn(warehouse)
    assert picture.attrib["role"] == "img"
    named = {each.attrib.get("id"): each.text for each in picture}
    title_id, desc_id = picture.attrib["aria-labelledby"].split()
    assert named[title_id] == "Ship from our own warehouse"
    assert "When all goes well: Are the goods here?; Pick and pack; Take the payment" in (
        named[desc_id] or ""
    )


def test_every_step_and_end_is_a_group_of_its_own_with_a_title(flows):
    for flow in flows.values():
        picture = drawn(flow)
        for place in flow.by_id.values():
            assert title(node(picture, place.id)).startswith(place.title)
        ids = re.findall(r' id="([^"]+)"', svg(flow))
        assert len(ids) == len(set(ids))


def test_every_way_is_told_in_words(flows):
    for flow in flows.values():
        told = [title(each) for each in drawn(flow).findall("svg:g", NAMES) if "way" in looks(each)]
        told = [each for each in told if each]
        assert len(told) == len(edges(flow))
        assert all(" → " in each for each in told)


def test_answers_conditions_lateness_and_refusals_stand_on_the_picture(flows):
    texts = said(drawn(flows["warehouse"]))
    for words in (
        "Item missing",
        "Packed",
        "late after 3 working days",
        "AuthorizationExpired",
        "otherwise",
    ):
        assert words in texts
    assert "split.left > 0" in texts


def test_each_verb_has_a_mark_of_its_own(flows):
    picture = drawn(flows["every"])
    steps = flows["every"].steps
    marks: dict[str, set[str]] = {}
    for step in steps:
        mark = node(picture, step.id).find("svg:g[@class='mark']", NAMES)
        assert mark is not None
        drawing = "".join(ET.tostring(each, encoding="unicode") for each in mark)
        marks.setdefault(step.does.verb, set()).add(drawing)
    assert all(len(each) == 1 for each in marks.values())
    assert len(set.union(*marks.values())) == len(marks) - 1  # a pause and a wait are both an hourglass


def test_ends_show_whether_it_was_done_or_called_off(flows):
    picture = drawn(flows["return"])
    found = {end.id: looks(node(picture, end.id)) for end in flows["return"].ends}
    assert "good" in found["refunded"]
    assert "off" in found["cancelled"]
    assert "over" in found["closed"] & found["declined"]


def test_where_a_cancellation_leads_is_told_there(flows):
    release = node(drawn(flows["warehouse"]), "release")
    assert "When called off, until “Hand over to the carrier” is done" in title(release)
    assert "when called off" in " ".join(said(node(drawn(flows["return"]), "cancelled")))


def test_the_same_flow_gives_the_same_bytes(flows):
    for flow in flows.values():
        assert svg(replace(flow)) == svg(flow)


def test_titles_cannot_break_out_of_the_picture(warehouse):
    first = replace(warehouse.steps[0], title='</text><script>alert("1")</script>&\x07')
    hostile = replace(warehouse, title='"><b>&', about="<!--", steps=(first, *warehouse.steps[1:]))
    picture = drawn(hostile)
    assert picture.find(".//svg:script", NAMES) is None
    assert title(picture) == '"><b>&'


def test_day_and_night_have_every_colour():
    assert LIGHT.keys() == DARK.keys()
    used = set(re.findall(r"var\(--(\w+)\)", style())) - {"tone"}
    assert used <= LIGHT.keys()
    assert "prefers-color-scheme:dark" in style()


def brightness(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colours", [LIGHT, DARK])
@pytest.mark.parametrize(
    ("text", "behind"),
    [
        ("ink", "card"),
        ("soft", "card"),
        ("late", "card"),
        ("refusal", "card"),
        ("on", "here"),
        ("on", "soft"),
        ("on", "late"),
    ],
)
def test_words_can_be_read_against_what_is_behind_them(colours, text, behind):
    dark, bright = sorted((brightness(colours[text]), brightness(colours[behind])))
    assert (bright + 0.05) / (dark + 0.05) >= 4


def test_a_position_and_the_way_there_stand_out(warehouse):
    way = ("in_stock", "pack", "escalate")
    picture = drawn(warehouse, Overlay(position={"escalate": ("1001-F1",)}, path=way))
    assert "here" in looks(node(picture, "escalate"))
    assert "1001-F1" in said(node(picture, "escalate"))
    assert "passed" in looks(node(picture, "pack"))
    assert "dim" in looks(node(picture, "capture"))
    assert sorted(ways(picture, "taken")) == [
        "Are the goods here?: otherwise → Pick and pack",
        "Pick and pack: late after 3 working days → Not packed in time",
    ]


def test_without_a_way_nothing_is_dimmed(warehouse):
    assert 'dim"' not in svg(warehouse, Overlay(position={"pack": ("1001-F1",)}))


def test_many_lanes_at_one_step_are_counted(warehouse):
    lanes = tuple(f"1001-F{n}" for n in range(1, 9))
    told = node(drawn(warehouse, Overlay(position={"pack": lanes})), "pack")
    assert "1001-F1, 1001-F2, 1001-F3 +5" in said(told)
    assert "1001-F8" in title(told)


def test_counts_and_lateness_stand_at_their_steps(warehouse):
    picture = drawn(warehouse, Overlay(counts={"pack": 41, "chase": 0}, late={"pack": 3}))
    assert {"41 open", "3 late"} <= set(said(node(picture, "pack")))
    assert "41 open here. 3 of these late" in title(node(picture, "pack"))
    assert not any("open" in text for text in said(node(picture, "chase")))


def test_how_long_the_oldest_has_stood_stands_beside_the_count(warehouse):
    picture = drawn(warehouse, Overlay(counts={"pack": 41}, oldest={"pack": "3 d"}))
    assert "41 open, oldest 3 d" in said(node(picture, "pack"))
    assert "41 open, oldest 3 d here" in title(node(picture, "pack"))


def test_ways_that_no_scenario_took_show(warehouse):
    taken = {edge.where: 1 for edge in edges(warehouse)}
    short = ("pack", "answers", "short", "go")
    picture = drawn(warehouse, Overlay(coverage=taken | {short: 0}))
    assert ways(picture, "never") == [
        "Pick and pack: Item missing → Move what is missing to a parcel of its own"
    ]
    assert not ways(drawn(warehouse), "never")


def test_the_lanes_step_is_filled_into_a_way_and_strange_steps_are_left_out(flows):
    told = ("confirm", "confirm", "gone", "screen", "reserve", "sum_up", "done")
    assert way_taken(flows["standard"], told) == ("confirm", "screen", "reserve", "ship", "sum_up", "done")
    assert lanes_step(flows["standard"], ("confirm", "reserve")) == "ship"
    assert not lanes_step(flows["standard"], ("confirm",))


def test_of_two_steps_with_one_title_the_near_one_is_meant(warehouse):
    title = "Move what is missing to a parcel of its own"
    assert standing_at(warehouse, ("pack",), title) == "split"
    assert standing_at(warehouse, ("pack", "escalate"), title) == "split_late"
    assert not standing_at(warehouse, (), "No such title")
