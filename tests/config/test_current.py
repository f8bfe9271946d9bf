"""The shop's rules count from the moment they are saved, unless they are broken."""

from pathlib import Path

import pytest

from activities.catalogue import ACTIONS
from config.current import CurrentShop
from domain.errors import FlowRefused
from tests.fakes import facts

HARSH = """
rules:
  - if: order.country == "DE"
    score: 40
    because: we do not know that country
"""
LENIENT = HARSH.replace("40", "5")
BROKEN = "rules: 3"


def score(shop: CurrentShop) -> int:
    return int(shop.screen({"order": facts()}).values["score"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "fraud.yaml").write_text(HARSH)
    return tmp_path


def test_an_edit_counts_at_the_next_step(folder: Path):
    shop = CurrentShop(folder, ACTIONS, look_seconds=0)
    assert score(shop) == 40

    (folder / "fraud.yaml").write_text(LENIENT)

    assert score(shop) == 5


def test_a_broken_edit_changes_nothing_until_it_is_mended(folder: Path, caplog: pytest.LogCaptureFixture):
    shop = CurrentShop(folder, ACTIONS, look_seconds=0)

    (folder / "fraud.yaml").write_text(BROKEN)
    assert score(shop) == 40
    assert "fraud.yaml" in caplog.text

    (folder / "fraud.yaml").write_text(LENIENT)
    assert score(shop) == 5


def test_a_file_the_shop_takes_away_gives_ours_back(folder: Path):
    shop = CurrentShop(folder, ACTIONS, look_seconds=0)
    ours = CurrentShop(folder / "nothing", ACTIONS, look_seconds=0)

    (folder / "fraud.yaml").unlink()

    assert score(shop) == score(ours)


def test_nothing_is_looked_at_anew_while_nothing_has_changed(folder: Path):
    shop = CurrentShop(folder, ACTIONS, look_seconds=0)
    (folder / "fraud.yaml").write_text(LENIENT)

    assert shop.now() is shop.now()


def test_files_are_not_looked_at_more_often_than_asked_for(folder: Path):
    shop = CurrentShop(folder, ACTIONS, look_seconds=3600)

    (folder / "fraud.yaml").write_text(LENIENT)

    assert score(shop) == 40


def test_a_shop_that_was_never_right_is_refused(folder: Path):
    (folder / "fraud.yaml").write_text(BROKEN)

    with pytest.raises(FlowRefused, match=r"fraud\.yaml"):
        CurrentShop(folder, ACTIONS, look_seconds=0)
