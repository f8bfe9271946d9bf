"""Flows drawn from the command line, and the pictures in docs/."""

import re
import shutil
from dataclasses import replace
from datetime import timedelta

import pytest

from activities.catalogue import ACTIONS
from config.shop import read_shop
from domain.view import FulfilmentView, RunningView, TimelineView
from flow.diagram.svg import svg
from starter.cli.diagram import overlay_of, walker_of
from tests.flow.words import ROOT
from tests.starter.test_words import EUR, NOW, PACKING, order


@pytest.fixture(scope="module")
def flows():
    return read_shop(ROOT / "config", ACTIONS).flows


def test_the_pictures_in_docs_are_up_to_date(flows):
    drawn = {
        file.stem: file.read_text(encoding="utf-8") for file in (ROOT / "docs" / "flows").glob("*.svg")
    }
    stale = [name for name, flow in flows.items() if drawn.get(name) != svg(flow)]
    assert not stale, "`make pictures` draws them anew"


def test_a_flow_is_drawn_or_written_as_mermaid(terminal):
    assert terminal.type("flow", "diagram", "warehouse").startswith("<svg ")
    assert terminal.type("flow", "diagram", "warehouse", "--format", "mermaid").startswith("flowchart TD")
    assert "There is no flow nothing" in terminal.refused("flow", "diagram", "nothing")


def test_a_drawing_goes_into_a_file(terminal):
    file = terminal.folder / "warehouse.svg"
    assert "warehouse.svg" in terminal.type("flow", "diagram", "warehouse", "--out", str(file)).replace(
        "\n", ""
    )
    assert file.read_text(encoding="utf-8").endswith("</svg>\n")
    refused = terminal.refused(
        "flow", "diagram", "warehouse", "--out", str(terminal.folder / "no" / "x.svg")
    )
    assert "cannot be written" in refused


def test_an_order_that_has_not_begun_shows_the_flow_it_will_follow(placed):
    drawn = placed.type("diagram", "A-1001")
    assert "Screen for fraud" in drawn
    assert 'class="node run dim"' not in drawn


def test_an_unknown_order_or_part_is_refused(placed):
    assert placed.refused("diagram", "A-9") == "There is no order A-9."
    assert placed.refused("diagram", "A-1001-F9") == "Order A-1001 has no part A-1001-F9."


def test_an_order_is_drawn_under_the_version_it_follows(placed, monkeypatch):
    folder = placed.folder / "config"
    shutil.copytree(ROOT / "config" / "flows", folder / "flows")
    monkeypatch.setenv("ORDERKEEPER_CONFIG", str(folder))
    file = folder / "flows" / "standard.yaml"
    file.write_text(file.read_text().replace("title: Screen for fraud", "title: Look at it twice"))
    placed.type("flow", "publish", "--why", "we look twice")
    assert "Look at it twice" in placed.type("flow", "diagram", "standard")
    assert "Look at it twice" not in placed.type("diagram", "A-1001")


def told(step: str, kind: str = "step", lane: str = "A-1") -> TimelineView:
    return TimelineView(NOW, "", "", "", step, lane, kind, "")


def parcel(id: str, state: str = "in_progress", step: str = "Pick and pack") -> FulfilmentView:
    return FulfilmentView(id, "ship", "main", "warehouse", "abc", state, step, (), EUR, "", "", "")


def test_while_parcels_are_open_they_stand_at_the_step_of_the_lanes(flows):
    view = order(
        timeline=(told("authorize"), told("reserve"), told("pack", lane="A-1-F1")),
        fulfilments=(parcel("A-1-F1"), parcel("A-1-F2", "cancelled"), parcel("A-1-F3")),
    )
    overlay = overlay_of(view, walker_of(view, "A-1"), flows["standard"], NOW)
    assert overlay.path == ("authorize", "reserve", "ship")
    assert overlay.position == {"ship": ("A-1-F1", "A-1-F3")}


def test_a_parcel_stands_where_it_waits_and_shows_that_it_is_late(flows):
    late = replace(PACKING, due=NOW - timedelta(hours=1))
    view = order(
        timeline=(told("in_stock", "decision", "A-1-F1"), told("pack", "wait", "A-1-F1")),
        fulfilments=(parcel("A-1-F1"),),
        waiting_for=(late,),
    )
    overlay = overlay_of(view, walker_of(view, "A-1-F1"), flows["warehouse"], NOW)
    assert (overlay.path, overlay.position) == (("in_stock", "pack"), {"pack": ("A-1-F1",)})
    assert "late" in re.findall(r">([^<]*)</text></g>", svg(flows["warehouse"], overlay))


def test_a_step_the_machine_is_at_is_found_by_its_title(flows):
    view = order(timeline=(told("screen"),), running=(RunningView("A-1", "Hold the money", NOW),))
    overlay = overlay_of(view, walker_of(view, "A-1"), flows["standard"], NOW)
    assert overlay.position == {"authorize": ("A-1",)}


def test_what_was_taken_back_is_no_part_of_the_way_and_an_ended_order_stands_at_its_end(flows):
    view = order(
        "cancelled",
        end="Sold out",
        timeline=(told("reserve"), told("tell_out_of_stock", "notice"), told("authorize", "undo")),
    )
    overlay = overlay_of(view, walker_of(view, "A-1"), flows["standard"], NOW)
    assert overlay.path == ("reserve", "tell_out_of_stock", "sold_out")
    assert overlay.position == {"sold_out": ("A-1",)}
