"""Bugs that others had, or that we could have: each has to turn a named test red."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mutant:
    """Each `old` stands once in the file, and becomes `new`; then `test` fails."""

    name: str
    file: str
    old: str
    new: str
    test: str
    also: tuple[tuple[str, str], ...] = ()

    @property
    def edits(self) -> tuple[tuple[str, str], ...]:
        return ((self.old, self.new), *self.also)

    def planted_in(self, source: str) -> str:
        for old, new in self.edits:
            source = source.replace(old, new)
        return source


TILL = "tests/adapters/payment"
BOOKS = "tests/adapters/database"
OTHERS = "tests/regressions/test_bugs_of_others.py"

MUTANTS = (
    Mutant(
        "a random key for every try",
        "domain/attempt.py",
        'return f"{self.base}:v{self.n}"',
        'import uuid\n        return f"{self.base}{uuid.uuid4()}:v{self.n}"',
        f"{TILL}/test_outcomes.py::test_a_worker_that_dies_between_charge_and_record_charges_once",
    ),
    Mutant(
        "an attempt that is not written down before the gateway is asked",
        "adapters/database/payment/attempts.py",
        "    insert_new(session, AttemptRow, row)\n    made = _last(session, base)\n",
        "    row['n'] += now.microsecond + __import__('random').randrange(9999)\n"
        "    made = AttemptRow(**row)\n",
        f"{TILL}/test_outcomes.py::test_after_a_lost_answer_the_same_key_asks_again",
    ),
    Mutant(
        "a credit note that shares the tax of its invoice, whatever goods came back",
        "adapters/database/payment/taxed.py",
        "        if back is None:\n            return None\n",
        "        if back is None or back.by_parcel:\n            return None\n",
        f"{BOOKS}/payment/test_credit_tax.py::test_a_book_that_comes_back_is_credited_at_its_own_rate",
    ),
    Mutant(
        "a fee that is booked again by each who hears of it",
        "adapters/database/payment/fees.py",
        "fee(fee.id, fee.amount)",
        'fee(f"{fee.id} of {now}", fee.amount)',
        f"{TILL}/test_fees.py::test_two_workers_that_read_the_list_at_once_book_it_once",
    ),
    Mutant(
        "a capture whose key is another at every try",
        "adapters/payment/dealings.py",
        "attempt.key, attempt.target, attempt.amount),\n"
        "            lambda attempt: self._find_capture(call, attempt),\n"
        '            f"The bank declined to pay',
        "f'{attempt.key}{id(attempt)}', attempt.target, attempt.amount),\n"
        "            lambda attempt: self._find_capture(call, attempt),\n"
        '            f"The bank declined to pay',
        f"{OTHERS}::test_a_key_holds_something_that_changes_with_every_try",
    ),
    Mutant(
        "an old key that is not read before it is asked under again",
        "adapters/payment/outcomes.py",
        "        if attempt.must_read(call):",
        "        if False:",
        f"{OTHERS}::test_money_is_held_twice_as_the_gateway_has_forgotten_the_key",
    ),
    Mutant(
        "no UNIQUE over what was posted",
        "adapters/database/tables/money.py",
        '        UniqueConstraint("gateway_object", "kind", "account", name="uq_posting_once"),\n',
        "",
        f"{TILL}/test_taking.py::test_workers_that_run_one_call_at_once_charge_once_and_answer_alike",
    ),
    Mutant(
        "one fact posted twice",
        "adapters/database/payment/ledger.py",
        "    if not insert_new(session, PostingRow, first):\n        return False\n",
        "    insert_new(session, PostingRow, first)\n",
        f"{TILL}/test_taking.py::test_workers_that_run_one_call_at_once_charge_once_and_answer_alike",
    ),
    Mutant(
        "a refund without a limit",
        "adapters/database/payment/refunds.py",
        "    enough = _taking(taking, fulfilment).where(",
        "    return True\n    enough = _taking(taking, fulfilment).where(",
        f"{TILL}/test_giving_back.py::test_refunds_at_once_never_give_back_more_than_was_taken",
    ),
    Mutant(
        "a refund that ignores what was asked before",
        "adapters/database/payment/refunds.py",
        "    if not asked_again(session, call):\n        wanted = select(TakingRow)",
        "    if True:\n        wanted = select(TakingRow)",
        f"{TILL}/test_giving_back.py::test_a_refund_that_is_refused_waits_for_a_person_and_can_be_asked_again",
    ),
    Mutant(
        "money that stays held when an order is called off",
        "adapters/payment/cashier.py",
        "        await self._let_go(call, sheet.to_void())\n",
        "        sheet.to_void()\n",
        f"{TILL}/test_holding.py::test_letting_go_twice_is_as_good_as_once",
    ),
    Mutant(
        "shares of a parcel rounded each for itself",
        "domain/shares.py",
        "    extra = apportion(order.total.minor - sum(goods), goods)\n",
        "    extra = [(order.total.minor - sum(goods)) // len(goods)] * len(goods)\n",
        "tests/domain/test_stock.py::test_the_parcels_cost_together_exactly_what_the_order_costs",
    ),
    Mutant(
        "stock that is read, computed and written",
        "adapters/database/stock/shelves.py",
        "    level = _level(sku, location).where(_free() >= quantity)\n",
        "    level = _level(sku, location)\n",
        f"{BOOKS}/stock/test_overselling.py::test_the_last_one_goes_to_one_of_eight_customers",
        also=((".with_for_update(key_share=True).execution_options", ".execution_options"),),
    ),
    Mutant(
        "two lines of one item checked each alone",
        "domain/stock.py",
        "        sums[piece.sku] = sums.get(piece.sku, NONE) + piece.quantity\n",
        "        sums[piece.sku] = max(sums.get(piece.sku, NONE), piece.quantity)\n",
        "tests/contracts/test_stock.py::test_the_same_item_on_two_lines_is_summed",
    ),
    Mutant(
        "a released promise whose counter stays",
        "adapters/database/stock/reservations.py",
        "    give_back(\n        session, promised.sku",
        "    _ = lambda: give_back(\n        session, promised.sku",
        "tests/contracts/test_stock.py::test_a_released_fulfilment_gives_its_goods_back",
    ),
    Mutant(
        "backorders served in any order",
        "adapters/database/stock/backorders.py",
        "            col(Backorder.express).desc(),\n            col(Backorder.placed_at),\n",
        "            col(Backorder.fulfilment).desc(),\n",
        f"{BOOKS}/stock/test_room.py::test_the_older_order_comes_first_even_if_it_began_to_wait_later",
    ),
    Mutant(
        "more coming back than was shipped",
        "adapters/database/returns/book.py",
        "        if line.quantity > there:\n",
        "        if False:\n",
        "tests/contracts/test_returns.py::test_two_returns_at_once_never_take_more_than_was_shipped",
    ),
    Mutant(
        "damaged goods back on the shelf",
        "adapters/database/returns/restocking.py",
        "    if line.scrapped:\n",
        "    if False:\n",
        "tests/contracts/test_returns.py::test_what_can_be_sold_goes_on_the_shelf_and_the_rest_is_scrapped",
    ),
    Mutant(
        "mail that is sent before it is written down",
        "adapters/mail/post.py",
        "                keep_letter(session, letter)\n",
        "                _ = session\n",
        "tests/adapters/mail/test_post.py::test_a_server_that_dies_after_taking_a_mail_gets_the_very_same_again",
    ),
    Mutant(
        "a notice that was sent, sent again",
        "adapters/mail/post.py",
        "        if letter.state != LetterState.PENDING:\n            return letter.posted\n",
        "",
        "tests/adapters/mail/test_post.py::test_a_notice_sent_before_is_not_sent_again",
    ),
    Mutant(
        "an act that is kept twice",
        "adapters/database/order/acts.py",
        "    if stands is not None:\n        return act_record(stands)\n",
        "",
        f"{BOOKS}/test_audit_log.py::test_an_act_sent_twice_is_told_once",
    ),
    Mutant(
        "an audit log whose entries do not hold each other",
        "domain/audit.py",
        "_digest(before.hash, str(n), *written)",
        "_digest(str(n), *written)",
        f"{BOOKS}/test_audit_log.py::test_a_chain_made_anew_from_the_middle_does_not_fit_what_follows",
    ),
    Mutant(
        "a chain whose head nobody takes",
        "adapters/database/audit_log.py",
        "where(HEAD.id == ONLY).with_for_update()",
        "where(HEAD.id == ONLY)",
        f"{BOOKS}/test_audit_log.py::test_eight_writers_at_once_keep_one_chain",
    ),
    Mutant(
        "a message of the gateway from the future",
        "adapters/payment/signature.py",
        "    if abs(now.timestamp() - int(times[0])) > TOLERANCE.total_seconds():\n",
        "    if now.timestamp() - int(times[0]) > TOLERANCE.total_seconds():\n",
        "tests/starter/api/test_hooks.py::test_a_forged_or_untimely_message_is_refused_and_not_kept",
    ),
    Mutant(
        "a message of the gateway that anybody signed",
        "adapters/payment/signature.py",
        "    return any(fits)\n",
        "    return bool(fits)\n",
        "tests/starter/api/test_hooks.py::test_a_forged_or_untimely_message_is_refused_and_not_kept",
    ),
)
