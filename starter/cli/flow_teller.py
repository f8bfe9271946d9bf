"""A person at the terminal decides what happens to a simulated order."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from rich.prompt import Prompt
from rich.text import Text

from domain.act import HoldKind
from domain.duration import Duration
from domain.errors import BadInput
from flow.scenario import Does, Happening
from flow.scenario_choices import Choice, choices, failures, standing
from flow.scenario_play import Play
from flow.scenario_words import story, zone_of
from starter.answers import parse_value
from starter.cli.saying import complain, say, screen

ALWAYS = {
    "a": "time passes",
    "c": "cancel",
    "h": "hold or release",
    "f": "an action fails the next time it runs",
    "q": "stop here",
}
MOST = 1000


class Teller:
    """Shows the order where it stands, asks what happens, and lets it happen."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self._told = 0
        self._done: list[Happening] = []

    def go(self) -> tuple[Happening, ...]:
        """Everything that was done, in order."""
        for _ in range(MOST):
            self._tell()
            if self.play.life.ended:
                break
            happening = self._ask()
            if happening is None:
                break
            why = self.play.do(happening)
            if why:
                say(f"That did not happen: {why}", "red")
                refused = why.removeprefix("it was refused: ")
                happening = replace(happening, refused=refused if refused != why else "")
            if not why or happening.refused:
                self._done.append(happening)
        return tuple(self._done)

    def _tell(self) -> None:
        entries, zone = self.play.life.entries, zone_of(self.play.scenario, self.play.shop)
        for line in story(entries[self._told :], self.play.scenario, zone):
            say(line, "dim")
        self._told = len(entries)
        for line in standing(self.play):
            say(line, "bold")

    def _ask(self) -> Happening | None:
        """What the person chooses; None when they have seen enough."""
        offered = choices(self.play)
        for n, choice in enumerate(offered, start=1):
            say(f"  {n}  {choice.label}")
        say("  " + "   ".join(f"{key}  {label}" for key, label in ALWAYS.items()))
        while (typed := self._typed("What happens?")) is not None:
            try:
                return self._meant(typed, offered)
            except BadInput as error:
                complain(error)
            except _Enough:
                return None
        return None

    def _meant(self, typed: str, offered: list[Choice]) -> Happening:
        """:raises BadInput: it is none of the choices, or a field is wrong."""
        if typed == "q":
            raise _Enough
        if typed in self._others:
            return self._others[typed]()
        return self._filled(_picked(typed, offered))

    @property
    def _others(self) -> dict[str, "Other"]:
        return {"a": self._later, "c": self._cancel, "h": self._hold, "f": self._fail}

    def _later(self) -> Happening:
        length = self._needed("How long, such as 3 days or 4 working hours?")
        Duration.parse(length)
        return Happening(Does.AFTER, length)

    def _cancel(self) -> Happening:
        parts = [self.play.scenario.part(lane) for lane in self.play.lanes]
        return Happening(Does.CANCEL, part=_picked_word(self._needed, parts))

    def _hold(self) -> Happening:
        """Release the hold there is, or begin one."""
        holds = self.play.life.engine.state.holds
        does = Does.RELEASE if holds else Does.HOLD
        return Happening(does, _picked_word(self._needed, list(holds) or list(HoldKind)))

    def _fail(self) -> Happening:
        offered = failures(self.play)
        for n, choice in enumerate(offered, start=1):
            say(f"  {n}  {choice.label}")
        return _picked(self._needed("Which?"), offered).happening

    def _filled(self, choice: Choice) -> Happening:
        values = {
            name: parse_value(name, kind, self._needed(f"{name} ({_how(kind)})?"))
            for name, kind in choice.needs.items()
        }
        return replace(choice.happening, values=values)

    def _needed(self, question: str) -> str:
        typed = self._typed(question)
        if typed is None:
            raise _Enough
        return typed

    def _typed(self, question: str) -> str | None:
        """None when nobody types any more."""
        try:
            return Prompt.ask(Text(question), console=screen()).strip()
        except EOFError:
            return None


class _Enough(Exception):
    """The person has seen enough."""


Other = Callable[[], Happening]


def _picked(typed: str, offered: Sequence[Choice]) -> Choice:
    """:raises BadInput: it is none of them."""
    if typed.isascii() and typed.isdecimal() and 0 < int(typed[:4]) <= len(offered):
        return offered[int(typed[:4]) - 1]
    raise BadInput(f"{typed!r} is none of the choices")


def _picked_word(ask: Callable[[str], str], known: Sequence[str]) -> str:
    typed = ask(f"Which ({', '.join(known)})?") if len(known) > 1 else known[0]
    if typed not in known:
        raise BadInput(f"{typed!r} is none of {', '.join(known)}")
    return typed


def _how(kind: str) -> str:
    return "as in TEAPOT=1,CUP=2" if kind == "lines" else kind
