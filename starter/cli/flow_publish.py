"""`orders flow publish`: new orders take what the config folder says, once it has passed every check."""

from collections.abc import Sequence
from typing import Annotated

import typer
from typer import Option

from flow.model import Flow
from starter.cli.asking import read
from starter.cli.flow_tests import tell_one
from starter.cli.options import AsJson, By
from starter.cli.saying import emit, say
from starter.cli.shop import OpenShop, workshop_of
from starter.clock import now


def publish(
    why: Annotated[str, Option(help="Why; it stands beside the version.")],
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Check and test the config folder, and let new orders take its flows. Open orders keep theirs."""

    def work(shop: OpenShop) -> Sequence[Flow]:
        rehearsal = workshop_of(shop.settings).rehearse()
        for played in rehearsal.failed if not as_json else ():
            tell_one(played)
        return rehearsal.publish(shop.shelf, by, why, now())

    new = read(work)
    if as_json:
        emit([{"name": flow.name, "sha256": flow.sha256} for flow in new])
        return
    for flow in new:
        say(f"{flow.name} {flow.sha256[:12]}: new orders take it", "green")
    if not new:
        say("Every flow stands as it was published.")


def register(app: typer.Typer) -> None:
    app.command()(publish)
