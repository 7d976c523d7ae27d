# SPDX-License-Identifier: Apache-2.0
"""Sealed frames a second time, as docs/sealed.md has them, with the cryptography of
python3-cryptography; and the library's ends by ctypes, with the same cryptography."""
import ctypes
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

UP, DOWN, CHALLENGE, QUESTION = range(4)
OPENED, FORGED, REPLAYED, OLD, UNPROVEN, CHALLENGED, RETIRED = range(7)


def hkdf(key, salt, info, size):
    return HKDF(hashes.SHA256(), size, salt, info).derive(key)


def session_key(key, direction, tag_size, session, name, salt):
    info = b"execwire seal" + bytes([direction, tag_size]) + session.to_bytes(4, "big") + name
    return hkdf(key, salt, info, 16)


def nonce_of(direction, session, number):
    return bytes([direction]) + session.to_bytes(4, "big") + bytes(4) + number.to_bytes(4, "big")


class Format:
    """Seals and opens single frames; what it remembers is the caller's."""

    def __init__(self, key_id, key, name, cid=b"", tag_size=8):
        self.key_id, self.key, self.name, self.cid, self.tag_size = key_id, key, name, cid, tag_size

    def ccm(self, direction, session, salt):
        return AESCCM(session_key(self.key, direction, self.tag_size, session, self.name, salt), self.tag_size)

    def head(self, first, *parts):
        return self.cid + bytes([first]) + b"".join(parts)

    def sealed(self, head, direction, session, salt, number, frame):
        return head + self.ccm(direction, session, salt).encrypt(nonce_of(direction, session, number), frame, head)

    def up_long(self, session, salt, number, frame, echo=b""):
        head = self.head(0xC0 | (0x20 if echo else 0) | self.key_id, session.to_bytes(4, "big"), salt, number.to_bytes(4, "big"), echo)
        return self.sealed(head, UP, session, salt, number, frame)

    def up_short(self, session, salt, number, frame):
        return self.sealed(self.head(number & 127), UP, session, salt, number, frame)

    def down_long(self, session, salt, own, number, frame):
        head = self.head(0xC0 | self.key_id, own, number.to_bytes(4, "big"))
        return self.sealed(head, DOWN, session, salt + own, number, frame)

    def down_short(self, session, salt, own, number, frame):
        return self.sealed(self.head(number & 127), DOWN, session, salt + own, number, frame)

    def challenge(self, session, salt, own):
        """The salts are of the gateway first: who answers knows the other one."""
        return self.sealed(self.head(0x80 | self.key_id, own), CHALLENGE, session, own + salt, 0, b"")

    def question(self, own):
        return self.sealed(self.head(0xA0 | self.key_id, own), QUESTION, 0, own, 0, b"")


# ---- The library's ends ----

BYTES = ctypes.POINTER(ctypes.c_uint8)
DERIVE = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, BYTES, BYTES, ctypes.c_size_t, BYTES, ctypes.c_size_t, BYTES, ctypes.c_size_t)
CRYPT = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, BYTES, BYTES, BYTES, ctypes.c_size_t, BYTES, ctypes.c_size_t, BYTES, ctypes.c_size_t)
RANDOM = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, BYTES, ctypes.c_size_t)
RESERVE = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, ctypes.c_uint32)


class Crypto(ctypes.Structure):
    _fields_ = [("derive", DERIVE), ("encrypt", CRYPT), ("decrypt", CRYPT), ("random", RANDOM), ("context", ctypes.c_void_p)]


class Text(ctypes.Structure):
    _fields_ = [("data", ctypes.c_char_p), ("size", ctypes.c_size_t)]


class Options(ctypes.Structure):
    _fields_ = [("crypto", ctypes.POINTER(Crypto)), ("name", Text), ("cid", ctypes.c_uint8 * 2), ("cid_size", ctypes.c_uint8), ("tag_size", ctypes.c_uint8), ("one_way", ctypes.c_bool)]


class Key(ctypes.Structure):
    _fields_ = [("id", ctypes.c_uint8), ("key", ctypes.c_uint8 * 16)]


def took(pointer, size):
    return ctypes.string_at(pointer, size)


def derive(_, key, salt, salt_size, info, info_size, out, size):
    ctypes.memmove(out, hkdf(took(key, 16), took(salt, salt_size), took(info, info_size), size), size)
    return True


def encrypt(_, key, nonce, head, head_size, plain, size, out, tag_size):
    sealed = AESCCM(took(key, 16), tag_size).encrypt(took(nonce, 13), took(plain, size) if size else b"", took(head, head_size))
    ctypes.memmove(out, sealed, len(sealed))
    return True


def decrypt(_, key, nonce, head, head_size, sealed, size, out, tag_size):
    try:
        plain = AESCCM(took(key, 16), tag_size).decrypt(took(nonce, 13), took(sealed, size + tag_size), took(head, head_size))
    except InvalidTag:
        return False
    if plain:
        ctypes.memmove(out, plain, len(plain))
    return True


def random(_, out, size):
    ctypes.memmove(out, os.urandom(size), size)
    return True


CRYPTO = Crypto(DERIVE(derive), CRYPT(encrypt), CRYPT(decrypt), RANDOM(random), None)


class End:
    """A node's end, or a gateway's."""

    def __init__(self, library, kind, form, one_way=False):
        self.library, self.kind = library, kind
        library.execwire_sizeof.restype = ctypes.c_size_t
        self.memory = ctypes.create_string_buffer(library.execwire_sizeof(("execwire_seal_" + kind).encode()))
        cid = (ctypes.c_uint8 * 2)(*form.cid)
        self.options = Options(ctypes.pointer(CRYPTO), Text(form.name, len(form.name)), cid, len(form.cid), form.tag_size, one_way)
        key = Key(form.key_id, (ctypes.c_uint8 * 16)(*form.key))
        if kind == "node":
            self.reserve = RESERVE(lambda context, session: True)
            code = library.execwire_seal_node_init(self.memory, ctypes.byref(self.options), ctypes.byref(key), ctypes.c_uint32(0), self.reserve, None, None)
        else:
            code = library.execwire_seal_peer_init(self.memory, ctypes.byref(self.options), ctypes.byref(key), ctypes.c_size_t(1), None, None)
        assert code == 0, code

    def call(self, what, data, *more):
        out = ctypes.create_string_buffer(len(data) + 64)
        size = ctypes.c_size_t()
        code = getattr(self.library, "execwire_seal_%s_%s" % (self.kind, what))(self.memory, data, ctypes.c_size_t(len(data)), out, ctypes.c_size_t(len(out)), ctypes.byref(size), *more)
        assert code == 0, (what, code)
        return out.raw[:size.value]

    def write(self, frame):
        return self.call("write", frame, None)

    def open(self, sealed):
        outcome = ctypes.c_int()
        frame = self.call("open", sealed, ctypes.byref(outcome), None)
        return outcome.value, frame

    def challenge(self):
        out = ctypes.create_string_buffer(64)
        size = ctypes.c_size_t()
        code = self.library.execwire_seal_peer_challenge(self.memory, out, ctypes.c_size_t(len(out)), ctypes.byref(size), None)
        assert code == 0, code
        return out.raw[:size.value]
