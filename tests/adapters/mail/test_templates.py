"""Templates are filled in, in the right language, and a wrong one harms nobody."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from html.parser import HTMLParser

import pytest
import yaml

from adapters.mail import words
from adapters.mail.letter import WHOLE, Part, contents
from adapters.mail.templates import Templates, names
from domain.errors import SettingsRefused
from domain.link import Links
from domain.money import Money
from domain.order import Customer, Delivery, DeliveryMethod, PaymentState, PaymentTerms
from domain.returns import Claim, Return, ReturnLine, Terms
from tests.adapters.mail.conftest import SHIPPED, SHOP, a_notice
from tests.adapters.placed import NOON, a_fulfilment, a_line, an_order, eur

# What is written to partners is filled in with less: see test_partners.py.
SHIPPED_NAMES = sorted(name for name in names(SHIPPED) if not name.startswith(("partner_", "daily_")))
VALUES = {
    "task": "1001-F1.pack.1",
    "title": "Pick and pack",
    "role": "warehouse",
    "goods": [{"sku": "TEAPOT", "quantity": "1"}],
}
PARCEL = {"carrier": "UPS", "tracking": "1Z5R89390357567127"}
NASTY = "<img src=x onerror=alert(1)> & \"Söhne\" 'Ltd' {{ 7*7 }}"


def filling(order, language="en", **parcel):
    part = Part(
        a_fulfilment(order, **parcel), "031415", a_return(order), eur(1234), within="2 working days"
    )
    return contents(SHOP, order, part, a_notice(values=VALUES), language)


def a_return(order, **changes):
    lines = (ReturnLine(0, "1001-F1", order.lines[0].sku, order.lines[0].quantity),)
    terms = Terms("return", eur(490))
    return replace(Return("1001-R1", "1001", Claim.NONE, lines, eur(7000), 3, terms), **changes)


class Tags(HTMLParser):
    """Which tags are open, and fails on one that closes another."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, self.getpos()


def unclosed(html):
    tags = Tags()
    tags.feed(html)
    return tags.open


@pytest.fixture
def shop(tmp_path):
    """Write templates with `shop(name, text)`; read what they make with `shop.write`."""

    class Folder:
        templates = Templates(tmp_path)

        def __call__(self, file, text):
            (tmp_path / file).write_text(text)

        def write(self, name="note", language="en", **values):
            return self.templates.write(name, language, values)

        def why(self, body, **values):
            self("note.txt.j2", f"Subject: Note\n\n{body}\n")
            with pytest.raises(SettingsRefused) as refusal:
                self.write(**values)
            return str(refusal.value)

    folder = Folder()
    yield folder
    folder.templates.close()


def test_a_shop_that_writes_one_notice_itself_gets_the_others_from_us(tmp_path):
    (tmp_path / "note.txt.j2").write_text("Subject: Ours\n\nIn our own words.\n")
    (tmp_path / "shipped").mkdir()
    for file in ("note.txt.j2", "note.html.j2", "other.txt.j2"):
        (tmp_path / "shipped" / file).write_text("Subject: Theirs\n\nAs it came.\n")
    templates = Templates(tmp_path, tmp_path / "shipped")

    note, other = (templates.write(name, "en", {}) for name in ("note", "other"))

    templates.close()
    assert (note.subject, note.html) == ("Ours", "")
    assert other.subject == "Theirs"


def test_every_notice_of_the_shipped_flows_has_a_template():
    files = [file for file in (SHIPPED.parent / "flows").glob("*.yaml") if ".test." not in file.name]
    flows = [yaml.safe_load(file.read_text()) for file in files]

    told = {step["tell"] for flow in flows for step in flow["steps"] if "tell" in step}

    assert told
    assert told <= set(SHIPPED_NAMES)
    assert "task_reminder" in SHIPPED_NAMES
    assert "layout" not in SHIPPED_NAMES


@pytest.mark.parametrize("name", SHIPPED_NAMES)
@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
    "order",
    [
        an_order(),
        an_order(
            delivery=Delivery(DeliveryMethod.PICKUP, express=True, pickup_location="Soho"),
            discount=eur(500),
            payment=PaymentTerms("transfer", PaymentState.PAID),
            lines=(a_line("MUG", "Mug", "1", 1_000, personalisation="For Eve\nwith love"),),
        ),
        an_order(payment=PaymentTerms("cheque"), customer=Customer("a@b.example", NASTY)),
    ],
    ids=["plain", "rich", "nasty"],
)
def test_every_shipped_template_can_be_filled_in(templates, name, language, order):
    for parcel in ({}, PARCEL, {"lines": a_fulfilment(order).lines[:0]}):
        written = templates.write(name, language, filling(order, language, **parcel))

        assert 10 < len(written.subject) < 90
        assert "\n\n\n" not in written.text
        assert written.html.strip().endswith("</html>")
        assert "<img" not in written.html
        assert unclosed(written.html) == []


