"""What other shops call our items: a SKU of theirs, mapped to ours."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from adapters.database.tables.stock import ItemAlias, StockItem


def our_skus(session: Session, skus: Collection[str]) -> dict[str, str]:
    """Those of `skus` that are not our own, but stand for one of ours."""
    if not skus:
        return {}
    wanted = select(ItemAlias.alias, ItemAlias.sku).where(col(ItemAlias.alias).in_(skus))
    known = dict(session.exec(wanted).all())
    if not known:
        return {}
    own = set(session.exec(select(StockItem.sku).where(col(StockItem.sku).in_(known))))
    return {theirs: ours for theirs, ours in known.items() if theirs not in own}
