"""Settings from the environment, all with the prefix ``FUPIN_``.

Nothing below the edges reads them: what an operation needs arrives as an argument.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an installation decides."""

    #: FUPIN_DATABASE_URL: SQLite file or PostgreSQL
    database_url: str
    #: FUPIN_KEY_FILE: key ring, outside the database's folder
    key_file: Path
    #: FUPIN_KEYS: the key ring itself as JSON, instead of the file
    keys: str | None
    #: FUPIN_CONFIG_DIR: policies, rates, ratings, calendar, regions
    config_dir: Path
    #: FUPIN_REPORTS_DIR: where closing reports are written
    reports_dir: Path
    #: FUPIN_LISTEN: address the embedded server listens on
    listen: str

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Read the environment; every setting has a default that works on one machine."""
        instance = ROOT / "instance"
        return cls(
            database_url=environ.get("FUPIN_DATABASE_URL", f"sqlite:///{instance / 'fupin.db'}"),
            key_file=Path(environ.get("FUPIN_KEY_FILE", ROOT / "keys" / "fupin.json")),
            keys=environ.get("FUPIN_KEYS"),
            config_dir=Path(environ.get("FUPIN_CONFIG_DIR", ROOT / "config")),
            reports_dir=Path(environ.get("FUPIN_REPORTS_DIR", instance / "reports")),
            listen=environ.get("FUPIN_LISTEN", "127.0.0.1:8431"),
        )
