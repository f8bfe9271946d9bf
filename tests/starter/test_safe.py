"""What is kept in the safe is read again with the shop's key, in its own place, and not otherwise."""

import pytest

from domain.account import check_pin
from domain.errors import BadInput, SettingsRefused
from starter.safe import Safe

KEY, OLD, OTHER = b"k" * 32, b"o" * 32, b"x" * 32
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.mark.parametrize("text", [SECRET, "", "ü" * 100])
def test_what_is_locked_is_opened_again(text):
    locked = Safe((KEY,)).lock(text, "pat")
    assert Safe((KEY,)).open(locked, "pat") == text
    assert not text or text not in locked


def test_it_is_another_text_each_time():
    assert Safe((KEY,)).lock(SECRET, "pat") != Safe((KEY,)).lock(SECRET, "pat")


def test_nobody_opens_it_with_another_key_for_another_account_or_altered():
    locked = Safe((KEY,)).lock(SECRET, "pat")
    assert Safe((OTHER,)).open(locked, "pat") == ""
    assert Safe((KEY,)).open(locked, "sue") == ""
    swapped = ("A" if locked[20] != "A" else "B").join((locked[:20], locked[21:]))
    for wrong in (swapped, locked[:-4], locked.removeprefix("v1."), "", "v1.", "v1.*", SECRET):
        assert Safe((KEY,)).open(wrong, "pat") == ""


def test_while_the_key_is_changed_both_open_and_the_new_one_locks():
    both = Safe((KEY, OLD))
    assert both.open(Safe((OLD,)).lock(SECRET, "pat"), "pat") == SECRET
    assert Safe((KEY,)).open(both.lock(SECRET, "pat"), "pat") == SECRET
    assert set(both.peppers("x")) == {Safe((KEY,)).pepper("x"), Safe((OLD,)).pepper("x")}


def test_without_a_key_nothing_is_kept_and_no_key_is_shown():
    with pytest.raises(SettingsRefused):
        Safe().lock(SECRET, "pat")
    with pytest.raises(SettingsRefused):
        Safe().pepper("1357")
    assert Safe().open(Safe((KEY,)).lock(SECRET, "pat"), "pat") == ""
    assert "kkk" not in repr(Safe((KEY,)))


@pytest.mark.parametrize(
    "pin", ["", "123", "1234", "0000", "1212", "9876", "12a4", "\uff14\uff19\uff11\uff17", "1" * 13, "5678"]
)
def test_a_pin_that_somebody_would_try_first_is_none(pin):
    with pytest.raises(BadInput) as refused:
        check_pin(pin)
    assert not pin or pin not in str(refused.value)


@pytest.mark.parametrize("pin", ["4917", "271828", "112358"])
def test_others_are(pin):
    check_pin(pin)
