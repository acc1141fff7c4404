"""The vault: secrets at rest, blind indexes to find them by, and the key of the trail.

A sealed value is a versioned envelope::

    version (1 byte) · algorithm (1) · key id (2) · nonce (12) · text · tag (16)

AES-256-GCM writes by default; SM4-GCM is read too, and written where the key says so. The header
and the *place* of the value ("people.identity_number:…") are authenticated with it, so that a
value copied to another row or column does not open. A blind index is HMAC-SHA256 under a key of
its own: equal texts of one kind have equal indexes, and no index tells its text.

Keys live in a JSON file outside the database's folder, mode 0600, or in the environment. Rotation
adds a key with a new id and seals with it from then on; old envelopes open while their key is kept.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM

from kernel.refusals import Refusal

Algorithm = Literal["AES-256-GCM", "SM4-GCM"]

VERSION: Final = 1
_HEADER: Final = struct.Struct(">BBH")
_NONCE: Final = 12
_TAG: Final = 16
_CODES: Final[dict[Algorithm, int]] = {"AES-256-GCM": 1, "SM4-GCM": 2}
_ALGORITHMS: Final[dict[int, Algorithm]] = {code: name for name, code in _CODES.items()}
_KEY_BYTES: Final[dict[Algorithm, int]] = {"AES-256-GCM": 32, "SM4-GCM": 16}


class SealBroken(Refusal):
    """An envelope that does not open: altered, moved to another place, or not one at all."""

    status = 409
    zh = "密文无法打开：已被改动、移位或并非密文（{what}）"
    en = "the sealed value does not open: altered, moved, or none at all ({what})"


class KeyMissing(Refusal):
    """An envelope names a key that the ring does not hold."""

    status = 409
    zh = "密钥文件中没有{key_id}号密钥，密文无法打开"
    en = "the key file has no key number {key_id}; the sealed value cannot be opened"


class KeyFileUnusable(Refusal):
    """The key file is missing, misshapen, readable by others, or in the way."""

    status = 409
    zh = "密钥文件 {path} 不可用：{what}"
    en = "the key file {path} cannot be used: {what}"


@dataclass(frozen=True, slots=True)
class SealingKey:
    """One key: its id in envelopes, its algorithm, its bytes."""

    id: int
    algorithm: Algorithm
    secret: bytes

    def encrypt(self, nonce: bytes, text: bytes, aad: bytes) -> bytes:
        """Text and tag."""
        if self.algorithm == "AES-256-GCM":
            return AESGCM(self.secret).encrypt(nonce, text, aad)
        encryptor = Cipher(SM4(self.secret), GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(aad)
        return encryptor.update(text) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
        """The text; ``InvalidTag`` if anything was altered."""
        if self.algorithm == "AES-256-GCM":
            return AESGCM(self.secret).decrypt(nonce, sealed, aad)
        text, tag = sealed[:-_TAG], sealed[-_TAG:]
        decryptor = Cipher(SM4(self.secret), GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(aad)
        return decryptor.update(text) + decryptor.finalize()


def random_nonce() -> bytes:
    """A nonce from the operating system."""
    return os.urandom(_NONCE)


@dataclass(frozen=True)
class Keyring:
    """All keys of one set of books. ``nonce`` is a parameter so that a test can repeat a run."""

    keys: Mapping[int, SealingKey]
    current: int
    index_key: bytes
    trail_key: bytes
    nonce: Callable[[], bytes] = random_nonce

    def __repr__(self) -> str:
        """Never the keys."""
        return f"Keyring(ids={sorted(self.keys)}, current={self.current})"

    def seal(self, text: str, *, place: str) -> bytes:
        """The envelope of a text at a place."""
        return self.seal_bytes(text.encode(), place=place)

    def open(self, envelope: bytes, *, place: str) -> str:
        """The text of an envelope; a wrong key, place or byte is refused."""
        return self.open_bytes(envelope, place=place).decode()

    def seal_bytes(self, content: bytes, *, place: str) -> bytes:
        """The envelope of a file at a place."""
        key = self.keys[self.current]
        header = _HEADER.pack(VERSION, _CODES[key.algorithm], key.id)
        nonce = self.nonce()
        return header + nonce + key.encrypt(nonce, content, header + place.encode())

    def open_bytes(self, envelope: bytes, *, place: str) -> bytes:
        """The file of an envelope; a wrong key, place or byte is refused."""
        field = place.partition(":")[0]
        if len(envelope) < _HEADER.size + _NONCE + _TAG:
            raise SealBroken(field=field, what="length")
        header = envelope[: _HEADER.size]
        version, algorithm, key_id = _HEADER.unpack(header)
        if version != VERSION:
            raise SealBroken(field=field, what="version")
        key = self.keys.get(key_id)
        if key is None:
            raise KeyMissing(field=field, key_id=key_id)
        if _ALGORITHMS.get(algorithm) != key.algorithm:
            raise SealBroken(field=field, what="algorithm")
        nonce = envelope[_HEADER.size : _HEADER.size + _NONCE]
        sealed = envelope[_HEADER.size + _NONCE :]
        try:
            return key.decrypt(nonce, sealed, header + place.encode())
        except InvalidTag:
            raise SealBroken(field=field, what="tag") from None

    def blind_index(self, text: str, *, kind: str) -> bytes:
        """What an exact search compares: 32 bytes, the same for the same text of a kind."""
        return hmac.digest(self.index_key, f"{kind}:{text}".encode(), "sha256")

    def mac(self, data: bytes) -> bytes:
        """The trail's MAC."""
        return hmac.digest(self.trail_key, data, "sha256")

    @cached_property
    def fingerprint(self) -> str:
        """Eight characters that tell two rings apart on paper, and tell nothing else."""
        return sha256(b"fupin-ring:" + self.index_key + self.trail_key).hexdigest()[:8]

    def rotated(self, algorithm: Algorithm = "AES-256-GCM") -> Keyring:
        """A ring with a new current key beside the old ones."""
        key = SealingKey(max(self.keys) + 1, algorithm, os.urandom(_KEY_BYTES[algorithm]))
        keys = {**self.keys, key.id: key}
        return Keyring(keys, key.id, self.index_key, self.trail_key, self.nonce)

    @classmethod
    def generate(cls, algorithm: Algorithm = "AES-256-GCM") -> Keyring:
        """A new ring with one key."""
        key = SealingKey(1, algorithm, os.urandom(_KEY_BYTES[algorithm]))
        return cls({1: key}, 1, os.urandom(32), os.urandom(32))

    @classmethod
    def create(cls, path: Path, algorithm: Algorithm = "AES-256-GCM") -> Keyring:
        """A new ring in a new file; an existing file is never touched."""
        ring = cls.generate(algorithm)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            _write_new(path, ring.to_json())
        except FileExistsError:
            raise KeyFileUnusable(path=path, what="已经存在 / it exists already") from None
        return ring

    def save(self, path: Path) -> None:
        """Replace the key file by this ring in one step."""
        beside = path.with_name(path.name + ".new")
        beside.unlink(missing_ok=True)
        _write_new(beside, self.to_json())
        beside.replace(path)

    @classmethod
    def load(cls, path: Path) -> Keyring:
        """The ring of a key file that its owner alone may read."""
        try:
            if os.name == "posix" and path.stat().st_mode & 0o077:
                raise KeyFileUnusable(path=path, what="别人可读，须为 0600 / must be mode 0600")
            return cls.from_json(path.read_text(encoding="utf-8"), source=str(path))
        except FileNotFoundError:
            raise KeyFileUnusable(path=path, what="不存在 / it does not exist") from None

    @classmethod
    def from_json(cls, text: str, *, source: str = "environment") -> Keyring:
        """The ring of the JSON text that ``to_json`` writes (also given by the environment)."""
        try:
            read = json.loads(text)
            keys = [
                SealingKey(int(key["id"]), key["algorithm"], base64.b64decode(key["key"]))
                for key in read["keys"]
            ]
            index_key, trail_key = (base64.b64decode(read[k]) for k in ("index_key", "trail_key"))
            current = int(read["current"])
        except (ValueError, KeyError, TypeError) as error:
            what = f"格式不对 / misshapen: {type(error).__name__}"
            raise KeyFileUnusable(path=source, what=what) from None
        ring = cls({key.id: key for key in keys}, current, index_key, trail_key)
        ring._check(source)
        return ring

    def to_json(self) -> str:
        """The key file's text."""
        keys = [
            {"id": key.id, "algorithm": key.algorithm, "key": _base64(key.secret)}
            for key in self.keys.values()
        ]
        ring = {
            "version": VERSION,
            "current": self.current,
            "keys": keys,
            "index_key": _base64(self.index_key),
            "trail_key": _base64(self.trail_key),
        }
        return json.dumps(ring, indent=2) + "\n"

    def _check(self, source: str) -> None:
        """Every key of its algorithm's length, the current one present, the others long enough."""
        for key in self.keys.values():
            if len(key.secret) != _KEY_BYTES.get(key.algorithm):
                what = f"{key.id}号密钥长度不对 / key {key.id} has a wrong length"
                raise KeyFileUnusable(path=source, what=what)
        if self.current not in self.keys or min(len(self.index_key), len(self.trail_key)) < 32:
            raise KeyFileUnusable(path=source, what="密钥不全 / keys are missing")


def _write_new(path: Path, text: str) -> None:
    """Write a file that must not exist, readable by its owner alone from its first moment."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
