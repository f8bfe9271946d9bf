"""A document as a page of the screens: no style, no script, every word escaped."""

from collections.abc import Sequence
from html import escape

from adapters.documents.barcode import bars_of
from adapters.documents.page import Block

# Element of a document -> that of a page.
TAGS = {
    "document": "article",
    "columns": "div",
    "column": "div",
    "h1": "h2",
    "h2": "h3",
}
OWN_CLASS = {"document": "sheet", "columns": "columns", "column": "column"}
BAR_HEIGHT = 40
# Too narrow for a printer's dots beyond this many modules; the page gives a barcode at most this.
MODULE_MM = 0.33


def html_of(documents: Sequence[Block]) -> str:
    return "\n".join(map(_html, documents))


def _html(block: Block) -> str:
    if block.tag == "hr":
        return "<hr>"
    if block.tag == "barcode":
        return _barcode(block.text)
    tag = TAGS.get(block.tag, block.tag)
    inner = "<br>".join(map(_isolated, block.lines)) + "".join(map(_html, block.parts))
    return f"<{tag}{_attributes(block)}>{inner}</{tag}>"


def _attributes(block: Block) -> str:
    own = [OWN_CLASS[block.tag]] if block.tag in OWN_CLASS else []
    if block.paper:
        own.append(f"paper-{block.paper}")
    classes = " ".join([*own, *sorted(block.classes)])
    said = f' class="{classes}"' if classes else ""
    said += f' lang="{block.language}"' if block.language else ""
    if block.tag == "th":
        said += ' scope="col"'
    return said + (' dir="auto"' if block.lines else "")


def _isolated(line: str) -> str:
    """Each line has a direction of its own, as a street in Hebrew below a name in English has."""
    return f"<bdi>{escape(line)}</bdi>"


def _barcode(text: str) -> str:
    shown = f'<figcaption class="code">{escape(text)}</figcaption>'
    bars = bars_of(text)
    if bars is None:
        return f'<figure class="barcode">{shown}</figure>'
    path = "".join(f"M{at} 0h{width}v{BAR_HEIGHT}h-{width}z" for at, width in bars.bars)
    drawn = (
        f'<svg viewBox="0 0 {bars.width} {BAR_HEIGHT}" width="{bars.width * MODULE_MM:.1f}mm" height="12mm"'
        f' preserveAspectRatio="none" shape-rendering="crispEdges" role="img"'
        f' aria-label="Barcode {escape(text)}"><path d="{path}"/></svg>'
    )
    return f'<figure class="barcode">{drawn}{shown}</figure>'
