"""The web shops that orders come from, what they tell us, and where that stands."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.money import Money


class ShopSystem(StrEnum):
    SHOPIFY = "shopify"
    WOOCOMMERCE = "woocommerce"


@dataclass(frozen=True, slots=True)
class WebShop:
    """
    A shop of config/shops.yaml. `address` is where its own interface is reached, empty where it is only
    listened to; `backfill` reads its list of orders now and then, `write_back` tells it what has shipped
    and what was called off.
    """

    name: str
    system: ShopSystem
    address: str = ""
    backfill: bool = False
    write_back: bool = False


class MessageState(StrEnum):
    WAITING = "waiting"
    SETTLED = "settled"
    QUARANTINED = "quarantined"  # nobody could make sense of it: a person decides
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class ShopMessage:
    """
    One message as it was kept. `why` says what came of it, or why it waits; `theirs` is the shop's own id
    of the order. Personal: `body` and `original`.
    """

    id: str
    shop: str
    system: ShopSystem
    topic: str
    body: str
    state: MessageState
    received_at: datetime
    theirs: str = ""
    why: str = ""
    tries: int = 0
    original: str = ""
    closed_at: datetime | None = None
    closed_by: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """
    The newest state of an order that its shop told of. `address` and `goods` are digests, `paid` is yes,
    no, or empty where nothing was heard since the order was placed.
    """

    order: str
    version: datetime | None = None
    address: str = ""
    goods: str = ""
    paid: str = ""


@dataclass(frozen=True, slots=True)
class ShopRefund:
    """Money that the shop itself gave back, by the shop's own id."""

    id: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Parcel:
    """
    A parcel as its shop is told of it: by the shop's own ids of the order and of its lines. `alike_before`
    counts those the shop has heard of that hold the same and have no tracking number either.
    """

    fulfilment: str
    theirs: str
    lines: tuple[tuple[str, int], ...]
    carrier: str = ""
    tracking: str = ""
    link: str = ""
    alike_before: int = 0


def cancel_id(shop: str, theirs: str) -> str:
    """The id of the act by which an order is called off because its shop has."""
    return f"shop.cancel:{shop}:{theirs}"
