"""`orders bounces`: mails of ours that came back."""

import sys
from pathlib import Path
from typing import Annotated

from typer import Argument

from adapters.database.mail.bounces import Bounces
from adapters.mail.bounces import read_bounce
from domain.bounce import Bounce
from domain.errors import BadInput
from starter.cli.asking import read
from starter.cli.options import AsJson
from starter.cli.saying import emit, say
from starter.cli.shop import OpenShop
from starter.clock import now

STANDARD_INPUT = "-"
NEW = ("new", "cur")
Files = Annotated[
    list[str],
    Argument(metavar="FILE...", help="A mail, a folder of them (Maildir too), or - for standard input."),
]


def bounces(files: Files, as_json: AsJson = False) -> None:
    """Take in mails that say that one of ours did not arrive: an incident of its order, once."""
    mails = [(name, content) for file in files for name, content in _mails(file)]
    found = read(lambda shop: [_keep(shop, name, content) for name, content in mails])
    if as_json:
        emit(found)
        return
    for each in found:
        say(f"{each['file']}: {each['what']}", "green" if each["order"] else "yellow")


def _keep(shop: OpenShop, name: str, content: bytes) -> dict[str, str]:
    bounce = read_bounce(content)
    if bounce is None:
        return {"file": name, "order": "", "what": "says of no mail that it came back"}
    book = Bounces(shop.settings.database_url)
    try:
        order = book.keep(bounce, now())
    finally:
        book.close()
    return {"file": name, "order": order, "what": _said(bounce, order)}


def _said(bounce: Bounce, order: str) -> str:
    if not order:
        return "is about a mail that is none of ours"
    how = "did not arrive" if bounce.permanent else "is late"
    return f"a mail of order {order} {how}: {bounce.why}"


def _mails(file: str) -> list[tuple[str, bytes]]:
    """:raises BadInput: it cannot be read."""
    if file == STANDARD_INPUT:
        return [("standard input", sys.stdin.buffer.read())]
    path = Path(file)
    try:
        if path.is_dir():
            places = [path / name for name in NEW if (path / name).is_dir()] or [path]
            return [(str(each), each.read_bytes()) for place in places for each in _files(place)]
        return [(file, path.read_bytes())]
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}", "file") from error


def _files(folder: Path) -> list[Path]:
    return sorted(each for each in folder.iterdir() if each.is_file() and not each.name.startswith("."))
