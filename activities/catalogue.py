"""Every action a flow may run."""

from activities import fraud, payment, returns, shipping, stock
from flow.catalogue import Action

ACTIONS: dict[str, Action] = {
    action.name: action for noun in (fraud, stock, payment, shipping, returns) for action in noun.ACTIONS
}
