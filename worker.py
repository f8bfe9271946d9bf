"""Where ports meet adapters: the worker of this shop."""

import asyncio
import gc
import logging
import os
import signal
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as time_of_day
from functools import partial
from importlib.metadata import version
from typing import Any
from zoneinfo import ZoneInfo

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.clock import OneClock
from activities.errors import NamedErrors
from activities.fraud import FraudActivities, FraudRules, Results
from activities.journal import Journal, JournalActivities
from activities.mail import MailActivities, Post
from activities.partner import PartnerActivities, Partners
from activities.payment import PaymentActivities, Payments
from activities.pickup import PickupActivities, Pickups
from activities.returns import ReturnActivities, Returns
from activities.shipping import Shipping, ShippingActivities
from activities.stock import Stock, StockActivities
from adapters.carrier.handing import Handing
from adapters.carrier.simulated import SimulatedCarrier
from adapters.database import results as our_results
from adapters.database.desk.bugs import Bugs
from adapters.database.desk.desk import Desk
from adapters.database.engine import Database
from adapters.database.journal import steps as our_journal
from adapters.database.numbers.daily import DailyBook
from adapters.database.order.orders import Orders as OrderBook
from adapters.database.partner.summaries import SummaryShelf
from adapters.database.payment.fees import FeeBook
from adapters.database.payment.gateway_news import NewsBook
from adapters.database.payment.ledger import Ledger
from adapters.database.reconcile.auditor import Auditor
from adapters.database.returns import steps as our_returns
from adapters.database.schema import migrate
from adapters.database.shipping import pickups as our_pickups
from adapters.database.shipping.carrier_news import CarrierNewsBook
from adapters.database.shipping.parcel_news import ParcelNews
from adapters.database.stock import keeping as our_keeping
from adapters.database.stock import steps as our_stock
from adapters.database.stock.scarcity import StockNotices
from adapters.mail.buyers import BuyersPost
from adapters.mail.letter import Shop
from adapters.mail.owners import Habits, OwnersPost
from adapters.mail.parcels import ParcelPost
from adapters.mail.post import Post as MailPost
from adapters.mail.server import MailServer
from adapters.mail.templates import Templates
from adapters.partner.chosen import ChosenPartners
from adapters.partner.people import PeoplePartners
from adapters.partner.simulated import SimulatedPartners
from adapters.partner.summary import Sending, Summaries
from adapters.payment.breaker import Breaker
from adapters.payment.cashier import Cashier
from adapters.payment.gateway import Gateway
from adapters.payment.simulated import SimulatedGateway
from adapters.payment.tariff import FREE, USUAL
from config.actions import actions_of, steps_of
from config.current import CurrentShop
from config.settings import NEVER, SHIPPED, Settings
from domain.errors import SettingsRefused, TemporalUnavailable
from starter.cli.documents import bills_of
from starter.cli.shop import Place, whereabouts
from starter.cli.web_shops import loops
from starter.client import connect
from starter.clock import now
from starter.orders import Orders
from starter.relay import Relay, Reporter, temporal_answers
from starter.rounds import Rounds
from starter.server.stopping import on_signals
from starter.server.whereabouts import read
from starter.stuck import Watch
from workflows.order import OrderWorkflow
from workflows.resend import ResendWorkflow
from workflows.returns import ReturnWorkflow

# An order waiting in memory, half a megabyte each, goes on at once; others are replayed first.
CACHED_ORDERS = 2_000
# Few, so that each is done well within its 5 s: a hundred at once ran late and were all done twice.
ORDERS_AT_ONCE = 16
LOCAL_STEPS = 16
STEPS = 100
THREADS = STEPS + LOCAL_STEPS
# Steps under way get this long to end when the worker is asked to stop.
GRACE = timedelta(seconds=5)
# After a worker was killed, its orders are given to another one after this.
STICKY_WAIT = timedelta(seconds=5)
# Seconds from one look to the next: at what may come at any time, and at what comes once a day.
LOOK_SECONDS, DAILY_SECONDS = 5.0, 60.0

log = logging.getLogger("worker")


