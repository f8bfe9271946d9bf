"""A flow drawn: the happy path straight down, branches beside it, and on top what is known of orders."""

from collections.abc import Iterator

from flow.diagram.cards import WIDTH
from flow.diagram.faces import escape, face
from flow.diagram.layout import Layout, laid_out
from flow.diagram.legend import legend, legend_height
from flow.diagram.lines import lines
from flow.diagram.measure import wrap
from flow.diagram.overlay import NOTHING, Overlay
from flow.diagram.sketch import Sketch, sketch
from flow.diagram.style import style
from flow.model import Flow

LEFT = 28.0
HEAD, ABOUT_LINE = 44.0, 16.0
LEAST_WIDTH = 620.0


def svg(flow: Flow, overlay: Overlay = NOTHING) -> str:
    """
    A document of its own that may also stand within a page. The same flow is drawn the same, to the byte.

    Each step and end is a `<g id="step-...">`; colours follow the reader's, or those a page sets.
    """
    drawn = sketch(flow)
    about = wrap(flow.about, LEAST_WIDTH - 2 * LEFT, 12, 3)
    layout = laid_out(drawn, HEAD + len(about) * ABOUT_LINE)
    return (
        "\n".join([*_open(flow, drawn, layout), *_body(flow, drawn, layout, overlay, about), "</svg>"])
        + "\n"
    )


def _open(flow: Flow, drawn: Sketch, layout: Layout) -> Iterator[str]:
    width, height = _size(drawn, layout)
    name = f"flow-{escape(flow.name)}"
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="flow-diagram" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" role="img" aria-labelledby="{name}-title {name}-desc">'
    )
    yield f'<title id="{name}-title">{escape(flow.title)}</title>'
    yield f'<desc id="{name}-desc">{escape(_told(flow, drawn))}</desc>'
    yield f"<style>\n{style()}\n</style>"
    yield f'<rect class="ground" width="{width:g}" height="{height:g}" rx="14"/>'


def _size(drawn: Sketch, layout: Layout) -> tuple[float, float]:
    width = max(layout.width, LEAST_WIDTH)
    return width, layout.height + legend_height(drawn, width - 2 * LEFT)


def _told(flow: Flow, drawn: Sketch) -> str:
    titles = [drawn.by_id[id].title for id in drawn.happy]
    return (
        f"The flow {flow.name}: {len(flow.steps)} steps, {len(flow.ends)} ends. "
        f"When all goes well: {'; '.join(titles)}."
    )


def _body(
    flow: Flow, drawn: Sketch, layout: Layout, overlay: Overlay, about: tuple[str, ...]
) -> Iterator[str]:
    (title, *_) = wrap(flow.title, LEAST_WIDTH - 2 * LEFT, 18, 1, bold=True) or ("",)
    yield f'<text class="heading" x="{LEFT:g}" y="34">{escape(title)}</text>'
    for n, line in enumerate(about):
        yield f'<text class="soft" x="{LEFT:g}" y="{54 + n * ABOUT_LINE:g}">{escape(line)}</text>'
    yield from _start(drawn, layout)
    yield from lines(drawn, layout, overlay)
    for node in drawn.nodes:
        if node.id in layout.boxes:
            yield from face(drawn, layout.boxes[node.id], overlay)
    yield from legend(drawn, LEFT, layout.height, _size(drawn, layout)[0] - 2 * LEFT)


def _start(drawn: Sketch, layout: Layout) -> Iterator[str]:
    first = layout.boxes[drawn.happy[0]]
    x, y = first.x + WIDTH / 2, first.y
    yield (
        f'<g class="way"><circle class="port" cx="{x:g}" cy="{y - 26:g}" r="5"/>'
        f'<path d="M{x:g} {y - 22:g}V{y - 7:g}"/>'
        f'<path class="tip" d="M{x:g} {y:g}l-4.5 -8h9z"/></g>'
    )
