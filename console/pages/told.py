"""What became of what somebody has just sent: looked up under its form's id, on the page they come to."""

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from console.house import House
from domain.act import ActKind, ActResult, Outcome
from starter.who import Who

DONE = {
    ActKind.ANSWER: "Done",
    ActKind.CANCEL: "The cancellation is on its way",
    ActKind.HOLD: "On hold",
    ActKind.RELEASE: "Released",
    ActKind.RETRY: "It is being tried again",
    ActKind.SKIP: "Skipped",
    ActKind.ADDRESS: "It goes to the new address",
    ActKind.EDIT: "Taken out",
    ActKind.RESEND: "The mail is on its way again",
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
        return Told(f"Kept under {opened}: it stands below, with what comes next.", "good")
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
