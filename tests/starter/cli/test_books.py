"""`orders export`, `orders numbers` and `orders ageing` at a terminal."""

import csv
import stat
from io import StringIO

from beancount import loader

from tests.starter.formats.samples import OWN


def table(text):
    return list(csv.DictReader(StringIO(text, newline="")))


def test_orders_and_their_lines_leave_as_tables_or_for_programs(placed):
    (order,) = table(placed.type("export", "orders"))
    assert (order["number"], order["total"], order["currency"]) == (
        OWN["number"],
        OWN["total"],
        OWN["currency"],
    )
    lines = table(placed.type("export", "lines"))
    assert [line["sku"] for line in lines] == [line["sku"] for line in OWN["lines"]]
    assert {line["order"] for line in lines} == {OWN["number"]}
    assert '"email": ' in placed.type("export", "customers", "--format", "jsonl")


def test_a_file_is_whole_and_for_its_owner_alone(placed):
    file = placed.folder / "stock.csv"
    placed.type("export", "stock", "--out", str(file))
    assert {row["sku"] for row in table(file.read_text())} == {"TEAPOT-RED", "FELT"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in placed.folder.iterdir() if each.name.startswith(".")] == []


def test_the_journal_of_a_day_without_money_is_a_ledger_all_the_same(placed):
    text = placed.type("export", "journal", "--format", "beancount", "--since", "2026-11-01")
    assert loader.load_string(text)[1] == []


def test_the_audit_log_tells_who_had_what(placed):
    placed.type("export", "customers", "--since", "2026-01-01", "--until", "2026-12-31", "--by", "fin")
    (deed,) = placed.json("audit", "--by", "fin")
    assert "customers of 2026-01-01 to 2026-12-31" in str(deed)


def test_what_is_no_export_or_date_is_refused_in_a_line(placed):
    assert "none of journal, orders" in placed.refused("export", "secrets")
    assert "not a date" in placed.refused("export", "orders", "--since", "yesterday")
    assert "cannot be written" in placed.refused(
        "export", "stock", "--out", str(placed.folder / "no" / "where")
    )


def test_the_shops_own_zone_cuts_its_days(placed, monkeypatch):
    monkeypatch.setenv("ORDERKEEPER_ZONE", "Pacific/Auckland")
    (order,) = table(placed.type("export", "orders"))
    assert order["placed_at"].endswith(("+12:00", "+13:00"))
    monkeypatch.setenv("ORDERKEEPER_ZONE", "Mars/Olympus")
    assert "no time zone" in placed.refused("export", "orders")


def test_numbers_and_ageing_are_told_to_people_and_programs(placed):
    told = placed.json("numbers", "--since", "2020-01-01")
    assert (told["orders"], told["by"], told["survey"]["average"]) == (1, "month", None)
    assert "Time to ship" in placed.type("numbers", "--method", "pickup")
    assert placed.json("ageing")["open"] == 1
    assert OWN["number"] in placed.type("ageing")
    assert placed.run("numbers", "--method", "pigeon").exit_code == 2
