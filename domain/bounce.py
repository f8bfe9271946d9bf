"""Mails that come back: what the other side said of one that we had sent."""

from dataclasses import dataclass

# By the first figures of the status that mail servers agree on (RFC 3463).
WORDS = {
    "1.1": "there is no such mailbox",
    "1.2": "there is no such mail server",
    "1.3": "the address cannot be right",
    "1.6": "the mailbox has moved, and nobody knows where to",
    "1.10": "its domain takes no mail",
    "2.1": "the mailbox is shut down",
    "2.2": "the mailbox is full",
    "2.3": "the mail is too large for the mailbox",
    "3.4": "the mail is too large for its server",
    "4.1": "its mail server does not answer",
    "4.4": "its mail server cannot be found",
    "4.7": "its mail server was not reached in time",
    "7.1": "its mail server takes no mail from us",
    "7.20": "its mail server does not believe our signature",
    "7.26": "its mail server does not believe who we are",
}
LATER = "4"


@dataclass(frozen=True, slots=True)
class Bounce:
    """
    `message_id` is that of the mail which came back, `status` what its server said, such as `5.1.1`; empty
    where it gave none. One that is only late is not `permanent`.
    """

    message_id: str
    status: str
    permanent: bool

    @property
    def why(self) -> str:
        """In the words of a clerk; never with the address."""
        subject = self.status.partition(".")[2]
        known = WORDS.get(subject, "its mail server did not say why")
        return f"{known} ({self.status})" if self.status else known
