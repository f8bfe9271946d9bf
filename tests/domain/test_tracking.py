"""Tracking numbers are told apart, checked and linked."""

import json
from pathlib import Path

import pytest

from domain import check_digit
from domain.tracking import explain, link, recognise

REAL = Path(__file__).parents[3] / "shared" / "data" / "carriers"
NAMES = {
    "amazon": "Amazon",
    "canadapost": "Canada Post",
    "canpar": "Canpar",
    "dhl": "DHL",
    "dpd": "DPD",
    "fedex": "FedEx",
    "gofo": "GOFO Express",
    "landmark": "Landmark Global",
    "lasership": "LaserShip",
    "old_dominion": "Old Dominion",
    "ontrac": "OnTrac",
    "purolator": "Purolator",
    "speedee": "Spee-Dee",
    "ups": "UPS",
    "usps": "USPS",
    "yodel": "Yodel",
    "yunexpress": "YunExpress",
}
S10 = "s10"  # of postal services, which have a name each
VALID, INVALID = 192, 88


def real_numbers(file: str) -> tuple[list[str], list[str]]:
    """Those that are right, and those that break a rule of this carrier."""
    path = REAL / f"{file}.json"
    if not path.exists():
        pytest.skip(f"{path} is not here: the real tracking numbers cannot be read")
    formats = [form["test_numbers"] for form in json.loads(path.read_text())["tracking_numbers"]]
    valid, invalid = ([n for form in formats for n in form[kind]] for kind in ("valid", "invalid"))
    return valid, invalid


@pytest.mark.shared_data
@pytest.mark.parametrize(("file", "name"), NAMES.items())
def test_every_real_number_is_recognised_as_its_carriers(file, name):
    valid, _ = real_numbers(file)

    assert len(valid) >= 2
    assert [n for n in valid if name not in recognise(n)] == []


@pytest.mark.shared_data
@pytest.mark.parametrize(("file", "name"), NAMES.items())
def test_a_wrong_number_is_not_taken_for_its_carriers(file, name):
    """One that breaks a rule may still keep another one of the same carrier."""
    valid, invalid = real_numbers(file)

    assert invalid
    assert [n for n in invalid if n not in valid and name in recognise(n)] == []


@pytest.mark.shared_data
def test_the_postal_services_of_the_world_are_recognised():
    valid, invalid = real_numbers(S10)

    assert all(recognise(n) for n in valid)
    assert not any(recognise(n) for n in invalid)


@pytest.mark.shared_data
def test_no_carrier_and_no_number_is_left_out():
    counts = [[len(numbers) for numbers in real_numbers(file)] for file in (*NAMES, S10)]

    assert {path.stem for path in REAL.glob("*.json")} == {*NAMES, S10}
    assert [sum(column) for column in zip(*counts, strict=True)] == [VALID, INVALID]


@pytest.mark.parametrize(
    ("number", "names"),
    [
        ("1Z 999 AA1 01 2345 6784", ("UPS",)),
        ("rb123456785gb", ("Royal Mail",)),
        ("RB123456785NZ", ("Post NZ",)),
        ("RB123456785XX", ()),
        ("RB123456784GB", ()),
        ("SIM000000000000017", ("SIM",)),
        ("", ()),
        ("١٢٣٤٥٦٧٨٩٠", ()),  # digits, but not a carrier's
        ("1" * 100_000, ()),
    ],
)
def test_numbers_are_told_apart_however_they_are_typed(number, names):
    assert recognise(number) == names


def test_several_carriers_may_write_alike():
    assert recognise("100000000000023") == ("FedEx", "DPD")


def test_a_link_leads_to_the_carriers_page():
    assert link("ups", "1Z 5R8 939") == "https://www.ups.com/track?tracknum=1Z5R8939"
    assert link("Carrier Pigeon", "7") == ""


def test_a_link_keeps_what_was_typed_out_of_its_own_grammar():
    assert link("UPS", 'X"><script>&a=/..').endswith("tracknum=X%22%3E%3CSCRIPT%3E%26A%3D%2F..")


def test_a_slip_of_the_pen_is_explained():
    assert explain("1Z5R89390357567127") == "1Z5R89390357567127 is a number of UPS."
    assert "check digit is wrong" in explain("1Z5R89390357567128")
    assert explain("hello") == "hello is not a number of any carrier we know."


def test_one_wrong_digit_is_always_noticed():
    serial = "12345678901234"
    right = check_digit.mod10(serial)

    for place, digit in enumerate(serial):
        for other in set("0123456789") - {digit}:
            assert check_digit.mod10(serial[:place] + other + serial[place + 1 :]) != right
