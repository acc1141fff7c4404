"""Tables of the jobs: who is at work on which day, and what each close left behind."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Base, Recorded, Running


class JobRun(Running, Base):
    """A job for a business date: done once, by one worker at a time, resumed where it stood.

    ``fence`` goes up each time a worker takes the job over. Every unit of work of a job first
    renews its lease under its own fence, so a worker that was replaced writes nothing.
    """

    __tablename__ = "job_runs"
    __table_args__ = (
        CheckConstraint("state IN ('running', 'done')", name="state_known"),
        CheckConstraint("fence > 0", name="fence_positive"),
    )

    #: which job
    job: Mapped[str] = mapped_column(primary_key=True)
    #: for which business date
    business_date: Mapped[date] = mapped_column(primary_key=True)
    #: running or done
    state: Mapped[str]
    #: the worker: machine, process, and a random part
    owner: Mapped[str]
    #: from then on another worker may take over
    lease_until: Mapped[datetime]
    #: how many workers have held it
    fence: Mapped[int]
    #: the step it stands at
    step: Mapped[str]
    #: canonical JSON: step -> rows worked through
    counts: Mapped[str]
    #: when the first worker began
    began_at: Mapped[datetime]
    #: when it was done
    ended_at: Mapped[datetime | None]


class Closing(Recorded, Base):
    """A closed day: what was worked through, under which rules, and where the trail stood.

    The unit of work that writes this row is the day's last; its own MAC is the root that the
    closing report prints.
    """

    __tablename__ = "closings"
    __table_args__ = (
        CheckConstraint("trail_position >= 0", name="position_not_negative"),
        CheckConstraint("length(trail_root) = 64", name="root_sha256"),
        CheckConstraint("length(rulebook_digest) = 64", name="digest_sha256"),
    )

    #: the day
    day: Mapped[date] = mapped_column(primary_key=True)
    #: last place of the trail before the unit of work that closed the day
    trail_position: Mapped[int]
    #: its MAC, hex
    trail_root: Mapped[str]
    #: digest of the policy documents in hand, hex
    rulebook_digest: Mapped[str]
    #: canonical JSON: step -> rows worked through
    counts: Mapped[str]
    #: when it was closed, for the record
    closed_at: Mapped[datetime]
