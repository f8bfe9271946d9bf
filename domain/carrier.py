"""The carriers we know, and how each writes its numbers."""

import re
from dataclasses import dataclass

from domain import check_digit
from domain.check_digit import CheckDigit

SIMULATED = "SIM"


@dataclass(frozen=True, slots=True)
class Format:
    """
    One way to write a number; without `check`, only its shape can be told.

    The pattern's group `serial` is what the check digit, group `digit`, guards.
    """

    pattern: re.Pattern[str]
    check: CheckDigit | None = None
    prepend: str = ""  # counted before the serial, though it is not printed

    def fits(self, number: str) -> bool:
        """Whether `number` has this shape, right or wrong."""
        return self.pattern.fullmatch(number) is not None

    def holds(self, number: str) -> bool:
        """Whether it has this shape and, where there is one, the right check digit."""
        match = self.pattern.fullmatch(number)
        if match is None or self.check is None:
            return match is not None
        return self.check(self.prepend + match["serial"]) == match["digit"]


@dataclass(frozen=True, slots=True)
class Carrier:
    """`link` has `{number}` where the number goes; empty when we cannot link."""

    name: str
    link: str
    formats: tuple[Format, ...]


def _format(pattern: str, check: CheckDigit | None = None, prepend: str = "") -> Format:
    return Format(re.compile(pattern, re.ASCII), check, prepend)


def _s10(country: str) -> Format:
    """How the postal services of the world number what crosses a border."""
    return _format(rf"[A-Z]{{2}}(?P<serial>\d{{8}})(?P<digit>\d){country}", check_digit.s10)


# A label of USPS may begin with the ZIP code it goes to; the mailer's own number, which follows
# the three digits of the service, has nine digits when it begins with 9, else six.
_ZIP = r"(?:420\d{5}(?:\d{4})?)?"

_UPS = Carrier(
    "UPS",
    "https://www.ups.com/track?tracknum={number}",
    (
        _format(r"1Z(?P<serial>[A-Z0-9]{15})(?P<digit>\d)", check_digit.ups),
        _format(r"[AHJKTV](?P<serial>\d{9})(?P<digit>\d)", check_digit.ups),
    ),
)

_USPS = Carrier(
    "USPS",
    "https://tools.usps.com/go/TrackConfirmAction?tLabels={number}",
    (
        _format(
            _ZIP + r"(?P<serial>94\d{3}(?:\d{16}|\d{20}|9\d{23}))(?P<digit>\d)",
            check_digit.mod10,
        ),
        _format(
            _ZIP + r"(?P<serial>(?:92\d{3}9|93\d{3}[0-8]|95\d{4})(?:\d{15}|\d{19}))(?P<digit>\d)",
            check_digit.mod10,
        ),
        _format(_ZIP + r"(?P<serial>91\d{19})(?P<digit>\d)", check_digit.mod10),
        _format(_ZIP + r"(?P<serial>\d{19})(?P<digit>\d)", check_digit.mod10, prepend="91"),
        _format(r"(?P<serial>\d{19})(?P<digit>\d)", check_digit.mod10),
        _s10("US"),
    ),
)

_FEDEX = Carrier(
    "FedEx",
    "https://www.fedex.com/fedextrack/?trknbr={number}",
    (
        _format(r"(?P<serial>\d{11})(?P<digit>\d)", check_digit.fedex_express),
        _format(r"[0-8]\d{19}(?P<serial>\d{13})(?P<digit>\d)", check_digit.fedex_express),
        _format(r"96\d{18}(?P<serial>\d{13})(?P<digit>\d)", check_digit.fedex_express),
        _format(r"3\d{15}(?P<serial>\d{11})(?P<digit>\d)\d{4}", check_digit.fedex_express),
        _format(r"(?P<serial>\d{14})(?P<digit>\d)", check_digit.mod10),
        _format(r"\d{2}(?P<serial>\d{15})(?P<digit>\d)", check_digit.mod10),
        _format(r"96\d{5}(?P<serial>\d{14})(?P<digit>\d)", check_digit.mod10),
    ),
)

_DHL = Carrier(
    "DHL",
    "https://www.dhl.com/en/express/tracking.html?AWB={number}",
    (
        _format(r"(?P<serial>\d{9,10})(?P<digit>\d)", check_digit.mod7),
        _format(r"J[A-Z]{2,3}\d{9,10}"),
        _format(r"(?:GM|LX|RX|UV|CN|SG|TH|IN|HK|MY)(?=[A-Z]*\d)[0-9A-Z]{10,39}"),
        _format(r"\d{14}"),
    ),
)

_DPD = Carrier(
    "DPD",
    "https://www.dpdgroup.com/nl/mydpd/my-parcels/track?lang=en&parcelNumber={number}",
    (
        _format(r"(?P<serial>\d{27})(?P<digit>[0-9A-Z])", check_digit.mod37),
        _format(r"(?P<serial>\d{14})(?P<digit>[0-9A-Z])", check_digit.mod37),
    ),
)

