"""`orders flow publish`: new orders take what the config folder says, once it has passed every check."""

from typing import Annotated

import typer
from typer import Option

from domain.errors import BadInput, FlowRefused
from flow.model import Flow, dumps
from starter.answers import MAX_TEXT
from starter.cli.asking import read
from starter.cli.flow_tests import run_here, tell_one
from starter.cli.options import AsJson, By
from starter.cli.saying import counted, emit, say
from starter.cli.shop import OpenShop
from starter.clock import now


def publish(
    why: Annotated[str, Option(help="Why; it stands beside the version.")],
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Check and test the config folder, and let new orders take its flows. Open orders keep theirs."""
    if not why.strip() or len(why) > MAX_TEXT:
        raise BadInput(f"say why, in up to {MAX_TEXT} characters", "why")

    def work(shop: OpenShop) -> list[Flow]:
        flows = shop.config.flows
        _test(shop, quiet=as_json)
        published = shop.shelf.current()
        new = [flow for flow in flows.values() if published.get(flow.name) != flow.sha256]
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


def _test(shop: OpenShop, *, quiet: bool) -> None:
    """:raises FlowRefused: a scenario fails; nothing is published then."""
    report = run_here(shop.settings.config)
    failed = [played for played in report.played if played.failures]
    for played in failed if not quiet else ():
        tell_one(played)
    if failed:
        raise FlowRefused(f"{counted(len(failed), 'scenario')} failed, so nothing was published.")


def register(app: typer.Typer) -> None:
    app.command()(publish)
