"""The `orders` command: every noun of the shop, and one way to say no."""

import logging
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from domain.errors import OrderError
from starter.cli import (
    accounts,
    acts,
    audit,
    backfill,
    bounces,
    changing,
    customers,
    demo,
    diagram,
    documents,
    exports,
    flows,
    hooks,
    incidents,
    listing,
    machine,
    notes,
    notices,
    numbers,
    partners,
    placing,
    quarantine,
    reconcile,
    refunds,
    returns,
    stock,
    tasks,
    tracking,
)
from starter.cli.saying import complain

log = logging.getLogger("orders")


class Door(TyperGroup):
    """Whatever goes wrong behind it is one line in the shop's words, and exit code 1."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        for word in args:
            if any("\ud800" <= letter <= "\udfff" for letter in word):
                raise typer.BadParameter("what was typed is not UTF-8 text")
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except OrderError as error:
            complain(error)
            raise typer.Exit(1) from error
        except (typer.Exit, typer.Abort, typer.TyperException, BrokenPipeError):
            raise
        except Exception as error:
            log.debug("A mistake of Orderkeeper's own", exc_info=True)
            what = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
            complain(f"A mistake of Orderkeeper's own: {what} (`orders --debug` tells more)")
            raise typer.Exit(1) from error


app = typer.Typer(
    cls=Door,
    help="Keeps every order until it is done.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def orders(
    debug: bool = typer.Option(False, "--debug", help="Tell what happens inside, on standard error."),
) -> None:
    logging.basicConfig(level=logging.DEBUG if debug else logging.CRITICAL, stream=sys.stderr)


def _register() -> None:
    app.command()(machine.up)
    app.command()(machine.worker)
    app.command()(machine.console)
    app.command()(demo.demo)
    app.command()(placing.place)
    app.command()(backfill.backfill)
    app.command("list")(listing.list_)
    app.command()(listing.show)
    app.command()(diagram.diagram)
    app.command()(documents.documents)
    app.command()(documents.document)
    app.command("pick-list")(documents.pick_list)
    app.command("tasks")(tasks.tasks)
    app.command()(tasks.claim)
    app.command("give-back")(tasks.give_back)
    app.command()(tasks.answer)
    app.command()(acts.event)
    app.command()(acts.cancel)
    app.command()(acts.hold)
    app.command()(acts.release)
    app.command()(changing.address)
    app.command()(changing.edit)
    app.command()(changing.resend)
    app.command("return")(returns.return_)
    app.command()(refunds.refund)
    app.command("incidents")(incidents.incidents)
    app.command()(incidents.retry)
    app.command()(incidents.skip)
    app.command()(notes.note)
    app.command("bounces")(bounces.bounces)
    app.command("reconcile")(reconcile.reconcile)
    app.command("audit")(audit.audit)
    app.command()(exports.export)
    app.command("numbers")(numbers.numbers)
    app.command()(numbers.ageing)
    app.command("tracking")(tracking.tracking)
    app.add_typer(hooks.app, name="hooks")
    app.add_typer(quarantine.app, name="quarantine")
    app.add_typer(stock.app, name="stock")
    app.add_typer(notices.app, name="notices")
    app.add_typer(flows.app, name="flow")
    app.add_typer(accounts.app, name="accounts")
    app.add_typer(customers.app, name="customers")
    app.add_typer(partners.app, name="partners")


_register()


def main() -> None:
    """The entry point of the `orders` command."""
    # A name in letters the terminal lacks is no reason to fail.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    app()
