"""How a picture looks, by day and by night; a page may set the colours itself."""

LIGHT = {
    "ground": "#fbfcfd",
    "card": "#ffffff",
    "frame": "#d3dae3",
    "ink": "#1b2530",
    "soft": "#566474",
    "way": "#7b8998",
    "run": "#2f6fbf",
    "ask": "#a86b00",
    "decide": "#7350b5",
    "wait": "#5d6b7a",
    "tell": "#23804c",
    "each": "#14798c",
    "good": "#2b8a3e",
    "off": "#b83a34",
    "over": "#5d6b7a",
    "late": "#b86a00",
    "refusal": "#c0413b",
    "here": "#1560d4",
    "on": "#ffffff",
}
DARK = {
    "ground": "#0f151c",
    "card": "#18212b",
    "frame": "#33414f",
    "ink": "#e8eef4",
    "soft": "#a3b2c1",
    "way": "#7d8d9e",
    "run": "#74aef5",
    "ask": "#e9b44c",
    "decide": "#b69cf0",
    "wait": "#a3b2c1",
    "tell": "#62c98d",
    "each": "#5cc3d6",
    "good": "#62cf78",
    "off": "#f0837c",
    "over": "#a3b2c1",
    "late": "#eda945",
    "refusal": "#f08a84",
    "here": "#6db0ff",
    "on": "#0f151c",
}
RULES = (
    "{font-family:Helvetica,Arial,'Liberation Sans',sans-serif;color:var(--ink)}",
    " .ground{fill:var(--ground)}",
    " text{fill:var(--ink);font-size:11.5px}",
    " .heading{font-size:18px;font-weight:700}",
    " .soft,.flow-diagram .under{fill:var(--soft)}",
    " .under{font-size:11px}",
    " .title{font-size:13px;font-weight:700}",
    " .card{fill:var(--card);stroke:var(--frame)}",
    " .tint{fill:var(--tone);fill-opacity:.13}",
    " .band{fill:var(--tone)}",
    " .rule{stroke:var(--frame);stroke-width:1;fill:none}",
    " .mark .fill{fill:var(--tone)}",
    " .mark .line{fill:none;stroke:var(--tone);stroke-width:1.7}",
    " .mark .line{stroke-linecap:round;stroke-linejoin:round}",
    " .mark .bold{stroke-width:2.6}",
    " .note{--tone:var(--refusal)}",
    " .note text{fill:var(--tone);font-size:11px}",
    " .pill{fill:var(--card);stroke:var(--tone);stroke-width:1.5}",
    " .way{--tone:var(--way)}",
    " .way path{fill:none;stroke:var(--tone);stroke-width:1.6;stroke-linejoin:round}",
    " .way .tip{fill:var(--tone);stroke:none}",
    " .way.late path,.flow-diagram .way.refusal path{stroke-dasharray:5 3.5}",
    " .way .tip.tip{stroke-dasharray:none}",
    " .port{fill:var(--tone)}",
    " .halo{stroke:var(--ground);stroke-width:4;stroke-linejoin:round;paint-order:stroke}",
    " .late{--tone:var(--late)}",
    " .refusal{--tone:var(--refusal)}",
    " .exit.late text,.flow-diagram .exit.refusal text{fill:var(--tone)}",
    " .way.taken{--tone:var(--here)}",
    " .way.taken path{stroke-width:2.6}",
    " .passed>.card,.flow-diagram .passed>.pill{stroke:var(--here);stroke-width:1.6}",
    " .here>.card,.flow-diagram .here>.pill{stroke:var(--here);stroke-width:3}",
    " .here>.behind{stroke-width:1.2}",
    " .badge rect{fill:var(--tone)}",
    " .badge text{fill:var(--on);font-size:11px;font-weight:700}",
    " .badge.lanes{--tone:var(--here)}",
    " .badge.open{--tone:var(--soft)}",
    " .dim{opacity:.38}",
    " .never text{fill:var(--refusal);text-decoration:line-through}",
    " .way.never{--tone:var(--refusal)}",
    " .way.never path{stroke-dasharray:1.5 4;stroke-linecap:round}",
)
TONES = ("run", "ask", "decide", "wait", "tell", "each", "good", "off", "over")


def style() -> str:
    """A page sets colours of its own by naming `--flow-ground` and so on."""
    rules = [
        f".flow-diagram{{{_own(LIGHT)}}}",
        f"@media (prefers-color-scheme:dark){{.flow-diagram{{{_own(DARK)}}}}}",
        *(f".flow-diagram{rule}" for rule in RULES),
        *(f".flow-diagram .node.{tone}{{--tone:var(--{tone})}}" for tone in TONES),
    ]
    return "\n".join(rules)


def _own(colours: dict[str, str]) -> str:
    return ";".join(f"--{name}:var(--flow-{name},{colour})" for name, colour in colours.items())
