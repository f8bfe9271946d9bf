"""What a mail to a partner may say: their own order, and nothing of the customer until they may know."""

from dataclasses import dataclass
from typing import Any

from adapters.mail import words
from adapters.mail.address import one_mailbox
from adapters.mail.letter import Shop, one_line
from domain.errors import RecipientRefused
from domain.partner import Partner, PartnerOrderView, Partners
from domain.partner_book import PartnerSummary


@dataclass(frozen=True, slots=True)
class Addressee:
    recipient: str
    language: str


def addressee(partners: Partners, name: str) -> Addressee:
    """:raises RecipientRefused: the shop has not written down where they are written to."""
    partner = partners.find(name) if name else None
    if partner is None or not partner.email:
        whom = f"the partner {name}" if name else "a partner: this part of the order has none"
        raise RecipientRefused(f"config/partners.yaml has no mail address of {whom}.")
    return Addressee(one_mailbox(partner.email), partner.language)


def partner_contents(
    shop: Shop, asked: PartnerOrderView, values: dict[str, Any], language: str
) -> dict[str, Any]:
    """All that a template to a partner can read: `shop`, `partner`, `order` (theirs), `values`."""
    return {
        "shop": {"name": shop.name, "url": shop.url, "reply_to": shop.reply_to},
        "partner": asked.partner,
        "order": _order(shop, asked, language),
        "values": dict(values),
    }


def summary_contents(
    shop: Shop, summary: PartnerSummary, partner: Partner, since: str, until: str
) -> dict[str, Any]:
    """`since` and `until` as the shop reads its clocks."""
    return {
        "shop": {"name": shop.name, "url": shop.url, "reply_to": shop.reply_to},
        "partner": summary.partner,
        "since": since,
        "until": until,
        "placed": [_order(shop, asked, partner.language) for asked in summary.placed],
        "open": [_order(shop, asked, partner.language) for asked in summary.open],
    }


def _order(shop: Shop, asked: PartnerOrderView, language: str) -> dict[str, Any]:
    return {
        "number": asked.id,
        "state": asked.state.value,
        "asked_at": shop.day(asked.asked_at, language),
        "lines": [
            {
                "sku": line.sku,
                "title": one_line(line.title),
                "quantity": words.quantity(line.quantity, language),
                "personalisation": "\n".join(map(one_line, line.personalisation.splitlines())),
            }
            for line in asked.lines
        ],
        "express": asked.express,
        "ship_by": shop.day(asked.ship_by, language) if asked.ship_by else "",
        "address": [one_line(line) for line in asked.address],
        "tracking": asked.tracking,
    }
