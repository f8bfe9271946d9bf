"""`orders flow`: what an ops engineer does, and in which place a mistake stands."""

import json
import shutil

import pytest

from config.settings import SHIPPED
from tests.starter.formats.samples import OWN


@pytest.fixture
def own_config(terminal, monkeypatch):
    """A copy of the shipped config folder, for a shop to change."""
    folder = terminal.folder / "config"
    shutil.copytree(SHIPPED / "flows", folder / "flows")
    monkeypatch.setenv("ORDERKEEPER_CONFIG", str(folder))
    return folder


def test_the_shipped_flows_are_clean(terminal):
    assert "nothing found" in terminal.type("flow", "check")


def test_a_finding_stands_with_its_place_its_line_and_a_caret(terminal, own_config):
    file = own_config / "flows" / "warehouse.yaml"
    file.write_text(file.read_text().replace("go: capture,", "go: captur,", 1))
    result = terminal.run("flow", "check", str(file))
    assert result.exit_code == 1
    first, excerpt, caret, *_ = result.stdout.splitlines()
    assert first.startswith(f"{file}:")
    assert "captur" in excerpt
    assert caret.strip() == "^"
    (told, *_) = json.loads(terminal.run("flow", "check", str(file), "--format", "json").stdout)
    assert {"file", "line", "column", "message", "advice", "rule"} == told.keys()
    annotated = terminal.run("flow", "check", str(file), "--format", "github").stdout
    assert annotated.startswith(f"::error file={file},line={told['line']},col={told['column']}::")


def test_a_mistake_anywhere_in_the_config_folder_is_found(terminal, own_config):
    (own_config / "routing.yaml").write_text("order:\n  - otherwise: express\n")
    result = terminal.run("flow", "check")
    assert result.exit_code == 1
    assert "routing.yaml:" in result.stdout


@pytest.mark.parametrize("name", ["partners.yaml", "shops.yaml", "hooks.yaml"])
def test_a_file_that_a_shop_may_leave_out_can_be_checked_by_itself(terminal, own_config, name):
    file = own_config / name
    file.write_text("oak:\n  colour: red\n")
    result = terminal.run("flow", "check", str(file))
    assert result.exit_code == 1
    assert f"{file}:2:3: unknown key 'colour'" in result.stdout
    file.write_text((SHIPPED / name).read_text())
    assert "nothing found" in terminal.type("flow", "check", str(file))


def test_a_file_that_is_not_there_cannot_be_checked(terminal):
    result = terminal.run("flow", "check", "nowhere.yaml")
    assert result.exit_code == 2
    assert result.stderr == "nowhere.yaml cannot be read: No such file or directory.\n"


def test_a_broken_config_folder_refuses_commands_in_one_line(terminal, own_config):
    (own_config / "routing.yaml").write_text("order:\n  - otherwise: express\n")
    assert "routing.yaml:" in terminal.refused("place", terminal.file("order.json", OWN))


def test_publishing_lets_new_orders_take_what_changed_and_says_why(terminal, own_config):
    terminal.type("flow", "publish", "--why", "the first")
    assert "Every flow stands" in terminal.type("flow", "publish", "--why", "again")
    file = own_config / "flows" / "warehouse.yaml"
    file.write_text(file.read_text().replace("due: 1 working day", "due: 2 working days", 1))
    (new,) = terminal.json("flow", "publish", "--why", "we are slower now", "--by", "ida")
    assert new["name"] == "warehouse"
    latest, *older = terminal.json("flow", "list")
    assert (latest["sha256"], latest["why"], latest["by"]) == (new["sha256"], "we are slower now", "ida")
    assert latest["current"]
    assert [each["current"] for each in older if each["name"] == "warehouse"] == [False]


def test_a_flow_is_told_in_words_and_drawn(terminal):
    assert "Pick and pack" in terminal.type("flow", "show", "warehouse")
    assert "Pick and pack" in terminal.type("flow", "diagram", "warehouse")
    assert "There is no flow nothing" in terminal.refused("flow", "show", "nothing")


def test_a_file_that_is_too_large_or_no_text_has_a_finding_with_its_place(terminal, own_config):
    file = own_config / "flows" / "warehouse.yaml"
    file.write_bytes(b"x" * 10_000_000)
    result = terminal.run("flow", "check", str(file))
    assert result.exit_code == 1
    assert result.stdout.startswith(f"{file}:1:1: more than 256 kB - split it into several files [yaml]\n")
    file.write_bytes(b"flow: warehouse\ntitle: \xff\n")
    result = terminal.run("flow", "check", str(file))
    assert result.stdout.startswith(f"{file}:2:8: this is not UTF-8 - save the file as UTF-8 [yaml]\n")


def test_a_finding_between_two_flows_shows_the_way_through_both(terminal, own_config):
    """Only the order's flow is changed; what it leaves undone is found in its parcels' flow."""
    file = own_config / "flows" / "standard.yaml"
    text = file.read_text().replace(
        "        go: ask_transfer\n      - otherwise: authorize",
        "        go: ask_transfer\n      - otherwise: reserve",
    )
    file.write_text(text.replace("    then: reserve\n", "    then: authorize\n"))
    alone = terminal.run("flow", "check", str(file))
    assert (alone.exit_code, "[no-authorize]" in alone.stdout) == (1, True)
    result = terminal.run("flow", "check")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    here = next(n for n, line in enumerate(lines) if line.startswith("flows/warehouse.yaml:"))
    first, excerpt, caret = lines[here : here + 3]
    assert (
        "standard: confirm > screen > risk > how_paid > reserve > ship, then in_stock > pack > capture"
        in first
    )
    assert first.endswith("[no-authorize]")
    assert excerpt.strip() == "run: payment.capture"
    assert excerpt[caret.index("^") :] == "payment.capture"