@pytest.mark.parametrize("name", ["ready_for_pickup", "pickup_reminder"])
def test_who_picks_up_is_told_where_and_by_which_code(templates, name):
    written = templates.write(name, "en", filling(an_order(), location="Soho"))

    for said in ("031415", "at Soho"):
        assert said in written.text
        assert said in written.html


def test_nobody_else_is_told_the_code(templates):
    told = {
        name for name in SHIPPED_NAMES if "031415" in templates.write(name, "en", filling(an_order())).text
    }

    assert told == {"ready_for_pickup", "pickup_reminder"}


def test_a_notice_about_the_whole_order_needs_no_fulfilment(templates):
    for name in ("confirmation", "on_hold", "cancelled", "payment_trouble", "payment_instructions"):
        said = contents(SHOP, an_order(), WHOLE, a_notice(name), "en")

        assert "1001" in templates.write(name, "en", said).text


def test_the_mails_of_a_return_name_its_number_the_fee_and_what_was_not_accepted(templates):
    order = an_order()
    two = ReturnLine(0, "1001-F1", order.lines[0].sku, Decimal(2), Decimal(2), Decimal(1))
    part = Part(returned=a_return(order, lines=(two,)), refunded=eur(1234))
    said = contents(SHOP, order, part, a_notice(), "en")

    opened = templates.write("return_opened", "en", said).text
    refunded = templates.write("return_refunded", "en", said)

    assert "1001-R1" in opened
    assert "EUR 4.90" in opened
    assert "EUR 12.34" in refunded.subject
    assert "could not accept" in refunded.text
    assert "send anything back" not in refunded.text


def test_a_shipped_mail_says_where_the_parcel_is_and_how_to_reach_us(templates):
    text = templates.write("shipped", "en", filling(an_order(), **PARCEL)).text

    assert "https://www.ups.com/track?tracknum=1Z5R89390357567127" in text
    assert "help@teapots.example" in text
    assert "return policy" in text
    assert "a parcel of its own" not in text


def test_a_part_of_an_order_is_called_a_part(templates):
    order = an_order()
    part = filling(order, lines=a_fulfilment(order).lines[:1])

    text = templates.write("shipped", "en", part).text

    assert "a part of your order" in text
    assert "Felt" not in text


def test_the_customers_language_comes_first_with_its_own_html_or_none(shop):
    shop("note.txt.j2", "Subject: Hello\n\nEnglish\n")
    shop("note.html.j2", "<p>English</p>")
    shop("note.de.txt.j2", "Subject: Hallo\n\nDeutsch\n")

    assert shop.write(language="de-AT").subject == "Hallo"
    assert shop.write(language="de_DE").html == ""
    assert shop.write(language="fr").html == "<p>English</p>"
    assert shop.write(language="../../de").subject == "Hello"
    assert shop.write(language="").subject == "Hello"


def test_a_changed_template_is_used_from_the_next_mail_on(shop):
    shop("note.txt.j2", "Subject: One\n\nOne\n")
    shop.write()

    shop("note.txt.j2", "Subject: Twenty-one\n\nOne\n")

    assert shop.write().subject == "Twenty-one"


def test_html_is_escaped_and_text_is_not(shop):
    shop("note.txt.j2", "Subject: {{ word }}\n\n{{ word }}\n")
    shop("note.html.j2", "<p>{{ word }}</p>")

    written = shop.write(word=NASTY)

    assert written.text == NASTY + "\n"
    assert "<img" not in written.html
    assert "{{ 7*7 }}" in written.html


def test_a_subject_is_one_line_whatever_is_in_it(shop):
    shop("note.txt.j2", "Subject: {{ word }}\n\nBody\n")

    assert shop.write(word="Ada\x00\x1b[1m\u2028 Bcc:").subject == "Ada [1m Bcc:"
    assert shop.write(word="x" * 500).subject == "x" * 200


def test_a_missing_fact_is_named_by_template_and_line_without_the_customers_data(shop):
    said = shop.why("Dear {{ order.name }}\n{{ order[order.name] }}", order={"name": "Ada Lovelace"})

    assert said == (
        "Template note.txt.j2, line 4 cannot be filled in (UndefinedError): {{ order[order.name] }}"
    )


def test_a_slip_in_a_template_is_named_by_line(shop):
    assert shop.why("{% if order %}\nHello\n").startswith("Template note.txt.j2, line ")
    assert "nowhere.j2" in shop.why('{% include "nowhere.j2" %}')


def test_a_text_without_a_subject_is_refused(shop):
    shop("note.txt.j2", "Hello\n")
    with pytest.raises(SettingsRefused, match="line 1 has to be `Subject:`"):
        shop.write()


@pytest.mark.parametrize("name", ["missing", "../secret", "note.de", "", "a" * 100])
def test_a_template_that_is_not_there_is_refused(shop, name):
    with pytest.raises(SettingsRefused):
        shop.write(name)


