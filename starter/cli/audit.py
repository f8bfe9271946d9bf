"""`orders audit`: who did what, when and why."""

from typing import Annotated

from typer import Option

from adapters.database.audit_log import AuditLog
from domain.audit import Deed
from starter.cli import shapes
from starter.cli.asking import read
from starter.cli.options import AsJson, since
from starter.cli.saying import emit, say, table
from starter.cli.shop import OpenShop

Number = Annotated[str, Option("--order", metavar="N", help="Of one order.")]
Who = Annotated[str, Option("--by", metavar="NAME", help="Of one person.")]
Since = Annotated[str, Option("--since", metavar="DATE", help="From then on.")]
Limit = Annotated[int, Option(min=1, max=100_000, help="How many at most, the newest first.")]
HeadOnly = Annotated[
    bool,
    Option("--head", help="The last link alone: note it down elsewhere, for `reconcile --audit-head`."),
]


def audit(
    order: Number = "",
    by: Who = "",
    begin: Since = "",
    limit: Limit = 50,
    head: HeadOnly = False,
    as_json: AsJson = False,
) -> None:
    """Every act, refusal and change by hand: who, as what, when, what and why."""
    if head:
        said = str(read(lambda shop: _log(shop).head()))
        if as_json:
            emit({"head": said})
        else:
            say(said)
        return
    start = since(begin, "--since") if begin else None
    found = read(lambda shop: _log(shop).entries(limit, order=order, by=by, since=start))
    if as_json:
        emit([shapes.deed(n, deed) for n, deed in found])
        return
    columns = ("n", "at", "by", "role", "what", "order", "why")
    table("Audit log", columns, [_row(n, deed) for n, deed in found], spare=("role", "n"))


def _log(shop: OpenShop) -> AuditLog:
    return AuditLog(shop.settings.database_url)


def _row(n: int, deed: Deed) -> tuple[str, ...]:
    what = f"{deed.kind.value} {deed.whom or deed.subject} {deed.what}".strip()
    at = deed.at.astimezone().strftime("%Y-%m-%d %H:%M")
    return str(n), at, deed.by, deed.role, what, deed.order, deed.why