_CANADA_POST = Carrier(
    "Canada Post",
    "https://www.canadapost-postescanada.ca/track-reperage/en#/search?searchFor={number}",
    (_format(r"(?P<serial>\d{15})(?P<digit>\d)", check_digit.mod10), _s10("CA")),
)

_ROYAL_MAIL = Carrier(
    "Royal Mail",
    "https://www.royalmail.com/track-your-item#/tracking-results/{number}",
    (_s10("GB"),),
)

_DEUTSCHE_POST = Carrier(
    "Deutsche Post",
    "https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode={number}",
    (_s10("DE"),),
)

_LA_POSTE = Carrier(
    "La Poste", "https://www.laposte.fr/outils/suivre-vos-envois?code={number}", (_s10("FR"),)
)

_AUSTRALIA_POST = Carrier(
    "Australia Post", "https://auspost.com.au/mypost/track/#/details/{number}", (_s10("AU"),)
)

_PUROLATOR = Carrier(
    "Purolator",
    "https://www.purolator.com/en/shipping/tracker?searchValue={number}",
    (
        _format(r"(?P<serial>[0-5]\d{10})(?P<digit>\d)", check_digit.luhn),
        _format(r"[A-Z]{3}\d{9}"),
    ),
)

# The letter stands for a first digit of 4 or 5, which is counted unless it is printed.
_ONTRAC = Carrier(
    "OnTrac",
    "https://www.ontrac.com/tracking/?number={number}",
    (
        _format(r"C(?P<serial>[0-35-9]\d{12})(?P<digit>\d)", check_digit.ups, prepend="4"),
        _format(r"C(?P<serial>4\d{12})(?P<digit>\d)", check_digit.ups),
        _format(r"D(?P<serial>[0-46-9]\d{12})(?P<digit>\d)", check_digit.ups, prepend="5"),
        _format(r"D(?P<serial>5\d{12})(?P<digit>\d)", check_digit.ups),
    ),
)

_LASERSHIP = Carrier(
    "LaserShip",
    "",
    (
        _format(r"L[AIEHNX][1-3]\d{7}"),
        _format(r"1LS7[12]\d{10}"),
        _format(r"1LS7[12]\d{2}01[1-4]\d{6}1"),
        _format(r"1LSCX[0-9A-Z]{10}"),
    ),
)

_OLD_DOMINION = Carrier(
    "Old Dominion",
    "https://www.odfl.com/us/en/tools/trace-track-ltl-freight/trace.html?proNumbers={number}",
    (
        _format(r"(?P<serial>(?:77[78]|072|780)\d{7})(?P<digit>\d)", check_digit.luhn),
        _format(r"(?P<serial>80\d{8})(?P<digit>\d)", check_digit.luhn),
    ),
)

_CANPAR = Carrier(
    "Canpar",
    "https://www.canpar.com/en/track/tracking.jsp?reference={number}&locale=en",
    (_format(r"[CDKLSUXZ]\d{21}"),),
)

_SPEE_DEE = Carrier(
    "Spee-Dee", "https://www.speedeedelivery.com/track/?tracking={number}", (_format(r"SP\d{18}"),)
)

_YODEL = Carrier("Yodel", "https://www.yodel.co.uk/tracking/{number}", (_format(r"JJ?D\d{16}"),))

_YUN_EXPRESS = Carrier(
    "YunExpress", "https://www.yuntrack.com/parcelTracking?id={number}", (_format(r"YT\d{16}"),)
)

_GOFO = Carrier(
    "GOFO Express",
    "https://www.gofoexpress.com/tracking.html?searchID={number}",
    (_format(r"GFUS\d{14}"),),
)

_LANDMARK = Carrier(
    "Landmark Global", "https://track.landmarkglobal.com/?search={number}", (_format(r"LTN\d{8}N1"),)
)

_AMAZON = Carrier("Amazon", "", (_format(r"TB[ACM]\d{12}"), _format(r"[AFC]\d{10}")))

_SIMULATED = Carrier(
    SIMULATED,
    "https://parcels.example/{number}",
    (_format(r"SIM(?P<serial>\d{14})(?P<digit>\d)", check_digit.mod10),),
)

CARRIERS = (
    _SIMULATED,
    _UPS,
    _FEDEX,
    _USPS,
    _DHL,
    _DPD,
    _CANADA_POST,
    _ROYAL_MAIL,
    _DEUTSCHE_POST,
    _LA_POSTE,
    _AUSTRALIA_POST,
    _PUROLATOR,
    _ONTRAC,
    _LASERSHIP,
    _OLD_DOMINION,
    _CANPAR,
    _SPEE_DEE,
    _YODEL,
    _YUN_EXPRESS,
    _GOFO,
    _LANDMARK,
    _AMAZON,
)

# Any postal service of the world; the group `country` says whose.
POSTAL = _s10("(?P<country>[A-Z]{2})")
