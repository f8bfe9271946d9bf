"""The engine's own view of an order, for engineers: read from Temporal when somebody asks for it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from temporalio.client import Client

from domain.errors import TemporalUnavailable
from starter.history import history_of
from starter.ids import workflow_of


@dataclass
class Engine:
    """`client` is there once Temporal is; `ui` is where its own pages are, empty where there are none."""

    client: Client | None = None
    ui: str = ""
    namespace: str = "default"

    async def history(self, subject: str) -> list[dict[str, Any]]:
        """
        Of an order by its number, or a return by its id; oldest first.

        :raises NotFound: Temporal does not know it (not begun yet, or its history is past keeping).
        :raises TemporalUnavailable: it is not there, or does not answer.
        """
        if self.client is None:
            raise TemporalUnavailable("Temporal does not answer.")
        return await history_of(self.client, subject)

    def link(self, subject: str) -> str:
        """Its page at Temporal's own screens; empty where there are none."""
        if not self.ui:
            return ""
        return (
            f"{self.ui}/namespaces/{quote(self.namespace)}/workflows/{quote(workflow_of(subject), safe='')}"
        )
