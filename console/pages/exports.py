"""Books, orders, customers and stock to take away; the audit log tells who did."""

from datetime import timedelta

from fastapi import Request
from starlette.responses import Response

from console.house import house_of, who_of
from console.paper import page
from domain.exports import Format, What
from domain.period import period_of
from starter.api.exports import sent
from starter.exports.office import Wanted

ABOUT = {
    What.JOURNAL: "Double entry, summed by day: takings, sales and tax by rate, refunds",
    What.ORDERS: "One row an order: where it stands, who ordered, what was paid",
    What.LINES: "One row an order line: what was ordered, shipped and sent back",
    What.CUSTOMERS: "One row a customer: what they bought, and what they agreed to, when",
    What.STOCK: "One row an article and place: what came and went, and what is there now",
}
FORMATS = {
    Format.CSV: "CSV, for spreadsheets",
    Format.JSONL: "JSON lines, for programs",
    Format.BEANCOUNT: "Beancount, the journal alone",
}


def exports(request: Request) -> Response:
    """The last month whole, unless somebody wants another."""
    house = house_of(request)
    today = period_of("", "", house.clock(), house.exports.zone()).last
    last = today.replace(day=1) - timedelta(days=1)
    return page(
        request,
        "exports.html",
        about=ABOUT,
        formats=FORMATS,
        first=last.replace(day=1),
        last=last,
        zone=house.exports.zone(),
    )


def file(request: Request, what: str = "", since: str = "", until: str = "", format: str = "") -> Response:
    wanted = Wanted(what, format, since, until)
    return sent(house_of(request).exports.export(wanted, who_of(request).acting("export")))
