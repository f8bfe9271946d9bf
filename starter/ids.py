"""The workflow ids, one function each."""


def order_workflow(number: str) -> str:
    return f"order/{number}"


def order_number(workflow_id: str) -> str:
    return workflow_id.removeprefix("order/")
