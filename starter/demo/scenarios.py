"""What becomes of each sample order."""

from datetime import timedelta

from domain.act import HoldKind
from domain.returns import Claim
from starter.demo.doings import (
    INSPECTOR,
    Answers,
    Cancels,
    Holds,
    Receives,
    Releases,
    Reports,
    SendsBack,
    ShowsCode,
)
from starter.demo.scenario import PACKED, Scenario, Visits

PAID = Reports("payment.received", "finance", {"amount": "{total}"})
NOBODY: Visits = ((),)

# Those that take longest come first.
SCENARIOS = (
    Scenario(
        "lost-parcel",
        "parcel lost, money given back",
        "completed",
        "refunded",
        through=("trace", "tell_lost"),
        script={"trace": ((Answers("lost"),),)},
    ),
    Scenario("clean", "nothing out of the ordinary"),
    Scenario(
        "packed-late",
        "not packed in time: the lead packs it",
        through=("escalate",),
        script={"pack": NOBODY, "escalate": ((PACKED,),)},
    ),
    Scenario("two-locations", "split over two locations", parcels=2),
    Scenario(
        "backorder",
        "backorder filled when the goods arrive",
        through=("arrival",),
        script={"stock.arrived": ((Receives("BELL-BIKE", "1"),),)},
    ),
    Scenario(
        "part-backordered",
        "a part at once, the rest from a backorder",
        through=("arrival",),
        script={"stock.arrived": ((Receives("CHAIR-BEECH", "2"),),)},
        parcels=2,
    ),
    Scenario(
        "short-from-annex",
        "short pick: the rest comes from elsewhere",
        through=("split",),
        script={"F1.pack": ((Answers("short", {"missing": "VASE-GLASS{suffix}=1"}),),)},
        parcels=2,
    ),
    Scenario(
        "short-and-backordered",
        "short pick: the rest has to be ordered",
        through=("split", "arrival"),
        script={
            "F1.pack": ((Answers("short", {"missing": "CLOCK-WALL{suffix}=1"}),),),
            "stock.arrived": ((Receives("CLOCK-WALL", "1"),),),
        },
        parcels=2,
    ),
    Scenario(
        "review-approved",
        "fraud review: approved",
        through=("review",),
        script={"review": ((Answers("approve"),),)},
    ),
    Scenario(
        "review-refused",
        "fraud review: refused",
        "cancelled",
        "none",
        parcels=0,
        through=("review",),
        script={"review": ((Answers("refuse"),),)},
    ),
    Scenario(
        "card-declined", "card declined", "cancelled", "failed", parcels=0, through=("tell_declined",)
    ),
    Scenario(
        "cancelled-in-time",
        "cancelled before it was packed",
        "cancelled",
        "voided",
        parcels=0,
        script={"pack": ((Cancels("The customer has changed his mind"),),)},
    ),
    Scenario(
        "bank-transfer",
        "bank transfer, paid in advance",
        through=("receive",),
        script={"payment.received": ((PAID,),)},
    ),
    Scenario(
        "hold-runs-out",
        "card's hold runs out soon: the money is held anew in time",
        # Half an hour has to be long enough for the money to be held anew, and taken.
        top_speed=300,
        script={
            "pack": ((Answers("packed", {"parcel_weight": "800"}, timedelta(minutes=80)),),),
            "carrier.delivered": ((Reports("carrier.delivered", "support", after=timedelta(hours=1)),),),
        },
    ),
    Scenario(
        "never-packed",
        "not packed at all: the lead gives up",
        "cancelled",
        "voided",
        parcels=0,
        through=("escalate",),
        script={"pack": NOBODY, "escalate": ((Answers("give_up"),),)},
    ),
    Scenario(
        "never-paid",
        "bank transfer that never comes",
        "cancelled",
        "none",
        parcels=0,
        through=("tell_unpaid",),
    ),
    Scenario(
        "parcel-found",
        "parcel traced and found",
        through=("trace",),
        script={"trace": ((Answers("arrived"),),)},
    ),
    Scenario(
        "nobody-reviews",
        "not reviewed in time",
        "cancelled",
        "none",
        parcels=0,
        through=("review", "tell_refused"),
    ),
    Scenario(
        "wrong-transfer",
        "bank transfer of a wrong amount, then the right one",
        through=("check_transfer", "receive"),
        script={
            "payment.received": ((Reports("payment.received", "finance", {"amount": "7.74"}),), (PAID,)),
            "check_transfer": ((Answers("wait"),),),
        },
    ),
    Scenario("refused-outright", "refused as fraud without a review", "cancelled", "none", parcels=0),
    Scenario(
        "cancelled-in-review",
        "cancelled during the fraud review",
        "cancelled",
        "none",
        parcels=0,
        script={"review": ((Cancels("The customer stays on his old sofa"),),)},
    ),
    Scenario(
        "one-parcel-cancelled",
        "one of two parcels cancelled",
        script={"F2.pack": ((Cancels("The lamp is too bright", "F2"),),)},
    ),
    Scenario(
        "on-hold",
        "held for its address, then released",
        script={
            "pack": (
                (
                    Holds(HoldKind.INCORRECT_ADDRESS, "The customer travels"),
                    Releases(HoldKind.INCORRECT_ADDRESS),
                    PACKED,
                ),
            )
        },
    ),
    Scenario("gateway-down", "payment gateway away for an hour"),
    Scenario("answer-lost", "payment gateway's answers lost"),
    Scenario("came-authorized", "authorised by the shop before"),
    Scenario("came-paid", "paid in the shop before"),
    Scenario("invoice", "paid by invoice"),
    Scenario("yen", "in yen, which have no decimals"),
    Scenario("dinar", "in dinar, which have three decimals"),
    Scenario("gift", "a regular's gift, by the metre"),
    Scenario(
        "return-never-sent",
        "return opened, and never sent back",
        script={"arrival": NOBODY},
        comes_back=SendsBack("ATLAS-WORLD", "1", "Wrong century", faster=4),
        returned="closed",
    ),
    Scenario(
        "pickup",
        "picked up: a wrong code, then the right one",
        through=("tell_ready", "check", "tell_collected"),
        script={"collect": ((Answers("code", {"code": "open sesame"}),), (ShowsCode(),))},
    ),
    Scenario(
        "pickup-never",
        "never picked up: back on the shelf",
        "cancelled",
        "refunded",
        parcels=0,
        through=("tell_reminder", "tell_not_collected"),
        script={"collect": NOBODY, "last_call": NOBODY},
    ),
    Scenario(
        "drop-ship",
        "a part from us, a part from the supplier",
        through=("answer", "shipped", "tell_delivered"),
        parcels=2,
    ),
    Scenario(
        "drop-ship-rejected", "the supplier has none: we send our part", through=("tell_not_available",)
    ),
    Scenario(
        "drop-ship-cancelled",
        "called off: the supplier lets it go",
        "cancelled",
        "voided",
        parcels=0,
        through=("let_go",),
        # The supplier has to be asked before it ships.
        top_speed=2_000,
        script={"partner.shipped": ((Cancels("The cabinet is too heavy"),),)},
    ),
    Scenario(
        "made-to-order",
        "made to order, with a flaw the first time",
        through=("tell_queued", "tell_started", "tell_make_delay"),
        script={"inspect": ((Answers("flawed", by=INSPECTOR),),)},
    ),
    Scenario(
        "local-delivery",
        "brought round; nobody was there the first time",
        through=("tell_round", "tell_missed"),
        script={"deliver": ((Answers("missed"),),)},
    ),
    Scenario(
        "third-party",
        "sent by a fulfilment service",
        through=("answer", "picked", "shipped", "commit"),
    ),
    Scenario(
        "return-accepted",
        "return accepted: back on the shelf",
        "completed",
        "partially_refunded",
        through=("restock", "tell_refunded"),
        script={"inspect": ((Answers("accepted", {"goods": "BOOTS-HIKING{suffix}=1"}),),)},
        comes_back=SendsBack("BOOTS-HIKING", "1", "One pair is enough"),
        returned="refunded",
    ),
    Scenario(
        "return-damaged",
        "return damaged: paid back, not sold again",
        "completed",
        "partially_refunded",
        through=("accept_damaged", "tell_refunded"),
        script={"inspect": ((Answers("damaged", {"goods": "VIOLIN-3-4{suffix}=1"}),),)},
        comes_back=SendsBack("VIOLIN-3-4", "1", "A string has snapped"),
        returned="refunded",
    ),
    Scenario(
        "return-refused",
        "return refused: it was used",
        through=("refuse", "tell_refused"),
        script={"inspect": ((Answers("refused", {"goods": "DIARY-2027{suffix}=1"}),),)},
        comes_back=SendsBack("DIARY-2027", "1", "I have nothing to write"),
        returned="declined",
    ),
    Scenario(
        "return-claimed",
        "arrived broken: paid back, nothing sent back",
        "completed",
        "refunded",
        through=("check", "tell_refunded"),
        comes_back=SendsBack("THERMOS-1L", "2", "Both leak", Claim.DAMAGED),
        returned="refunded",
    ),
)
