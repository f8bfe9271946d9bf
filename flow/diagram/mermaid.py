"""A flow as Mermaid text, the same for the same flow."""

from collections.abc import Iterator

from flow.diagram.words import GOOD, label
from flow.graph import Way, edges_of
from flow.model import Ask, Decide, Each, End, Flow, Pause, Run, Step, Tell, WaitFor

# Actions are boxes, people parallelograms, decisions diamonds, waits hexagons, notices flags.
SHAPES: dict[type, tuple[str, str, str]] = {
    Run: ("[", "]", "run"),
    Ask: ("[/", "/]", "ask"),
    Decide: ("{", "}", "decide"),
    WaitFor: ("{{", "}}", "wait"),
    Pause: ("{{", "}}", "wait"),
    Tell: (">", "]", "tell"),
    Each: ("[[", "]]", "each"),
}
COLOURS = (
    "classDef run fill:#eef4ff,stroke:#3b6fb6,color:#10233f",
    "classDef ask fill:#fff4d6,stroke:#b07d00,color:#3d2c00",
    "classDef decide fill:#f3ecff,stroke:#7350b5,color:#2a1650",
    "classDef wait fill:#f0f0f0,stroke:#707070,color:#222222",
    "classDef tell fill:#e9f8f0,stroke:#2f8f5b,color:#0d3320",
    "classDef each fill:#e4f6f9,stroke:#1d8396,color:#07333b",
    "classDef good fill:#d9f2dd,stroke:#2f8f3f,color:#0c3314",
    "classDef off fill:#fbe3e1,stroke:#b5403a,color:#43110e",
)
ESCAPES = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;"}


def mermaid(flow: Flow) -> str:
    """
    The flow as a Mermaid flowchart, top down. Dotted lines are lateness and refusals; a cancellation
    that has a step of its own comes in from outside.
    """
    return "\n".join(["flowchart TD", *(f"    {line}" for line in _lines(flow))]) + "\n"


def _lines(flow: Flow) -> Iterator[str]:
    yield f"{START}([{_quoted(flow.title)}])"
    for step in flow.steps:
        yield _node(step)
    for end in flow.ends:
        yield _end(end)
    yield f"{START} --> {_name(flow.first)}"
    for step in flow.steps:
        yield from _arrows(step)
    if flow.on_cancel != "undo":
        yield f"{CANCEL}([{_quoted('Cancelled')}]) -.-> {_name(flow.on_cancel)}"
    yield from COLOURS


START = "begin"
CANCEL = "cancelled"


def _name(id: str) -> str:
    """Ids of a flow may be words of Mermaid's, such as `end`."""
    return f"s_{id}"


def _quoted(text: str) -> str:
    return '"' + "".join(ESCAPES.get(char, char) for char in " ".join(text.split())) + '"'


def _node(step: Step) -> str:
    opens, closes, style = SHAPES[type(step.does)]
    shown = _quoted(step.title)
    if isinstance(step.does, Ask):
        shown = f"{shown[:-1]}<br/>{_quoted(step.does.role)[1:]}"
    return f"{_name(step.id)}{opens}{shown}{closes}:::{style}"


def _end(end: End) -> str:
    style = "good" if end.state in GOOD else "off"
    return f"{_name(end.id)}([{_quoted(end.title)}]):::{style}"


def _arrows(step: Step) -> Iterator[str]:
    """Ways to one place are one arrow with several words."""
    arrows: dict[tuple[str, bool], list[str]] = {}
    for edge in edges_of(step):
        dotted = edge.way in (Way.LATE, Way.REFUSAL)
        arrows.setdefault((edge.to, dotted), []).append(label(step, edge))
    for (to, dotted), words in arrows.items():
        text = " / ".join(word for word in words if word)
        arrow = "-.->" if dotted else "-->"
        said = f"|{_quoted(text)}|" if text else ""
        yield f"{_name(step.id)} {arrow}{said} {_name(to)}"
