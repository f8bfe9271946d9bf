"""`orders flow simulate`: an order, or a return, goes through a flow while a person says what happens."""

from pathlib import Path
from typing import Annotated

import typer
from typer import Exit, Option

from domain.errors import BadInput, NotFound
from flow.finding import refuse
from flow.load.scenario_order import Samples
from flow.load.scenarios import Shelf, read_scenarios
from flow.scenario import Scenario
from flow.scenario_play import Play
from flow.scenario_run import run
from flow.scenario_text import scenario_text
from flow.shop import Shop
from starter.cli.flow_teller import Teller
from starter.cli.options import fields
from starter.cli.saying import complain, plain, say
from starter.cli.shop import settings_here, shop_of
from starter.sample_orders import facts_in, samples_of


def simulate(
    name: Annotated[str, typer.Argument(help="Such as standard.")],
    order: Annotated[
        Path | None, Option(help="An order in our own format; without it, an ordinary one.")
    ] = None,
    script: Annotated[Path | None, Option(help="A file of scenarios; its first one is played.")] = None,
    fail: Annotated[
        list[str] | None, Option("--fail", metavar="STEP=REFUSAL", help="From the start; may be repeated.")
    ] = None,
    save: Annotated[Path | None, Option(help="Where to write what was done, as a scenario.")] = None,
) -> None:
    """Go through a flow step by step, on a virtual clock. Nothing real happens."""
    shop, folder = shop_of(settings_here()), settings_here().config
    if name not in shop.flows:
        raise NotFound(f"There is no flow {name}; there are {', '.join(sorted(shop.flows))}.")
    if script is not None:
        _play(_scripted(script, name, shop, samples_of(folder)), shop)
        return
    facts = facts_in(order) if order else {}
    teller = Teller(Play(_beginning(name, fields(fail), shop, lambda _: facts), shop))
    done = teller.go()
    if save is not None:
        _save(save, scenario_text(teller.play, "What was simulated", done))


def _beginning(name: str, failing: dict[str, str], shop: Shop, samples: Samples) -> Scenario:
    """:raises FlowRefused: there is no such step to fail, or it never fails like that."""
    given = "".join(f"\n      {step}: [{refusal}]" for step, refusal in failing.items())
    text = f"tests: {name}\nscenarios:\n  - scenario: A simulation\n    order: chosen\n    given: {given}\n"
    return _first(text, "simulation", shop, samples)


def _scripted(file: Path, name: str, shop: Shop, samples: Samples) -> Scenario:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} cannot be read") from error
    scenario = _first(text, str(file), shop, samples)
    if scenario.flow != name:
        raise BadInput(f"{file} is about the flow {scenario.flow}, not {name}")
    return scenario


def _first(text: str, file: str, shop: Shop, samples: Samples) -> Scenario:
    shelf = Shelf(shop.flows, shop.catalogue, shop.calendars)
    scenarios, findings = read_scenarios(text, file, shelf, samples, script=True)
    refuse(findings)
    if not scenarios:
        raise BadInput(f"{file} has no scenario")
    return scenarios[0]


def _play(scenario: Scenario, shop: Shop) -> None:
    """The whole story, and what did not go as the script expects. :raises Exit: 1, something did not."""
    played = run(scenario, shop)
    for line in played.story:
        typer.echo(plain(line))
    for failure in played.failures:
        complain(f"{failure.place}: expected {failure.expected}; what happened: {failure.happened}")
    if played.failures:
        raise Exit(1)


def _save(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{file} cannot be written: {error.strerror}") from error
    say(f"Written to {file}.", "green")


def register(app: typer.Typer) -> None:
    app.command()(simulate)
