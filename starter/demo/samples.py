"""The demo's own orders and the goods they ask for: each round of them has goods and people of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from domain.errors import SettingsRefused
from domain.order import Order
from starter.demo.scenario import Scenario
from starter.demo.scenarios import SCENARIOS
from starter.formats import FORMATS, read


@dataclass(frozen=True, slots=True)
class Goods:
    sku: str
    title: str
    location: str
    quantity: str
    broken: str = ""  # so many of them are found broken when they are unpacked


@dataclass(frozen=True, slots=True)
class Play:
    """An order and its scenario; `suffix` tells the SKUs of its round."""

    scenario: Scenario
    order: Order
    suffix: str = ""

    def speed(self, speed: float) -> float:
        top = self.scenario.top_speed
        return speed if top is None else min(speed, top)


GOODS = (
    Goods("MUG-BLUE", "Blue stoneware mug", "main", "24"),
    Goods("TEA-ASSAM", "Assam tea, 250 g", "main", "40"),
    Goods("KETTLE-1L", "Gooseneck kettle, 1 l", "main", "6"),
    Goods("LAMP-DESK", "Desk lamp, brass", "annex", "5"),
    Goods("NOTEBOOK-A5", "Notebook, dotted, A5", "main", "90"),
    Goods("SCARF-WOOL", "Wool scarf, undyed", "main", "8"),
    Goods("BOOK-ENGINE", "Notes on the Analytical Engine", "main", "12"),
    Goods("LENS-50", "Camera lens, 50 mm f/1.8", "main", "10"),
    Goods("PEN-FOUNTAIN", "Fountain pen, medium nib", "main", "6"),
    Goods("VASE-GLASS", "Vase, mouth-blown", "main", "2"),
    Goods("VASE-GLASS", "", "annex", "3"),
    Goods("CLOCK-WALL", "Wall clock, 30 cm", "main", "2"),
    Goods("CHAIR-BEECH", "Chair, steamed beech", "main", "1"),
    Goods("BELL-BIKE", "Bicycle bell, brass", "main", "1", broken="1"),
    Goods("HEADPHONES", "Headphones, wireless", "main", "4"),
    Goods("TRUNK-STEAMER", "Steamer trunk", "main", "2"),
    Goods("GLOBE-30", "Globe, 30 cm", "main", "3"),
    Goods("COMPASS-SET", "Set of drawing compasses", "main", "5"),
    Goods("SOFA-BED", "Sofa bed, linen", "main", "1"),
    Goods("COIL-KIT", "Coil winding kit", "main", "8"),
    Goods("RADIO-KIT", "Crystal radio kit", "main", "8"),
    Goods("INK-INDIGO", "Indigo ink, 50 ml", "main", "12"),
    Goods("LINEN-NAT", "Linen, natural, by the metre", "main", "30"),
    Goods("ATLAS-WORLD", "Atlas of the world", "main", "2"),
    Goods("BOOTS-HIKING", "Hiking boots, leather", "main", "3"),
    Goods("VIOLIN-3-4", "Violin, three quarters", "main", "2"),
    Goods("DIARY-2027", "Diary for 2027", "main", "4"),
    Goods("THERMOS-1L", "Thermos flask, 1 l", "main", "4"),
    Goods("PRISM-GLASS", "Prism, optical glass", "town", "3"),
    Goods("TELEGRAPH-KEY", "Telegraph key, brass", "town", "2"),
    Goods("PUZZLE-1000", "Jigsaw puzzle, 1000 pieces", "third-party", "20"),
)


def cast(folder: Path, count: int, at: datetime) -> list[Play]:
    """
    `count` orders placed at `at`, each scenario in turn; `folder` holds one file a scenario.

    :raises SettingsRefused: a sample is missing, or cannot be taken.
    """
    used = SCENARIOS[:count]
    orders = {scenario.name: replace(_sample(folder, scenario.name), placed_at=at) for scenario in used}
    rounds = [divmod(n, len(SCENARIOS)) for n in range(count)]
    return [_play(SCENARIOS[n], orders[SCENARIOS[n].name], round) for round, n in rounds]


def goods_for(plays: Sequence[Play]) -> list[Goods]:
    """What has to be there before they are placed."""
    suffixes = dict.fromkeys(play.suffix for play in plays)
    return [replace(goods, sku=f"{goods.sku}{suffix}") for suffix in suffixes for goods in GOODS]


def _sample(folder: Path, name: str) -> Order:
    file = folder / f"{name}.json"
    try:
        record = next(read(file.read_bytes(), FORMATS["orderkeeper"], ""))
    except OSError as error:
        raise SettingsRefused(f"{file} cannot be read: {error.strerror}.") from error
    if record.order is None:
        raise SettingsRefused(f"{file}: {record.error}")
    return record.order


def _play(scenario: Scenario, order: Order, round: int) -> Play:
    if not round:
        return Play(scenario, order)
    suffix = f"-{round + 1}"
    name, _, domain = order.customer.email.partition("@")
    authorization = order.payment.authorization
    again = replace(
        order,
        number=f"{order.number}{suffix}",
        # Nobody is a regular for having played before.
        customer=replace(order.customer, email=f"{name}+{round + 1}@{domain}"),
        lines=tuple(replace(line, sku=f"{line.sku}{suffix}") for line in order.lines),
        payment=replace(order.payment, authorization=authorization and f"{authorization}{suffix}"),
    )
    return Play(scenario, again, suffix)
