"""`orders quarantine`: what shops told and nobody understood, mended and tried again."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer import Argument, Option

from adapters.database.shop.messages import ShopMessages
from domain.errors import BadInput
from domain.web_shop import ShopMessage
from starter.cli.asking import read
from starter.cli.options import AsJson, By, Reason
from starter.cli.saying import emit, say, table
from starter.cli.shapes import instant
from starter.cli.shop import OpenShop
from starter.clock import now
from starter.shops.quarantine import mended, reason
from starter.when import when

MOST = 1_000
Message = Annotated[str, Argument(help="The message's id, as `orders quarantine list` has it.")]

app = typer.Typer(help="What shops told and nobody understood.", no_args_is_help=True)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """The newest first."""
    found = read(lambda shop: _messages(shop).quarantined(MOST))
    if as_json:
        emit([_shape(each) for each in found])
        return
    here = now().astimezone()
    rows = [(each.id, each.shop, each.topic, when(each.received_at, here), each.why) for each in found]
    table("Quarantine", ("message", "shop", "about", "came", "why"), rows, spare=("about",))


@app.command()
def show(message: Message, as_json: AsJson = False) -> None:
    """The message itself, as it came."""
    found = read(lambda shop: _messages(shop).message(message))
    if as_json:
        emit({**_shape(found), "body": found.body, "original": found.original})
        return
    say(f"{found.id}: {found.state.value}, {found.why}", "bold")
    say(found.body)


@app.command()
def retry(
    message: Message,
    body: Annotated[Path | None, Option(help="A file with the mended message; else as it came.")] = None,
    by: By = "",
) -> None:
    """Look at it again."""
    text = mended(_text(body)) if body else ""
    read(lambda shop: _messages(shop).retry(message, text, by, now()))
    say("It is looked at again by the worker; `orders quarantine show` tells what came of it.", "green")


@app.command()
def discard(message: Message, why: Reason, by: By = "") -> None:
    """Nothing will come of it; it stays to be read."""
    said = reason(why)

    read(lambda shop: _messages(shop).discard(message, said, by, now()))
    say("Discarded.", "green")


def _messages(shop: OpenShop) -> ShopMessages:
    return ShopMessages(shop.settings.database_url)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} cannot be read as UTF-8 text.") from error


def _shape(message: ShopMessage) -> dict[str, Any]:
    return {
        "id": message.id,
        "shop": message.shop,
        "system": message.system.value,
        "topic": message.topic,
        "state": message.state.value,
        "why": message.why,
        "order": message.theirs,
        "received_at": instant(message.received_at),
    }
