"""`orders reconcile`: our books against themselves, the gateway and the workflows, and mending them."""

import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated, Any

import typer
from typer import BadParameter, Option

from domain.audit import Head
from domain.errors import GatewayUnavailable, TemporalUnavailable
from domain.reconcile import Difference
from starter.cli import shapes
from starter.cli.asking import at_shop
from starter.cli.options import AsJson, By
from starter.cli.saying import counted, emit, say, screen
from starter.cli.shop import OpenShop
from starter.clock import now
from starter.reconcile import Audited, Comparison
from starter.repairing import BY_WORDS, Repaired, Repairer

Mend = Annotated[bool, Option("--repair", help="Mend what is safe to mend, and tell the audit log.")]
DryRun = Annotated[bool, Option("--dry-run", help="With --repair: only say what would be done.")]
Why = Annotated[str, Option("--reason", help="With --repair: why; it stands in the audit log.")]
Noted = Annotated[
    str, Option("--audit-head", metavar="N:HASH", help="A head of the audit log, noted down before.")
]
Tell = Callable[[str], None]
# Of a gateway elsewhere: longer than any hold stands, and than people mostly take to send things back.
LOOKS_BACK = timedelta(days=30)


def reconcile(
    repair: Mend = False,
    dry_run: DryRun = False,
    reason: Why = "",
    audit_head: Noted = "",
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Compare orders, workflows, ledger, gateway and stock. Exit 0: all agree. Exit 1: differences."""
    noted = _head(audit_head)
    if repair and not dry_run and not reason.strip():
        raise BadParameter("say why; it stands in the audit log", param_hint="--reason")

    async def work(shop: OpenShop) -> tuple[list[Difference], list[Repaired]]:
        with _progress(quiet=as_json) as tell:
            found = await differences(shop, noted, tell)
            if not repair or dry_run or not any(each.repair for each in found):
                return found, []
            tell("mending")
            repaired = await _repairer(shop).repair(found, by, reason.strip())
            return await differences(shop, noted, tell), repaired

    found, repaired = at_shop(work, connected=True)
    if as_json:
        _emit(found, repaired, wide=repair)
    else:
        _say(found, repaired, would=dry_run and repair)
    if found:
        raise typer.Exit(1)


async def differences(
    shop: OpenShop, noted: Head | None = None, tell: Tell = lambda _: None
) -> list[Difference]:
    """Everything that does not agree, of a connected shop."""
    # Only this command pays for loading it.
    from adapters.database.reconcile.auditor import Auditor  # noqa: PLC0415

    auditor = Auditor(shop.settings.database_url, simulated=not shop.settings.stripe_key)
    try:
        found = list(await asyncio.to_thread(auditor.differences, now(), noted, tell))
        if shop.settings.stripe_key:
            tell("the gateway")
            found += await _of_gateway(shop, auditor)
        tell("the workflows")
        return found + await _of_workflows(shop, auditor)
    finally:
        auditor.close()


async def _of_gateway(shop: OpenShop, auditor: Any) -> Sequence[Difference]:
    from adapters.payment.stripe.records import StripeRecords  # noqa: PLC0415 - only shops that use it

    here = now()
    records, since = StripeRecords(shop.settings.stripe_key), here - LOOKS_BACK
    found: list[Difference] = []
    try:
        made = await records.made_since(since)
        found += await asyncio.to_thread(auditor.unlike_gateway, made, since, here)
        kept = await records.fees_since(since)
        found += await asyncio.to_thread(auditor.unlike_fees, kept, since, here)
    except GatewayUnavailable as error:
        advice = "see that the key may read what it names, and reconcile again later"
        found.append(Difference("gateway-not-compared", "Stripe", str(error).rstrip("."), advice))
    finally:
        await records.close()
    return found


async def _of_workflows(shop: OpenShop, auditor: Audited) -> list[Difference]:
    """Temporal away is a difference too: half of the comparison is missing."""
    try:
        return await Comparison(shop.temporal(), auditor, shop.book).differences()
    except TemporalUnavailable as error:
        advice = "start it (`orders up`) and reconcile again"
        return [Difference("workflows-not-compared", "Temporal", str(error).rstrip("."), advice)]


def _repairer(shop: OpenShop) -> Repairer:
    # Only a repair pays for loading them.
    from adapters.database.audit_log import AuditLog  # noqa: PLC0415
    from adapters.database.reconcile.repairs import Repairs  # noqa: PLC0415

    def post() -> Any:
        from worker import adapters  # noqa: PLC0415

        return adapters(shop.settings).post

    url = shop.settings.database_url
    return Repairer(Repairs(url, shop.stock_room.ship_by), AuditLog(url), shop.book, shop.orders, post, now)


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Tell]:
    """What is being looked at, for a person who waits."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    with screen(err=True).status("comparing") as status:
        yield lambda what: status.update(f"comparing: {what}")


def _head(text: str) -> Head | None:
    n, colon, hash = text.partition(":")
    if not text:
        return None
    if not colon or not n.isdecimal():
        raise BadParameter(f"{text!r} is not as `orders audit --head` prints it", param_hint="--audit-head")
    return Head(int(n), hash)


def _say(found: Sequence[Difference], repaired: Sequence[Repaired], *, would: bool) -> None:
    for done in repaired:
        what = f"{done.repair.target}: {BY_WORDS[done.repair.kind]}"
        say(f"not mended: {what}: {done.why}" if done.why else f"mended: {what}", _colour(done))
    for each in found:
        say(f"{each.rule} {each.subject}: {each.what} - {each.advice}", "red")
        if would and each.repair is not None:
            say(f"  would {BY_WORDS[each.repair.kind]} ({each.repair.target})", "yellow")
    say(counted(len(found), "difference") if found else "nothing is wrong", "red" if found else "green")


def _colour(done: Repaired) -> str:
    return "yellow" if done.why else "green"


def _emit(found: Sequence[Difference], repaired: Sequence[Repaired], *, wide: bool) -> None:
    differences = [shapes.difference(each) for each in found]
    if not wide:
        emit(differences)
        return
    emit({"differences": differences, "repaired": [shapes.repaired(each) for each in repaired]})
