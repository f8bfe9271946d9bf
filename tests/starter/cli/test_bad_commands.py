"""Whatever is typed, set or written wrong: one clear line, nothing stored, never a traceback."""

import json
import shutil
import sqlite3

import pytest

from config.settings import SHIPPED
from tests.starter.formats.samples import OWN, SHARED, SHOPIFY, changed, shared

LONG = "x" * 1_000_000

BAD_ORDERS = [
    # what is wrong, and the field that its line names
    (changed(OWN, "number", ...), "number"),
    (changed(OWN, "number", "../A"), "number"),
    (changed(OWN, "colour", "red"), "colour"),
    (changed(OWN, "channel", None), "channel"),
    (changed(OWN, "customer.email", "a@b.nl\r\nBcc: x@y.nl"), "customer.email"),
    (changed(OWN, "customer.name", LONG), "customer.name"),
    (changed(OWN, "placed_at", "2026-11-20T09:14:00"), "placed_at"),
    (changed(OWN, "currency", "eur"), "currency"),
    (changed(OWN, "lines", []), "lines"),
    (changed(OWN, "lines", [OWN["lines"][0]] * 1_001), "lines"),
    (changed(OWN, "lines.0.quantity", 2**63), "lines[0].quantity"),
    (changed(OWN, "lines.0.quantity", True), "lines[0].quantity"),
    (changed(OWN, "lines.0.unit_price", "-1"), "lines[0].unit_price"),
    (changed(OWN, "lines.0.sku", "UNKNOWN"), "lines[0].sku"),
    (changed(OWN, "total", "71.35"), "total"),
    (changed(OWN, "note", "a\x00b"), "note"),
    (changed(OWN, "note", "\ud83d"), "note"),
    ('{"number": "A", "number": "B"}', "number"),
    ('{"total": NaN}', "NaN"),
    ("[" * 10_000, "nested"),
    ("", "no order"),
]


def test_every_bad_order_of_many_files_is_one_line_by_its_field_and_none_is_kept(stocked):
    files = [stocked.file(f"{n}.json", order) for n, (order, _) in enumerate(BAD_ORDERS)]
    result = stocked.run("place", *files)
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    for file, (_, field), line in zip(files, BAD_ORDERS, lines, strict=True):
        assert line.startswith(f"{file}: ")
        assert field in line
        assert "Traceback" not in line
    assert result.stdout == ""
    assert stocked.json("list") == []


@pytest.mark.shared_data
def test_real_odd_line_items_are_kept_whole(stocked):
    shared("shopify/odd-line-items/valid.json")
    files = []
    for n, odd in enumerate(sorted((SHARED / "shopify" / "odd-line-items").glob("properties_*.json"))):
        if odd.stem != "properties_invalid0":  # that one is no JSON
            item = SHOPIFY["line_items"][0] | json.loads(odd.read_text())
            order = changed(SHOPIFY, "line_items.0", item) | {"name": f"#{n}"}
            files.append(stocked.file(odd.name, order))
    result = stocked.run("place", *files, "--from", "shopify")
    assert (result.exit_code, result.stderr) == (0, "")
    assert len(stocked.json("list")) == len(files)


