"""A worker as a process of its own, to be killed: ``python -m tests.properties.worker``.

Reads from standard input one line of JSON: what to do, where, with which keys. Prints ``ready``,
waits for a line, then works; each closed day is printed with its root once it is acknowledged.
Its clock runs on from the given moment, alike in every worker that was given the same.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from config.settings import ROOT, Settings
from config.wiring import House
from jobs import program, timetable
from jobs.close import Closer
from kernel.actor import system_actor


def main() -> None:
    """Do what the first line says."""
    task = json.loads(sys.stdin.readline())
    settings = Settings(
        database_url=task["url"],
        key_file=Path("nowhere"),
        keys=task["keys"],
        config_dir=ROOT / "config",
        reports_dir=Path(task["reports"]),
        listen="",
    )
    ahead = datetime.fromisoformat(task["now"]) - datetime.fromisoformat(task["real_now"])
    house = House(settings, lambda: datetime.now(UTC) + ahead)
    steps = program.program_of(house, "431022000000")
    say("ready")
    sys.stdin.readline()
    if task["what"] == "sweep":
        for closed in timetable.sweep(house):
            say(f"{closed.day} {closed.root}")
        return
    closer = Closer(house.books, system_actor("431022"), steps, "doomed", chunk=1)
    day = date.fromisoformat(task["from"])
    while day <= date.fromisoformat(task["to"]):
        say(f"{day} {closer.close_day(day).root}")
        day = date.fromordinal(day.toordinal() + 1)


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
