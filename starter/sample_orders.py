"""Sample orders of scenarios and simulations: a file in our own format, and the facts of its order."""

from pathlib import Path

from config.settings import SHIPPED
from domain.errors import BadInput
from domain.facts import Facts, order_facts
from domain.order import Buyer
from flow.load.scenario_order import Samples
from starter.formats.json_text import loads
from starter.formats.orderkeeper import parse


def samples_of(folder: Path) -> Samples:
    """Sample orders by their names within the config folder, such as `samples/clean.json`."""

    def facts(name: str) -> Facts:
        for base in (folder.resolve(), SHIPPED.resolve()):
            place = (base / name).resolve()
            if place.is_relative_to(base) and place.is_file():
                return facts_in(place)
        raise BadInput(f"there is no sample order '{name}'")

    return facts


def facts_in(file: Path) -> Facts:
    """The facts of the order in a file, of a buyer we do not know. :raises BadInput: there is none."""
    try:
        return order_facts(parse(loads(file.read_text(encoding="utf-8"))), Buyer())
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"there is no sample order {file.name}") from error
    except BadInput as error:
        raise BadInput(f"the sample order {file.name}: {error}") from error
