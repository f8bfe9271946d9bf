"""The marks of a picture, each drawn in a field of 20 by 20."""

RUN = '<path class="fill" d="M11.5 2.5 4.5 11.4h4.2L8 17.5l7.2-9.3h-4.4z"/>'
ASK = (
    '<circle class="fill" cx="10" cy="6.4" r="3.4"/>'
    '<path class="fill" d="M3.4 17c0-4 2.9-6 6.6-6s6.6 2 6.6 6z"/>'
)
DECIDE = (
    '<path class="line" d="M10 2.6 17.4 10 10 17.4 2.6 10z"/><path class="line" d="M10 7.4v2.9m0 2.2v.3"/>'
)
WAIT = (
    '<path class="line" d="M5 2.8h10M5 17.2h10M6.2 2.8c0 4 3.8 4.6 3.8 7.2s-3.8 3.2-3.8 7.2"/>'
    '<path class="line" d="M13.8 2.8c0 4-3.8 4.6-3.8 7.2s3.8 3.2 3.8 7.2"/>'
    '<path class="fill" d="M7.4 16.6c.3-1.9 1.4-2.6 2.6-3.4 1.2.8 2.3 1.5 2.6 3.4z"/>'
)
TELL = (
    '<rect class="line" x="2.4" y="4.6" width="15.2" height="11" rx="1.6"/>'
    '<path class="line" d="m3 5.6 7 5.8 7-5.8"/>'
)
EACH = (
    '<rect class="line" x="6.6" y="2.6" width="10.8" height="7.6" rx="1.6"/>'
    '<path class="line" d="M4.6 6v5.2c0 .9.7 1.6 1.6 1.6h8.6M2.6 9v5.2c0 .9.7 1.6 1.6 1.6h8"/>'
)
GOOD = '<path class="line bold" d="m4.4 10.6 3.9 3.9 7.5-8.6"/>'
OFF = '<path class="line bold" d="m5.4 5.4 9.2 9.2m0-9.2-9.2 9.2"/>'
OVER = '<path class="line bold" d="M4.6 10h10.8"/>'
CALLED_OFF = '<circle class="line" cx="10" cy="10" r="6.9"/><path class="line" d="m5.2 5.2 9.6 9.6"/>'
CLOCK = '<circle class="line" cx="10" cy="10" r="7.2"/><path class="line" d="M10 5.6V10l3 2"/>'
REFUSAL = '<path class="line" d="M10 3 17.6 16.6H2.4zM10 8v4.2m0 2v.3"/>'

MARKS = {
    "run": RUN,
    "ask": ASK,
    "decide": DECIDE,
    "wait": WAIT,
    "tell": TELL,
    "each": EACH,
    "good": GOOD,
    "off": OFF,
    "over": OVER,
    "called-off": CALLED_OFF,
    "late": CLOCK,
    "refusal": REFUSAL,
}


def mark(name: str, x: float, y: float, size: float) -> str:
    return f'<g class="mark" transform="translate({x:g} {y:g}) scale({size / 20:g})">{MARKS[name]}</g>'