def test_odd_text_is_kept_and_shown_without_turning_the_terminal_round(stocked):
    odd = "\u202eteapot <script>{{7*7}} '; DROP TABLE orders; -- 👩‍👧 Cafe\u0301"
    order = changed(changed(OWN, "customer.name", odd), "lines.0.title", odd)
    stocked.type("place", stocked.file("order.json", order))
    assert stocked.json("list")[0]["customer"] == odd
    assert stocked.json("show", "A-1001")["lines"][0]["title"] == odd
    page = stocked.type("show", "A-1001")
    assert "\u202e" not in page
    assert "{{7*7}}" in page


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (("cancel", "A-1001", "--reason", LONG), "reason"),
        (("hold", "A-1001", "--reason", "\n"), "reason"),
        (("note", "A-1001", LONG), "text"),
        (("event", "A-1001", "carrier.delivered", "--id", LONG), "id"),
        (("event", "A-1001", "carrier.delivered", "--id", "two words"), "id"),
        (("event", "A-1001", "carrier.delivered", "--tracking", LONG), "tracking"),
        (("cancel", "A-1001", "--fulfilment", LONG, "--reason", "x"), "fulfilment"),
        (("cancel", "A-1001", "--role", "a\nb", "--reason", "x"), "role"),
        (("event", "A-1001", "payment.received", "--set", "amount=1_0"), "amount"),
        (("event", "A-1001", "payment.received", "--set", "amount=1e9"), "amount"),
        (("event", "A-1001", "payment.received", "--set", "amount=\u0663"), "amount"),
        (("event", "A-1001", "payment.received", "--set", f"amount={LONG}"), "amount"),
        (("flow", "publish", "--why", LONG), "why"),
        (("tasks", "--role", "wharehouse"), "--role: there is no role 'wharehouse'"),
        (("list", "--waiting-for", "nobody"), "--waiting-for: there is no role or event 'nobody'"),
        (("show", "A" * 10_000), "There is no order"),
        (("stock", "receive", "FELT", "1_000"), "quantity"),
        (("stock", "receive", "FELT", "-1"), "quantity"),
        (("stock", "receive", "FELT", "1e400"), "quantity"),
        (("stock", "receive", "FELT", "\u0663"), "quantity"),
        (("stock", "receive", "a\nb", "1"), "sku"),
        (("stock", "receive", "FELT", "1", "--location", ""), "location"),
        (("stock", "receive", "FELT", "1", "--title", LONG), "title"),
        (("stock", "adjust", "FELT", "-1", "--reason", LONG), "reason"),
    ],
    ids=lambda value: " ".join(word[:20] for word in value) if isinstance(value, tuple) else "",
)
def test_a_bad_word_is_refused_by_its_field_and_nothing_is_kept(placed, words, field):
    before = books(placed)
    line = placed.refused(*words)
    assert field in line
    assert len(line) < 1_000
    assert books(placed) == before


def books(terminal) -> list[str]:
    with sqlite3.connect(terminal.folder / "data" / "orderkeeper.db") as connection:
        return list(connection.iterdump())


