"""Lists as files: xlsx or csv, made as a stream into a temporary file, no cell ever a formula."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from io import TextIOWrapper
from typing import Final, Literal
from urllib.parse import quote

from flask import Response, send_file

from kernel.money import format_rate, format_yuan
from kernel.tables import Sheet, write_csv, write_xlsx

Format = Literal["xlsx", "csv"]
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def send_table(
    name: str, titles: Sequence[str], rows: Iterable[Sequence[object]], form: str
) -> Response:
    """A table to keep; ``form`` is xlsx or csv (with a BOM, as Excel wants it)."""
    if form == "csv":
        return _send_csv(name, titles, rows)
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    write_xlsx(file, [Sheet(name[:31], titles, rows, widths=[16 for _ in titles])])
    file.seek(0)
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=f"{name}.xlsx")


def amount(fen: int | None) -> str:
    """An amount as a cell: plain, so that a spreadsheet can reckon with it; blank for none."""
    return "" if fen is None else format_yuan(fen)


def rate(ppm: int) -> str:
    """A yearly rate as a cell, in percent."""
    return format_rate(ppm)


def send_workbook(name: str, content: bytes) -> Response:
    """A workbook that is ready."""
    response = Response(content, mimetype=XLSX)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def send_file_of(name: str, content: bytes) -> Response:
    """A file as it is, to keep."""
    response = Response(content, mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def _send_csv(name: str, titles: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    text = TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    write_csv(text, titles, rows)
    text.flush()
    text.detach()
    file.seek(0)
    return send_file(file, mimetype="text/csv", as_attachment=True, download_name=f"{name}.csv")
