"""Secrets come from the environment or a file, are never an example's, and never shown."""

import pytest

import worker
from adapters.payment.breaker import Breaker
from adapters.payment.simulated import SimulatedGateway
from config.settings import Settings
from domain.errors import SettingsRefused

KEY = "sk_test_" + "4eC39HqLyjWDarjtT1zdp7dc"
SECRET = "whsec_" + "kJ2h8sPq0Zr5tYb1"


def test_a_key_chooses_stripe_and_stays_out_of_sight():
    settings = Settings.from_env({"ORDERKEEPER_STRIPE_KEY": KEY, "ORDERKEEPER_WEBHOOK_SECRETS": SECRET})
    assert (settings.stripe_key, settings.webhook_secrets) == (KEY, (SECRET,))
    assert KEY not in repr(settings)
    assert SECRET not in repr(settings)
    assert Settings.from_env({}).stripe_key == ""


def test_a_key_has_parcels_followed_and_stays_out_of_sight():
    key, secret = "EZAK" + "4eC39HqLyjWDarjtT1zdp7dc", "kJ2h8sPq0Zr5tYb1-parcels"
    settings = Settings.from_env(
        {"ORDERKEEPER_EASYPOST_KEY": key, "ORDERKEEPER_EASYPOST_WEBHOOK_SECRETS": secret}
    )
    assert (settings.easypost_key, settings.easypost_secrets) == (key, (secret,))
    assert settings.easypost_is_live
    assert not Settings.from_env({"ORDERKEEPER_EASYPOST_KEY": key.replace("EZAK", "EZTK")}).easypost_is_live
    assert key not in repr(settings)
    assert secret not in repr(settings)


@pytest.mark.parametrize("key", ["EZXK4eC39HqLyjWDarjtT1", "sk_test_4eC39HqLyjWDarjtT1", "EZAK"])
def test_what_is_no_key_of_easyposts_is_refused(key):
    with pytest.raises(SettingsRefused, match="ORDERKEEPER_EASYPOST_KEY"):
        Settings.from_env({"ORDERKEEPER_EASYPOST_KEY": key})


def test_a_secret_may_stand_in_a_file(tmp_path):
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    assert Settings.from_env({"ORDERKEEPER_STRIPE_KEY_FILE": str(file)}).stripe_key == KEY


def test_while_a_secret_changes_there_are_two():
    said = Settings.from_env({"ORDERKEEPER_WEBHOOK_SECRETS": f"{SECRET}, {SECRET}new"}).webhook_secrets
    assert said == (SECRET, f"{SECRET}new")


@pytest.mark.parametrize(
    "env",
    [
        {"ORDERKEEPER_STRIPE_KEY": "sk_test_..."},
        {"ORDERKEEPER_STRIPE_KEY": "sk_test_xxxxxxxxxxxxxxxxxxxxxxxx"},
        {"ORDERKEEPER_STRIPE_KEY": "sk_test_example1234"},
        {"ORDERKEEPER_STRIPE_KEY": "sk_live_changeme12345"},
        {"ORDERKEEPER_STRIPE_KEY": KEY.replace("sk_", "pk_")},
        {"ORDERKEEPER_STRIPE_KEY": KEY, "ORDERKEEPER_STRIPE_KEY_FILE": "/nowhere"},
        {"ORDERKEEPER_STRIPE_KEY_FILE": "/nowhere/to/be/found"},
        {"ORDERKEEPER_WEBHOOK_SECRETS": "short"},
        {"ORDERKEEPER_WEBHOOK_SECRETS": f"{SECRET},{SECRET}b,{SECRET}c"},
        {"ORDERKEEPER_WEBHOOK_SECRETS": "whsec_your_secret_here"},
    ],
)
def test_an_example_or_what_cannot_be_a_secret_is_refused_without_repeating_it(env):
    with pytest.raises(SettingsRefused) as refused:
        Settings.from_env(env)
    said = str(refused.value)
    assert said.startswith("ORDERKEEPER_")
    assert not any(value in said for name, value in env.items() if not name.endswith("_FILE"))


async def test_a_key_alone_decides_which_gateway_takes_the_money(tmp_path):
    here = {"ORDERKEEPER_DATA": str(tmp_path)}
    assert isinstance(worker.gateway_of(Settings.from_env(here)), SimulatedGateway)
    stripes = worker.gateway_of(Settings.from_env(here | {"ORDERKEEPER_STRIPE_KEY": KEY}))
    assert isinstance(stripes, Breaker)
    assert not stripes.multi_capture


def test_a_shop_without_a_key_keeps_one_in_its_data_folder_for_itself_alone(tmp_path):
    settings = Settings.from_env({"ORDERKEEPER_DATA": str(tmp_path / "new")})
    (first,) = settings.own_keys()
    assert settings.own_keys() == (first,)
    assert len(first) == 64
    assert (tmp_path / "new" / "key").stat().st_mode & 0o777 == 0o600
    assert Settings.from_env({"ORDERKEEPER_DATA": str(tmp_path / "other")}).own_keys() != (first,)


def test_a_key_of_the_environment_comes_before_the_kept_one_and_stays_out_of_sight(tmp_path):
    key, old = "n" * 7 + "k8J2h8sPq0Zr5tYb1zQ4wX9cV3" * 2, "o9L3" * 9
    env = {"ORDERKEEPER_DATA": str(tmp_path), "ORDERKEEPER_KEYS": f"{key},{old}"}
    settings = Settings.from_env(env)
    assert settings.own_keys() == (key.encode(), old.encode())
    assert key not in repr(settings)
    assert key not in repr(settings.links())
    assert not (tmp_path / "key").exists()


def test_what_is_no_key_of_ours_is_not_overwritten(tmp_path):
    (tmp_path / "key").write_text("short\n")
    with pytest.raises(SettingsRefused):
        Settings.from_env({"ORDERKEEPER_DATA": str(tmp_path)}).own_keys()
    assert (tmp_path / "key").read_text() == "short\n"
    with pytest.raises(SettingsRefused):
        Settings.from_env({"ORDERKEEPER_KEYS": "too-short-to-be-a-key"})
