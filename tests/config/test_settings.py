"""What the environment may say, and what is refused."""

import pytest

import worker
from adapters.payment.simulated import SimulatedGateway
from config.settings import Settings
from domain.errors import SettingsRefused
from domain.money import Money

NAME = "ORDERKEEPER_TAKE_AT_ONCE"


@pytest.mark.parametrize(("said", "meant"), [({}, False), ({NAME: "no"}, False), ({NAME: "yes"}, True)])
def test_a_shop_says_whether_all_is_taken_with_the_first_parcel(said, meant):
    assert Settings.from_env(said).take_at_once is meant


@pytest.mark.parametrize(("said", "kept"), [({}, 0), ({"ORDERKEEPER_SIMULATED_FEES": "yes"}, 39)])
async def test_the_simulated_gateway_costs_nothing_unless_the_shop_says_so(tmp_path, said, kept):
    gateway = worker.gateway_of(Settings.from_env({"ORDERKEEPER_DATA": str(tmp_path), **said}))
    assert isinstance(gateway, SimulatedGateway)
    assert gateway.tariff.on(Money(1_000, "EUR")).minor == kept


def test_what_is_neither_yes_nor_no_is_refused():
    with pytest.raises(SettingsRefused, match="ORDERKEEPER_TAKE_AT_ONCE is yes or no"):
        Settings.from_env({NAME: "perhaps"})


def test_a_shop_says_where_its_days_begin_and_when_its_owners_are_told_of_them():
    told = Settings.from_env({"ORDERKEEPER_ZONE": "Asia/Kathmandu", "ORDERKEEPER_REPORT_AT": "07:30"})
    assert (told.zone, told.report_at) == ("Asia/Kathmandu", "07:30")
    assert Settings.from_env({"ORDERKEEPER_REPORT_AT": "never"}).report_at == "never"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ORDERKEEPER_ZONE", "Mars/Olympus"),
        ("ORDERKEEPER_ZONE", "../../etc/passwd"),
        ("ORDERKEEPER_REPORT_AT", "25:00"),
        ("ORDERKEEPER_REPORT_AT", "noon"),
    ],
)
def test_what_is_no_time_zone_or_time_of_day_is_refused_by_its_name(name, said):
    with pytest.raises(SettingsRefused, match=name):
        Settings.from_env({name: said})
