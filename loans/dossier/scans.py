"""Scans and photographs: what may be handed in, judged by its first bytes. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from loans.dossier.refusals import ScanTooLarge, ScanUnreadable

#: the most a scan may hold
SCAN_MAX_MB: Final = 10
#: how a file begins -> its media type
_BEGINNINGS: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
)


@dataclass(frozen=True, slots=True)
class Scan:
    """A file as it was handed in."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Hash of the content, hex."""
        return hashlib.sha256(self.content).hexdigest()


def media_type(content: bytes) -> str:
    """What a file is; anything but a picture or a PDF is refused."""
    for beginning, kind in _BEGINNINGS:
        if content.startswith(beginning):
            return kind
    raise ScanUnreadable(field="file")


def check(scan: Scan) -> None:
    """Refuse what is no scan, and what is too large for one."""
    if len(scan.content) > SCAN_MAX_MB * 1024 * 1024:
        raise ScanTooLarge(field="file", limit_mb=SCAN_MAX_MB)
    media_type(scan.content)
