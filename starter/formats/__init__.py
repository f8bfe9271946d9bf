"""The formats orders come in. Each is read into an order, or says which field is wrong."""

from starter.formats import csv_orders, orderkeeper, shopify, woocommerce
from starter.formats.records import Format, Record, read

FORMATS: dict[str, Format] = {
    "orderkeeper": Format(
        "orderkeeper", orderkeeper.unwrap, lambda tree, _shop: orderkeeper.parse(tree), imported=False
    ),
    "shopify": Format("shopify", shopify.unwrap, shopify.parse, imported=True),
    "woocommerce": Format("woocommerce", woocommerce.unwrap, woocommerce.parse, imported=True),
    "csv": Format(
        "csv", lambda tree: [tree], csv_orders.parse, imported=True, documents=csv_orders.documents
    ),
}

__all__ = ["FORMATS", "Format", "Record", "read"]
