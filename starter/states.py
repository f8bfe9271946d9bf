"""The states that lists of orders are narrowed by."""

STATES = ("open", "on_hold", "completed", "cancelled")
PAYMENTS = (
    *("none", "pending", "authorized", "partially_captured", "captured"),
    *("partially_refunded", "refunded", "voided", "failed", "expired"),
)
FULFILMENTS = (
    *("unfulfilled", "scheduled", "in_progress", "on_hold"),
    *("partially_fulfilled", "fulfilled", "cancelled"),
)
