"""Runs migrations over the connection that `adapters.database.schema` hands in."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel.sql.sqltypes import AutoString

from adapters.database.engine import Instant, Quantity
from adapters.database.schema import every_table

# A migration says what the database keeps; the code's own types may change under it.
SPELT = {
    AutoString: "sa.String()",
    Instant: "sa.DateTime(timezone=True)",
    Quantity: "sa.BigInteger()",
}


def spell(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    return SPELT.get(type(item), False) if kind == "type" else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=every_table(),
    render_item=spell,
)
with context.begin_transaction():
    context.run_migrations()
