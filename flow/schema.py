"""The flow language as a JSON Schema, so that an editor completes and explains a flow file."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.duration import UNITS
from flow.catalogue import Action
from flow.checks.names import STATES
from flow.kinds import PLAIN
from flow.load.flow import FLOW_KEYS, ID, MOST_VISITS, NAME, NEEDED
from flow.load.steps import ANY, KEYS, MOST_TRIES, NEEDS
from flow.model import Level
from flow.schema_words import ABOUT, VERBS
from flow.shop import Shop

Json = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
SCALAR: Json = {"type": ["string", "number", "boolean"]}
TEXT: Json = {"type": "string", "minLength": 1}
# Python writes the end of a text as \Z, a schema as $.
PLACE: Json = {"type": "string", "pattern": f"^{ID.pattern.removesuffix(chr(92) + 'Z')}$"}
PLAIN_LENGTH: Json = {"type": "string", "pattern": rf"^[0-9]{{1,5}} *({'|'.join(UNITS)})s?$"}
LENGTH: Json = {
    "type": "string",
    "pattern": rf"^[0-9]{{1,5}} *(({'|'.join(UNITS)})s?|working +(hour|day)s?)$",
}
KIND: Json = {"type": "string", "pattern": rf"^({'|'.join(PLAIN)}|choice \[[^\[\]]+\])$"}
NO_MORE = {"additionalProperties": False}


def flow_schema(shop: Shop) -> Json:
    """For the flow files of this shop: its actions, events, roles, notices and calendars by name."""
    return {
        "$schema": DIALECT,
        "title": "A flow",
        "description": "One file under flows/: how an order, a fulfilment or a return goes.",
        **_table(_flow_keys(shop), required=list(NEEDED)),
        "allOf": [_of_level(level) for level in Level],
        "$defs": {"step": _step(), **{f"step_{verb}": _verb(verb, shop) for verb in KEYS}},
    }


def _flow_keys(shop: Shop) -> dict[str, Json]:
    shapes: dict[str, Json] = {
        "flow": {"type": "string", "pattern": f"^{NAME.pattern.removesuffix(chr(92) + 'Z')}$"},
        "for": {"enum": list(Level)},
        "format": {"const": 1},
        "calendar": _one_of(shop.catalogue.calendars),
        "cancel_until": PLACE,
        "on_cancel": PLACE,
        "steps": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/step"}},
        "ends": {"type": "object", "propertyNames": PLACE, "additionalProperties": _end()},
    }
    return {key: _told(key, shapes.get(key, TEXT)) for key in FLOW_KEYS}


def _end() -> Json:
    states = sorted({state for states in STATES.values() for state in states})
    keys = {"title": TEXT, "state": {"enum": states}, "undo": {"type": "boolean"}}
    return _table(
        {key: _told(f"end.{key}", shape) for key, shape in keys.items()}, required=["title", "state"]
    )


def _of_level(level: Level) -> Json:
    """An order, a fulfilment and a return end in words of their own."""
    ends = {"additionalProperties": {"properties": {"state": {"enum": list(STATES[level])}}}}
    said = {"properties": {"for": {"const": level.value}}, "required": ["for"]}
    return {"if": said, "then": {"properties": {"ends": ends}}}


def _step() -> Json:
    """Before its verb stands there, a step is offered all seven; then only what fits the verb."""
    return {
        "type": "object",
        "required": ["id", "title"],
        "properties": {**_every_step(), **{verb: {"description": VERBS[verb]} for verb in KEYS}},
        "anyOf": [{"required": [verb]} for verb in KEYS],
        "allOf": [{"if": {"required": [verb]}, "then": {"$ref": f"#/$defs/step_{verb}"}} for verb in KEYS],
    }


def _every_step() -> dict[str, Json]:
    shapes = {"id": PLACE, "title": TEXT, "visits": _whole(1, MOST_VISITS)}
    return {key: _told(key, shapes[key]) for key in ANY}


def _verb(verb: str, shop: Shop) -> Json:
    shapes = {**_shapes(shop), verb: _value_of(verb, shop)}
    keys = {key: _told(f"{verb}.{key}", shapes[key]) for key in KEYS[verb]}
    schema = _table({**_every_step(), **keys}, required=["id", "title", verb, *NEEDS[verb]])
    if verb == "run":
        schema["allOf"] = [_of_action(action) for action in shop.catalogue.actions.values()]
    return schema


def _value_of(verb: str, shop: Shop) -> Json:
    """What may stand beside the verb itself."""
    words = shop.catalogue
    shapes: dict[str, Json] = {
        "run": _named({name: action.about for name, action in words.actions.items()}),
        "ask": _named({name: role.about for name, role in shop.roles.items()}),
        "decide": _rows(),
        "wait_for": _named({name: event.about for name, event in words.events.items()}),
        "tell": _one_of(words.notices),
        "pause": LENGTH,
        "each": {"const": "fulfilments"},
    }
    return shapes[verb]


def _shapes(shop: Shop) -> dict[str, Json]:
    """Keys that stand beside a verb, in whichever verb they do."""
    roles = sorted(shop.catalogue.roles)
    late = _table(
        {"after": _told("if_late.after", LENGTH), "go": _told("if_late.go", PLACE)},
        required=["after", "go"],
    )
    retry = {"tries": _whole(1, MOST_TRIES), "first_wait": PLAIN_LENGTH}
    return {
        "with": _map(SCALAR),
        "timeout": PLAIN_LENGTH,
        "retry": _table({key: _told(f"retry.{key}", shape) for key, shape in retry.items()}),
        "undo": _one_of(shop.catalogue.actions),
        "on_error": _map(PLACE),
        "attempt": {"const": "regular"},
        "may_skip": {"type": "array", "items": {"enum": roles}},
        "before_payment": {"type": "boolean"},
        "renew": {"anyOf": [PLAIN_LENGTH, _renewal()]},
        "then": PLACE,
        "answers": {"type": "object", "minProperties": 1, "additionalProperties": _answer()},
        "due": LENGTH,
        "remind": LENGTH,
        "if_late": late,
        "show": {"type": "array", "items": TEXT},
        "scan": TEXT,
        "priority": SCALAR,
        "not_same_person_as": PLACE,
        "choices": _map(PLACE),
        "to": {"enum": ["customer", "partner", *roles]},
        "marketing": {"type": "boolean"},
        "use": TEXT,
    }


def _renewal() -> Json:
    keys = {key: _told(f"renew.{key}", PLAIN_LENGTH) for key in ("before", "unpaid")}
    return _table(keys, required=["before"])


def _answer() -> Json:
    keys = {"label": SCALAR, "go": PLACE, "needs": _map(KIND)}
    return _table(
        {key: _told(f"answer.{key}", shape) for key, shape in keys.items()}, required=["label", "go"]
    )


def _rows() -> Json:
    row = _table({"if": _told("row.if", SCALAR), "go": _told("row.go", PLACE)}, required=["if", "go"])
    last = _table({"otherwise": _told("row.otherwise", PLACE)}, required=["otherwise"])
    return {
        "type": "array",
        "minItems": 1,
        "items": {"anyOf": [row, last]},
        "contains": {"required": ["otherwise"]},
    }


def _of_action(action: Action) -> Json:
    """An action asks for its own arguments, refusals and undo."""
    needs = {name: _described(f"{kind}", SCALAR) for name, kind in action.needs.items()}
    refusals = dict.fromkeys(action.refusals, PLACE)
    keys: dict[str, Json] = {
        "with": _table(needs, required=list(needs)),
        "on_error": _table(refusals),
        "undo": {"const": action.undo} if action.undo else {"not": {}},
    }
    required = [*(["with"] if needs else []), *(["undo"] if action.undo else [])]
    said = {"properties": {"run": {"const": action.name}}, "required": ["run"]}
    return {"if": said, "then": {"properties": keys, "required": required}}


def _table(properties: Mapping[str, Json], required: Sequence[str] = ()) -> Json:
    return {"type": "object", "properties": dict(properties), "required": list(required), **NO_MORE}


def _map(values: Json) -> Json:
    return {"type": "object", "additionalProperties": values}


def _whole(lowest: int, highest: int) -> Json:
    return {"type": "integer", "minimum": lowest, "maximum": highest}


def _one_of(names: Mapping[str, Any] | frozenset[str]) -> Json:
    return {"enum": sorted(names)}


def _named(about: Mapping[str, str]) -> Json:
    """Names with what each of them is, which editors show beside the list."""
    return {"enum": list(about), "enumDescriptions": list(about.values())}


def _told(key: str, shape: Json) -> Json:
    """With its description: of the key in this place, or of the key anywhere."""
    return _described(ABOUT.get(key) or ABOUT[key.rpartition(".")[2]], shape)


def _described(text: str, shape: Json) -> Json:
    return {"description": text, **shape}
