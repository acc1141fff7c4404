"""Reads the procedures of a folder; whatever breaks the form is refused by file and key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from households.identification.files import invalid
from households.identification.procedure import KINDS, LEVELS, Procedure, Procedures, Step
from policy.files import head_of, read_toml, rows, texts
from policy.values import DAY, TRUTH, WHOLE, FormBroken, one_of, several_of, table

_HEAD: Final = {"code", "title_zh", "title_en", "document", "kinds", "effective_on"}
_STEP: Final = {"code", "zh", "en", "command", "level"}
_FLAGS: Final = ("vote", "papers", "document", "survey", "finding", "ends_watching")
_MORE: Final = {*_FLAGS, "quorum", "other_than", "notice_days"}
_KINDS: Final = several_of({kind: row[0] for kind, row in KINDS.items()})
_LEVEL: Final = one_of({level: row[0] for level, row in LEVELS.items()})
_QUORUM: Final = re.compile(r"([1-9][0-9]?)/([1-9][0-9]?)", re.ASCII)


def load_procedures(folder: Path) -> Procedures:
    """The procedures of a folder."""
    found: dict[str, Procedure] = {}
    for path in sorted(folder.glob("*.toml")):
        one = parse(path.name, read_toml(path, invalid))
        if one.code in found:
            raise invalid(path.name, "procedure.code", "代码重复", "the code stands twice")
        found[one.code] = one
    return Procedures(found)


def parse(file: str, raw: object) -> Procedure:
    """A procedure from plain data, checked as a whole."""
    key = ""
    try:
        whole = table(raw, {"procedure", "step"}, set())
        key = "procedure"
        head = head_of(whole["procedure"], _HEAD, {"ends_on"})
        steps: list[Step] = []
        for row in rows(whole["step"]):
            key = f"step.{row.get('code', '?')}"
            steps.append(_step(row, steps))
        key = "step"
        procedure = Procedure(
            **texts(head, ("code", "title_zh", "title_en", "document")),
            kinds=_KINDS.read(head["kinds"]),
            effective_on=DAY.read(head["effective_on"]),
            ends_on=DAY.read(head["ends_on"]) if "ends_on" in head else None,
            clause=str(head.get("clause", "")),
            note=str(head.get("note", "")),
            steps=tuple(steps),
        )
        _check_ends(procedure)
    except FormBroken as error:
        raise invalid(file, key, error.zh, error.en) from error
    return procedure


def _step(raw: Mapping[str, object], before: list[Step]) -> Step:
    row = table(raw, _STEP, _MORE)
    code, zh, en, command = texts(row, ("code", "zh", "en", "command")).values()
    earlier = {step.code: step.zh for step in before}
    if code in earlier:
        raise FormBroken("步骤代码重复", "the step's code stands twice")
    flags = {flag: TRUTH.read(row.get(flag, False)) for flag in _FLAGS}
    if not before and (flags["vote"] or flags["finding"] or flags["survey"]):
        raise FormBroken(
            "第一步是提出申请，不能票决、调查或作出认定",
            "the first step is the application: no vote, no survey, no finding",
        )
    if ("quorum" in row) != flags["vote"]:
        raise FormBroken("票决的步骤须且只须写明法定人数", "a vote, and nothing else, has a quorum")
    if (flags["finding"] or flags["ends_watching"]) and row.get("notice_days", 0):
        raise FormBroken(
            "审定的步骤只公告不公示，不写公示天数",
            "what is decided is announced: no notice hangs for objections",
        )
    return Step(
        code,
        zh,
        en,
        command,
        _LEVEL.read(row["level"]),
        other_than=several_of(earlier).read(row.get("other_than", [])),
        quorum=_quorum(row["quorum"]) if "quorum" in row else (0, 1),
        notice_days=WHOLE.read(row.get("notice_days", 0)),
        vote=flags["vote"],
        papers=flags["papers"],
        document=flags["document"],
        survey=flags["survey"],
        finding=flags["finding"],
        ends_watching=flags["ends_watching"],
    )


def _quorum(raw: object) -> tuple[int, int]:
    found = _QUORUM.fullmatch(raw) if isinstance(raw, str) else None
    if found is None or int(found[1]) > int(found[2]):
        raise FormBroken("法定人数须写成不大于1的分数，如2/3", "a fraction up to 1, such as 2/3")
    return int(found[1]), int(found[2])


def _check_ends(procedure: Procedure) -> None:
    """One step finds; only watching has a step after it, which ends the watching."""
    finding = [nr for nr, step in enumerate(procedure.steps, 1) if step.finding]
    ending = [nr for nr, step in enumerate(procedure.steps, 1) if step.ends_watching]
    last = len(procedure.steps)
    if "monitor" in procedure.kinds:
        fits = procedure.kinds == ("monitor",) and finding == [last - 1] and ending == [last]
    else:
        fits = finding == [last] and not ending
    if not fits:
        raise FormBroken(
            "最后一步作出认定；监测程序在认定之后另有且只有一步“风险消除”",
            "the last step finds; a procedure of watching has one more that ends the watching",
        )
