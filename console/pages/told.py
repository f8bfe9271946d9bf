"""What became of what somebody has just sent: looked up under its form's id, on the page they come to."""

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from console.house import House
from console.who import Who
from domain.act import ActKind, ActResult, Outcome

DONE = {
    ActKind.ANSWER: "Done",
    ActKind.CANCEL: "The cancellation is on its way",
    ActKind.HOLD: "On hold",
    ActKind.RELEASE: "Released",
    ActKind.RETRY: "It is being tried again",
    ActKind.SKIP: "Skipped",
}


@dataclass(frozen=True, slots=True)
class Told:
    """`tone` is good, care or bad."""

    text: str
    tone: str
    order: str = ""


def told(house: House, who: Who, act: str) -> Told | None:
    """One's own act alone: nobody learns of others' by their ids."""
    opened = house.book.return_form(act) if act else ""
    if opened:
        return Told(f"Return {opened} is open; the customer is told how to send it back.", "good")
    record = house.book.act(act) if act else None
    if record is None or record.by != who.name:
        return None
    said = DONE.get(ActKind(record.act.kind), "Done")
    result = record.result or ActResult(Outcome.KEPT)
    if result.outcome == Outcome.DONE:
        return Told(f"{said}: order {record.order}.", "good", record.order)
    if result.outcome == Outcome.KEPT:
        return Told(f"Kept for order {record.order}: it is done as soon as its worker is there.", "care")
    return Told(result.why, "bad", record.order)


def back_to(path: str, act: str = "", **more: str) -> Response:
    """The page to look at next, where `told` says how it went."""
    query = urlencode({name: value for name, value in {"act": act, **more}.items() if value})
    return RedirectResponse(f"{path}?{query}" if query else path, 303)
