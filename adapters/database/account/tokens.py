"""Tokens of programs, as rows: only their hashes."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import col, select

from adapters.database.account.accounts import account_of
from adapters.database.audit_log import tell
from adapters.database.engine import Database
from adapters.database.tables.accounts import AccountRow, TokenRow
from domain.account import Account, Token
from domain.audit import Deed
from domain.errors import NotFound

# When a token was last used is written down once a day.
SEEN_EVERY = timedelta(days=1)


class TokenBook(Database):
    def add(self, token: str, account: str, label: str, deed: Deed) -> None:
        """:raises NotFound: no such account."""
        with self.write() as session:
            if session.get(AccountRow, account) is None:
                raise NotFound(f"There is no account {account}.")
            session.add(TokenRow(token=token, account=account, label=label, made_at=deed.at))
            tell(session, deed)

    def bearer(self, token: str, at: datetime) -> Account | None:
        """Whose token it is; None where it is nobody's, or they may no longer."""
        with self.read() as session:
            wanted = select(TokenRow, AccountRow).where(
                col(TokenRow.token) == token, col(AccountRow.name) == col(TokenRow.account)
            )
            found = session.exec(wanted).first()
        if found is None or found[1].disabled_at is not None:
            return None
        if found[0].used_at is None or at - found[0].used_at >= SEEN_EVERY:
            self._use(token, at)
        return account_of(found[1])

    def list(self, account: str) -> Sequence[Token]:
        """Of one account, or of all when empty; the oldest first."""
        wanted = select(TokenRow).order_by(col(TokenRow.made_at), col(TokenRow.token))
        wanted = wanted.where(TokenRow.account == account) if account else wanted
        with self.read() as session:
            return [
                Token(row.token[:SHOWN], row.account, row.label, row.made_at, row.used_at)
                for row in session.exec(wanted)
            ]

    def drop(self, begins: str, deed: Deed) -> None:
        """:raises NotFound: no token is called so, or several are."""
        with self.write() as session:
            rows = session.exec(select(TokenRow).where(col(TokenRow.token).startswith(begins))).all()
            if len(rows) != 1 or len(begins) < SHOWN:
                raise NotFound(f"There is no token {begins}.")
            session.delete(rows[0])
            tell(session, deed)

    def _use(self, token: str, at: datetime) -> None:
        with self.write() as session:
            mine = col(TokenRow.token) == token
            session.connection().execute(update(TokenRow).where(mine).values(used_at=at))


# So much of its hash names a token.
SHOWN = 12