@dataclass(frozen=True, slots=True)
class Ports:
    """
    Everything the steps need from the world. `reporters` and `watches` have news of their own, `shop` is
    the config folder as it stands.
    """

    shop: CurrentShop
    journal: Journal
    fraud: FraudRules
    results: Results
    stock: Stock
    returns: Returns
    payments: Payments
    shipping: Shipping
    partners: Partners
    pickups: Pickups
    post: Post
    reporters: tuple[Reporter, ...] = ()
    watches: tuple[Callable[[], Coroutine[Any, Any, None]], ...] = ()  # what runs as long as the worker
    own: tuple[Callable[..., Any], ...] = ()  # the shop's own steps


def build_worker(client: Client, ports: Ports, task_queue: str) -> Worker:
    return Worker(
        client,
        task_queue=task_queue,
        workflows=[OrderWorkflow, ReturnWorkflow, ResendWorkflow],
        activities=_steps(ports),
        activity_executor=ThreadPoolExecutor(THREADS, thread_name_prefix="step"),
        interceptors=[NamedErrors(), OneClock()],
        # Our workflows have no clock, no dice and no state but their own: contracts on imports, the linter,
        # and tests inside the sandbox see to it. Here it would cost a tenth of the work.
        workflow_runner=UnsandboxedWorkflowRunner(),
        # Else the SDK reads the code of every module there is, for a name that nobody knows.
        build_id=f"orderkeeper-{version('orderkeeper')}",
        max_cached_workflows=CACHED_ORDERS,
        max_concurrent_workflow_tasks=ORDERS_AT_ONCE,
        max_concurrent_activities=STEPS,
        max_concurrent_local_activities=LOCAL_STEPS,
        sticky_queue_schedule_to_start_timeout=STICKY_WAIT,
        graceful_shutdown_timeout=GRACE,
    )


def _steps(ports: Ports) -> list[Callable[..., Any]]:
    journal = JournalActivities(ports.journal)
    fraud = FraudActivities(ports.fraud, ports.results)
    stock = StockActivities(ports.stock)
    returns = ReturnActivities(ports.returns)
    payments = PaymentActivities(ports.payments)
    shipping = ShippingActivities(ports.shipping)
    partners = PartnerActivities(ports.partners)
    pickups = PickupActivities(ports.pickups)
    mail = MailActivities(ports.post)
    return [
        *(journal.begin, journal.flow, journal.write),
        fraud.screen,
        *(
            stock.reserve,
            stock.split,
            stock.release,
            stock.commit,
            stock.keep,
            stock.restock,
            stock.take_out,
        ),
        *(payments.authorize, payments.capture, payments.receive, payments.void),
        *(payments.refund, payments.pay_back, payments.renew, payments.collect),
        *(returns.begin, returns.receive, returns.accept, returns.accept_damaged, returns.refuse),
        *(returns.accept_rest, returns.leave, returns.trust, returns.send_exchange, returns.drop_exchange),
        shipping.hand_over,
        *(partners.order, partners.cancel, partners.hand_over),
        *(pickups.code, pickups.check),
        mail.send,
        *ports.own,
    ]


def adapters(settings: Settings) -> Ports:
    """:raises SettingsRefused: the environment or config folder is wrong."""
    url = settings.database_url
    database = Database(url)
    shop = CurrentShop(settings.config, actions_of(settings))
    carrier, post = SimulatedCarrier(database), _post(settings, database, shop)
    people = PeoplePartners(database, post)
    simulated = SimulatedPartners(database)
    partners = ChosenPartners(database, simulated, people, lambda: shop.now().partners)
    return Ports(
        shop=shop,
        journal=our_journal.Journal(url, shop.calendars),
        fraud=shop,
        results=our_results.Results(url),
        stock=our_stock.Stock(url, shop.route, shop.ship_by),
        returns=our_returns.Returns(url),
        payments=Cashier(Ledger(url), gateway_of(settings), at_once=settings.take_at_once),
        shipping=Handing(database, None if settings.easypost_key else carrier),
        partners=partners,
        pickups=our_pickups.Pickups(url),
        post=post,
        reporters=(
            carrier.report,
            partners.report,
            our_keeping.Expiry(url).sweep,
            NewsBook(url).report,
            CarrierNewsBook(url).report,
            bills_of(settings).report,
        ),
        watches=(*_watches(settings), _daily(settings, shop).run, *_owners(settings, shop)),
        own=steps_of(settings),
    )


