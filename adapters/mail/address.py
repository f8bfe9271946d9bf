"""Mail addresses: one mailbox, or none."""

import re

from domain.errors import RecipientRefused

MAX_ADDRESS = 254
LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)
MAX_LOCAL = 64
LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?", re.ASCII)


def one_mailbox(text: str) -> str:
    """
    The one address in `text`, as mail servers write it: a domain beyond ASCII in its `xn--` form.

    :raises RecipientRefused: none, several, with a name, or more than mail servers carry. The message
        does not repeat it.
    """
    local, _, domain = text.strip(" ").rpartition("@")
    if not local or not domain:
        raise RecipientRefused("The mail address is missing, or is none.")
    if "," in text or ";" in text or "@" in local:
        raise RecipientRefused("There has to be one mail address, not several.")
    if len(local) > MAX_LOCAL or LOCAL.fullmatch(local) is None:
        raise RecipientRefused("The mail address has letters before its @ that mail servers do not take.")
    address = f"{local}@{_host(domain)}"
    if len(address) > MAX_ADDRESS:
        raise RecipientRefused("The mail address is too long.")
    return address


def _host(domain: str) -> str:
    wrong = RecipientRefused("The mail address has no right domain after its @.")
    try:
        host = domain.lower().encode("idna").decode()
        same = host.encode().decode("idna") == domain.lower()
    except UnicodeError as error:
        raise wrong from error
    labels = host.split(".")
    # The codec knows the older rules only, by which ß is ss: another domain, perhaps another's.
    if not same or len(labels) == 1 or not all(LABEL.fullmatch(label) for label in labels):
        raise wrong
    return host
