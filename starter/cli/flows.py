"""`orders flow`: what ops engineers do with the shop's flows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from config.actions import actions_of
from config.shop import config_files, notices
from domain.errors import NotFound, SettingsRefused
from domain.moving import FlowVersion
from flow.finding import Finding, Rule, refuse
from flow.load.reader import LARGEST
from flow.model import Flow
from flow.shop import FILES, OPTIONAL, check_shop
from flow.words import sentences
from starter.cli import (
    diagram,
    flow_backtest,
    flow_diff,
    flow_moves,
    flow_publish,
    flow_simulate,
    flow_tests,
    flow_words,
    shapes,
)
from starter.cli.asking import read
from starter.cli.options import AsJson
from starter.cli.saying import counted, emit, plain, say, table
from starter.cli.shop import settings_here, shop_of
from starter.clock import now
from starter.when import when

app = typer.Typer(help="Flows: check, read, draw and publish them.", no_args_is_help=True)

KNOWN = (*FILES, *OPTIONAL)
# Rules about an order's flow and those of its parcels together.
TOGETHER: frozenset[Rule] = frozenset({"no-authorize", "no-capture", "unpaid"})
Name = Annotated[str, Argument(help="Such as warehouse.")]


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


@app.command()
def check(
    files: Annotated[
        list[Path] | None, Argument(help="Flow files; without one, the config folder.")
    ] = None,
    format: Annotated[Format, Option(help="github: annotations of a pull request.")] = Format.TEXT,
) -> None:
    """Find mistakes before anything runs. Exit 0: none. Exit 1: findings. Exit 2: cannot check."""
    with flow_words.or_cannot_run():
        texts, found = _of_files(files) if files else _of_folder()
    _report(found, texts, format)
    if found:
        raise typer.Exit(1)


Checked = tuple[dict[str, str], list[Finding]]


def _of_folder() -> Checked:
    settings = settings_here()
    folder = settings.config
    texts = config_files(folder)
    return texts, check_shop(texts, actions_of(settings), notices(folder))


def _of_files(files: Sequence[Path]) -> Checked:
    """The files as if they stood in the config folder: they may name its words, and each other."""
    settings = settings_here()
    folder = settings.config
    places = {_place(file): file for file in files}
    if len(places) < len(files):
        raise SettingsRefused("Two files have one name; check them one after the other.")
    texts = {place: _text(file) for place, file in places.items()}
    whole = {**config_files(folder), **texts}
    all_ = check_shop(whole, actions_of(settings), notices(folder))
    refuse(each for each in all_ if each.file not in places and each.file in KNOWN)
    found = [replace(each, file=str(places[each.file])) for each in all_ if each.file in places]
    # An order's flow may leave the flows of its parcels nothing to take.
    beside = [each for each in all_ if each.file not in places and each.rule in TOGETHER]
    shown = {str(places[place]): text for place, text in texts.items()}
    return {**shown, **{each.file: whole[each.file] for each in beside}}, found + beside


def _place(file: Path) -> str:
    return file.name if file.name in KNOWN else f"flows/{file.name}"


def _text(file: Path) -> str:
    """As much of it as a flow may have, and one byte; where it is no UTF-8, the check finds the place."""
    try:
        with file.open("rb") as source:
            start = source.read(LARGEST + 1)
    except OSError as error:
        raise SettingsRefused(f"{file} cannot be read: {error.strerror}.") from error
    text = start.decode(encoding="utf-8", errors="surrogateescape")
    return text.replace("\r\n", "\n")


def _report(found: Sequence[Finding], texts: dict[str, str], format: Format) -> None:
    if format is Format.JSON:
        emit([_json(finding) for finding in found])
        return
    for finding in found:
        if format is Format.GITHUB:
            typer.echo(_annotation(finding))
        else:
            typer.echo(plain(finding.with_excerpt(texts.get(finding.file, ""))))
    if format is Format.TEXT:
        checked = f"{counted(len(texts), 'file')} checked, nothing found"
        say(counted(len(found), "finding") if found else checked)


def _json(finding: Finding) -> dict[str, object]:
    return {
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "message": finding.message,
        "advice": finding.advice,
        "rule": finding.rule,
    }


def _annotation(finding: Finding) -> str:
    said = f"{finding.message} - {finding.advice} [{finding.rule}]"
    escaped = said.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    file = finding.file.replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
    return f"::error file={file},line={finding.line},col={finding.column}::{escaped}"


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Versions published here, the latest first, and the open orders that follow each."""
    versions, current = read(lambda shop: (shop.shelf.versions(), shop.shelf.current()))
    if as_json:
        emit([shapes.version(each, current) for each in versions])
        return
    columns = ("flow", "version", "taken by", "for", "orders", "published", "by", "why")
    table("Flows", columns, [_cells(each, current) for each in versions], spare=("for", "why"))


def _cells(each: FlowVersion, current: Mapping[str, str]) -> tuple[str, ...]:
    takers = "new orders" if current.get(each.name) == each.sha256 else ""
    published = when(each.published_at, now().astimezone())
    return (
        *(each.name, each.sha256[:12], takers, each.level),
        *(str(each.open_orders), published, each.by, each.why),
    )


@app.command()
def show(name: Name) -> None:
    """A flow of the config folder, step by step, in words."""
    flow = _flow(name)
    for line in (f"{flow.name}: {flow.title}", flow.about, *sentences(flow)):
        typer.echo(plain(line))


@app.command("diagram")
def diagram_(name: Name, format: diagram.Form = diagram.Format.SVG, out: diagram.Out = None) -> None:
    """A flow of the config folder as a picture."""
    diagram.draw(_flow(name), format, out)


def _flow(name: str) -> Flow:
    flows = shop_of(settings_here()).flows
    if name not in flows:
        raise NotFound(f"There is no flow {name}; there are {', '.join(sorted(flows))}.")
    return flows[name]


flow_words.register(app)
flow_tests.register(app)
flow_simulate.register(app)
flow_backtest.register(app)
flow_publish.register(app)
flow_diff.register(app)
flow_moves.register(app)
