"""One order of each kind that a large shop has, written down as its workflow would."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from adapters.database.engine import Database
from adapters.database.journal.steps import Journal
from adapters.database.mail.notices import keep_letter, mark_sent
from adapters.database.order.fulfilments import save_fulfilments
from adapters.database.order.orders import Orders
from adapters.database.payment.ledger import post
from domain.act import Act, ActKind, ActRecord, ActResult, Outcome
from domain.fulfilment import Fulfilment, FulfilmentLine
from domain.journal import (
    AnswerOption,
    Batch,
    Entry,
    EntryKind,
    IncidentOpened,
    LaneStatus,
    WaitClosed,
    WaitOpened,
)
from domain.money import Money
from domain.notice import Letter, Notice
from domain.order import Address, Customer, Delivery, DeliveryMethod, Line, Order, PaymentTerms
from domain.placement import Placement
from domain.posting import Slip

NUMBER, EMAIL, NAME = "TPL%06d", "ada@template.example", "Ada Template"
TOTAL, NOUGHT = Money(7490, "EUR"), Money(0, "EUR")
# Kind -> how many of a hundred thousand; of the open ones, tasks say how many in all.
KINDS = {"done": 90_000, "sent": 4_000, "cancelled": 800, "stopped": 200}
OPEN = {"pack": 0.8, "review": 0.2}
WORDS = (
    "The order came in",
    "Screened for fraud: nothing found",
    "EUR 74.90 is held",
    "Two items are promised from main",
    "Waits for the warehouse: Pick and pack",
    "Packed",
    "EUR 74.90 was taken",
    "Handed to the carrier",
    "Delivered",
)


class Template:
    """The order of one kind, at `placed`; `flows` are the versions it follows."""

    def __init__(self, url: str, kind: str, n: int, placed: datetime, flows: dict[str, str]) -> None:
        self._database, self._kind, self._placed, self._flows = Database(url), kind, placed, flows
        self.number = NUMBER % n
        self._part = f"{self.number}-F1"
        self._journal, self._pages = Journal(url, dict), 0

    def write(self) -> None:
        book = Orders(self._database.url)
        book.place(
            _order(self.number, self._placed), Placement("standard", self._flows, body="{}"), self._placed
        )
        book.started(self.number, self._placed)
        if self._kind != "review":
            self._hold_and_promise()
        getattr(self, f"_{self._kind}")()
        self._mail()

    def _review(self) -> None:
        looks = (AnswerOption("approve", "Looks fine"), AnswerOption("refuse", "Fraud", {"why": "text"}))
        show = {"order.total": "EUR 74.90", "screen.reasons": ["a first order", "another address"]}
        self._page(
            2,
            WaitOpened(
                self.number,
                "review",
                1,
                "ask",
                "Review for fraud",
                self._at(2),
                role="fraud",
                answers=looks,
                show=show,
                due="4 hours",
                late="1 day",
                late_then="escalate",
            ),
        )

    def _pack(self) -> None:
        self._page(5, self._packing())

    def _sent(self) -> None:
        self._leave("")

    def _done(self) -> None:
        self._leave("completed")

    def _cancelled(self) -> None:
        self._page(5, ended="cancelled")

    def _stopped(self) -> None:
        broken = IncidentOpened(
            self._part,
            self._part,
            "book",
            "Book the parcel",
            "The carrier does not answer.",
            "ops",
            ("ops",),
            self._at(6),
        )
        self._page(5, incidents=(broken,))

    def _packing(self) -> WaitOpened:
        packed = AnswerOption("packed", "Packed", {"parcel_weight": "grams"})
        short = AnswerOption("short", "Item missing", {"missing": "lines"})
        show = {"fulfilment.lines": [{"sku": "TEAPOT", "quantity": "2"}], "fulfilment.location": "main"}
        return WaitOpened(
            self._part,
            "pack",
            1,
            "ask",
            "Pick and pack",
            self._at(5),
            role="warehouse",
            answers=(packed, short),
            show=show,
            scan="fulfilment.lines",
            due="1 working day",
            late="2 working days",
            late_then="tell the team lead",
        )

    def _leave(self, ended: str) -> None:
        task = self._packing()
        self._page(5, task)
        act = Act(f"{self.number}-form", ActKind.ANSWER, target=task.id, answer="packed")
        Orders(self._database.url).record(ActRecord(act, self.number, "pat", "warehouse", "", self._at(6)))
        with self._database.write() as session:
            post(session, self._slip("capture").captured(f"ch_{self.number}", TOTAL, f"pi_{self.number}"))
        closed = (WaitClosed(task.id, self._at(6), act.id),)
        self._page(
            9 if ended else 8,
            closed=closed,
            acts={act.id: ActResult(Outcome.DONE)},
            ended=ended,
            facts={"tracking": f"1Z{self.number}", "carrier": "UPS", "state": "shipped"},
        )

    def _hold_and_promise(self) -> None:
        line = (FulfilmentLine(0, "TEAPOT", Decimal(2)),)
        with self._database.write() as session:
            whole = Fulfilment(
                self._part, self.number, DeliveryMethod.SHIP, "main", "warehouse", line, TOTAL
            )
            save_fulfilments(session, (whole,))
            until = self._placed + timedelta(days=7)
            post(session, self._slip("authorize").authorized(f"pi_{self.number}", TOTAL, until))

    def _slip(self, op: str) -> Slip:
        return Slip(self.number, "", f"{self.number}:payment.{op}:O.1:v1", self._at(3))

    def _page(
        self,
        told: int,
        *opened: WaitOpened,
        ended: str = "",
        facts: dict[str, Any] | None = None,
        incidents: tuple[IncidentOpened, ...] = (),
        **more: Any,
    ) -> None:
        self._pages += 1
        first = 1 if self._pages == 1 else 6
        lines = tuple(
            Entry(n, self._at(n), EntryKind.STEP, self.number, "accept", WORDS[n - 1])
            for n in range(first, told + 1)
        )
        own = LaneStatus(
            self.number,
            "standard",
            self._flows["standard"],
            "parts",
            "Parcels",
            "End",
            "waiting",
            self._at(4),
            ended,
        )
        part = LaneStatus(
            self._part,
            "warehouse",
            self._flows["warehouse"],
            "pack",
            "Pick and pack",
            "Take the money",
            "waiting",
            self._at(5),
            ended,
            facts or {},
        )
        lanes = (own,) if self._kind == "review" else (own, part)
        self._journal.write(
            Batch(
                self.number,
                self.number,
                self._pages,
                self._at(told),
                1.0,
                entries=lines,
                opened=opened,
                lanes=lanes,
                incidents_opened=incidents,
                ended=ended,
                **more,
            )
        )

    def _mail(self) -> None:
        notice = Notice(f"{self.number}.confirm.1", self.number, self.number, "confirmation")
        text = f"Dear {NAME},\n\nthank you for your order {self.number}.\n"
        letter = Letter(
            notice, self._at(1), "en", f"<{notice.id}@shop.example>", EMAIL, "Thank you", text, text
        )
        with self._database.write() as session:
            keep_letter(session, letter)
            mark_sent(session, notice.id, self._at(1))

    def _at(self, n: int) -> datetime:
        return self._placed + timedelta(minutes=n)


def _order(number: str, placed: datetime) -> Order:
    return Order(
        number=number,
        channel="web",
        placed_at=placed,
        currency="EUR",
        customer=Customer(EMAIL, NAME),
        shipping_address=Address(NAME, "1 High Street", "AB1 2CD", "London", "GB"),
        delivery=Delivery(),
        lines=(
            Line("TEAPOT", "Teapot", Decimal(2), Money(3500, "EUR"), Money(7000, "EUR"), NOUGHT, NOUGHT),
        ),
        shipping=Money(490, "EUR"),
        discount=NOUGHT,
        total=TOTAL,
        payment=PaymentTerms("card", token="tok_ok"),  # noqa: S106 - a card of the simulated gateway
    )