def gateway_of(settings: Settings) -> Gateway:
    """Stripe where the shop has a key of theirs, else our own."""
    if not settings.stripe_key:
        return SimulatedGateway(settings.database_url, tariff=USUAL if settings.simulated_fees else FREE)
    # Only a shop that uses it pays for loading it.
    from adapters.payment.stripe.gateway import StripeGateway  # noqa: PLC0415

    return Breaker(StripeGateway(settings.stripe_key), time.monotonic)


def _watches(settings: Settings) -> tuple[Callable[[], Coroutine[Any, Any, None]], ...]:
    return (*_missed_payments(settings), *_followed_parcels(settings))


def _followed_parcels(settings: Settings) -> tuple[Callable[[], Coroutine[Any, Any, None]], ...]:
    if not settings.easypost_key:
        return ()
    # Only a shop that uses it pays for loading it.
    from adapters.carrier.easypost.client import Trackers  # noqa: PLC0415
    from adapters.carrier.easypost.following import Following  # noqa: PLC0415

    trackers, book = Trackers(settings.easypost_key), CarrierNewsBook(settings.database_url)
    return (Following(trackers, book, now, messages=bool(settings.easypost_secrets)).run,)


def _missed_payments(settings: Settings) -> tuple[Callable[[], Coroutine[Any, Any, None]], ...]:
    if not settings.stripe_key:
        return ()
    # Only a shop that uses it pays for loading it.
    from adapters.payment.stripe.fees import Fees  # noqa: PLC0415
    from adapters.payment.stripe.hourly import Hourly  # noqa: PLC0415
    from adapters.payment.stripe.missed import Missed  # noqa: PLC0415
    from adapters.payment.stripe.reading import Reader  # noqa: PLC0415

    reader, url = Reader(settings.stripe_key), settings.database_url
    missed = Missed(reader, NewsBook(url), now, live=settings.stripe_is_live)
    fees = Fees(reader, FeeBook(url), now)
    return Hourly(missed.look, "messages").run, Hourly(fees.look, "fees").run


def _post(settings: Settings, database: Database, shop: CurrentShop) -> MailPost:
    zone = settings.zone or shop.now().zone
    us = Shop(settings.shop_name, settings.shop_url, settings.reply_to, settings.links(), zone)
    server, partners = MailServer.parse(_smtp_url(settings)), lambda: shop.now().partners
    return MailPost(database, _templates(settings), server, us, settings.mail_from, partners)


def _daily(settings: Settings, shop: CurrentShop) -> Rounds:
    """By the clock that hangs in the shop."""

    def here() -> datetime:
        return now().astimezone(ZoneInfo(settings.zone or shop.now().zone))

    return Rounds(_summaries(settings, shop).report, here, "partners what they had", DAILY_SECONDS)


def _summaries(settings: Settings, shop: CurrentShop) -> Summaries:
    zone = settings.zone or shop.now().zone
    us = Shop(settings.shop_name, settings.shop_url, settings.reply_to, zone=zone)
    server = MailServer.parse(_smtp_url(settings))
    sending = Sending(_templates(settings), server, us, settings.mail_from)
    return Summaries(SummaryShelf(settings.database_url), sending, lambda: shop.now().partners)


def _owners(settings: Settings, shop: CurrentShop) -> tuple[Callable[[], Coroutine[Any, Any, None]], ...]:
    """None where the owners do not want to be written to."""
    if settings.report_at == NEVER:
        return ()
    url, us = settings.database_url, Shop(settings.shop_name, settings.shop_url, settings.reply_to)
    habits = Habits(
        at=time_of_day.fromisoformat(settings.report_at),
        zone=lambda: settings.zone or shop.now().zone,
        recipient=settings.report_to or settings.reply_to,
        reconcile=Auditor(url, simulated=not settings.stripe_key).differences,
    )
    server = MailServer.parse(_smtp_url(settings))
    post = OwnersPost(DailyBook(url), _templates(settings), server, us, settings.mail_from, habits)
    return (Rounds(post.report, now, "the owners how the day was", DAILY_SECONDS).run,)


