"""
What can go wrong with an order, in the shop's own words.

    OrderError
    ├── Refused                     the answer is no, and will stay no: never retried
    │   ├── BadInput                a file or form that cannot be taken, naming the field
    │   │   └── OrderNotTaken       an order that is none of ours to keep: cancelled, closed, shipped ...
    │   ├── FlowRefused             a flow or rule file with findings
    │   ├── NotFound                no such order, task or incident
    │   ├── OrderConflict           this number is taken by another order
    │   ├── OrderEnded              the order is finished
    │   ├── ActRefused              an answer, event or request that does not fit now
    │   ├── PaymentDeclined         the bank said no
    │   ├── AuthorizationExpired    the money is no longer held
    │   ├── AmountDiffers           another amount came than was asked for
    │   ├── PaymentDisputed         the customer's bank decides about the money: nothing is given back
    │   ├── PaymentMisused          our key or amount is wrong: our bug, a person must look
    │   ├── OutOfStock              not there, and not coming
    │   ├── UnknownItem             a SKU this shop does not know
    │   ├── WrongCode               not the code that the customer was given
    │   ├── RecipientRefused        the mail address is wrong or refuses mail
    │   └── SettingsRefused         the environment or config folder is wrong
    └── Unavailable                 no answer yet: retried
        ├── GatewayUnavailable
        ├── RefundPending           on its way, not there yet
        ├── CarrierUnavailable
        ├── PartnerUnavailable
        ├── ShopUnavailable         a web shop, or a program that is told of orders
        ├── MailUnavailable
        ├── DatabaseUnavailable
        └── TemporalUnavailable
"""

from datetime import timedelta


class OrderError(Exception):
    """Its message is a sentence a clerk understands."""


class Refused(OrderError):
    pass


class BadInput(Refused):
    """`field` is the path of what is wrong, as in `lines[2].quantity`."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.field = field


class OrderNotTaken(BadInput):
    pass


class FlowRefused(Refused):
    pass


class NotFound(Refused):
    pass


class OrderConflict(Refused):
    pass


class OrderEnded(Refused):
    pass


class ActRefused(Refused):
    pass


class PaymentDeclined(Refused):
    pass


class AuthorizationExpired(Refused):
    pass


class AmountDiffers(Refused):
    pass


class PaymentDisputed(Refused):
    pass


class PaymentMisused(Refused):
    pass


class OutOfStock(Refused):
    pass


class UnknownItem(Refused):
    pass


class WrongCode(Refused):
    pass


class RecipientRefused(Refused):
    pass


class SettingsRefused(Refused):
    pass


class Unavailable(OrderError):
    """`again_after` is when asking again makes sense, where that is known."""

    again_after: timedelta | None = None


class GatewayUnavailable(Unavailable):
    pass


class RefundPending(Unavailable):
    def __init__(self, message: str, again_after: timedelta) -> None:
        super().__init__(message)
        self.again_after = again_after


class CarrierUnavailable(Unavailable):
    pass


class PartnerUnavailable(Unavailable):
    pass


class ShopUnavailable(Unavailable):
    pass


class MailUnavailable(Unavailable):
    pass


class DatabaseUnavailable(Unavailable):
    pass


class TemporalUnavailable(Unavailable):
    pass
