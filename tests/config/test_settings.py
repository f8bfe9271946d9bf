"""What the environment may say, and what is refused."""

import pytest

from config.settings import Settings
from domain.errors import SettingsRefused

NAME = "ORDERKEEPER_TAKE_AT_ONCE"


@pytest.mark.parametrize(("said", "meant"), [({}, False), ({NAME: "no"}, False), ({NAME: "yes"}, True)])
def test_a_shop_says_whether_all_is_taken_with_the_first_parcel(said, meant):
    assert Settings.from_env(said).take_at_once is meant


def test_what_is_neither_yes_nor_no_is_refused():
    with pytest.raises(SettingsRefused, match="ORDERKEEPER_TAKE_AT_ONCE is yes or no"):
        Settings.from_env({NAME: "perhaps"})
