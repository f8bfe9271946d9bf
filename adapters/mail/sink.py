"""The mail sink of one machine: takes every mail and keeps it as a file, for people to read."""

import asyncio
import contextlib
import os
import re
import socket
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from typing import Protocol

from aiosmtpd.smtp import SMTP, Envelope, Session

from adapters.mail.envelope import ORDER_HEADER, TEMPLATE_HEADER

MAX_MAIL_BYTES = 10 * 1024**2
STAMP = "%Y%m%dT%H%M%S.%fZ"
ENDING = ".eml"


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that was taken; `to` is whom it was handed over for, whatever its own lines say."""

    to: str
    subject: str
    message_id: str
    at: datetime
    path: Path


class Handler(Protocol):
    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """The answer to a whole mail, such as `250 Kept`."""
        ...


class Keeper:
    """Keeps each mail in `folder` before it says that it took it."""

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self._folder = folder
        self._clock = clock

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        content = envelope.original_content or b""
        try:
            await asyncio.to_thread(self._keep, content, tuple(envelope.rcpt_tos))
        except OSError:
            return "451 The mail could not be kept; try again"
        return "250 Kept"

    def _keep(self, content: bytes, recipients: tuple[str, ...]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        head = "".join(f"Delivered-To: {recipient}\r\n" for recipient in recipients)
        part = self._folder / f".{os.getpid()}-{id(content)}.part"
        with part.open("wb") as file:
            file.write(head.encode() + content)
            file.flush()
            os.fsync(file.fileno())
        try:
            _link(part, self._free_names(content))
        finally:
            part.unlink()
        _sync(self._folder)

    def _free_names(self, content: bytes) -> Iterator[Path]:
        mail = _parsed(content)
        told = (mail.get(ORDER_HEADER, ""), mail.get(TEMPLATE_HEADER, ""))
        about = "-".join(part for part in map(_safe, told) if part) or "mail"
        stem = f"{self._clock().astimezone(UTC):{STAMP}}-{about}"
        for n in count(1):
            yield self._folder / (f"{stem}{ENDING}" if n == 1 else f"{stem}-{n}{ENDING}")


@contextlib.asynccontextmanager
async def listening(handler: Handler, host: str, port: int) -> AsyncIterator[int]:
    """Serve SMTP in the running loop, and say on which port; 0 takes a free one."""
    loop = asyncio.get_running_loop()
    open_lines: weakref.WeakSet[SMTP] = weakref.WeakSet()

    def line() -> SMTP:
        smtp = SMTP(
            handler,
            hostname=socket.gethostname() or "localhost",
            ident="Orderkeeper mail sink",
            data_size_limit=MAX_MAIL_BYTES,
            enable_SMTPUTF8=True,
            loop=loop,
        )
        open_lines.add(smtp)
        return smtp

    server = await loop.create_server(line, host, port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for smtp in tuple(open_lines):
            if isinstance(smtp.transport, asyncio.WriteTransport):
                smtp.transport.abort()
        await server.wait_closed()


def sink(
    folder: Path, host: str, port: int, clock: Callable[[], datetime]
) -> contextlib.AbstractAsyncContextManager[int]:
    """
    Keep every mail as a file of its own in `folder` while the context is open.

    Loopback only, please: it takes mail from whoever asks.
    """
    return listening(Keeper(folder, clock), host, port)


def kept(folder: Path) -> list[Mail]:
    """The mails kept in `folder`, oldest first."""
    return [_mail(path) for path in sorted(folder.glob(f"[!.]*{ENDING}"))]


def _mail(path: Path) -> Mail:
    mail = _parsed(path.read_bytes())
    return Mail(
        to=", ".join(mail.get_all("Delivered-To", [])),
        subject=str(mail.get("Subject", "")),
        message_id=str(mail.get("Message-ID", "")).strip(),
        at=datetime.strptime(path.name.partition("-")[0], STAMP).replace(tzinfo=UTC),
        path=path,
    )


def _parsed(content: bytes) -> EmailMessage:
    return message_from_bytes(content, EmailMessage, policy=policy.default)


def _safe(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "_", str(text))[:80].strip(".")


def _link(part: Path, names: Iterator[Path]) -> None:
    """Give the file the first free name; linking refuses one that is taken."""
    for name in names:
        with contextlib.suppress(FileExistsError):
            name.hardlink_to(part)
            return


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
