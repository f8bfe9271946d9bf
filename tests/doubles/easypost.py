"""EasyPost's trackers as a strict double: what they would refuse is refused, and each call is counted."""

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from adapters.carrier.easypost.signature import sign

KEY = "EZTKtestkeyoftheseplays"
SECRET = "whsec of ours, ﬁve words"
NOT_FOUND = {"error": {"code": "NOT_FOUND", "message": "The requested resource could not be found."}}


@dataclass
class EasyPost:
    """`away` makes it give no answer, `answers` are statuses that it gives first."""

    clock: datetime
    trackers: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    away: bool = False
    events: int = 0

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._answer)

    def scan(self, code: str, status: str, after: timedelta, detail: str = "status_update") -> None:
        """Something happens to a parcel; its tracker says so."""
        tracker = self._of(code)
        at = _instant(self.clock + after)
        tracker["tracking_details"].append(_detail(status, detail, at))
        tracker |= {"status": status, "status_detail": detail, "updated_at": at}

    def message(self, code: str, description: str = "tracker.updated", **changes: Any) -> tuple[bytes, str]:
        """An event as it is posted, with the header that signs it."""
        self.events += 1
        event = {
            "id": f"evt_{self.events:032x}",
            "object": "Event",
            "mode": "test",
            "description": description,
            "created_at": _instant(self.clock),
            "previous_attributes": {"status": "unknown"},
            "pending_urls": [],
            "completed_urls": [],
            "status": "pending",
            "result": self._of(code),
        } | changes
        body = json.dumps(event).encode()
        return body, sign(body, SECRET)

    def _of(self, code: str) -> dict[str, Any]:
        found = [each for each in self.trackers.values() if each["tracking_code"] == code]
        return found[0] if found else self._make(code, "USPS")

    def _make(self, code: str, carrier: str) -> dict[str, Any]:
        id = f"trk_{len(self.trackers):032x}"
        at = _instant(self.clock)
        self.trackers[id] = {
            "id": id,
            "object": "Tracker",
            "mode": "test",
            "tracking_code": code,
            "status": "unknown",
            "status_detail": "unknown",
            "created_at": at,
            "updated_at": at,
            "signed_by": "A LOVELACE",
            "weight": None,
            "est_delivery_date": None,
            "shipment_id": None,
            "carrier": carrier,
            "tracking_details": [],
            "carrier_detail": None,
            "finalized": True,
            "is_return": False,
            "public_url": f"https://track.easypost.example/{id}",
        }
        return self.trackers[id]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/v2/")
        self.asked.append(f"{request.method} {path}")
        if self.away:
            raise httpx.ConnectTimeout("no answer", request=request)
        if self.answers:
            return httpx.Response(self.answers.pop(0), json={"error": {"code": "SOME"}})
        wanted = base64.b64encode(f"{KEY}:".encode()).decode()
        if request.headers.get("authorization") != f"Basic {wanted}":
            return httpx.Response(401, json={"error": {"code": "UNAUTHORIZED"}})
        if request.method == "POST" and path == "trackers":
            return self._made(request)
        found = self.trackers.get(path.removeprefix("trackers/"))
        return httpx.Response(200, json=found) if found else httpx.Response(404, json=NOT_FOUND)

    def _made(self, request: httpx.Request) -> httpx.Response:
        """The same number of the same carrier is the same tracker."""
        assert request.headers["content-type"] == "application/json"
        (asked,) = json.loads(request.content).values()
        assert set(asked) <= {"tracking_code", "carrier"}, asked
        code = asked["tracking_code"]
        if not code or len(code) > 40:
            return httpx.Response(422, json={"error": {"code": "TRACKER.CREATE.ERROR"}})
        known = [each for each in self.trackers.values() if each["tracking_code"] == code]
        return httpx.Response(
            200, json=known[0] if known else self._make(code, asked.get("carrier", "USPS"))
        )


def _detail(status: str, detail: str, at: str) -> dict[str, Any]:
    where = {
        "object": "TrackingLocation",
        "city": "CHARLESTON",
        "state": "SC",
        "country": None,
        "zip": "29407",
    }
    return {
        "object": "TrackingDetail",
        "message": f"Said at the door of A LOVELACE: {status}",
        "description": "",
        "status": status,
        "status_detail": detail,
        "datetime": at,
        "source": "USPS",
        "carrier_code": "",
        "tracking_location": where,
    }


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
