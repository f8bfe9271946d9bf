"""What a picture says of a step and of the ways out of it."""

from flow.graph import Edge, Way
from flow.model import Ask, Each, Pause, Run, Step, Tell, WaitFor

GOOD = ("completed", "fulfilled", "refunded")


def label(step: Step, edge: Edge) -> str:
    """A way in the words of its file; empty for what simply follows."""
    match edge.way:
        case Way.LATE:
            return f"late after {edge.name}"
        case Way.OTHERWISE:
            return "otherwise"
        case Way.ANSWER if isinstance(step.does, Ask):
            return next(answer.label for answer in step.does.answers if answer.name == edge.name)
    return edge.name


def spoken(step: Step, edge: Edge) -> str:
    """A way in words, also of what simply follows."""
    if edge.way != Way.THEN:
        return label(step, edge)
    match step.does:
        case WaitFor():
            return "when it comes"
        case Each():
            return "when every one has ended"
        case Pause():
            return "after that"
    return "then"


def under(step: Step) -> str:
    """Who or what a step is about, as the line below its title."""
    said = ""
    match step.does:
        case Ask() as ask:
            said = f"{ask.role}, due in {ask.due}" if ask.due else ask.role
        case Run() as run:
            said = run.action
        case Tell() as tell:
            said = f"notice {tell.template}" + ("" if tell.to == "customer" else f" to {tell.to}")
        case WaitFor() as wait:
            said = wait.event
        case Pause() as pause:
            said = pause.length
        case Each() as each:
            said = f"a lane for each, by {each.use}"
    return said
