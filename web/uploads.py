"""Files handed in: kept for the length of the request in a folder of their own, then gone."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from kernel.refusals import NotFound
from kernel.table_files import sha256_of
from web.context import actor
from web.refusals import FileMissing

_UNSAFE: Final = re.compile(r"[\x00-\x1f/\\:*?\"<>|]+")
#: a ticket holds as long as a session may
_TICKET_SECONDS: Final = 12 * 3600


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of this request."""

    path: Path
    name: str

    def sha256(self) -> str:
        """Hash of the content, hex."""
        return sha256_of(self.path)


@contextmanager
def received(field: str = "file") -> Iterator[Upload]:
    """The file of a form; refused where there is none."""
    file = request.files.get(field)
    if file is None or not file.filename:
        raise FileMissing(field=field)
    name = clean_name(file.filename)
    with tempfile.TemporaryDirectory(prefix="fupin-") as folder:
        path = Path(folder) / name.lstrip(".")
        file.save(path)
        yield Upload(path, name)


def clean_name(name: str) -> str:
    """The last part of a name alone, without anything a path could be made of."""
    return _UNSAFE.sub("_", name.replace("\\", "/").rsplit("/", 1)[-1])[-80:] or "file"


def ticket(kind: str, number: int) -> str:
    """A number that only the same account can hand back."""
    return _tickets(kind).dumps([actor().account, number])


def redeem(kind: str, text: str) -> int:
    """The number of a ticket of this account."""
    try:
        account, number = _tickets(kind).loads(text, max_age=_TICKET_SECONDS)
    except BadSignature:
        raise NotFound(field=kind, what="导入批次") from None
    if account != actor().account:
        raise NotFound(field=kind, what="导入批次")
    return int(number)


def _tickets(kind: str) -> URLSafeTimedSerializer:
    key = current_app.secret_key
    assert key is not None
    return URLSafeTimedSerializer(key, salt=f"ticket:{kind}")
