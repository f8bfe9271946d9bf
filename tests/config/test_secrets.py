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
