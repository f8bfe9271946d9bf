"""What may be sold, over HTTP: for web shops that show it before they sell it."""

import asyncio
from typing import Annotated

from fastapi import Query, Request
from starlette.responses import Response

from domain.stock_book import availability
from starter.api.desk import counter_of
from starter.api.orders import told
from starter.cli import shapes

MOST = 200
Skus = Annotated[list[Annotated[str, Query(max_length=100)]], Query(min_length=1, max_length=MOST)]


async def stock(request: Request, sku: Skus) -> Response:
    """
    What of these items may be sold now. One that was never kept on a shelf, or that the shop does not
    know, is not in the answer. The whole stock is an export.
    """
    rows = await asyncio.to_thread(counter_of(request).stock_room.list, sku)
    return told([shapes.availability(each) for each in availability(rows)])
