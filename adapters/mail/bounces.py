"""Reads the reports that mail servers send back (RFC 3464), and those that only look like one."""

import re
from collections.abc import Iterator, Sequence
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage, Message

from domain.bounce import LATER, Bounce

MOST_BYTES = 10 * 1024**2
STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
OURS = re.compile(r"<[^<>\s@]{1,200}@[^<>\s@]{1,255}>")
FAILED, DELAYED = "failed", "delayed"
ORIGINALS = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")
REPORTS = ("message/delivery-status", "message/global-delivery-status")


def read_bounce(content: bytes) -> Bounce | None:
    """What a mail says of one of ours that came back; None for any other mail, such as an answer."""
    if len(content) > MOST_BYTES:
        return None
    try:
        mail = message_from_bytes(content, EmailMessage, policy=policy.default)
        parts = list(mail.walk())
    except (MessageError, LookupError, ValueError, RecursionError):
        return None
    fields = [group for part in parts if part.get_content_type() in REPORTS for group in _groups(part)]
    actions = [str(group.get("Action", "")).strip().lower() for group in fields if group.get("Action")]
    id = _original(parts) or _in_reply(mail, reported=bool(fields))
    if not id or not (actions or _looks_returned(mail)):
        return None
    status = _status(fields)
    late = DELAYED in actions and FAILED not in actions
    given_up = FAILED in actions or not (late or status.startswith(LATER))
    return Bounce(id, status, permanent=given_up)


def _groups(part: Message) -> Iterator[Message]:
    """The fields of the message, and those of each recipient."""
    payload = part.get_payload()
    yield from (
        (group for group in payload if isinstance(group, Message)) if isinstance(payload, list) else ()
    )


def _original(parts: Sequence[Message]) -> str:
    """The Message-ID of the mail that is enclosed."""
    for part in parts:
        if part.get_content_type() not in ORIGINALS:
            continue
        enclosed = part.get_payload()
        if isinstance(enclosed, list) and enclosed and isinstance(enclosed[0], Message):
            found = OURS.search(str(enclosed[0].get("Message-ID", "")))
        else:
            found = _id_in(part)
        if found:
            return found[0]
    return ""


def _id_in(part: Message) -> re.Match[str] | None:
    text = part.get_payload(decode=True)
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else ""
    line = re.search(r"^message-id:(.*(?:\r?\n[ \t].*)*)", said, re.IGNORECASE | re.MULTILINE)
    return OURS.search(line[1]) if line else None


def _in_reply(mail: EmailMessage, *, reported: bool) -> str:
    """Some send the report alone, and name the mail as what they answer."""
    named = f"{mail.get('In-Reply-To', '')} {mail.get('References', '')}"
    found = OURS.search(named) if reported or _looks_returned(mail) else None
    return found[0] if found else ""


def _looks_returned(mail: EmailMessage) -> bool:
    """Nobody's own mail: an empty sender, or the postman's."""
    sender = str(mail.get("Return-Path", "")).strip()
    postman = str(mail.get("From", "")).lower()
    return sender == "<>" or "mailer-daemon@" in postman or "postmaster@" in postman


def _status(groups: list[Message]) -> str:
    for group in groups:
        match = STATUS.search(str(group.get("Status", "")))
        if match:
            return match[0]
    return ""
