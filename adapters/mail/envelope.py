"""A letter as mail servers carry it, to the last byte the same each time."""

import hashlib
import re
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage

from domain.notice import Letter, Notice

# Nothing beyond ASCII in the bytes, so that every mail server takes them.
PLAIN = policy.SMTP.clone(cte_type="7bit")
DOT_ATOM = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", re.ASCII)
LONGEST_ID = 160
ORDER_HEADER = "Orderkeeper-Order"
TEMPLATE_HEADER = "Orderkeeper-Template"


def message_id(notice: Notice, domain: str) -> str:
    """`<notice-id@domain>`; an id that mail does not allow is tidied, and kept apart by its digest."""
    id = notice.id
    if DOT_ATOM.fullmatch(id) is None or len(id) > LONGEST_ID:
        tidied = re.sub(r"[^A-Za-z0-9_-]+", "-", id)[:LONGEST_ID].strip("-")
        id = f"{tidied}-{_digest(notice.id)}"
    return f"<{id}@{domain}>"


def to_bytes(letter: Letter, shop_name: str, sender: str, reply_to: str, way_out: str = "") -> bytes:
    """
    The mail with one recipient, as text and, where there is HTML, as that too.

    `way_out` is where its reader ends mails of this kind; mail programs show it as a button.

    The same letter makes the same bytes, so that a second try is seen to be the first mail.
    """
    mail = EmailMessage(policy=PLAIN)
    mail["Message-ID"] = letter.message_id
    mail["Date"] = letter.at
    mail["From"] = Address(shop_name, addr_spec=sender)
    mail["To"] = letter.recipient
    mail["Reply-To"] = reply_to
    mail["Subject"] = letter.subject
    mail["Auto-Submitted"] = "auto-generated"
    if letter.notice.order:
        mail[ORDER_HEADER] = letter.notice.order
    mail[TEMPLATE_HEADER] = letter.notice.template
    if way_out:
        mail["List-Unsubscribe"] = f"<{way_out}>"
    if way_out.startswith("https://"):
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(letter.text)
    if letter.html:
        mail.add_alternative(letter.html, subtype="html")
        mail.set_boundary(f"=_{_digest(letter.message_id)}")
    return mail.as_bytes(policy=PLAIN)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
