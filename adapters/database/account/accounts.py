"""Accounts, sessions and failed sign-ins as rows."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from adapters.database.account.secrets import AccountSecrets, row_of
from adapters.database.audit_log import tell
from adapters.database.tables.accounts import AccountRow, DeviceRow, FailedSignInRow, SessionRow
from adapters.database.upsert import insert_new
from domain.account import Account, Visit
from domain.audit import Deed
from domain.errors import ActRefused


class Accounts(AccountSecrets):
    """Who may sign in. Tokens and passwords come in hashed; what is changed is told to the audit log."""

    def add(
        self,
        name: str,
        roles: Sequence[str],
        password: str,
        deed: Deed,
        *,
        first: bool,
        partner: str = "",
    ) -> None:
        """
        A new account, whose password has to be changed. `first` ones only where there is none at all.

        :raises ActRefused: there is one of this name, or, for the first, any.
        """
        row = {"name": name, "roles": list(roles), "partner": partner, "must_change": True}
        with self.write() as session:
            if first and session.exec(select(func.count()).select_from(AccountRow)).one():
                raise ActRefused("There are accounts already.")
            times = {"created_at": deed.at, "changed_at": deed.at, "disabled_at": None}
            if not insert_new(session, AccountRow, {**row, **times, "password": password}):
                raise ActRefused(f"There is an account {name} already.")
            tell(session, deed)

    def list(self) -> Sequence[Account]:
        """By name."""
        with self.read() as session:
            rows = session.exec(select(AccountRow).order_by(col(AccountRow.name)))
            return [account_of(row) for row in rows]

    def find(self, name: str) -> tuple[Account, str] | None:
        """An account and its password's hash; None for nobody."""
        with self.read() as session:
            row = session.get(AccountRow, name)
            return None if row is None else (account_of(row), row.password)

    def set_password(self, name: str, password: str, deed: Deed, *, must_change: bool) -> None:
        """
        And end every session of theirs; wrong ones of before no longer count.

        :raises NotFound: no such account.
        """
        with self.write() as session:
            row = row_of(session, name)
            row.password, row.must_change, row.changed_at = password, must_change, deed.at
            session.add(row)
            tell(session, deed)
            _end_sessions(session, name)
            theirs = delete(FailedSignInRow).where(col(FailedSignInRow.account) == name)
            session.connection().execute(theirs)

    def rehash(self, name: str, password: str) -> None:
        """The same password under today's parameters."""
        with self.write() as session:
            mine = col(AccountRow.name) == name
            session.connection().execute(update(AccountRow).where(mine).values(password=password))

    def set_roles(self, name: str, roles: Sequence[str], deed: Deed, partner: str = "") -> None:
        """
        And end every session of theirs.

        :raises NotFound: no such account.
        """
        with self.write() as session:
            row = row_of(session, name)
            row.roles, row.partner = list(roles), partner
            session.add(row)
            tell(session, deed)
            _end_sessions(session, name)

    def disable(self, name: str, deed: Deed) -> None:
        """
        And end every session of theirs.

        :raises NotFound: no such account.
        """
        with self.write() as session:
            row = row_of(session, name)
            row.disabled_at = deed.at
            session.add(row)
            tell(session, deed)
            _end_sessions(session, name)

    def enable(self, name: str, deed: Deed) -> None:
        """
        Let them in again.

        :raises NotFound: no such account.
        """
        with self.write() as session:
            row = row_of(session, name)
            row.disabled_at = None
            session.add(row)
            tell(session, deed)

    def open_session(self, token: str, account: str, at: datetime, ends: datetime) -> None:
        """And forget the sessions of everybody that are over."""
        with self.write() as session:
            session.connection().execute(delete(SessionRow).where(col(SessionRow.ends_at) < at))
            session.add(SessionRow(token=token, account=account, began_at=at, seen_at=at, ends_at=ends))

    def visit(self, token: str) -> Visit | None:
        """Whose session this is; None when it has ended or its account is disabled."""
        wanted = select(SessionRow, AccountRow).join(AccountRow).where(SessionRow.token == token)
        with self.read() as session:
            found = session.exec(wanted.where(col(AccountRow.disabled_at).is_(None))).first()
        return None if found is None else Visit(account_of(found[1]), found[0].seen_at, found[0].ends_at)

    def seen(self, token: str, at: datetime) -> None:
        with self.write() as session:
            mine = col(SessionRow.token) == token
            session.connection().execute(update(SessionRow).where(mine).values(seen_at=at))

    def tell(self, deed: Deed) -> None:
        """To the audit log alone."""
        with self.write() as session:
            tell(session, deed)

    def close_session(self, token: str) -> None:
        with self.write() as session:
            session.connection().execute(delete(SessionRow).where(col(SessionRow.token) == token))

    def remember_device(self, token: str, account: str, at: datetime) -> None:
        with self.write() as session:
            session.merge(DeviceRow(token=token, account=account, seen_at=at))

    def knows_device(self, token: str, account: str, since: datetime) -> bool:
        """Whether this person has signed in from there, and not too long ago."""
        with self.read() as session:
            row = session.get(DeviceRow, token)
            return row is not None and row.account == account and row.seen_at >= since

    def failed(self, account: str, device: str, address: str, at: datetime, keep: datetime) -> None:
        """A wrong password; `device` is empty for an unknown one. Those before `keep` are forgotten."""
        with self.write() as session:
            session.connection().execute(delete(FailedSignInRow).where(col(FailedSignInRow.at) < keep))
            session.add(FailedSignInRow(account=account, device=device, address=address, at=at))

    def failures(self, account: str, device: str, since: datetime) -> Sequence[datetime]:
        """When they failed since then, oldest first."""
        of = FailedSignInRow.account == account, FailedSignInRow.device == device
        wanted = select(FailedSignInRow.at).where(*of, col(FailedSignInRow.at) > since)
        with self.read() as session:
            return session.exec(wanted.order_by(col(FailedSignInRow.at))).all()

    def failures_from(self, address: str, since: datetime) -> Sequence[datetime]:
        """When sign-ins from there failed since then, oldest first."""
        of = FailedSignInRow.address == address, col(FailedSignInRow.at) > since
        with self.read() as session:
            return session.exec(
                select(FailedSignInRow.at).where(*of).order_by(col(FailedSignInRow.at))
            ).all()


def _end_sessions(session: Session, name: str) -> None:
    session.connection().execute(delete(SessionRow).where(col(SessionRow.account) == name))


def account_of(row: AccountRow) -> Account:
    return Account(
        name=row.name,
        roles=tuple(row.roles),
        created_at=row.created_at,
        must_change=row.must_change,
        disabled=row.disabled_at is not None,
        second=bool(row.second),
        shared=row.shared,
        pin=bool(row.pin),
        partner=row.partner,
    )
