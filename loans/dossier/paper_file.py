"""Reads the lists of papers of a folder; whatever breaks the form is refused by file and key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

from kernel.identity import CreditCodeInvalid, parse_credit_code
from loans.dossier.papers import STAGES, STOPPABLE, Paper, PaperList, PaperRules
from loans.dossier.refusals import PaperListInvalid
from policy.files import read_toml, require_source, rows, text, texts
from policy.values import DAY, TRUTH, FormBroken, one_of, table

_HEAD: Final = {"id", "title_zh", "title_en", "since"}
_SOURCE: Final = {"credit_code", "clause", "default", "note"}
_PAPER: Final = {"code", "zh", "en", "stage"}
_STAGE: Final = one_of({stage: zh for stage, (zh, _en) in STAGES.items()})
_CODE: Final = re.compile(r"[a-z][a-z0-9_]{1,39}", re.ASCII)


def load_papers(folder: Path) -> PaperRules:
    """The rules of a folder of lists; no folder or no file asks for nothing."""
    lists: dict[str, PaperList] = {}
    for path in sorted(folder.glob("*.toml")):
        found = load_list(path)
        if found.credit_code in lists:
            twin = lists[found.credit_code].id
            raise _invalid(
                path.name, "list.credit_code", f"与目录{twin}重复", f"the same as that of {twin}"
            )
        lists[found.credit_code] = found
    return PaperRules(lists)


def load_list(path: Path) -> PaperList:
    """The list of a file."""
    return parse(path.name, read_toml(path, _invalid))


def parse(file: str, raw: object) -> PaperList:
    """A list from plain data, checked as a whole."""
    key = ""
    try:
        whole = table(raw, {"list", "paper"}, set())
        key = "list"
        head = table(whole["list"], _HEAD, _SOURCE)
        require_source(head)
        credit_code = _credit_code(head.get("credit_code", ""))
        titles = texts(head, ("id", "title_zh", "title_en"))
        since: date = DAY.read(head["since"])
        key = "paper"
        papers: dict[str, Paper] = {}
        for row in rows(whole["paper"]):
            key = f"paper.{row.get('code', '?')}"
            paper = _paper(row)
            if paper.code in papers:
                raise FormBroken("代码重复", "the code stands twice")
            papers[paper.code] = paper
    except FormBroken as error:
        raise _invalid(file, key, error.zh, error.en) from error
    return PaperList(**titles, credit_code=credit_code, since=since, papers=tuple(papers.values()))


def _paper(raw: Mapping[str, object]) -> Paper:
    row = table(raw, _PAPER, {"required", "blocks"})
    code = text(row["code"])
    if not _CODE.fullmatch(code):
        raise FormBroken("代码须为小写字母、数字和下划线", "a code is of a-z, 0-9 and _")
    stage = _STAGE.read(row["stage"])
    required = TRUTH.read(row.get("required", False))
    blocks = TRUTH.read(row.get("blocks", False))
    if blocks and not required:
        raise FormBroken("阻断的资料必须是必备资料", "what blocks is required")
    if blocks and stage not in STOPPABLE:
        # Nothing asks for papers after the money is out: such a rule would guard nothing.
        raise FormBroken(
            "只有申请至放款各阶段的资料可以阻断", "only papers up to paying out can block"
        )
    return Paper(code, text(row["zh"]), text(row["en"]), stage, required, blocks)


def _credit_code(raw: object) -> str:
    if raw == "":
        return ""
    try:
        return parse_credit_code(text(raw), field="credit_code")
    except CreditCodeInvalid as refusal:
        raise FormBroken(refusal.message("zh"), refusal.message("en")) from refusal


def _invalid(file: str, key: str, zh: str, en: str) -> PaperListInvalid:
    return PaperListInvalid(field=key, file=file, key=key, rule_zh=zh, rule_en=en)
