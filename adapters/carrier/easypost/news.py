"""EasyPost's trackers as news of a carrier; what is personal in them stays out."""

import hashlib
import json
import re
from datetime import UTC, datetime
from typing import Any

from domain.carrier_news import CarrierNews, Scan, Scanned
from domain.errors import BadInput
from domain.tracking import tidy

NAME = "easypost"
EVENTS = frozenset({"tracker.created", "tracker.updated"})
MODES = {True: "production", False: "test"}
SCANS = {
    "in_transit": Scan.IN_TRANSIT,
    "out_for_delivery": Scan.OUT_FOR_DELIVERY,
    "available_for_pickup": Scan.READY_FOR_PICKUP,
    "delivered": Scan.DELIVERED,
    "return_to_sender": Scan.RETURNING,
    "failure": Scan.FAILED,
}
# The detail says more than the status of a parcel that is still on its way.
ATTEMPTED = frozenset({"delivery_exception", "delivery_attempted", "attempted_delivery"})
DELAYED = frozenset(
    {"delayed", "weather_delay", "transit_exception", "held", "missorted", "awaiting_information"}
)
STILL_ON_ITS_WAY = frozenset({"in_transit", "out_for_delivery"})
ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
MOST_SCANS = 500


def read_event(body: bytes, *, live: bool) -> CarrierNews | None:
    """
    None for an event of a kind that changes nothing here.

    :raises BadInput: it is no event of EasyPost's, or one of the other mode (test, production).
    """
    try:
        event = json.loads(body)
        if event["object"] != "Event" or event["mode"] != MODES[live]:
            raise BadInput("is no event of this account's mode", "mode")
        if event["description"] not in EVENTS:
            return None
        return _news(event["result"], _id(event["id"]))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise BadInput("is no event of EasyPost's") from error


def read_tracker(tracker: Any) -> CarrierNews:
    """
    What was read from them, under an id that is the same while nothing was scanned since.

    :raises BadInput: it is no tracker.
    """
    try:
        scans = json.dumps(tracker["tracking_details"], sort_keys=True)
        digest = hashlib.sha256(f"{tracker['status']}{scans}".encode()).hexdigest()[:16]
        return _news(tracker, f"{_id(tracker['id'])}:{digest}")
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise BadInput("is no tracker of EasyPost's") from error


def _news(tracker: Any, id: str) -> CarrierNews:
    if tracker["object"] != "Tracker":
        raise TypeError("not a tracker")
    tracking = tidy(tracker["tracking_code"])
    if not tracking:
        raise TypeError("not a tracking number")
    updated = _instant(tracker["updated_at"])
    scans = [_scanned(detail) for detail in (tracker["tracking_details"] or [])[-MOST_SCANS:]]
    found = [each for each in scans if each is not None]
    final = _scan(tracker["status"], tracker.get("status_detail") or "")
    # A service may know where a parcel is without a scan of it.
    if final is not None and final not in {each.scan for each in found}:
        found.append(Scanned(final, max([updated, *(each.at for each in found)])))
    return CarrierNews(id, NAME, _id(tracker["id"]), tracking, updated, tuple(found))


def _scanned(detail: Any) -> Scanned | None:
    scan = _scan(detail["status"], detail.get("status_detail") or "")
    return None if scan is None or not detail["datetime"] else Scanned(scan, _instant(detail["datetime"]))


def _scan(status: str, detail: str) -> Scan | None:
    """None for what is not on its way yet, and for what they do not know themselves."""
    if status in STILL_ON_ITS_WAY and detail in ATTEMPTED:
        return Scan.ATTEMPTED
    if status == "in_transit" and detail in DELAYED:
        return Scan.DELAYED
    return SCANS.get(status)


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _id(value: Any) -> str:
    if not isinstance(value, str) or not ID.fullmatch(value):
        raise TypeError("not an id")
    return value
