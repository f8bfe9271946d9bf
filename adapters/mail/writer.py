"""Writes a notice as a letter: in the reader's language, with no more than the reader may know."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from adapters.mail.address import one_mailbox
from adapters.mail.envelope import message_id
from adapters.mail.letter import CUSTOMER, PARTNER, Part, Shop, contents, unsubscribe_link
from adapters.mail.partner_letter import addressee, partner_contents
from adapters.mail.templates import Templates, Written
from domain.errors import RecipientRefused, SettingsRefused
from domain.notice import Letter, LetterState, Notice
from domain.order import Order
from domain.partner import Partners

SHOP_LANGUAGE = "en"


class Writer:
    """`shop` writes from its own address `sender`. Staff are written to at the shop's `reply_to`."""

    def __init__(
        self,
        templates: Templates,
        shop: Shop,
        sender: str,
        partners: Callable[[], Partners] = Partners,
    ) -> None:
        self._templates = templates
        self._shop = shop
        self._domain = sender.rpartition("@")[2]
        self._partners = partners

    def write(self, notice: Notice, order: Order, part: Part, now: datetime, language: str = "") -> Letter:
        """
        In the customer's language, unless another is wished. What cannot be written is refused, and says
        why.
        """
        if notice.to == PARTNER:
            return self._to_partner(notice, order, part, now)
        to_customer = notice.to == CUSTOMER
        language = language or (order.customer.language if to_customer else SHOP_LANGUAGE)
        letter = Letter(notice, now, language, self.known_as(notice))
        try:
            recipient = one_mailbox(order.customer.email if to_customer else self._shop.reply_to)
            filling = contents(self._shop, order, part, notice, language)
            written = self._templates.write(notice.template, language, filling, order.channel)
            self._check_way_out(notice, written)
        except (RecipientRefused, SettingsRefused) as error:
            return replace(letter, state=LetterState.REFUSED, why=str(error))
        return _filled(letter, recipient, written)

    def known_as(self, notice: Notice) -> str:
        """Its Message-ID."""
        return message_id(notice, self._domain)

    def way_out(self, notice: Notice) -> str:
        """Where who does not want marketing says so; empty for what they have to know."""
        return unsubscribe_link(self._shop, notice.order) if notice.marketing else ""

    def _to_partner(self, notice: Notice, order: Order, part: Part, now: datetime) -> Letter:
        """In their own language, and with no more of the order than they may know."""
        letter = Letter(notice, now, SHOP_LANGUAGE, self.known_as(notice))
        try:
            whom = addressee(self._partners(), part.partner.partner if part.partner else "")
            assert part.partner is not None, "nobody's address is nowhere"
            filling = partner_contents(self._shop, part.partner, notice.values, whom.language)
            written = self._templates.write(notice.template, whom.language, filling, order.channel)
        except (RecipientRefused, SettingsRefused) as error:
            return replace(letter, state=LetterState.REFUSED, why=str(error))
        return _filled(replace(letter, language=whom.language), whom.recipient, written)

    def _check_way_out(self, notice: Notice, written: Written) -> None:
        """:raises SettingsRefused: marketing that its reader cannot end."""
        link = self.way_out(notice)
        for part, ending in ((written.text, "txt"), (written.html.replace("&amp;", "&"), "html")):
            if link and part and link not in part:
                what = f"Template {notice.template}.{ending}.j2 is marketing, and has no unsubscribe_link"
                raise SettingsRefused(f"{what} by which its reader can end it.")


def _filled(letter: Letter, recipient: str, written: Written) -> Letter:
    return replace(
        letter, recipient=recipient, subject=written.subject, text=written.text, html=written.html
    )
