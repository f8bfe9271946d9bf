"""`orders partners`: who ships for us, and what was placed with them, to check against."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from typer import Option

from adapters.database.partner.desk import PartnerDesk
from domain.errors import BadInput
from domain.partner import PartnerOrderView, Partners
from domain.partner_book import PartnerSummary
from starter.cli import shapes
from starter.cli.asking import read
from starter.cli.options import AsJson, since
from starter.cli.saying import emit, say, table
from starter.cli.shop import OpenShop
from starter.clock import now

DAY = timedelta(days=1)

app = typer.Typer(no_args_is_help=True, help="Those who ship for us.")


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Partners, how each works with us, and how much of theirs is open."""
    rows = read(_partners)
    if as_json:
        emit(rows)
        return
    cells = [(row["name"], row["how"], row["email"], str(row["open"])) for row in rows]
    table("Partners", ("name", "how", "e-mail", "open"), cells)


@app.command()
def summary(
    partner: Annotated[str, Option("--partner", help="One of them alone.")] = "",
    day: Annotated[str, Option("--day", help="A date; today unless said.")] = "",
    as_json: AsJson = False,
) -> None:
    """All orders placed with each partner on a day, and those open from before."""
    chosen = since(day, "--day").date() if day else None
    found = read(lambda shop: _summaries(shop, partner, chosen))
    if as_json:
        emit([_told(each) for each in found])
        return
    for each in found:
        _say(each)


def _partners(shop: OpenShop) -> list[dict[str, Any]]:
    written = shop.config.partners
    with_us = _asked(shop)
    names = dict.fromkeys([*(partner.name for partner in written.known), *with_us])
    return [_row(written, name, with_us) for name in names]


def _row(written: Partners, name: str, open_: Mapping[str, int]) -> dict[str, Any]:
    partner = written.find(name)
    how, email = (partner.how.value, partner.email) if partner else ("not written down", "")
    return {"name": name, "how": how, "email": email, "open": open_.get(name, 0)}


def _summaries(shop: OpenShop, partner: str, day: date | None) -> list[PartnerSummary]:
    """Of a day of the shop's, today for None. :raises BadInput: nobody of this name was ever asked."""
    zone = ZoneInfo(shop.zone)
    begins = datetime.combine(day or now().astimezone(zone).date(), time(), zone)
    asked = _asked(shop)
    if partner and partner not in asked:
        there = ", ".join(asked) or "none"
        raise BadInput(f"nobody asked a partner {partner!r}; there are {there}", "--partner")
    desk = PartnerDesk(shop.settings.database_url)
    try:
        return [desk.summary(name, begins, begins + DAY) for name in asked if partner in ("", name)]
    finally:
        desk.close()


def _asked(shop: OpenShop) -> Mapping[str, int]:
    desk = PartnerDesk(shop.settings.database_url)
    try:
        return desk.partners()
    finally:
        desk.close()


def _told(found: PartnerSummary) -> dict[str, Any]:
    return {
        "partner": found.partner,
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
        "placed": [shapes.partner_order(view) for view in found.placed],
        "open": [shapes.partner_order(view) for view in found.open],
    }


def _say(found: PartnerSummary) -> None:
    new, old = len(found.placed), len(found.open)
    say(f"{found.partner}: {new} placed on {found.since:%Y-%m-%d}, {old} open from before")
    if new or old:
        rows = [_cells(view) for view in (*found.placed, *found.open)]
        table("", ("order", "state", "goods", "tracking"), rows)


def _cells(view: PartnerOrderView) -> tuple[str, str, str, str]:
    goods = ", ".join(f"{line.quantity:f} {line.sku}" for line in view.lines)
    return view.id, view.state.value, goods, view.tracking
