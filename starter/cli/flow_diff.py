"""`orders flow diff`: two versions of a flow, and what changed between them, in words."""

from typing import Annotated

import typer
from typer import Argument

from domain.errors import NotFound
from flow.difference import difference
from flow.model import Flow, loads
from starter.cli.asking import read
from starter.cli.options import AsJson
from starter.cli.saying import emit, plain, say
from starter.cli.shop import OpenShop

SHORTEST_HASH = 6
Version = Annotated[
    str,
    Argument(
        help="A name, for the version new orders take; or how a version begins, as `flow list` shows it."
    ),
]


def diff(
    old: Version,
    new: Annotated[str, Argument(help="The same; without it, the flow of the config folder.")] = "",
    as_json: AsJson = False,
) -> None:
    """What changed from one version of a flow to another, in words."""

    def look(shop: OpenShop) -> tuple[Flow, Flow]:
        before = _published(shop, old)
        return before, _published(shop, new) if new else _in_folder(shop, before.name)

    before, after = read(look)
    lines = difference(before, after)
    if as_json:
        emit({"old": before.sha256, "new": after.sha256, "changes": lines})
        return
    for line in lines:
        typer.echo(plain(line))
    if not lines:
        say("Nothing changed.")


def _published(shop: OpenShop, version: str) -> Flow:
    """:raises NotFound: no version is called so."""
    current = shop.shelf.current()
    if version in current:
        return loads(shop.shelf.definition(current[version]))
    if len(version) >= SHORTEST_HASH:
        hashes = {each.sha256 for each in shop.shelf.versions() if each.sha256.startswith(version)}
        if len(hashes) == 1:
            return loads(shop.shelf.definition(hashes.pop()))
    known = ", ".join(sorted(current)) or "nothing"
    raise NotFound(f"{version!r} is no flow and no version; published here: {known}.")


def _in_folder(shop: OpenShop, name: str) -> Flow:
    if name not in shop.config.flows:
        raise NotFound(f"There is no flow {name} in the config folder.")
    return shop.config.flows[name]


def register(app: typer.Typer) -> None:
    app.command()(diff)
