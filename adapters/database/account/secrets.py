"""What is asked for beside a password, as rows: hashed or encrypted before it comes here."""

from collections.abc import Sequence

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from adapters.database.audit_log import tell
from adapters.database.engine import Database
from adapters.database.tables.accounts import AccountRow, RecoveryCodeRow
from adapters.database.upsert import insert_all, table_of
from domain.audit import Deed
from domain.errors import NotFound


class AccountSecrets(Database):
    """Whatever changes is told to the audit log."""

    def second(self, name: str) -> tuple[str, int]:
        """The locked secret of their app, and the half minute of the last code taken; empty without one."""
        with self.read() as session:
            row = session.get(AccountRow, name)
            return ("", 0) if row is None else (row.second, row.second_step)

    def set_second(self, name: str, secret: str, step: int, deed: Deed) -> None:
        """
        The recovery codes of before are forgotten.

        :raises NotFound: no such account.
        """
        with self.write() as session:
            row = row_of(session, name)
            row.second, row.second_step = secret, step
            session.add(row)
            _forget_codes(session, name)
            tell(session, deed)

    def take_code(self, name: str, step: int) -> bool:
        """Each code once: False when this one, or a later one, was taken before."""
        unused = col(AccountRow.name) == name, col(AccountRow.second_step) < step
        with self.write() as session:
            taken = update(AccountRow).where(*unused).values(second_step=step)
            return bool(session.connection().execute(taken).rowcount)

    def keep_codes(self, name: str, codes: Sequence[str], deed: Deed) -> None:
        """These recovery codes, and no others."""
        with self.write() as session:
            _forget_codes(session, name)
            insert_all(session, RecoveryCodeRow, [{"account": name, "code": code} for code in codes])
            tell(session, deed)

    def take_recovery(self, name: str, code: str, deed: Deed) -> bool:
        """Each once: False for one that there is not, or not any more."""
        with self.write() as session:
            codes = table_of(RecoveryCodeRow)
            this = delete(codes).where(codes.c.account == name, codes.c.code == code)
            taken = bool(session.connection().execute(this).rowcount)
            if taken:
                tell(session, deed)
            return taken

    def codes_left(self, name: str) -> int:
        with self.read() as session:
            mine = select(func.count()).select_from(RecoveryCodeRow).where(RecoveryCodeRow.account == name)
            return session.exec(mine).one()

    def pin(self, name: str) -> str:
        """The hash of their PIN; empty without one."""
        with self.read() as session:
            row = session.get(AccountRow, name)
            return "" if row is None else row.pin

    def set_pin(self, name: str, pin: str, deed: Deed) -> None:
        """:raises NotFound: no such account."""
        with self.write() as session:
            row = row_of(session, name)
            row.pin = pin
            session.add(row)
            tell(session, deed)

    def share(self, name: str, deed: Deed, *, shared: bool) -> None:
        """
        From now on it is, or is not, a terminal that several people answer at.

        :raises NotFound: no such account.
        """
        with self.write() as session:
            row = row_of(session, name)
            row.shared = shared
            session.add(row)
            tell(session, deed)


def row_of(session: Session, name: str) -> AccountRow:
    """:raises NotFound: there is no such account."""
    row = session.get(AccountRow, name)
    if row is None:
        raise NotFound(f"There is no account {name}.")
    return row


def _forget_codes(session: Session, name: str) -> None:
    codes = table_of(RecoveryCodeRow)
    session.connection().execute(delete(codes).where(codes.c.account == name))
