"""The API, ``/api/v1``: one file of routes per room, one OpenAPI document over all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import flask_swagger_ui
from flask import Blueprint, Flask, jsonify, render_template, send_from_directory
from flask.typing import ResponseReturnValue
from flask_smorest import Api
from werkzeug.exceptions import HTTPException

from web import errors
from web.access import open_to_all
from web.api import (
    changes,
    corrections,
    decisions,
    dossier,
    enterprises,
    enterprises_agreements,
    enterprises_dividends,
    families,
    figures,
    forecast,
    fund,
    fund_claims,
    grades,
    identification,
    identification_figures,
    lending,
    levels,
    mutual,
    need,
    notices,
    papers,
    registry,
    rules,
    schedule,
    session,
    subsidies,
    subsidies_money,
    watch,
    whatif,
    why,
)
from web.api.routes import PREFIX
from web.fields import Problem

_ROOMS: Final = (
    session,
    figures,
    rules,
    schedule,
    registry,
    identification,
    identification_figures,
    families,
    need,
    levels,
    decisions,
    lending,
    changes,
    why,
    whatif,
    corrections,
    grades,
    papers,
    dossier,
    forecast,
    subsidies,
    subsidies_money,
    watch,
    notices,
    fund,
    fund_claims,
    enterprises,
    enterprises_agreements,
    enterprises_dividends,
    mutual,
)
_SWAGGER_FILES: Final = Path(flask_swagger_ui.__file__).parent / "dist"
_SECURITY: Final = {
    "token": {"type": "http", "scheme": "bearer"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "fupin_session"},
}


class FupinApi(Api):  # type: ignore[misc]  # the package carries no types
    """flask-smorest, with our problem documents in place of its errors."""

    ERROR_SCHEMA = Problem

    def handle_http_exception(self, error: HTTPException) -> errors.Answer:
        """What the framework refuses, answered as everything else is."""
        return errors.http_error(error)


def register(app: Flask) -> None:
    """Mount every room's routes, the document over them, and its reader."""
    app.config.update(
        API_TITLE="扶贫小额信贷管理服务 · Fupin",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={
            "info": {"description": "金额为元，字符串，最多两位小数；日期为营业日期。"},
            "security": [{"token": []}, {"cookie": []}],
            "components": {"securitySchemes": _SECURITY},
        },
    )
    api = FupinApi(app)
    for room in _ROOMS:
        api.register_blueprint(room.routes.blueprint)
    app.register_blueprint(_documents(api))


def _documents(api: Any) -> Blueprint:
    blueprint = Blueprint("api_documents", __name__)

    @blueprint.get(f"{PREFIX}/openapi.json")
    @open_to_all
    def openapi() -> ResponseReturnValue:
        """The document that describes the API."""
        return jsonify(api.spec.to_dict())

    @blueprint.get(f"{PREFIX}/docs")
    @open_to_all
    def reader() -> ResponseReturnValue:
        """A page to read it and try it."""
        return render_template("swagger.html")

    @blueprint.get(f"{PREFIX}/docs/<path:name>")
    @open_to_all
    def reader_file(name: str) -> ResponseReturnValue:
        """The reader's own files."""
        return send_from_directory(_SWAGGER_FILES, name)

    return blueprint
