"""`orders notices`: what mails say, and who agreed to get those that nobody needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from adapters.database.customer.consents import Consents
from adapters.mail.letter import Shop
from adapters.mail.preview import Preview
from config.settings import SHIPPED, Settings
from domain.consent import Consent
from domain.errors import SettingsRefused
from domain.notice import Letter, LetterState
from starter.cli.asking import read
from starter.cli.options import AsJson, By
from starter.cli.saying import emit, say, table
from starter.cli.shop import OpenShop, shop_of
from starter.clock import now

FOLDER = "mail"
app = typer.Typer(help="Mails to customers: what they say, and who agreed to more.", no_args_is_help=True)
Name = Annotated[str, Argument(help="The notice, such as shipped.")]
Email = Annotated[str, Argument(help="A customer's address.")]


@contextmanager
def preview_of(settings: Settings) -> Iterator[Preview]:
    """Notices as this shop would write them."""
    folders = tuple(dict.fromkeys((settings.config / FOLDER, SHIPPED / FOLDER)))
    zone = settings.zone or shop_of(settings).zone
    shop = Shop(settings.shop_name, settings.shop_url, settings.reply_to, settings.links(), zone)
    url, sender = settings.database_url, settings.mail_from
    preview = Preview(url, folders, shop, sender, lambda: shop_of(settings).partners)
    try:
        yield preview
    finally:
        preview.close()


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Every notice that can be sent about an order, and its languages."""

    def look(shop: OpenShop) -> dict[str, list[str]]:
        with preview_of(shop.settings) as preview:
            return {name: list(languages) for name, languages in preview.names().items()}

    found = read(look)
    if as_json:
        emit([{"notice": name, "languages": languages} for name, languages in found.items()])
        return
    table("notices", ("notice", "languages"), [(name, ", ".join(each)) for name, each in found.items()])


@app.command()
def preview(
    name: Name,
    order: Annotated[str, Option(metavar="N", help="A real order.")],
    language: Annotated[str, Option(help="Such as de; else the customer's own.")] = "",
    part: Annotated[str, Option(metavar="ID", help="A parcel or return of it.")] = "",
    html: Annotated[Path | None, Option(metavar="FILE", help="Write the HTML of it there.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write a notice as it would go out now, and send it to nobody."""

    def look(shop: OpenShop) -> Letter:
        with preview_of(shop.settings) as previews:
            return previews.write(name, order, now(), language, part)

    letter = read(look)
    if letter.state == LetterState.REFUSED:
        raise SettingsRefused(letter.why)
    if html is not None:
        html.write_text(letter.html, encoding="utf-8")
    if as_json:
        said = {"notice": name, "order": order, "language": letter.language, "to": letter.recipient}
        emit({**said, "subject": letter.subject, "text": letter.text, "html": letter.html})
        return
    say(f"To: {letter.recipient}\nSubject: {letter.subject}\n\n{letter.text}")


@app.command()
def consent(
    email: Email,
    grant: Annotated[
        bool | None, Option("--yes/--no", help="They said so; else it is only looked up.")
    ] = None,
    source: Annotated[str, Option(help="How we know, such as a form in the shop.")] = "",
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """What a person said to marketing, when, and how we know; or write down what they say now."""
    if grant is not None and not source.strip():
        raise typer.BadParameter("how do we know? It is kept with their word", param_hint="--source")

    def look(shop: OpenShop) -> list[Consent]:
        book = Consents(shop.settings.database_url)
        try:
            if grant is not None:
                book.say(email, Consent(grant, f"{source.strip()} ({by})", now()))
            return list(book.of(email))
        finally:
            book.close()

    found = read(look)
    if as_json:
        emit([{"granted": c.granted, "source": c.source, "at": c.at.isoformat()} for c in found])
        return
    rows = [("yes" if c.granted else "no", c.at.isoformat(timespec="minutes"), c.source) for c in found]
    table("consent", ("said", "at", "source"), rows)
