"""The composition root: everything an edge needs, made once from the settings.

``House`` is what the command line, the pages, the jobs and the demo hold. Below it, every function
is handed what it needs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine, make_url

import policy
from config import revision
from config.settings import Settings
from households.helping import HelpRules, load_measures
from households.identification.lines_file import load_lines
from households.identification.procedure import Procedures
from households.identification.procedure_file import load_procedures
from households.identification.rates import Lines
from households.identification.survey import Surveys
from households.identification.survey_file import load_surveys
from kernel import calendar
from kernel.calendar import HolidayTable
from kernel.database import open_engine
from kernel.regions import RegionTree
from kernel.unit_of_work import Books, utc_now
from kernel.vault import Keyring
from loans.dossier.paper_file import load_papers
from loans.dossier.papers import PaperRules


@dataclass(frozen=True)
class House:
    """A set of books with all that belongs to it."""

    settings: Settings
    clock: Callable[[], datetime] = field(default=utc_now)

    @cached_property
    def engine(self) -> Engine:
        """The database, whatever it holds: for making, migrating and backing up."""
        url = make_url(self.settings.database_url)
        if url.drivername.startswith("sqlite") and url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        return open_engine(self.settings.database_url)

    @cached_property
    def opened(self) -> Engine:
        """The database with this program's tables; refused at any other revision."""
        revision.require_newest(self.engine)
        return self.engine

    @cached_property
    def keyring(self) -> Keyring:
        """The keys; refused where there are none."""
        if self.settings.keys is not None:
            return Keyring.from_json(self.settings.keys)
        return Keyring.load(self.settings.key_file)

    @cached_property
    def books(self) -> Books:
        """Units of work on these books."""
        return Books(self.opened, self.keyring, self.clock)

    @cached_property
    def regions(self) -> RegionTree:
        """The divisions, down to the village."""
        folder = self.settings.config_dir / "regions"
        return RegionTree.load(folder / "hunan.csv", folder / "predecessors.csv")

    @cached_property
    def calendar(self) -> HolidayTable:
        """Working days and holidays."""
        return calendar.load(self.settings.config_dir / "calendar")

    @cached_property
    def rulebook(self) -> policy.Rulebook:
        """The policy documents and published rates."""
        return policy.load(
            self.settings.config_dir / "policies", self.settings.config_dir / "rates"
        )

    @cached_property
    def procedures(self) -> Procedures:
        """By which steps households are found, by date."""
        return load_procedures(self.settings.config_dir / "procedures")

    @cached_property
    def surveys(self) -> Surveys:
        """What households are asked, by date."""
        return load_surveys(self.settings.config_dir / "surveys")

    @cached_property
    def poverty_lines(self) -> Lines:
        """The poverty line of each year, and the limits of leaving poverty."""
        return load_lines(self.settings.config_dir / "lines" / "poverty-lines.toml")

    @cached_property
    def papers(self) -> PaperRules:
        """The papers that each lender wants in a loan's file."""
        return load_papers(self.settings.config_dir / "papers")

    @cached_property
    def help_rules(self) -> HelpRules:
        """The ten measures, and how special money is shared."""
        return load_measures(self.settings.config_dir / "measures.toml")
