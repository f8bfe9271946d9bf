"""The workflow ids, one function each."""

from domain.returns import ID as RETURN_ID
from domain.returns import order_of_return, return_number

RETURN = "return/"


def order_workflow(number: str) -> str:
    return f"order/{number}"


def return_workflow(id: str) -> str:
    """`return/1001/1` of the return 1001-R1."""
    return f"{RETURN}{order_of_return(id)}/{return_number(id)}"


def workflow_of(subject: str) -> str:
    """Of an order by its number, or of a return by its id."""
    return return_workflow(subject) if RETURN_ID.match(subject) else order_workflow(subject)


def resend_workflow(act: str) -> str:
    return f"resend/{act}"


def order_number(workflow_id: str) -> str:
    return workflow_id.removeprefix("order/")


def subject_of(workflow_id: str) -> str:
    """The order's number, or the return's id."""
    if not workflow_id.startswith(RETURN):
        return order_number(workflow_id)
    number, _, n = workflow_id.removeprefix(RETURN).rpartition("/")
    return f"{number}-R{n}"
