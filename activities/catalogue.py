"""Every action a flow may run."""

from activities import fraud, partner, payment, pickup, returns, shipping, stock
from flow.catalogue import Action

NOUNS = (fraud, stock, payment, shipping, partner, pickup, returns)
ACTIONS: dict[str, Action] = {action.name: action for noun in NOUNS for action in noun.ACTIONS}
