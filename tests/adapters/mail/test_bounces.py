"""Mails that come back are told to a person, once, by the Message-ID of what was sent."""

from email.message import EmailMessage

import pytest

from adapters.database.desk.incidents import open_incidents
from adapters.database.mail.bounces import Bounces
from adapters.mail.bounces import read_bounce
from domain.bounce import Bounce
from tests.adapters.mail.conftest import a_notice
from tests.adapters.placed import NOON

ID = "<1001.confirmation.1@teapots.example>"


def report(status="5.1.1", action="failed", original=f"Message-ID: {ID}\r\nTo: ada@lovelace.example\r\n"):
    """As mail servers send it back, with the beginning of our mail or all of it."""
    return (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: orders@teapots.example\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nI am sorry: ada@lovelace.example is unknown.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; ada@lovelace.example\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 <ada@lovelace.example> unknown\r\n\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\n{original}\r\nHello\r\n--b--\r\n"
    ).encode()


def came_back(content):
    bounce = read_bounce(content)
    assert bounce is not None
    return bounce


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (report(), Bounce(ID, "5.1.1", permanent=True)),
        (report("4.4.7", "delayed"), Bounce(ID, "4.4.7", permanent=False)),
        (report("4.4.7", "failed"), Bounce(ID, "4.4.7", permanent=True)),
        (report("5.2.2"), Bounce(ID, "5.2.2", permanent=True)),
        (report(status="unsaid"), Bounce(ID, "", permanent=True)),
        (
            report().replace(b"message/rfc822", b"text/rfc822-headers"),
            Bounce(ID, "5.1.1", permanent=True),
        ),
    ],
)
def test_a_report_is_read_whatever_it_encloses(content, found):
    assert read_bounce(content) == found


def test_one_that_encloses_nothing_is_matched_by_what_it_answers():
    bare = report(original="").replace(b"Return-Path", f"In-Reply-To: {ID}\r\nReturn-Path".encode())

    assert read_bounce(bare) == Bounce(ID, "5.1.1", permanent=True)


def test_an_answer_of_a_person_is_no_bounce():
    mail = EmailMessage()
    mail["From"], mail["To"], mail["In-Reply-To"] = "ada@lovelace.example", "help@teapots.example", ID
    mail.set_content("When does it come? Status: 5.1.1")

    assert read_bounce(mail.as_bytes()) is None


@pytest.mark.parametrize(
    "content",
    [b"", b"\0" * 100, b"Content-Type: multipart/report; boundary=b\r\n\r\n--b", b"x" * 11_000_000],
)
def test_what_is_no_mail_is_no_bounce(content):
    assert read_bounce(content) is None


async def test_a_mail_that_came_back_is_an_incident_of_its_order_once(office):
    await office.post.send((a_notice(),), NOON)
    bounces = Bounces(office.database.url)

    orders = [bounces.keep(came_back(report()), NOON) for _ in range(3)]

    assert orders == ["1001"] * 3
    with office.database.read() as session:
        [incident] = open_incidents(session, "1001")
    assert incident.title == "A mail came back"
    assert incident.role == "support"
    assert incident.what == (
        "The mail “confirmation” did not reach the customer: there is no such mailbox (5.1.1). "
        "Find out the right address and send it again."
    )
    assert "lovelace.example" not in incident.what


async def test_one_that_is_only_late_troubles_nobody(office):
    await office.post.send((a_notice(),), NOON)
    bounces = Bounces(office.database.url)

    order = bounces.keep(came_back(report("4.4.7", "delayed")), NOON)

    with office.database.read() as session:
        assert (order, open_incidents(session, "1001")) == ("1001", ())


async def test_a_mail_of_somebody_else_is_none_of_ours(office):
    other = report().replace(b"1001.confirmation.1", b"9999.confirmation.1")

    assert Bounces(office.database.url).keep(came_back(other), NOON) == ""
