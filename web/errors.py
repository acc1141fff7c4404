"""One place that turns a refusal into an answer: a problem document (RFC 9457) or a page.

The API answers ``application/problem+json`` with ``type, title, detail, en, code, field, clause,
status``; titles and details are Chinese, ``en`` says the detail in English. Pages show the refusal
where it happened (``web.pages.forms``); what no page caught gets a page of its own. A fault of our
own is logged and answered without a word about our insides.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

import structlog
from flask import Flask, Response, jsonify, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.urls import iri_to_uri
from werkzeug.wrappers import Response as WerkzeugResponse

from kernel.refusals import Refusal
from kernel.regions import spell_out
from web.addresses import page_address
from web.context import house
from web.labels import on_page
from web.refusals import AlreadyThere, BooksBusy, FileTooLarge, NotLoggedIn, TooManyTries

API_PREFIX: Final = "/api/"
RETRY_AFTER_SECONDS: Final = 5

log = structlog.get_logger("fupin.web")

_TITLES: Final = {
    400: "请求不合格式",
    401: "未登录",
    403: "无权办理",
    404: "未找到",
    405: "方法不允许",
    406: "无法提供所要的格式",
    409: "与账簿现状冲突",
    413: "内容过大",
    415: "不支持的内容类型",
    422: "内容不合规则",
    429: "过于频繁",
    500: "系统故障",
    503: "暂时无法办理",
}

Answer = WerkzeugResponse | tuple[str, int]


def register(app: Flask) -> None:
    """Answer refusals, HTTP errors, a busy database and our own faults."""
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(PoolTimeout, _busy)
    app.register_error_handler(IntegrityError, _already_there)
    app.register_error_handler(HTTPException, http_error)


def problem(refusal: Refusal) -> dict[str, Any]:
    """A refusal as a problem document, places by their names."""
    spell_out(refusal, lambda: house().regions)
    return {
        "type": f"urn:fupin:problem:{refusal.code}",
        "title": _TITLES.get(refusal.status, "未能办理"),
        "status": refusal.status,
        "detail": refusal.message("zh"),
        "en": refusal.message("en"),
        "code": refusal.code,
        "field": refusal.field,
        "clause": refusal.clause,
    }


def page_problem(refusal: Refusal, template: str = "") -> dict[str, Any]:
    """The same as a page tells it: fields by the labels of its form."""
    document = problem(refusal)
    document["detail"] = on_page(refusal, "zh", template)
    document["en"] = on_page(refusal, "en", template)
    return document


def wants_problem() -> bool:
    """Whether the asker is a programme."""
    return request.path.startswith(API_PREFIX)


def refused(refusal: Refusal) -> Answer:
    """A rule said no."""
    if wants_problem():
        return _problem_response(problem(refusal))
    if isinstance(refusal, NotLoggedIn):
        return redirect(url_for("desk.log_in_form", next=_back()))
    return _page(page_problem(refusal))


def http_error(error: HTTPException) -> Answer:
    """What the framework refuses before any of our code is asked."""
    if isinstance(error, RequestEntityTooLarge):
        return refused(FileTooLarge(limit_mb=50))
    status = error.code or 500
    if status < HTTPStatus.BAD_REQUEST:
        return error.get_response()
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return _with_retry(refused(TooManyTries()))
    document = {
        "type": "about:blank",
        "title": _TITLES.get(status, error.name),
        "status": status,
        "detail": _TITLES.get(status, error.name),
        "en": error.name,
        "code": error.name.lower().replace(" ", "_"),
        "field": None,
        "clause": None,
    }
    if getattr(error, "data", None):
        document.update(_faults_of(error.data))  # type: ignore[attr-defined]  # set by webargs
    if not wants_problem():
        return _not_opened(document) if status == HTTPStatus.METHOD_NOT_ALLOWED else _page(document)
    response = _problem_response(document)
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after", "www-authenticate"}:
            response.headers[name] = value
    return response


def _not_opened(document: dict[str, Any]) -> Answer:
    """An address of a command was opened: the page that it stands on, if there is one."""
    above = page_address(request.path) if request.method == "GET" else None
    if above is not None:
        said = request.query_string.decode("ascii", "ignore")
        return redirect(iri_to_uri(above) + (f"?{said}" if said else ""))
    document["detail"] = "此地址只受理表单提交，不能直接打开"
    document["en"] = "This address takes what a form sends and cannot be opened"
    return _page(document)


def _faults_of(data: dict[str, Any]) -> dict[str, Any]:
    """The fields at fault, flat: ``items.3.amount`` and what is wrong with it."""
    faults = list(_flat(data.get("messages", {}), ()))
    if not faults:
        return {}
    field, words = faults[0]
    return {
        "type": "urn:fupin:problem:request_malformed",
        "code": "request_malformed",
        "detail": f"{field}：{_in_chinese(words)}",
        "en": f"{field}: {words}",
        "field": field,
        "errors": [
            {"field": name, "detail": _in_chinese(said), "en": said} for name, said in faults
        ],
    }


def _flat(messages: Any, path: tuple[str, ...]) -> Any:
    if isinstance(messages, dict):
        for key, value in messages.items():
            # The first step is where the value stood (json, query), which the asker knows.
            yield from _flat(value, (*path, str(key)))
    else:
        words = messages if isinstance(messages, str) else "; ".join(map(str, messages))
        yield ".".join(path[1:] or path), words


_CHINESE: Final = {
    "Missing data for required field.": "必填项缺失",
    "Unknown field.": "没有这个字段",
    "Field may not be null.": "不得为空",
    "Not a valid integer.": "须为整数",
    "Not a valid string.": "须为文本",
    "Not a valid date.": "须为日期（如2016-05-30）",
    "Not a valid boolean.": "须为true或false",
    "Not a valid list.": "须为列表",
    "Invalid input type.": "内容类型不对",
    "Not a valid JSON document.": "不是合格的JSON",
    "Invalid JSON body.": "不是合格的JSON",
}


def _in_chinese(words: str) -> str:
    return _CHINESE.get(words, words)


def _busy(error: Exception) -> Answer:
    log.warning("books_busy", error=type(error).__name__, endpoint=request.endpoint)
    return _with_retry(refused(BooksBusy()))


def _already_there(error: IntegrityError) -> Answer:
    log.warning("unique_key", error=type(error.orig).__name__, endpoint=request.endpoint)
    return refused(AlreadyThere())


def _with_retry(answer: Answer) -> Answer:
    response = answer if isinstance(answer, WerkzeugResponse) else Response(*answer)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _problem_response(document: dict[str, Any]) -> Response:
    response = jsonify(document)
    response.status_code = int(document["status"])
    response.mimetype = "application/problem+json"
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _page(document: dict[str, Any]) -> tuple[str, int]:
    return render_template("problem.html", problem=document), int(document["status"])


def _back() -> str | None:
    """Where to go after logging in: only to a page that is looked at."""
    return request.full_path.rstrip("?") if request.method == "GET" else None
