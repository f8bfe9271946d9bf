"""`orders flow`: what ops engineers do with the shop's flows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from activities.catalogue import ACTIONS
from config.shop import config_files, notices
from domain.errors import BadInput, NotFound, OrderError, SettingsRefused
from domain.view import FlowVersion
from flow.diagram import mermaid
from flow.finding import Finding, refuse
from flow.model import Flow, dumps
from flow.shop import FILES, check_shop
from flow.words import sentences
from starter.answers import MAX_TEXT
from starter.cli import flow_words, shapes
from starter.cli.asking import read
from starter.cli.options import AsJson, By
from starter.cli.saying import complain, counted, emit, plain, say, table
from starter.cli.shop import OpenShop, settings_here, shop_of
from starter.clock import now
from starter.when import when

app = typer.Typer(help="Flows: check, read, draw and publish them.", no_args_is_help=True)

CANNOT_RUN = 2
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
    try:
        texts, found = _of_files(files) if files else _of_folder()
    except OrderError as error:
        complain(error)
        raise typer.Exit(CANNOT_RUN) from error
    _report(found, texts, format)
    if found:
        raise typer.Exit(1)


Checked = tuple[dict[str, str], list[Finding]]


def _of_folder() -> Checked:
    folder = settings_here().config
    texts = config_files(folder)
    return texts, check_shop(texts, ACTIONS, notices(folder))


def _of_files(files: Sequence[Path]) -> Checked:
    """The files as if they stood in the config folder: they may name its words, and each other."""
    folder = settings_here().config
    places = {_place(file): file for file in files}
    if len(places) < len(files):
        raise SettingsRefused("Two files have one name; check them one after the other.")
    texts = {place: _text(file) for place, file in places.items()}
    all_ = check_shop({**config_files(folder), **texts}, ACTIONS, notices(folder))
    refuse(each for each in all_ if each.file not in places and each.file in FILES)
    found = [replace(each, file=str(places[each.file])) for each in all_ if each.file in places]
    return {str(places[place]): text for place, text in texts.items()}, found


def _place(file: Path) -> str:
    return file.name if file.name in FILES else f"flows/{file.name}"


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise SettingsRefused(f"{file} cannot be read: {reason}.") from error


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
    return f"::error file={finding.file},line={finding.line},col={finding.column}::{escaped}"


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


@app.command()
def diagram(name: Name) -> None:
    """A flow of the config folder as Mermaid text."""
    typer.echo(mermaid(_flow(name)))


def _flow(name: str) -> Flow:
    flows = shop_of(settings_here()).flows
    if name not in flows:
        raise NotFound(f"There is no flow {name}; there are {', '.join(sorted(flows))}.")
    return flows[name]


@app.command()
def publish(
    why: Annotated[str, Option(help="Why; it stands beside the version.")],
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Check the config folder and let new orders take its flows. Open orders keep theirs."""
    if not why.strip() or len(why) > MAX_TEXT:
        raise BadInput(f"say why, in up to {MAX_TEXT} characters", "why")

    def work(shop: OpenShop) -> list[Flow]:
        published = shop.shelf.current()
        new = [flow for flow in shop.config.flows.values() if published.get(flow.name) != flow.sha256]
        if new:
            shop.shelf.publish([dumps(flow) for flow in new], by, why.strip(), now())
        return new

    new = read(work)
    if as_json:
        emit([{"name": flow.name, "sha256": flow.sha256} for flow in new])
        return
    for flow in new:
        say(f"{flow.name} {flow.sha256[:12]}: new orders take it", "green")
    if not new:
        say("Every flow stands as it was published.")


flow_words.register(app)
