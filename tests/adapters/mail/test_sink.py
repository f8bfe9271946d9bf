"""The mail sink keeps every mail as a file of its own before it says that it took it."""

import asyncio
import re
import socket
from datetime import UTC, datetime

import aiosmtplib
import pytest

from adapters.mail.post import Post
from adapters.mail.server import MailServer
from adapters.mail.sink import kept, sink
from tests.adapters.mail.conftest import SHOP, a_notice
from tests.adapters.placed import NOON, an_order, place


def noon():
    return NOON


async def hand_over(port, content, *recipients):
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port) as client:
        return await client.sendmail("shop@teapots.example", list(recipients), content)


async def test_a_notice_sent_to_the_sink_can_be_read_there(sqlite_database, templates, tmp_path):
    place(sqlite_database, an_order())
    async with sink(tmp_path / "mail", "127.0.0.1", 0, noon) as port:
        server = MailServer("127.0.0.1", port)
        post = Post(sqlite_database, templates, server, SHOP, "orders@teapots.example")
        await post.send((a_notice(),), NOON)

    [mail] = kept(tmp_path / "mail")

    assert mail.to == "ada@lovelace.example"
    assert mail.subject == "Thank you for your order 1001"
    assert mail.message_id == "<1001.confirmation.1@teapots.example>"
    assert mail.at == NOON
    assert mail.path.name == "20261121T120000.000000Z-1001-confirmation.eml"


async def test_mails_of_one_moment_are_all_kept(tmp_path):
    async with sink(tmp_path, "127.0.0.1", 0, noon) as port:
        await asyncio.gather(*(hand_over(port, b"Subject: x\n\nHi\n", f"{i}@a.example") for i in range(12)))

    assert {mail.to for mail in kept(tmp_path)} == {f"{i}@a.example" for i in range(12)}
    assert all(file.suffix == ".eml" for file in tmp_path.iterdir())


async def test_a_strange_mail_is_kept_under_a_harmless_name(tmp_path):
    content = b"Orderkeeper-Order: ../../etc/passwd\nOrderkeeper-Template: a b\n\x00\xff not a header\n"
    async with sink(tmp_path, "127.0.0.1", 0, noon) as port:
        await hand_over(port, content, "ada@a.example", "eve@a.example")

    [mail] = kept(tmp_path)

    assert mail.path.parent == tmp_path
    assert re.fullmatch(r"[A-Za-z0-9._-]+\.eml", mail.path.name)
    assert mail.to == "ada@a.example, eve@a.example"
    assert mail.subject == ""


async def test_what_cannot_be_kept_is_not_taken(tmp_path):
    in_the_way = tmp_path / "mail"
    in_the_way.write_text("a file where the folder should be")

    async with sink(in_the_way, "127.0.0.1", 0, noon) as port:
        with pytest.raises(aiosmtplib.SMTPDataError) as refusal:
            await hand_over(port, b"Subject: x\n\nHi\n", "ada@a.example")

    assert refusal.value.code == 451


async def test_the_sink_closes_though_somebody_holds_a_line_open(tmp_path):
    async with sink(tmp_path, "127.0.0.1", 0, lambda: datetime(2026, 1, 1, tzinfo=UTC)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await reader.readline()

    assert await reader.read() == b""
    writer.close()
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
        pass


def test_an_empty_folder_holds_no_mail(tmp_path):
    assert kept(tmp_path / "nothing") == []
