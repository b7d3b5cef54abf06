"""封存: identity numbers and telephone numbers at rest. SM4-GCM to read them again, HMAC-SM3 to find them without reading.

Sealed bytes: key id (1) | nonce (12) | tag (16) | ciphertext. A blind index depends on its purpose, so that the same digits as
a telephone and as an identity number have nothing in common. Keys come from the environment (`XIAODUN_SEAL_KEYS`), the last one
seals; all of them open.
"""

from __future__ import annotations

import os

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings

from xiaodun.kernel.errors import Fault, Refused

_NONCE, _TAG = 12, 16


def seal(text: str, purpose: str) -> bytes:
    """Seal a text for one purpose. Raises Refused `sealed.no_key` where no key is set: nothing is stored unsealed."""
    key_id, key = _last_key()
    nonce = os.urandom(_NONCE)
    encryptor = Cipher(algorithms.SM4(_derive(key, "seal:" + purpose)[:16]), modes.GCM(nonce)).encryptor()
    body = encryptor.update(text.encode()) + encryptor.finalize()
    return bytes([key_id]) + nonce + encryptor.tag + body


def unseal(sealed: bytes, purpose: str) -> str:
    """The text again. Raises Refused `sealed.unknown_key` or cryptography's InvalidTag for bytes that were changed."""
    data = bytes(sealed)
    key = settings.SEAL_KEYS.get(data[0])
    if key is None:
        raise _refused(
            "sealed.unknown_key", "封存密钥不在。把旧密钥放回 XIAODUN_SEAL_KEYS", "put the old key back"
        )
    nonce, tag, body = data[1 : 1 + _NONCE], data[1 + _NONCE : 1 + _NONCE + _TAG], data[1 + _NONCE + _TAG :]
    mode = modes.GCM(nonce, tag)
    decryptor = Cipher(algorithms.SM4(_derive(key, "seal:" + purpose)[:16]), mode).decryptor()
    return (decryptor.update(body) + decryptor.finalize()).decode()


def blind_index(text: str, purpose: str) -> bytes:
    """32 bytes that are equal for equal texts of one purpose and tell nothing else. The first key makes them, for good."""
    if not settings.SEAL_KEYS:
        _last_key()
    first = settings.SEAL_KEYS[min(settings.SEAL_KEYS)]
    return _keyed(_derive(first, "index:" + purpose), text)


def _last_key() -> tuple[int, bytes]:
    if not settings.SEAL_KEYS:
        raise _refused(
            "sealed.no_key",
            "没有封存密钥，不能存证件号。设置 XIAODUN_SEAL_KEYS",
            "no key to seal with: set XIAODUN_SEAL_KEYS",
        )
    key_id = max(settings.SEAL_KEYS)
    return key_id, settings.SEAL_KEYS[key_id]


def _derive(key: bytes, purpose: str) -> bytes:
    return _keyed(key, purpose)


def _keyed(key: bytes, text: str) -> bytes:
    digest = hmac.HMAC(key, hashes.SM3())
    digest.update(text.encode())
    return digest.finalize()


def _refused(code: str, zh: str, en: str) -> Refused:
    return Refused(Fault(code, zh, en, "XIAODUN_SEAL_KEYS"))
