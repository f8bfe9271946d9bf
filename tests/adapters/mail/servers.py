"""A mail server that misbehaves on purpose."""

import asyncio
from collections import deque

from aiosmtpd.smtp import SMTP, Envelope, Session


class MoodyServer:
    """
    Takes every mail, unless told otherwise.

    `refuses` names recipients and the answer they get; `answers` are given to the next mails, `drop`
    keeps the mail and hangs up without a word, `hang up` does so without keeping it.
    """

    def __init__(self):
        self.taken: list[tuple[str, bytes]] = []
        self.refuses: dict[str, str] = {}
        self.answers: deque[str] = deque()
        self.lines: set[str] = set()
        self.envelopes: list[list[str]] = []

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, _options):  # noqa: N802 - aiosmtpd's
        self.lines.add(str(session.peer))
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        answer = self.answers.popleft() if self.answers else "250 OK"
        self.envelopes.append(list(envelope.rcpt_tos))
        if answer.startswith("250") or answer == "drop":
            self.taken.append((envelope.rcpt_tos[0], envelope.original_content or b""))
        if answer in ("drop", "hang up"):
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return answer
