"""The words of the pages: Chinese in the templates, English beside them in one file.

A template says ``{{ t("户卡") }}``; the Chinese sentence is its own key, so that a page reads as
what it shows. ``en.toml`` holds the English of every one, and a test compares the two. Facts go in
by name, never by joining pieces: ``{{ t("共{count}户", count=n) }}``.
"""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Final, Literal

from flask import Flask, Response, request
from jinja2 import StrictUndefined

from credit import show_points
from kernel.dates import ONE_DAY
from kernel.money import format_monthly_permille, format_rate, format_yuan

Language = Literal["zh", "en"]

COOKIE: Final = "fupin_language"
ENGLISH: Final[dict[str, str]] = tomllib.loads(
    Path(__file__).with_name("en.toml").read_text(encoding="utf-8")
)
#: what a contract's state is called
LOAN_STATES: Final = {
    "signed": "已签约",
    "active": "还款中",
    "settled": "已结清",
    "written_off": "已核销",
}
#: what an application sheet's state is called
SHEET_STATES: Final = {
    "waiting": "待审批",
    "approved": "已批准",
    "rejected": "未批准",
    "dropped": "已撤销",
    "signed": "已签约",
}
_FAR_YEAR: Final = 9999


def register(app: Flask) -> None:
    """Give templates their words and the forms in which figures are shown."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals.update(t=t, language=language)
    app.jinja_env.filters.update(
        yuan=yuan,
        percent=percent,
        ppm=ppm_percent,
        thousands=money,
        rate=format_rate,
        permille=format_monthly_permille,
        day=day,
        eve=eve,
        plain=format_yuan,
        tenths=show_points,
        loan_state=LOAN_STATES.__getitem__,
        sheet_state=SHEET_STATES.__getitem__,
    )
    app.after_request(_remember)


def language() -> Language:
    """The language of this request: asked for, remembered, or Chinese."""
    asked = request.args.get("lang") or request.cookies.get(COOKIE)
    return "en" if asked == "en" else "zh"


def t(sentence: str, **facts: object) -> str:
    """A sentence in the language of the request, with its facts."""
    words = ENGLISH.get(sentence, sentence) if language() == "en" else sentence
    return words.format(**facts) if facts else words


def yuan(fen: int | None) -> str:
    """An amount with thousands set apart: 35175000000 is 351,750,000.00."""
    if fen is None:
        return "—"
    whole, rest = format_yuan(fen).split(".")
    return f"{int(whole):,}.{rest}" if whole != "-0" else f"-0.{rest}"


def money(text: str) -> str:
    """An amount that is text already, with thousands set apart."""
    sign, figures = text[: text.startswith("-")], text.removeprefix("-")
    whole, _, rest = figures.partition(".")
    return f"{sign}{int(whole):,}.{rest}"


def percent(fraction: str | None) -> str:
    """A fraction of one with four decimals as percent: "0.4395" is 43.95%."""
    if fraction is None:
        return "—"
    whole, _, rest = fraction.partition(".")
    digits = f"{whole}{rest.ljust(4, '0')[:4]}"
    return f"{int(digits[:-2])}.{digits[-2:]}%"


def ppm_percent(ppm: int | None, decimals: int = 2) -> str:
    """Parts per million as percent, cut and not rounded: 29 999 is 2.99%, not yet three."""
    if ppm is None:
        return "—"
    rest = ppm % 10_000 // 10 ** (4 - decimals)
    return f"{ppm // 10_000}.{rest:0{decimals}d}%"


def day(value: date | None) -> str:
    """A date; a dash for none and for never."""
    if value is None or value.year == _FAR_YEAR:
        return "—"
    return value.isoformat()


def eve(value: date) -> str:
    """The last day of what ends before a day, as people write it."""
    return (value - ONE_DAY).isoformat()


def _remember(response: Response) -> Response:
    if request.args.get("lang") in {"zh", "en"}:
        response.set_cookie(
            COOKIE, language(), max_age=365 * 86400, samesite="Lax", httponly=True, path="/"
        )
    return response
