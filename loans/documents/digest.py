"""The digest of a paper: two papers with the same line at the foot say the same.

Taken over everything the paper says but the identity number, which is masked first: all the rest
of a contract stands in the books in clear, and whoever reads them could otherwise try the few
numbers that fit until the digest comes out. A line that a paper did not have when it was first
drawn is marked with what its absence stood for, and left out where it says that: so a contract
printed again has the foot it had.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Final

from kernel.identity import mask_identity

#: under this name a field's metadata keeps what a paper without it stood for
ADDED: Final = "added_before"


def digest_of(paper: object) -> str:
    """SHA-256 (hex) of what a paper says."""
    content = json.dumps(_canonical(paper), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def _canonical(value: object) -> object:
    if is_dataclass(value):
        return {
            one.name: _named(one.name, getattr(value, one.name))
            for one in fields(value)
            if ADDED not in one.metadata or getattr(value, one.name) != one.metadata[ADDED]
        }
    if isinstance(value, Mapping):
        return {str(key): _canonical(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _named(name: str, value: object) -> object:
    if name == "identity":
        return value if "*" in str(value) else mask_identity(str(value))
    return _canonical(value)