def _buyers_post(settings: Settings) -> BuyersPost:
    shop = Shop(settings.shop_name, settings.shop_url, settings.reply_to)
    server = MailServer.parse(_smtp_url(settings))
    notices, templates = StockNotices(settings.database_url), _templates(settings)
    return BuyersPost(notices, templates, server, shop, settings.mail_from)


def _parcels(settings: Settings, ports: Ports) -> tuple[Callable[[], Coroutine[Any, Any, None]], ...]:
    """None where the shop leaves it to the carrier to tell its customers."""
    if not settings.parcel_mails or not isinstance(ports.post, MailPost):
        return ()
    post = ParcelPost(ParcelNews(settings.database_url), ports.post)
    return (Rounds(post.report, now, "customers how their parcels get on", LOOK_SECONDS).run,)


def _templates(settings: Settings) -> Templates:
    return Templates(settings.config / "mail", SHIPPED / "mail")


def _smtp_url(settings: Settings) -> str:
    here = read(settings.data)
    if settings.smtp_url:
        return settings.smtp_url
    if here is None or not here.smtp:
        raise SettingsRefused("ORDERKEEPER_SMTP_URL is not set, and no `orders up` takes mail here.")
    return f"smtp://{here.smtp}"


async def serve(settings: Settings) -> None:
    """
    Until SIGTERM or Ctrl-C. Waits for Temporal as long as it takes.

    :raises SettingsRefused: the environment or config folder is wrong.
    """
    stop = on_signals(signal.SIGTERM, signal.SIGINT)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS))
    migrate(Database(settings.database_url))
    ports = adapters(settings)
    place = whereabouts(settings)
    connecting = asyncio.create_task(_client(place))
    await asyncio.wait((connecting, asyncio.create_task(stop.wait())), return_when=asyncio.FIRST_COMPLETED)
    if stop.is_set():
        return
    await _work(settings, ports, place, connecting.result(), stop)


async def _work(
    settings: Settings, ports: Ports, place: Place, client: Client, stop: asyncio.Event
) -> None:
    book = OrderBook(settings.database_url)
    orders = Orders(book, Desk(settings.database_url), now, client, place.task_queue)
    relay = Relay(orders, book, now, partial(temporal_answers, client), ports.reporters)
    async with build_worker(client, ports, place.task_queue):
        # What is loaded by now stays: the collector looks through it no more.
        gc.freeze()
        log.info("At work for the orders of %s at %s", place.task_queue, place.address)
        watch = Watch(client, Bugs(settings.database_url), now)
        buying = Rounds(_buyers_post(settings).report, now, "the buyers what runs low", LOOK_SECONDS)
        parcels = _parcels(settings, ports)
        runs = (
            relay.run,
            watch.run,
            buying.run,
            *parcels,
            *ports.watches,
            *loops(settings, place, ports.shop.now),
        )
        running = [asyncio.create_task(run()) for run in runs]
        await stop.wait()
        log.info("Stopping")
        for task in running:
            task.cancel()


async def _client(place: Place) -> Client:
    if not place.address:
        raise SettingsRefused("No Temporal is named: set TEMPORAL_ADDRESS, or start `orders up` here.")
    while True:
        try:
            return await connect(place.address, place.namespace, **(place.options or {}))
        except TemporalUnavailable as error:
            log.warning("%s Trying again.", error)
            await asyncio.sleep(1)


def main() -> None:
    # `orders` has set up a quiet log for commands; this one is read by operators.
    form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(level=logging.INFO, format=form, force=True)
    for name in ("alembic", "httpx", "stripe"):
        logging.getLogger(name).setLevel(logging.WARNING)
    asyncio.run(serve(Settings.from_env(os.environ)))


if __name__ == "__main__":
    main()
