"""Who may open what: one row for every route. A route without a row is refused, and fails the tests."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """
    `needs` is a permission of config/roles.yaml; empty for everybody who has signed in.

    `anyone`: signed in or not. `quiet`: the page asks by itself, which does not keep a session alive.
    `reads`: it tells who a customer is, which is written down.
    """

    needs: str = ""
    anyone: bool = False
    quiet: bool = False
    reads: bool = False


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
    "POST /account/second/codes": SIGNED_IN,
    "POST /account/second/drop": SIGNED_IN,
    "GET /account/pin": SIGNED_IN,
    "POST /account/pin": SIGNED_IN,
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
    "GET /pack/codes": Rule("answer"),
    "GET /pack/{task}": Rule("answer"),
    "POST /pack/{task}": Rule("answer"),
    "GET /orders": Rule("see"),
    "POST /orders/views": Rule("see"),
    "POST /orders/views/drop": Rule("see"),
    "GET /orders/{number}": Rule("see", reads=True),
    "GET /orders/{number}/mails/{id}": Rule("see", reads=True),
    "GET /orders/{number}/flow": Rule("see"),
    "GET /orders/{number}/documents/{kind}": Rule("see", reads=True),
    "GET /print/{kind}": Rule("answer"),
    "POST /print/{kind}": Rule("answer"),
    "GET /documents/style.css": SIGNED_IN,
    "GET /orders/{number}/history": Rule("reconcile"),
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
    "GET /partner": Rule("ship"),
    "GET /partner/orders/{id}": Rule("ship", reads=True),
    "GET /partner/orders/{id}/packing-slip": Rule("ship", reads=True),
    "POST /partner/orders/{id}/{deed}": Rule("ship"),
    "GET /customers": Rule("customers"),
    "GET /customers/one": Rule("customers", reads=True),
    "GET /customers/erase": Rule("erase"),
    "POST /customers/erase": Rule("erase"),
    "GET /stock": Rule("see"),
    "GET /stock/item": Rule("see"),
    "POST /stock/receive": Rule("stock"),
    "POST /stock/adjust": Rule("stock"),
    "POST /stock/scrap": Rule("stock"),
    "GET /quarantine": Rule("place"),
    "GET /quarantine/{id}": Rule("place"),
    "POST /quarantine/{id}/retry": Rule("place"),
    "POST /quarantine/{id}/discard": Rule("place"),
    "GET /not-told": Rule("place"),
    "POST /not-told/retry": Rule("place"),
    "POST /not-told/let-go": Rule("place"),
    "GET /numbers": Rule("numbers"),
    "GET /exports": Rule("export"),
    "GET /exports/file": Rule("export"),
    "GET /audit": Rule("reconcile"),
    "GET /accounts": Rule("accounts"),
    "POST /accounts": Rule("accounts"),
    "POST /accounts/{whom}/roles": Rule("accounts"),
    "POST /accounts/{whom}/reset": Rule("accounts"),
    "POST /accounts/{whom}/share": Rule("accounts"),
    "POST /accounts/{whom}/disable": Rule("accounts"),
    "POST /accounts/{whom}/enable": Rule("accounts"),
    "GET /notices": Rule("see"),
    "GET /notices/{notice}": Rule("see"),
    "GET /notices/{notice}/html": Rule("see"),
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
# At a terminal that several share: what anybody there may do, and what takes the name and PIN of somebody.
SHARED = frozenset(
    {
        "POST /sign-out",
        "POST /account/password",
        "POST /inbox/next",
        "POST /tasks/{task}/claim",
        "POST /tasks/{task}/renew",
        "POST /tasks/{task}/give-back",
        "POST /pack/next",
        "POST /print/{kind}",
    }
)
SIGNED = frozenset({"POST /inbox/answers", "POST /tasks/{task}/answer", "POST /pack/{task}"})
