"""The mail server that takes the shop's mail."""

import contextlib
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from aiosmtplib import (
    SMTP,
    SMTPConnectError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from domain.errors import MailUnavailable, RecipientRefused, SettingsRefused

PORTS = {"smtp": 25, "smtps": 465}
# From here on the answer is no, and will stay no; below, it is "not now".
FOR_GOOD = 500


@dataclass(frozen=True, slots=True)
class MailServer:
    """
    `tls` speaks TLS from the first byte. Otherwise STARTTLS is used where it is offered, and insisted on
    where there is a password to keep.
    """

    host: str
    port: int
    tls: bool = False
    user: str = ""
    password: str = field(default="", repr=False)
    patience_seconds: float = 45.0  # for each word of the conversation

    @classmethod
    def parse(cls, url: str) -> "MailServer":
        """
        `smtp://[user:password@]host[:port]`, or `smtps://`.

        :raises SettingsRefused: something else; the message does not repeat it, for its password.
        """
        wrong = "ORDERKEEPER_SMTP_URL is not of the form smtp://user:password@host:port or smtps://..."
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise SettingsRefused(wrong) from error
        if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.query:
            raise SettingsRefused(wrong)
        return cls(
            host=parts.hostname,
            port=port or PORTS[parts.scheme],
            tls=parts.scheme == "smtps",
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )

    def conversation(self) -> "Conversation":
        client = SMTP(
            hostname=self.host,
            port=self.port,
            username=self.user or None,
            password=self.password or None,
            use_tls=self.tls,
            start_tls=True if self.user and not self.tls else None,
            timeout=self.patience_seconds,
        )
        return Conversation(client)


class Conversation:
    """
    One connection for several mails, opened when the first one goes out and again after it broke.

    A server that cannot be reached is asked once only.
    """

    def __init__(self, client: SMTP) -> None:
        self._client = client
        self._unreachable: MailUnavailable | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None and self._client.is_connected:
            with contextlib.suppress(SMTPException, OSError):
                await self._client.quit()
        self._client.close()

    async def send(self, sender: str, recipient: str, mail: bytes) -> None:
        """
        Hand over one mail for one recipient.

        :raises RecipientRefused: the server said no for good.
        :raises MailUnavailable: no answer, or not now; it may have been taken all the same.
        """
        await self._connect()
        try:
            await self._client.sendmail(sender, [recipient], mail)
        except SMTPException as error:
            if isinstance(error, SMTPServerDisconnected | SMTPTimeoutError):
                self._client.close()
            raise _ours(error) from error
        except (OSError, ValueError) as error:
            self._client.close()
            raise MailUnavailable("The mail server broke off.") from error

    async def _connect(self) -> None:
        if self._unreachable is not None:
            raise self._unreachable
        if self._client.is_connected:
            return
        try:
            await self._client.connect()
        except (SMTPException, OSError) as error:
            self._client.close()
            self._unreachable = _out_of_reach(error)
            raise self._unreachable from error


def _out_of_reach(error: SMTPException | OSError) -> MailUnavailable:
    if isinstance(error, SMTPConnectError | SMTPServerDisconnected | SMTPTimeoutError | OSError):
        return MailUnavailable("The mail server cannot be reached.")
    if isinstance(error, SMTPResponseException):
        return MailUnavailable(f"The mail server does not let us in ({error.code}).")
    return MailUnavailable("The mail server offers no TLS, or no way to log in that we know.")


def _ours(error: SMTPException) -> MailUnavailable | RecipientRefused:
    """Without the server's own words: they often repeat the address."""
    code, what = _answer(error)
    if code >= FOR_GOOD:
        return RecipientRefused(f"{what} is refused by the mail server ({code}).")
    if code:
        return MailUnavailable(f"The mail server does not take mail now ({code}).")
    if isinstance(error, SMTPTimeoutError):
        return MailUnavailable("The mail server took too long.")
    return MailUnavailable("The mail server broke off.")


def _answer(error: SMTPException) -> tuple[int, str]:
    """The code the server gave, 0 for none, and what it was about."""
    if isinstance(error, SMTPRecipientsRefused):
        return error.recipients[0].code, "The recipient's address"
    if isinstance(error, SMTPSenderRefused):
        return error.code, "Our own sender address"
    if isinstance(error, SMTPResponseException):
        return error.code, "The mail"
    return 0, ""
