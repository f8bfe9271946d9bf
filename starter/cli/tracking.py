"""`orders tracking`: whose number it is, and where to follow the parcel."""

from typing import Annotated

from typer import Argument

from domain.tracking import explain, link, recognise
from starter.cli.options import AsJson
from starter.cli.saying import emit, say


def tracking(
    numbers: Annotated[list[str], Argument(help="Tracking numbers.")],
    as_json: AsJson = False,
) -> None:
    """Carrier and link of each tracking number."""
    found = {number: recognise(number) for number in numbers}
    if as_json:
        emit([_told(number, carriers) for number, carriers in found.items()])
        return
    for number, carriers in found.items():
        say(explain(number), "green" if carriers else "yellow")
        for carrier in carriers:
            if address := link(carrier, number):
                say(f"  {carrier}: {address}")


def _told(number: str, carriers: tuple[str, ...]) -> dict[str, object]:
    links = [{"carrier": carrier, "link": link(carrier, number)} for carrier in carriers]
    return {"number": number, "carriers": links, "explanation": explain(number)}
