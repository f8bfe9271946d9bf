"""A ledger whose process dies between what the gateway did and its record."""

from typing import Any

from adapters.database.payment.ledger import Ledger
from domain.step import StepResult


class Killed(BaseException):
    """The process is gone: the gateway has done it, and nobody wrote it down."""


class MortalLedger(Ledger):
    """Dies at the next record, once `dies` is set."""

    dies = False

    def settle(self, *asked: Any) -> StepResult:
        if self.dies:
            self.dies = False
            raise Killed
        return super().settle(*asked)
