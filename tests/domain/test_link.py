"""A link opens what it was made for, with the key of the shop, and nothing else."""

from domain.link import Links, Purpose

KEY, OLD, OTHER = b"k" * 32, b"o" * 32, b"x" * 32
LINKS = Links((KEY,), "https://orders.shop.example/", "https://shop.example")


def test_a_code_has_no_fewer_than_128_bits_and_is_the_same_each_time():
    code = LINKS.code(Purpose.ORDER, "1001")
    assert len(code) * 6 >= 128
    assert code == LINKS.code(Purpose.ORDER, "1001")
    assert LINKS.order("1001") == f"https://orders.shop.example/order/1001/{code}"
    assert LINKS.pay("1001").startswith("https://shop.example/pay/1001/")


def test_a_code_opens_one_thing_of_one_order():
    code = LINKS.code(Purpose.ORDER, "1001")
    assert LINKS.fits(Purpose.ORDER, "1001", code)
    assert not LINKS.fits(Purpose.ORDER, "1002", code)
    assert not LINKS.fits(Purpose.PAY, "1001", code)
    assert not LINKS.fits(Purpose.ORDER, "1001", code[:-1])
    assert not LINKS.fits(Purpose.ORDER, "1001", "")
    assert not LINKS.fits(Purpose.ORDER, "1001", "ü" * 32)
    assert not Links((OTHER,)).fits(Purpose.ORDER, "1001", code)


def test_while_a_key_is_changed_the_links_of_both_open():
    before, both, after = Links((OLD,)), Links((KEY, OLD)), Links((KEY,))
    old, new = before.code(Purpose.ORDER, "1001"), both.code(Purpose.ORDER, "1001")
    assert both.fits(Purpose.ORDER, "1001", old)
    assert both.fits(Purpose.ORDER, "1001", new)
    assert after.fits(Purpose.ORDER, "1001", new)
    assert not after.fits(Purpose.ORDER, "1001", old)


def test_a_shop_that_customers_cannot_reach_has_no_links():
    assert Links((KEY,)).order("1001") == ""
    assert Links((), "https://orders.shop.example").order("1001") == ""


def test_a_link_never_shows_its_key():
    assert "kkk" not in repr(LINKS)
