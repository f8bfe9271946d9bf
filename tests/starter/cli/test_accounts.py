"""`orders accounts`: who may sign in, from the shop's own machine."""

import pytest

from adapters.database.account.accounts import Accounts as AccountBook
from starter.accounts import Accounts, SignedIn, TurnedAway
from starter.clock import now
from starter.passwords import Passwords


@pytest.fixture
def accounts(terminal):
    def there():
        url = f"sqlite:///{terminal.folder}/data/orderkeeper.db"
        return Accounts(AccountBook(url), Passwords(), now)

    return there


def test_an_account_is_made_listed_disabled_and_let_in_again(terminal, accounts):
    once = terminal.json("accounts", "add", "Pat", "--role", "warehouse", "--role", "counter")["password"]
    assert terminal.json("accounts", "list") == [
        {"name": "pat", "roles": ["warehouse", "counter"], "disabled": False}
    ]
    assert isinstance(accounts().sign_in("pat", once, "192.0.2.1", ""), SignedIn)
    terminal.type("accounts", "disable", "pat")
    assert isinstance(accounts().sign_in("pat", once, "192.0.2.1", ""), TurnedAway)
    terminal.type("accounts", "enable", "pat")
    again = terminal.json("accounts", "reset", "pat")["password"]
    assert again != once
    assert isinstance(accounts().sign_in("pat", again, "192.0.2.1", ""), SignedIn)


def test_what_cannot_be_is_refused_in_a_line(terminal):
    assert "no role 'packer'" in terminal.refused("accounts", "add", "pat", "--role", "packer")
    assert "name" in terminal.refused("accounts", "add", "pat smith", "--role", "warehouse")
    assert terminal.refused("accounts", "reset", "pat") == "There is no account pat."
    terminal.type("accounts", "add", "pat", "--role", "warehouse")
    twice = terminal.refused("accounts", "add", "PAT", "--role", "warehouse")
    assert twice == "There is an account pat already."


def test_the_first_admin_is_made_once(terminal, accounts):
    terminal.type("accounts", "list")
    once = accounts().first_admin()
    assert accounts().first_admin() == ""
    assert isinstance(accounts().sign_in("admin", once, "192.0.2.1", ""), SignedIn)
    assert once not in terminal.type("accounts", "list")


def test_a_password_is_nowhere_in_the_books(terminal, accounts):
    once = terminal.json("accounts", "add", "pat", "--role", "warehouse")["password"]
    signed = accounts().sign_in("pat", once, "192.0.2.1", "")
    whole = b"".join(file.read_bytes() for file in (terminal.folder / "data").glob("orderkeeper.db*"))
    assert isinstance(signed, SignedIn)
    for secret in (once, signed.session, signed.device):
        assert secret.encode() not in whole
