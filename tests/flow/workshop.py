"""An invented shop that makes what it sells: forty-one steps with loops, for pictures that have to hold much."""

# ruff: noqa: E501 - one step a row reads best on one line

from flow.model import (
    Answer,
    Ask,
    Decide,
    Each,
    End,
    Flow,
    Lateness,
    Level,
    Pause,
    Row,
    Run,
    Step,
    Tell,
    Verb,
    WaitFor,
)

# Id, title, what it does, and what follows when it is not the next one.
STEPS: tuple[tuple[str, str, Verb] | tuple[str, str, Verb, str], ...] = (
    ("hello", "Thank the customer for the order", Tell("confirmation")),
    ("screen", "Screen for fraud", Run("fraud.screen", "10s", on_error={"ScreeningDown": "look"})),
    (
        "risky",
        "Is it risky?",
        Decide(
            (
                Row("screen.score >= 90", "refuse"),
                Row("screen.score >= 50 and order.total > 800 and not order.first_order", "look"),
            ),
            "bespoke",
        ),
    ),
    (
        "look",
        "Look at the order",
        Ask(
            "fraud",
            (
                Answer("fine", "Looks fine", "bespoke"),
                Answer("bad", "Fraud", "refuse"),
                Answer("ask", "Ask the customer", "ask_customer"),
            ),
            Lateness("2 working days", "chief"),
            due="4 working hours",
        ),
    ),
    (
        "chief",
        "Nobody has looked at a suspicious order for far too long",
        Ask(
            "fraud-lead",
            (Answer("fine", "Looks fine", "bespoke"), Answer("bad", "Fraud", "refuse")),
            Lateness("2 working days", "refuse"),
            due="1 hour",
        ),
    ),
    ("ask_customer", "Ask the customer for proof", Tell("proof")),
    ("proof", "Wait for the proof", WaitFor("customer.wrote", Lateness("5 days", "refuse")), "look"),
    (
        "bespoke",
        "Is anything made to order?",
        Decide((Row("any(line.made_to_order for line in order.lines)", "draft"),), "authorize"),
    ),
    (
        "draft",
        "Draw a design",
        Ask(
            "design",
            (Answer("drawn", "Drawn", "send_draft"), Answer("cannot", "Cannot be made", "tell_cannot")),
            Lateness("5 working days", "design_late"),
            due="3 working days",
        ),
    ),
    (
        "design_late",
        "The design is late",
        Ask(
            "design-lead",
            (Answer("go_on", "Go on", "draft"), Answer("stop", "Call it off", "tell_cannot")),
            Lateness("2 working days", "tell_cannot"),
        ),
    ),
    ("send_draft", "Send the design to the customer", Tell("draft")),
    (
        "approval",
        "Wait for approval",
        WaitFor(
            "customer.choice",
            Lateness("14 days", "nudge"),
            choices={"wait": "authorize", "change": "draft", "cancel": "tell_cannot"},
        ),
    ),
    ("nudge", "Remind the customer", Tell("nudge"), "approval"),
    (
        "authorize",
        "Hold the money",
        Run("payment.authorize", "20s", on_error={"PaymentDeclined": "tell_declined"}),
    ),
    ("reserve", "Promise the goods", Run("stock.reserve", "10s", on_error={"OutOfStock": "buy"})),
    ("queue", "Wait for a slot at the bench", Pause("2 working hours")),
    (
        "make",
        "Make it",
        Ask(
            "workshop",
            (
                Answer("made", "Made", "look_over"),
                Answer("broke", "It broke", "materials"),
                Answer("unclear", "Drawing unclear", "draft"),
            ),
            Lateness("10 working days", "make_late"),
            due="8 working days",
        ),
    ),
    (
        "make_late",
        "Not made in time",
        Ask(
            "workshop-lead",
            (Answer("made", "Made now", "look_over"), Answer("more", "Needs more time", "make")),
            Lateness("5 working days", "tell_cannot"),
        ),
    ),
    ("materials", "Order material anew", Run("stock.order", "10s"), "queue"),
    (
        "look_over",
        "Check the quality",
        Ask(
            "quality",
            (
                Answer("good", "Good", "capture"),
                Answer("again", "Do it again", "queue"),
                Answer("small", "Small flaw, ask the customer", "discount"),
            ),
            Lateness("2 working days", "quality_late"),
            due="1 working day",
        ),
    ),
    (
        "quality_late",
        "Nobody has checked",
        Ask(
            "workshop-lead",
            (Answer("good", "Good", "capture"), Answer("again", "Again", "queue")),
            Lateness("1 working day", "capture"),
        ),
    ),
    ("discount", "Offer a discount", Tell("discount")),
    (
        "accepts",
        "Wait for the answer",
        WaitFor(
            "customer.choice", Lateness("7 days", "capture"), choices={"yes": "capture", "no": "queue"}
        ),
    ),
    (
        "capture",
        "Take the payment",
        Run(
            "payment.capture",
            "20s",
            on_error={"AuthorizationExpired": "again", "PaymentDeclined": "tell_declined"},
        ),
    ),
    (
        "pack",
        "Pack it",
        Ask(
            "warehouse",
            (Answer("packed", "Packed", "book"), Answer("damaged", "Damaged while packing", "queue")),
            Lateness("3 working days", "pack_late"),
            due="1 working day",
        ),
    ),
    (
        "pack_late",
        "Not packed",
        Ask(
            "warehouse-lead",
            (Answer("packed", "Packed now", "book"), Answer("no", "Cannot be packed", "refund")),
            Lateness("2 working days", "refund"),
        ),
    ),
    (
        "book",
        "Book the carrier",
        Run(
            "shipping.hand_over",
            "20s",
            on_error={"AddressRefused": "address", "CarrierDown": "other_carrier"},
        ),
    ),
    ("parcels", "Send every parcel", Each("fulfilment.flow", Lateness("60 days", "trace"))),
    ("told", "Tell the customer it is on its way", Tell("shipped")),
    ("delivered", "Wait for delivery", WaitFor("carrier.delivered", Lateness("14 days", "trace"))),
    (
        "thanks",
        "Thank the customer and ask for a review of what was made for them",
        Tell("delivered"),
        "done",
    ),
    (
        "address",
        "Correct the address",
        Ask(
            "support",
            (Answer("ok", "Corrected", "book"), Answer("no", "Cannot be reached", "refund")),
            Lateness("3 working days", "refund"),
        ),
    ),
    (
        "other_carrier",
        "Choose another carrier",
        Ask("warehouse-lead", (Answer("ok", "Chosen", "book"),), Lateness("1 working day", "book")),
    ),
    (
        "trace",
        "Trace the parcel",
        Ask(
            "support",
            (
                Answer("there", "It has arrived", "thanks"),
                Answer("way", "Still on its way", "delivered"),
                Answer("lost", "Lost, make it again", "queue"),
                Answer("gone", "Lost, pay back", "refund"),
            ),
            Lateness("10 working days", "refund"),
            due="2 working days",
        ),
    ),
    (
        "again",
        "Hold the money again",
        Run("payment.authorize", "20s", on_error={"PaymentDeclined": "tell_declined"}),
        "capture",
    ),
    ("tell_declined", "Ask the customer to pay", Tell("payment_trouble")),
    (
        "paid",
        "Wait for a working payment",
        WaitFor("payment.received", Lateness("7 days", "tell_cannot")),
        "reserve",
    ),
    (
        "buy",
        "Buy what is missing",
        Ask(
            "buyer",
            (Answer("here", "It has come", "reserve"), Answer("no", "Not to be had", "tell_cannot")),
            Lateness("20 working days", "tell_cannot"),
            due="10 working days",
        ),
    ),
    ("refund", "Give the money back", Run("payment.refund", "20s")),
    ("tell_cannot", "Tell the customer that it cannot be done", Tell("cancelled"), "called_off"),
    ("refuse", "Tell the customer that we cannot take the order", Tell("cancelled"), "refused"),
)
ENDS = (
    End("done", "Completed", "completed"),
    End("called_off", "Called off", "cancelled", undo=True),
    End("refused", "Refused as fraud", "cancelled", undo=True),
)


def workshop() -> Flow:
    following = [*(each[0] for each in STEPS[1:]), "done"]
    steps = tuple(
        Step(id, title, does, *(then or (after,)))
        for (id, title, does, *then), after in zip(STEPS, following, strict=True)
    )
    return Flow(
        name="workshop",
        level=Level.ORDER,
        title="Made to order, from the drawing to the door",
        steps=steps,
        ends=ENDS,
        about="An invented shop that makes what it sells.",
        cancel_until="make",
        on_cancel="tell_cannot",
    )
