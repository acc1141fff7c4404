"""``fupin``: every command of the house, gathered by name.

A refusal ends with both its sentences and status 1, a wrong usage with status 2. Commands that
print data take ``--json``. The set of books comes from the environment (``config.settings``).
"""

from __future__ import annotations

import os
import sys

import click

from config.settings import Settings
from config.wiring import House
from kernel.refusals import Refusal
from kernel.regions import spell_out
from web.commands.backup import backup, restore
from web.commands.bench import bench
from web.commands.close_day import close_day
from web.commands.demo import demo
from web.commands.enterprises import enterprises_
from web.commands.forecast import subsidies_
from web.commands.fund import fund_
from web.commands.helping import helping_
from web.commands.import_ import import_
from web.commands.indicators import indicators
from web.commands.init import init
from web.commands.jobs import jobs
from web.commands.levels import levels_
from web.commands.loans import loans_
from web.commands.people import identification_, need_
from web.commands.policy import policy
from web.commands.schedule import schedule
from web.commands.serve import serve
from web.commands.snapshots import snapshots
from web.commands.stress import stress
from web.commands.terminal import Refused
from web.commands.upgrade import upgrade
from web.commands.user import user
from web.commands.verify import verify
from web.commands.village_funds import village_funds_

_COMMANDS = (
    init,
    user,
    serve,
    jobs,
    close_day,
    import_,
    loans_,
    policy,
    schedule,
    indicators,
    snapshots,
    demo,
    verify,
    backup,
    restore,
    upgrade,
    bench,
    stress,
    subsidies_,
    fund_,
    enterprises_,
    identification_,
    need_,
    levels_,
    helping_,
    village_funds_,
)


class _Fupin(click.Group):
    """A group whose commands may refuse."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a refusal becomes a message and status 1."""
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            house = ctx.find_object(House)
            told = spell_out(refusal, lambda: house.regions) if house else refusal
            raise Refused(told) from refusal


@click.group(cls=_Fupin, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def fupin(ctx: click.Context) -> None:
    """扶贫小额信贷管理服务。A county's poverty microcredit, from register to settlement."""
    if ctx.obj is None:
        ctx.obj = House(Settings.from_environment(os.environ))


for _command in _COMMANDS:
    fupin.add_command(_command)


def main() -> None:
    """The entry point."""
    for stream in (sys.stdout, sys.stderr):
        # A Windows console may speak another code page, and pipes speak none.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    fupin()
