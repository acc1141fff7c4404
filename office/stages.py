"""What several people take through stages one after another: one table of moves, every step kept.

A move says from which states it leads where, the right it takes, and whose steps the mover may not
have taken: two steps of one case that watch each other are never one person's, under whatever
account. The case's place is moved by one conditional UPDATE, on which two who take the same step
wait for each other; the second finds it elsewhere. Everything else is read after that. The tables
of steps and places are the room's own; ``Course`` names them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from kernel.refusals import NotFound, Refusal


class Step(Protocol):
    """A step that was taken; beside this its row holds what the room adds."""

    @property
    def state(self) -> str:
        """Where it brought the case."""

    @property
    def by_person(self) -> int:
        """Who took it."""


class Position(Protocol):
    """Where a case stands now."""

    @property
    def state(self) -> str:
        """The state that the last step brought it to."""


_Step = TypeVar("_Step", bound=Step)


@dataclass(frozen=True, slots=True)
class Move:
    """A step from some states to one."""

    command: str
    comes_from: tuple[str, ...]
    to: str
    #: the mover is none of the persons who last brought the case to these states
    other_than: tuple[str, ...] = ()
    #: it takes the last step back: whoever does that has brought the case nowhere
    undoes: bool = False


@dataclass(frozen=True, slots=True)
class Course(Generic[_Step]):
    """The way of one kind of case, and where its steps and its place are kept."""

    #: what the case is called
    what: str
    #: its number in both tables, and where a refusal points
    key: str
    moves: Mapping[str, Move]
    #: table of steps, which are numbered
    step: type[_Step]
    #: table of positions
    position: Any
    #: the refusal of a step: the case stands in a state where it is not to be taken
    elsewhere: Callable[[int, str], Refusal]

    def steps_of(self, session: Session, case_id: int) -> Sequence[_Step]:
        """Everything that happened to a case, in order."""
        step: Any = self.step
        mine = getattr(step, self.key) == case_id
        return session.scalars(select(self.step).where(mine).order_by(step.nr)).all()

    def state_of(self, session: Session, case_id: int) -> str:
        """Where a case stands."""
        state: str | None = session.scalar(select(self.position.state).where(self._at(case_id)))
        if state is None:
            raise NotFound(field=self.key, what=self.what)
        return state

    def lock(self, session: Session, case_id: int) -> Position:
        """Wait for whoever else takes a step of the case; where it stands."""
        position: Position | None = session.scalar(
            select(self.position)
            .where(self._at(case_id))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if position is None:
            raise NotFound(field=self.key, what=self.what)
        return position

    def go(self, session: Session, case_id: int, move: Move, **values: object) -> None:
        """Move the case's place, and what else stands beside it."""
        came_from = self.lock(session, case_id).state
        moved = session.execute(
            update(self.position)
            .where(self._at(case_id), self.position.state.in_(move.comes_from))
            .values(state=move.to, **values)
            .execution_options(synchronize_session=False)
        )
        if moved.rowcount != 1:  # type: ignore[attr-defined]
            raise self.elsewhere(case_id, came_from)

    def makers(self, steps: Sequence[_Step], states: Collection[str]) -> set[int]:
        """Who last brought a case to these states."""
        undone = {
            (state, move.to)
            for move in self.moves.values()
            if move.undoes
            for state in move.comes_from
        }
        last: dict[str, int] = {}
        before = ""
        for step in steps:
            if (before, step.state) not in undone:
                last[step.state] = step.by_person
            before = step.state
        return {last[state] for state in states if state in last}

    def went(self, session: Session) -> dict[int, list[str]]:
        """Case -> the states it came to, in order."""
        step: Any = self.step
        case = getattr(step, self.key)
        found: dict[int, list[str]] = {}
        for case_id, state in session.execute(select(case, step.state).order_by(case, step.nr)):
            found.setdefault(case_id, []).append(state)
        return found

    def allows(self, first: str, states: Sequence[str]) -> bool:
        """Whether moves alone lead through these states, from the first there is."""
        pairs = {(state, move.to) for move in self.moves.values() for state in move.comes_from}
        return states[:1] == [first] and pairs.issuperset(pairwise(states))

    def _at(self, case_id: int) -> ColumnElement[bool]:
        mine: ColumnElement[bool] = getattr(self.position, self.key) == case_id
        return mine
