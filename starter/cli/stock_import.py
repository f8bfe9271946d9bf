"""`orders stock import`: the shelves as they were counted, out of a CSV file, whole or not at all."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from typer import Argument, Option

from domain.errors import BadInput
from domain.stock_book import Count, CountedRow
from starter.cli.asking import read
from starter.cli.options import AsJson, By
from starter.cli.saying import complain, counted, emit, say, table
from starter.cli.shop import OpenShop
from starter.clock import now
from starter.stock_file import MAX_FILE, Finding, read_stock

STDIN = "-"
# So many lines tell what is wrong with a file; --json tells all of it.
MOST_SAID = 50


def add_to(app: typer.Typer) -> None:
    app.command("import")(import_)


def import_(
    file: Annotated[str, Argument(help="CSV with the columns sku, on_hand and more; - reads stdin.")],
    dry_run: Annotated[bool, Option("--dry-run", help="Only say what it would change.")] = False,
    new_locations: Annotated[
        bool, Option("--new-locations", help="Take locations not heard of before.")
    ] = False,
    reason: Annotated[str, Option("--reason", help="Why; it stands beside the movements.")] = "",
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Put down what was counted: every row, or, with a mistake in any, none. Twice changes nothing more."""
    content, here = _content(file), now()
    stock = read_stock(content)
    why = reason.strip() or f"Counted: {Path(file).name}"

    def put(shop: OpenShop) -> Count:
        if dry_run or stock.findings:
            return shop.stock_room.look_through(stock.rows, new_places=new_locations)
        return shop.stock_room.count(stock.rows, why, by, here, new_places=new_locations)

    count = read(put)
    problems = (stock.place(problem) for problem in count.problems)
    findings = sorted([*stock.findings, *problems], key=lambda each: (each.line, each.column))
    _tell(file, count, findings, done=not dry_run and not findings, as_json=as_json)
    if findings:
        raise typer.Exit(1)


def _content(file: str) -> bytes:
    if file == STDIN:
        return sys.stdin.buffer.read(MAX_FILE + 1)
    try:
        with Path(file).open("rb") as stream:
            return stream.read(MAX_FILE + 1)
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}.") from error


def _tell(file: str, count: Count, findings: Sequence[Finding], *, done: bool, as_json: bool) -> None:
    changed = [row for row in count.rows if row.new or row.before != row.after]
    if as_json:
        emit(_json(count, changed, findings, done=done))
    for finding in findings[:MOST_SAID]:
        complain(f"{file}:{finding.line}:{finding.column}: {finding.what}")
    if len(findings) > MOST_SAID:
        complain(f"and {len(findings) - MOST_SAID} more")
    if findings:
        complain(f"{counted(len(findings), 'mistake')}; nothing was changed")
    elif not as_json:
        _say(count, changed, done=done)


def _say(count: Count, changed: Sequence[CountedRow], *, done: bool) -> None:
    table("Changes", ("sku", "location", "before", "after", ""), [_cells(row) for row in changed])
    new = sum(row.new for row in changed)
    said = f"{counted(len(count.rows), 'row')}, {len(changed)} changed, {counted(new, 'new article')}"
    waited = f"; goes on: {', '.join(count.filled)}" if count.filled else ""
    say(f"done: {said}{waited}" if done else f"would be done: {said}", "green" if done else "yellow")


def _cells(row: CountedRow) -> tuple[str, ...]:
    return row.sku, row.location, f"{row.before:f}", f"{row.after:f}", "new" if row.new else ""


def _json(
    count: Count, changed: Sequence[CountedRow], findings: Sequence[Finding], *, done: bool
) -> dict[str, Any]:
    refused = "refused" if findings else "dry run"
    return {
        "outcome": "done" if done else refused,
        "rows": len(count.rows),
        "changed": [
            {
                "sku": row.sku,
                "location": row.location,
                "before": f"{row.before:f}",
                "after": f"{row.after:f}",
                "new": row.new,
            }
            for row in changed
        ],
        "filled": list(count.filled),
        "findings": [{"line": each.line, "column": each.column, "what": each.what} for each in findings],
    }
