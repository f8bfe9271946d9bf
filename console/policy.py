"""Who may open what: one row for every route. A route without a row is refused, and fails the tests."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """
    `needs` is a permission of config/roles.yaml; empty for everybody who has signed in.

    `anyone`: signed in or not. `quiet`: the page asks by itself, which does not keep a session alive.
    """

    needs: str = ""
    anyone: bool = False
    quiet: bool = False


ANYONE = Rule(anyone=True)
SIGNED_IN = Rule()

ROUTES: dict[str, Rule] = {
    "GET /health": ANYONE,
    "GET /sign-in": ANYONE,
    "POST /sign-in": ANYONE,
    "POST /sign-out": SIGNED_IN,
    "GET /": SIGNED_IN,
    "GET /account": SIGNED_IN,
    "POST /account/password": SIGNED_IN,
    "GET /account/second": SIGNED_IN,
    "POST /account/second": SIGNED_IN,
    "POST /account/second/drop": SIGNED_IN,
    "GET /inbox": Rule("answer"),
    "POST /inbox/next": Rule("claim"),
    "POST /inbox/answers": Rule("answer"),
    "GET /live/inbox": Rule("answer", quiet=True),
    "GET /tasks/{task}": Rule("answer"),
    "POST /tasks/{task}/claim": Rule("claim"),
    "POST /tasks/{task}/renew": Rule("claim", quiet=True),
    "POST /tasks/{task}/give-back": Rule("claim"),
    "POST /tasks/{task}/take-over": Rule("take_over"),
    "POST /tasks/{task}/answer": Rule("answer"),
    "GET /pack": Rule("answer"),
    "POST /pack/next": Rule("claim"),
    "GET /pack/{task}": Rule("answer"),
    "POST /pack/{task}": Rule("answer"),
    "GET /orders": Rule("see"),
    "GET /orders/{number}": Rule("see"),
    "GET /orders/{number}/mails/{id}": Rule("see"),
    "GET /orders/{number}/flow": Rule("see"),
    "GET /live/orders/{number}": Rule("see", quiet=True),
    "POST /orders/{number}/cancel": Rule("cancel"),
    "POST /orders/{number}/hold": Rule("hold"),
    "POST /orders/{number}/release": Rule("release"),
    "POST /orders/{number}/address": Rule("address"),
    "POST /orders/{number}/edit": Rule("edit"),
    "POST /orders/{number}/resend": Rule("resend"),
    "POST /orders/{number}/return": Rule("return"),
    "POST /orders/{number}/refund": Rule("refund"),
    "POST /orders/{number}/note": Rule("note"),
    "GET /stock": Rule("see"),
    "GET /stock/item": Rule("see"),
    "POST /stock/receive": Rule("stock"),
    "POST /stock/adjust": Rule("stock"),
    "POST /stock/scrap": Rule("stock"),
    "GET /audit": Rule("reconcile"),
    "GET /accounts": Rule("accounts"),
    "POST /accounts": Rule("accounts"),
    "POST /accounts/{whom}/roles": Rule("accounts"),
    "POST /accounts/{whom}/reset": Rule("accounts"),
    "POST /accounts/{whom}/disable": Rule("accounts"),
    "POST /accounts/{whom}/enable": Rule("accounts"),
    "GET /flows": Rule("see"),
    "POST /flows/publish": Rule("publish"),
    "GET /flows/{name}": Rule("see"),
    "POST /flows/{name}/move": Rule("publish"),
    "GET /incidents": Rule("see"),
    "POST /incidents/retry": Rule("retry"),
    "POST /incidents/{id}/retry": Rule("retry"),
    "POST /incidents/{id}/skip": Rule("skip"),
}
# What somebody with a one-time password may do: choose one of their own, or leave.
BEFORE_CHANGE = frozenset({"GET /account", "POST /account/password", "POST /sign-out"})
