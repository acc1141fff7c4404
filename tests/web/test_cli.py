"""The command line as a whole: statuses, languages, and that every command is reachable."""

from __future__ import annotations

import pkgutil

import click
import pytest
from click.testing import CliRunner

import web.commands
from kernel.refusals import BadValue
from web.cli import fupin


def test_a_refusal_speaks_both_languages_and_ends_with_one() -> None:
    asked = ["policy", "--on", "2016-13-01", "--region", "431022000000"]
    result = CliRunner().invoke(fupin, asked, obj=object())
    assert result.exit_code == 1
    assert "日期" in result.output


def test_a_refusal_that_a_command_lets_pass_is_told_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @click.command("say-no")
    def say_no() -> None:
        raise BadValue(field="x", name="x", value="y", rule_zh="不行", rule_en="no")

    monkeypatch.setitem(fupin.commands, "say-no", say_no)
    result = CliRunner().invoke(fupin, ["say-no"], obj=object())
    assert result.exit_code == 1
    assert "不行" in result.output
    assert "no" in result.output


def test_a_wrong_usage_ends_with_two() -> None:
    assert CliRunner().invoke(fupin, ["schedule"], obj=object()).exit_code == 2
    assert CliRunner().invoke(fupin, ["nonsense"], obj=object()).exit_code == 2


def test_every_file_of_commands_is_reachable() -> None:
    files = {name for _, name, _ in pkgutil.iter_modules(web.commands.__path__)} - {"terminal"}
    names = {command.callback.__module__.split(".")[-1] for command in _leaves(fupin)}
    assert files - names == set()


def _leaves(group: click.Group) -> list[click.Command]:
    found: list[click.Command] = []
    for command in group.commands.values():
        found += _leaves(command) if isinstance(command, click.Group) else [command]
    return found
