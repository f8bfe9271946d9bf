"""The mail server's address, and how its moods are told."""

import asyncio
import contextlib

import pytest
from aiosmtpd.smtp import SMTP

from adapters.mail.server import MailServer
from adapters.mail.sink import listening
from domain.errors import MailUnavailable, RecipientRefused, SettingsRefused
from tests.adapters.mail.servers import MoodyServer

SHOP = "shop@teapots.example"
ADA = "ada@lovelace.example"
MAIL = b"Subject: Hello\r\n\r\nHello\r\n"


@contextlib.asynccontextmanager
async def answering(talk):
    """Anything that listens on a port of its own; `talk` gets the reader and the writer."""
    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


async def send(server):
    async with server.conversation() as conversation:
        await conversation.send(SHOP, ADA, MAIL)


def test_an_address_is_read_from_a_url():
    assert MailServer.parse("smtp://localhost") == MailServer("localhost", 25)
    assert MailServer.parse("smtps://mail.example") == MailServer("mail.example", 465, tls=True)
    server = MailServer.parse("smtp://ada:p%40ss@mail.example:587")
    assert server == MailServer("mail.example", 587, user="ada", password="p@ss")


@pytest.mark.parametrize(
    "url",
    ["", "localhost:25", "http://x", "smtp://", "smtp://x:99999", "smtp://u:secret@x:y", "smtp://x/y"],
)
def test_any_other_url_is_refused_without_repeating_its_password(url):
    with pytest.raises(SettingsRefused) as refusal:
        MailServer.parse(url)

    assert "secret" not in str(refusal.value)


def test_a_password_stays_out_of_sight():
    assert "secret" not in repr(MailServer.parse("smtp://u:secret@x"))


async def test_a_password_is_not_given_to_a_server_without_tls():
    async with listening(MoodyServer(), "127.0.0.1", 0) as port:
        with pytest.raises(MailUnavailable, match="offers no TLS"):
            await send(MailServer("127.0.0.1", port, user="ada", password="secret"))


async def test_a_server_that_says_nothing_is_not_waited_for():
    async def silence(reader, writer):
        await reader.read()
        writer.close()

    async with answering(silence) as port:
        with pytest.raises(MailUnavailable):
            await send(MailServer("127.0.0.1", port, patience_seconds=0.05))


async def test_what_is_no_mail_server_is_unavailable():
    async def shout(_reader, writer):
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with answering(shout) as port:
        with pytest.raises(MailUnavailable):
            await send(MailServer("127.0.0.1", port))


async def test_a_server_that_cannot_be_reached_is_asked_once():
    async with MailServer("127.0.0.1", 1).conversation() as conversation:
        with pytest.raises(MailUnavailable) as first:
            await conversation.send(SHOP, ADA, MAIL)
        with pytest.raises(MailUnavailable) as second:
            await conversation.send(SHOP, ADA, MAIL)

    assert second.value is first.value


async def test_a_sender_the_server_does_not_know_is_ours_to_mend():
    class Picky(MoodyServer):
        async def handle_MAIL(self, server: SMTP, session, envelope, address, options):  # noqa: N802 - aiosmtpd's
            return "550 Who are you"

    async with listening(Picky(), "127.0.0.1", 0) as port:
        with pytest.raises(RecipientRefused, match="Our own sender address"):
            await send(MailServer("127.0.0.1", port))


async def test_a_line_that_broke_is_opened_again_for_the_next_mail():
    moody = MoodyServer()
    moody.answers.extend(["hang up", "250 OK"])
    async with (
        listening(moody, "127.0.0.1", 0) as port,
        MailServer("127.0.0.1", port).conversation() as conversation,
    ):
        with pytest.raises(MailUnavailable):
            await conversation.send(SHOP, ADA, MAIL)
        await conversation.send(SHOP, ADA, MAIL)

    assert [to for to, _ in moody.taken] == [ADA]
