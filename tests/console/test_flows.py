"""Flows as ops engineers see them: in force, as written, and who stands where."""

import shutil
from dataclasses import replace

import pytest

from config.settings import SHIPPED


@pytest.fixture
def written(house, tmp_path):
    """A config folder of the shop's own, which says what is in force."""
    folder = tmp_path / "config"
    (folder / "flows").mkdir(parents=True)
    for file in ("warehouse.yaml", "warehouse.test.yaml"):
        shutil.copy(SHIPPED / "flows" / file, folder / "flows" / file)
    house.workshop = replace(house.workshop, folder=folder)
    return folder / "flows" / "warehouse.yaml"


def edit(file, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.mark.usefixtures("written")
async def test_flows_in_force_stand_in_a_list_with_who_put_them_there(sign_in):
    page = (await (await sign_in("pat", "support")).get("/flows")).text

    assert "Ship from our own warehouse" in page
    assert "the first ones" in page
    assert "Test and publish" not in page


async def test_a_flow_is_drawn_with_who_stands_where_and_what_was_changed(sign_in, written):
    edit(written, "about: ", "about: Now with scales. ")

    olga = await sign_in("olga", "ops")

    standard, warehouse = await olga.get("/flows/standard"), await olga.get("/flows/warehouse")

    assert "<svg" in standard.text
    assert "sha256-" in standard.headers["content-security-policy"]
    assert '<a href="/orders?flow=standard&amp;step=review">Review for fraud</a>' in standard.text
    assert "2 open, oldest" in standard.text
    assert "-&gt; Now with scales." in warehouse.text
    assert "None stands in it." in warehouse.text


async def test_publishing_puts_what_is_written_in_force_and_says_who_and_why(sign_in, written, house):
    before = house.shelf.current()
    edit(written, "about: ", "about: Now with scales. ")
    olga = await sign_in("olga", "ops")

    assert "changed" in (await olga.get("/flows")).text
    page = (await olga.send("/flows/publish", reason="packers weigh now")).text

    assert "New orders take: Ship from our own warehouse." in page
    assert "packers weigh now" in page
    assert house.shelf.current()["warehouse"] != before["warehouse"]
    latest = house.shelf.versions()[0]
    assert (latest.by, latest.why) == ("olga", "packers weigh now")


async def test_a_flow_with_findings_or_a_failing_scenario_is_not_published(sign_in, written, house):
    before = house.shelf.current()
    olga = await sign_in("olga", "ops")

    edit(
        written,
        "if_late: {after: 3 working days, go: escalate}",
        "if_late: {after: 9 working days, go: escalate}",
    )
    failed = await olga.send("/flows/publish", reason="more time")
    edit(written, "go: escalate}", "go: nowhere}")
    broken = await olga.get("/flows")
    refused = await olga.send("/flows/publish", reason="more time")

    assert failed.status_code == 409
    assert "failed, so nothing was published" in failed.text
    assert "warehouse.yaml:" in broken.text
    assert "nowhere" in broken.text
    assert refused.status_code == 409
    assert house.shelf.current() == before


@pytest.mark.usefixtures("written")
async def test_a_flow_is_published_and_moved_only_for_a_reason(sign_in):
    olga = await sign_in("olga", "ops")

    published = await olga.send("/flows/publish", reason=" ")
    moved = await olga.send("/flows/warehouse/move", reason="why not")

    assert "say why" in published.text
    assert "None could move." in moved.text
