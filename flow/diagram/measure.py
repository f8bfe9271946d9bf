"""How wide a text is drawn, and where it breaks."""

import unicodedata

# Advance widths of Helvetica, and of the types made to its measure, in thousandths of the size.
WIDTHS = {
    191: "'",
    222: "ijl",
    260: "|",
    278: " !,./:;I[\\]ft",
    333: "()-`r",
    334: "{}",
    355: '"“”',
    389: "*",
    469: "^",
    500: "Jcksvxyz",
    556: "#$0123456789?L_abdeghnopqu€",
    584: "+<=>~",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1000: "—…",
    1015: "@",
}
OF = {char: width for width, chars in WIDTHS.items() for char in chars}
ELSE, FULL = 667, 1000
BOLD = 1.08
ALLOWANCE = 1.05  # other sans-serif types run a little wider
MORE = "…"


def width(text: str, size: float, *, bold: bool = False) -> float:
    """In pixels; rather too much than too little."""
    units = sum(_advance(char) for char in text)
    return units / 1000 * size * ALLOWANCE * (BOLD if bold else 1)


def _advance(char: str) -> int:
    if char in OF:
        return OF[char]
    if unicodedata.combining(char):
        return 0
    if unicodedata.east_asian_width(char) in "WF":
        return FULL
    return OF.get(unicodedata.normalize("NFD", char)[0], ELSE)


def wrap(text: str, room: float, size: float, most: int, *, bold: bool = False) -> tuple[str, ...]:
    """Up to `most` lines, each no wider than `room`; what is left out shows as an ellipsis."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size, bold=bold) <= room:
            lines[-1] = longer
            continue
        lines.extend(_broken(word, room, size, bold=bold))
    if len(lines) <= most:
        return tuple(lines)
    return (*lines[: most - 1], _cut(" ".join(lines[most - 1 :]), room, size, bold=bold))


def _broken(word: str, room: float, size: float, *, bold: bool) -> list[str]:
    """A word too long for a line, in pieces; after a stop or underscore where there is one."""
    pieces: list[str] = []
    while width(word, size, bold=bold) > room:
        fits = len(word)
        while fits > 1 and width(word[:fits], size, bold=bold) > room:
            fits -= 1
        stop = max((n + 1 for n in range(fits // 2, fits) if word[n] in "._-/"), default=fits)
        pieces.append(word[:stop])
        word = word[stop:]
    return [*pieces, word]


def _cut(text: str, room: float, size: float, *, bold: bool) -> str:
    if width(text, size, bold=bold) <= room:
        return text
    while text and width(text + MORE, size, bold=bold) > room:
        text = text[:-1]
    return text.rstrip() + MORE
