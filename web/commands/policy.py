"""``fupin policy``: what is in force on a day at a place, and which clause says so.

Prints the documents, then every contract term (as a contract signed that day would freeze it),
every conduct rule and target, each with its document and clause and whether it is a default.
"""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Any, Final

import click

import policy as room
from config.settings import Settings
from kernel.dates import parse_date
from kernel.money import format_rate
from kernel.refusals import Refusal
from policy.terms import SECTION_OF, Answer
from web.commands.terminal import Refused, columns

#: terms whose rate cap is shown
_TERMS_SHOWN: Final = (12, 36)
_SECTIONS: Final = (
    ("contract", "合同条件（签订日确定，随合同至到期）"),
    ("conduct", "办事规则（按事件当日适用）"),
    ("mutual", "互助资金规则"),
    ("targets", "目标"),
)


@click.command("policy")
@click.option("--on", "on_text", required=True, metavar="DATE", help="日期 · day, as 2016-05-30")
@click.option("--region", required=True, metavar="CODE", help="12位地区代码 · region code")
@click.option(
    "--kind",
    type=click.Choice(tuple(room.HOUSEHOLD_KINDS)),
    help="农户类别 · kind of household; without it the terms are shown for whom they cover",
)
@click.option(
    "--config",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=lambda: Settings.from_environment(os.environ).config_dir,
    help="政策文件所在目录 · folder with policies/ and rates/",
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON · print JSON")
def policy(*, on_text: str, region: str, kind: str | None, folder: Path, as_json: bool) -> None:
    """当日当地施行的政策。Show the policy in force, value by value, with its clause."""
    try:
        on = parse_date(on_text, field="on")
        rulebook = room.load(folder / "policies", folder / "rates")
        answer = what_is_in_force(rulebook, on=on, region=region, kind=kind)
    except Refusal as refusal:
        raise Refused(refusal) from refusal
    click.echo(json.dumps(answer, ensure_ascii=False, indent=1) if as_json else as_text(answer))


def what_is_in_force(
    rulebook: room.Rulebook, *, on: date, region: str, kind: str | None
) -> dict[str, Any]:
    """Everything the rulebook says of a day and a place, as plain data."""
    terms = (
        rulebook.contract_terms(on=on, region=region)
        if kind is None
        else rulebook.terms_for(on=on, region=region, household_kind=kind)
    )
    return {
        "on": on.isoformat(),
        "region": region,
        "kind": kind,
        "programme": rulebook.base(on=on, region=region).id,
        "documents": [_document(one) for one in rulebook.in_force(on=on, region=region)],
        "contract": _values(terms),
        "rate_caps": _caps(rulebook, terms, on),
        "conduct": _values(rulebook.conduct(on=on, region=region)),
        "mutual": _values(rulebook.mutual(on=on, region=region)),
        "targets": _values(rulebook.targets(on=on, region=region)),
        "digest": rulebook.digest(),
    }


def as_text(answer: dict[str, Any]) -> str:
    """The same for reading, in Chinese."""
    lines = [f"{answer['on']}，{answer['region']} 施行的文件：", _documents_text(answer)]
    for section, heading in _SECTIONS:
        values: dict[str, dict[str, Any]] = answer[section]
        if not values:
            continue
        rows = [[v["label"], v["shown"], _source_text(v)] for v in values.values()]
        if section == "contract":
            rows.extend(_cap_text(cap) for cap in answer["rate_caps"])
        lines += ["", heading, columns(rows)]
    return "\n".join([*lines, "", f"规则集摘要 {answer['digest']}"])


def _document(document: room.Document) -> dict[str, Any]:
    day = document.effective_on
    return {
        "id": document.id,
        "kind": document.kind,
        "title": document.title_zh,
        "title_en": document.title_en,
        "number": document.number,
        "region": document.region,
        "region_name": document.region_zh,
        "region_note": document.region_note,
        "effective_on": day.value.isoformat(),
        "effective_on_default": day.default,
        "effective_on_note": day.note,
        "sources": list(document.sources),
        "note": document.note,
    }


def _values(answer: Answer) -> dict[str, dict[str, Any]]:
    lines = room.SCHEMAS[SECTION_OF[type(answer)]]
    return {
        name: {
            "label": lines[name].zh,
            "label_en": lines[name].en,
            "value": lines[name].kind.plain(sourced.value),
            "shown": lines[name].kind.show(sourced.value),
            "document": sourced.document,
            "cited_as": sourced.cited_as,
            "clause": sourced.clause,
            "default": sourced.default,
            "force": sourced.force,
            "note": sourced.note,
        }
        for name, sourced in room.values_of(answer).items()
    }


def _caps(rulebook: room.Rulebook, terms: room.ContractTerms, on: date) -> list[dict[str, Any]]:
    caps = []
    for months in _TERMS_SHOWN:
        if months > terms.term_max_months.value:
            continue
        cap = rulebook.rate_cap_ppm(on, months, terms)
        caps.append(
            {
                "term_months": months,
                "annual_rate_max": None if cap.ppm is None else format_rate(cap.ppm),
                "series": cap.series,
                "tenor": cap.tenor,
                "published_on": cap.published_on.isoformat() if cap.published_on else None,
                "clause": cap.cite,
                "rate_source": cap.rate_cite,
            }
        )
    return caps


def _documents_text(answer: dict[str, Any]) -> str:
    return columns(
        [
            [
                one["id"],
                one["region_name"],
                f"自{one['effective_on']}{'（默认）' if one['effective_on_default'] else ''}",
                f"{one['number']}《{one['title']}》",
            ]
            for one in answer["documents"]
        ]
    )


def _source_text(value: dict[str, Any]) -> str:
    marks = [
        word
        for word, said in (
            ("原则上", value["force"] == "in_principle"),
            ("默认值", value["default"]),
        )
        if said
    ]
    clause = f"：{value['clause']}" if value["clause"] else ""
    return f"[{value['document']}{clause}]{'（' + '、'.join(marks) + '）' if marks else ''}"


def _cap_text(cap: dict[str, Any]) -> list[str]:
    rate = cap["annual_rate_max"]
    return [
        f"{cap['term_months']}个月利率上限",
        "不设上限" if rate is None else f"{rate}%",
        f"[{cap['rate_source'] or cap['clause']}]",
    ]