@pytest.mark.parametrize(
    "payload",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ lipsum.__globals__ }}",
        "{{ ''|attr('__class__') }}",
        "{{ '{0.__class__}'.format(order) }}",
        "{{ ('{0.__class__.__mro__}'|attr('format'))(order) }}",
        "{{ lines.append(1) }}",
        "{{ order.update(total=0) }}",
        "{{ self.__init__.__globals__ }}",
        '{% include "/etc/passwd" %}',
        '{% include "../secret.j2" %}',
    ],
)
def test_a_template_cannot_break_out(shop, payload):
    assert "Template note.txt.j2" in shop.why(payload, order={}, lines=[])


@pytest.mark.parametrize(
    "bomb",
    [
        "{{ ('a'*10**9)|length }}",
        "{{ 'a'|center(10**9)|length }}",
        "{{ range(10**8)|list|length }}",
        "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
        "{{ 'a' * 600000 }}",
    ],
)
def test_a_bomb_goes_off_where_it_hurts_nobody(shop, bomb):
    assert "Template note.txt.j2" in shop.why(bomb)


def test_a_template_without_an_end_is_ended_and_the_next_mail_is_written(shop):
    shop.templates = Templates(*shop.templates._folders, seconds=1)
    loop = "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"

    assert shop.why(loop) == "Template note does not come to an end."
    shop("note.txt.j2", "Subject: Note\n\nFine\n")

    assert shop.write().text == "Fine\n"


def test_what_templates_see_is_plain_json():
    said = contents(SHOP, an_order(), Part(a_fulfilment(an_order())), a_notice(), "en")

    assert json.loads(json.dumps(said)) == said


REACHED = replace(SHOP, links=Links((b"k" * 32,), "https://orders.shop.example"))
STAFFS = ("new_order", "task_reminder", "stock_scarce", "put_back")


def test_every_mail_to_a_customer_leads_to_the_page_of_their_order():
    templates = Templates(SHIPPED)
    link = REACHED.links.order("1001")
    order = an_order()
    part = Part(a_fulfilment(order), "031415", a_return(order), eur(1234), within="2 days", pays_anew=True)
    said = contents(REACHED, order, part, a_notice(values=VALUES), "en")
    theirs = [name for name in SHIPPED_NAMES if name not in STAFFS and not name.startswith("partner_")]
    for name in theirs:
        for language in ("en", "de"):
            written = templates.write(name, language, said)
            assert link in written.text, (name, language)
            assert link in written.html, (name, language)
    templates.close()


def test_nobody_but_the_customer_is_given_the_link():
    staff = contents(REACHED, an_order(), WHOLE, a_notice(to="warehouse", values=VALUES), "en")
    assert staff["order_link"] == ""
    nowhere = contents(SHOP, an_order(), WHOLE, a_notice(), "en")
    assert nowhere["order_link"] == ""


def test_days_are_those_of_the_shops_zone():
    late = an_order(placed_at=datetime(2026, 11, 22, 1, tzinfo=UTC))
    here = replace(SHOP, zone="America/Los_Angeles")

    assert contents(here, late, WHOLE, a_notice(), "en")["order"]["placed_at"] == "21 November 2026"


def test_amounts_and_dates_are_said_in_the_customers_way():
    assert words.money(Money(123_450, "EUR"), "en") == "EUR 1,234.50"
    assert words.money(Money(123_450, "EUR"), "de-AT") == "1.234,50 EUR"
    assert words.money(Money(1_234, "JPY"), "fr") == "JPY 1,234"
    assert words.money(Money(1_234, "KWD"), "en") == "KWD 1.234"
    assert words.quantity(Decimal("20.0"), "en") == "20"
    assert words.quantity(Decimal("1.5"), "de") == "1,5"
    assert words.date(NOON, "en") == "21 November 2026"
    assert words.date(NOON, "de") == "21. November 2026"
    assert words.date(NOON, "fr") == "2026-11-21"
    assert words.payment("transfer", "de") == "per Überweisung"
    assert words.payment("cheque", "en") == "by cheque"


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Send it within 14 days."), ("de", "innerhalb von 14 Tagen ab.")]
)
def test_a_return_is_to_be_sent_within_what_its_own_flow_waits(templates, language, said):
    order = an_order()
    part = Part(returned=a_return(order), within="14 days")

    filled = contents(SHOP, order, part, a_notice(), language)

    written = templates.write("return_opened", language, filled)

    assert said in written.text
    assert said in written.html


@pytest.mark.parametrize(
    ("length", "said"),
    [("1 day", "1 Tag"), ("1 working day", "1 Werktag"), ("6 working hours", "6 Arbeitsstunden")],
)
def test_a_length_of_time_is_said_in_german(length, said):
    assert words.length(length, "de") == said
    assert words.length(length, "fr") == length
