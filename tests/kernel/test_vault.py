"""Envelopes open where they belong and nowhere else; key files are guarded."""

from __future__ import annotations

import base64
import json
import os
from itertools import count
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import ECB
from hypothesis import given
from hypothesis import strategies as st

from kernel.vault import KeyFileUnusable, KeyMissing, Keyring, SealBroken, SealingKey

NUMBER = "431099198503071212"
PLACE = "people.identity_number:17"


def counted_ring() -> Keyring:
    """Fixed keys and counted nonces: the same bytes in every run."""
    numbers = count(1)
    keys = {
        1: SealingKey(1, "AES-256-GCM", bytes(range(32))),
        2: SealingKey(2, "SM4-GCM", bytes(range(16))),
    }
    return Keyring(keys, 1, b"i" * 32, b"t" * 32, lambda: next(numbers).to_bytes(12, "big"))


def test_the_cipher_is_sm4() -> None:
    # The example of GB/T 32907: key and text 0123456789abcdeffedcba9876543210.
    block = bytes.fromhex("0123456789abcdeffedcba9876543210")
    encryptor = Cipher(SM4(block), ECB()).encryptor()  # noqa: S305
    assert encryptor.update(block).hex() == "681edf34d206965e86b3e94f536e4246"


@given(st.text(max_size=40), st.text(max_size=20))
def test_what_is_sealed_opens_at_its_place(text: str, place: str) -> None:
    ring = counted_ring()
    for current in (1, 2):
        here = Keyring(ring.keys, current, ring.index_key, ring.trail_key, ring.nonce)
        assert ring.open(here.seal(text, place=place), place=place) == text


def test_the_envelope_is_versioned_and_shows_nothing() -> None:
    envelope = counted_ring().seal(NUMBER, place=PLACE)
    # version 1, algorithm 1, key 1, nonce 12, 18 characters, tag 16
    assert envelope[:4] == bytes([1, 1, 0, 1])
    assert len(envelope) == 4 + 12 + 18 + 16
    assert NUMBER.encode() not in envelope


@given(st.integers(0, 8 * 50 - 1))
def test_one_flipped_bit_anywhere_is_found(bit: int) -> None:
    ring = counted_ring()
    envelope = bytearray(ring.seal(NUMBER, place=PLACE))
    envelope[bit // 8] ^= 1 << bit % 8
    with pytest.raises((SealBroken, KeyMissing)):
        ring.open(bytes(envelope), place=PLACE)


def test_an_envelope_copied_to_another_row_does_not_open() -> None:
    ring = counted_ring()
    envelope = ring.seal(NUMBER, place=PLACE)
    with pytest.raises(SealBroken):
        ring.open(envelope, place="people.identity_number:18")
    with pytest.raises(SealBroken):
        ring.open(b"", place=PLACE)


def test_another_ring_does_not_open_it() -> None:
    envelope = Keyring.generate().seal(NUMBER, place=PLACE)
    with pytest.raises(SealBroken):
        Keyring.generate().open(envelope, place=PLACE)


def test_rotation_seals_with_the_new_key_and_opens_the_old() -> None:
    ring = counted_ring()
    old = ring.seal(NUMBER, place=PLACE)
    turned = ring.rotated("SM4-GCM")
    new = turned.seal(NUMBER, place=PLACE)
    assert (turned.current, new[:4]) == (3, bytes([1, 2, 0, 3]))
    assert turned.open(old, place=PLACE) == turned.open(new, place=PLACE) == NUMBER
    assert turned.blind_index(NUMBER, kind="id") == ring.blind_index(NUMBER, kind="id")
    with pytest.raises(KeyMissing):
        ring.open(new, place=PLACE)


def test_blind_indexes_find_equals_of_a_kind_under_their_own_key() -> None:
    ring = counted_ring()
    assert ring.blind_index(NUMBER, kind="id") == ring.blind_index(NUMBER, kind="id")
    assert ring.blind_index(NUMBER, kind="id") != ring.blind_index(NUMBER, kind="card")
    assert ring.blind_index(NUMBER, kind="id") != Keyring.generate().blind_index(NUMBER, kind="id")
    assert ring.mac(b"x") != ring.blind_index("x", kind="")


def test_the_key_file_is_for_its_owner_and_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "fupin.json"
    ring = Keyring.create(path)
    assert path.stat().st_mode & 0o777 == 0o600
    read = Keyring.load(path)
    assert (dict(read.keys), read.index_key, read.trail_key) == (
        dict(ring.keys),
        ring.index_key,
        ring.trail_key,
    )
    with pytest.raises(KeyFileUnusable):
        Keyring.create(path)
    read.rotated().save(path)
    assert Keyring.load(path).current == 2
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    with pytest.raises(KeyFileUnusable):
        Keyring.load(path)


def test_missing_misshapen_and_short_keys_are_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyFileUnusable):
        Keyring.load(tmp_path / "none.json")
    good = json.loads(Keyring.generate().to_json())
    short = dict(good, trail_key=base64.b64encode(b"short").decode())
    weak = dict(good, keys=[dict(good["keys"][0], key=base64.b64encode(b"weak").decode())])
    other = dict(good, current=9)
    for text in ("", "[]", "{}", json.dumps(short), json.dumps(weak), json.dumps(other)):
        with pytest.raises(KeyFileUnusable):
            Keyring.from_json(text)


def test_a_ring_never_prints_its_keys() -> None:
    ring = counted_ring()
    assert repr(ring) == "Keyring(ids=[1, 2], current=1)"
    assert len(ring.fingerprint) == 8
    assert os.urandom(12) != ring.nonce()