@pytest.mark.parametrize(
    "words",
    [
        ("list", "--placed-since", "2026-02-29"),
        ("list", "--placed-since", "0001-01-01"),
        ("list", "--placed-since", "9999-12-31"),
        ("list", "--older-than", "-1d"),
        ("list", "--limit", "99999999999999999999"),
        ("stock", "movements", "--limit", "99999999999999999999"),
        ("note", "A-1001", "half a character \udcff"),
        ("list", "--search", "\udcff"),
        ("note", "A-1001", "hello", "--by", "a\nb"),
        ("note", "A-1001", "hello", "--by", LONG),
    ],
    ids=lambda words: " ".join(word[:20] for word in words).encode("ascii", "replace").decode(),
)
def test_a_word_that_cannot_be_is_a_usage_error(terminal, words):
    result = terminal.run(*words)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert not (terminal.folder / "data").exists()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ORDERKEEPER_COLOUR", "red", "ORDERKEEPER_COLOUR is not a setting"),
        ("ORDERKEEPER_CONFIG", "/nowhere", "ORDERKEEPER_CONFIG: there is no folder"),
        ("ORDERKEEPER_DATABASE_URL", "garbage", "ORDERKEEPER_DATABASE_URL is not of the form"),
        (
            "ORDERKEEPER_DATABASE_URL",
            "oracle://scott:tiger@db/shop",
            "ORDERKEEPER_DATABASE_URL is not of the form",
        ),
        ("TEMPORAL_ADDRESS", "not an address", "is not an address of Temporal"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it_and_tells_no_secret(
    terminal, monkeypatch, name, value, said
):
    monkeypatch.setenv(name, value)
    line = terminal.refused("reconcile")
    assert said in line
    assert "tiger" not in line


def test_a_data_folder_that_is_a_file_is_one_line(terminal, monkeypatch):
    monkeypatch.setenv("ORDERKEEPER_DATA", terminal.file("file", "not a folder"))
    assert "cannot be the data folder" in terminal.refused("list")


def test_a_database_that_is_none_or_of_a_newer_program_is_one_line(placed):
    file = placed.folder / "data" / "orderkeeper.db"
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert "of a newer Orderkeeper" in placed.refused("list")
    file.write_text("this is no database at all, whatever its name says")
    assert placed.refused("list") == "The database cannot be read: file is not a database."


BAD_FLOWS = {
    "an anchor": ("title: Ship", "title: &a Ship", "alias"),
    "a merge key": ("format: 1", "<<: {a: b}\nformat: 1", "unknown-key"),
    "a tag": ("title: Ship", "title: !!python/object:os.system Ship", "tag"),
    "a key twice": ("format: 1", "format: 1\nformat: 1", "duplicate-key"),
    "two documents": ("\nsteps:", "\n---\nsteps:", "yaml"),
    "a tab": ("    run: stock.commit", "\trun: stock.commit", "yaml"),
    "a NUL": ("title: Ship", "title: \x00Ship", "yaml"),
    "a byte order mark": ("flow: warehouse", "\ufeffflow: warehouse", "yaml"),
    "too deep": ("title: Ship", f"title: {'[' * 2_000}", "yaml"),
    "too large": ("title: Ship", f"title: {'x' * 10_000_000} Ship", "yaml"),
    "a misspelt key": ("    ask: buyer", "    aks: buyer", "unknown-key"),
    "nowhere to go": ("go: capture", "go: captur", "go"),
    "no time at all": ("timeout: 10s", "timeout: 0s", "duration"),
    "time below nought": ("timeout: 10s", "timeout: -1s", "duration"),
    "time of another tongue": ("timeout: 10s", "timeout: P1Y", "duration"),
    "an action nobody has": ("run: stock.commit", "run: stock.comit", "action"),
    "nothing that undoes it": ("    undo: payment.refund\n", "", "no-undo"),
    "no end": ("ends:\n", "end:\n", "unknown-key"),
    "a wait for ever": ("    if_late: {after: 14 days, go: trace}\n", "", "no-deadline"),
    "a format of tomorrow": ("format: 1", "format: 2", "format"),
    "a role of nowhere": ("ask: buyer", "ask: byer", "role"),
    "two ways out": (
        "      - otherwise: pack",
        "      - otherwise: pack\n      - otherwise: arrival",
        "otherwise",
    ),
}


@pytest.fixture(scope="module")
def flow_text() -> str:
    return (SHIPPED / "flows" / "warehouse.yaml").read_text()


@pytest.mark.parametrize("case", BAD_FLOWS)
def test_a_bad_flow_is_found_by_file_line_and_column_and_never_published(
    stocked, monkeypatch, flow_text, case
):
    old, new, rule = BAD_FLOWS[case]
    folder = stocked.folder / "config"
    (folder / "flows").mkdir(parents=True)
    file = folder / "flows" / "warehouse.yaml"
    assert old in flow_text
    file.write_text(flow_text.replace(old, new, 1))
    monkeypatch.setenv("ORDERKEEPER_CONFIG", str(folder))
    result = stocked.run("flow", "check", "--format", "json")
    assert (result.exit_code, result.stderr) == (1, "")
    found = json.loads(result.stdout)
    assert rule in [each["rule"] for each in found]
    for each in found:
        assert each["file"] == "flows/warehouse.yaml"  # what follows from it elsewhere is not told
        assert each["line"] >= 1
        assert each["column"] >= 1
        assert each["message"]
    assert stocked.refused("flow", "publish", "--why", "haste").startswith("flows/warehouse.yaml:")
    assert stocked.json("flow", "list") == []


def test_a_routing_without_rows_is_a_finding(terminal, monkeypatch):
    folder = terminal.folder / "config"
    folder.mkdir()
    (folder / "routing.yaml").write_text("order: []\nfulfilment:\n  - otherwise: warehouse\n")
    monkeypatch.setenv("ORDERKEEPER_CONFIG", str(folder))
    result = terminal.run("flow", "check")
    assert result.exit_code == 1
    assert result.stdout.startswith("routing.yaml:1:8: `order` does not say what else")
    assert result.stdout.endswith("1 finding\n")


def test_a_file_of_the_config_folder_that_is_not_utf_8_has_a_finding_where_it_begins(terminal, monkeypatch):
    folder = terminal.folder / "config"
    folder.mkdir()
    (folder / "fraud.yaml").write_bytes(b"rules: []\n# gr\xfcn\n")
    monkeypatch.setenv("ORDERKEEPER_CONFIG", str(folder))
    result = terminal.run("flow", "check")
    assert result.exit_code == 1
    assert result.stdout.startswith("fraud.yaml:2:5: this is not UTF-8 - save the file as UTF-8 [yaml]\n")


def test_a_file_of_the_config_folder_that_cannot_be_read_is_one_line(terminal, monkeypatch):
    folder = terminal.folder / "config"
    shutil.copytree(SHIPPED / "flows", folder / "flows")
    place = folder / "fraud.yaml"
    place.mkdir()
    monkeypatch.setenv("ORDERKEEPER_CONFIG", str(folder))
    result = terminal.run("flow", "check")
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith(f"{place} cannot be read: ")
