"""`orders reconcile`: our books against themselves, the gateway and the workflows."""

import asyncio

import typer

from domain.errors import TemporalUnavailable
from domain.view import Difference
from starter.cli import shapes
from starter.cli.asking import at_shop
from starter.cli.options import AsJson
from starter.cli.saying import counted, emit, say
from starter.cli.shop import OpenShop
from starter.clock import now
from starter.reconcile import Audited, Comparison


def reconcile(as_json: AsJson = False) -> None:
    """Compare orders, workflows, ledger, gateway and stock. Exit 0: all agree. Exit 1: differences."""
    found = at_shop(differences, connected=True)
    if as_json:
        emit([shapes.difference(each) for each in found])
    else:
        for each in found:
            say(f"{each.rule} {each.subject}: {each.what} - {each.advice}", "red")
        say(counted(len(found), "difference") if found else "nothing is wrong", "red" if found else "green")
    if found:
        raise typer.Exit(1)


async def differences(shop: OpenShop) -> list[Difference]:
    """Everything that does not agree, of a connected shop."""
    # Only this command pays for loading it.
    from adapters.database.audit import Auditor  # noqa: PLC0415

    auditor = Auditor(shop.settings.database_url)
    try:
        found = list(await asyncio.to_thread(auditor.differences, now()))
        return found + await _of_workflows(shop, auditor)
    finally:
        auditor.close()


async def _of_workflows(shop: OpenShop, auditor: Audited) -> list[Difference]:
    """Temporal away is a difference too: half of the comparison is missing."""
    try:
        return await Comparison(shop.temporal(), auditor, shop.book).differences()
    except TemporalUnavailable as error:
        advice = "start it (`orders up`) and reconcile again"
        return [Difference("workflows-not-compared", "Temporal", str(error).rstrip("."), advice)]
