"""Who ordered at Shopify, and where it goes."""

from domain.errors import BadInput
from domain.order import Address, Customer
from starter.formats import fields, shop_words
from starter.formats.node import Node


def customer(order: Node) -> Customer:
    """:raises BadInput: no mail address, or more than one."""
    buyer = order.node("customer")
    email = _email(order, buyer)
    consent = buyer.node("email_marketing_consent").text("state")
    places = [buyer, order.node("billing_address"), order.node("shipping_address")]
    return Customer(
        email=email,
        name=next(filter(None, map(shop_words.full_name, places)), email),
        phone=order.line("phone") or buyer.line("phone"),
        language=shop_words.language(order.line("customer_locale")),
        marketing_consent=consent == "subscribed" or order.flag("buyer_accepts_marketing"),
    )


def _email(order: Node, buyer: Node) -> str:
    for node, key in ((order, "email"), (order, "contact_email"), (buyer, "email")):
        if node.text(key):
            return fields.mailbox(node.text(key), node.at(key))
    raise BadInput("is missing, and nobody could be told about the order", "email")


def shipping_address(order: Node) -> Address:
    """Goods that need no shipping have no address of their own: the customer's then."""
    for node in (
        order.node("shipping_address"),
        order.node("billing_address"),
        order.node("customer").node("default_address"),
    ):
        if node.has("address1"):
            return address(node)
    raise BadInput("is missing, and there is no billing address either", "shipping_address")


def address(node: Node) -> Address:
    """:raises BadInput: no street, city or country."""
    country = node.needed("country_code")
    return Address(
        name=shop_words.full_name(node) or "-",
        line1=node.needed("address1"),
        postcode=node.line("zip"),
        city=node.needed("city"),
        country=fields.country(country, node.at("country_code")),
        company=node.line("company"),
        line2=node.line("address2"),
        region=node.line("province_code") or node.line("province"),
        phone=node.line("phone"),
    )
