"""Every action a flow may run."""

from activities import fraud, payment, shipping, stock
from flow.catalogue import Action

ACTIONS: dict[str, Action] = {
    action.name: action for noun in (fraud, stock, payment, shipping) for action in noun.ACTIONS
}
