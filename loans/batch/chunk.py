"""The loans that one unit of work of the close has before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Update, and_, bindparam, update
from sqlalchemy.orm import Session

from loans.models import Position

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Chunk:
    """The loans from ``low`` to ``high`` whose day has come."""

    session: Session
    day: date
    low: int
    high: int

    @property
    def tomorrow(self) -> date:
        """The end of the day that is closed: 24:00 of it."""
        return self.day + ONE_DAY

    @property
    def here(self) -> ColumnElement[bool]:
        """Of a position: it is one of these."""
        return and_(
            Position.loan_id.between(self.low, self.high), Position.next_event_on <= self.day
        )

    @property
    def settles(self) -> ColumnElement[bool]:
        """Of a position: today is its settlement day."""
        return Position.settle_event_on == self.day

    @property
    def matures(self) -> ColumnElement[bool]:
        """Of a position: tomorrow an instalment or the principal falls due."""
        return Position.plan_event_on == self.day

    def change(self, statement: Update) -> None:
        """Run an UPDATE over many rows; what the session holds of them is read anew when asked.

        Left to itself the session fetches the key of every row that was changed.
        """
        self.session.flush()
        self.session.execute(statement, execution_options={"synchronize_session": False})
        self.session.expire_all()

    def update(self, which: ColumnElement[bool], **values: object) -> None:
        """Change the positions of these loans."""
        self.change(update(Position).where(self.here, which).values(**values))

    def update_each(self, column: str, days: dict[int, date]) -> None:
        """Set one day of each position."""
        if days:
            self.session.connection().execute(
                update(Position.__table__)  # type: ignore[arg-type]
                .where(Position.loan_id == bindparam("key"))
                .values({column: bindparam("day")}),
                [{"key": loan_id, "day": day} for loan_id, day in days.items()],
            )
