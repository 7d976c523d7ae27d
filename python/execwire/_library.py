# SPDX-License-Identifier: Apache-2.0
"""libexecwire, and whether it is the one that this package is for."""
from __future__ import annotations

import ctypes
import os
import pathlib
import struct
from ctypes import POINTER, c_char, c_char_p, c_int, c_int32, c_size_t, c_uint, c_uint32, c_uint64, c_void_p
from typing import Any

from ._build import ABI
from ._layout import STRUCTS

PATH_SIZE = 96  # EXECWIRE_PATH_SIZE
SONAME = "libexecwire.so.%d" % ABI


# ---- Structs that the schema says nothing of ------------------------------------------------------

class Str(ctypes.Structure):
    _fields_ = [("data", c_void_p), ("size", c_size_t)]

    def bytes(self) -> bytes:
        return ctypes.string_at(self.data, self.size) if self.data else b""


class Error(ctypes.Structure):
    _fields_ = [("code", c_int), ("offset", c_size_t), ("text", c_char_p), ("found", c_char_p),
                ("path", c_char * PATH_SIZE)]


class Scratch(ctypes.Structure):
    _fields_ = [("entries", c_void_p), ("entry_capacity", c_size_t), ("text", c_void_p), ("text_capacity", c_size_t),
                ("entry_count", c_size_t), ("text_size", c_size_t), ("unknown_count", c_size_t)]


class JsonOptions(ctypes.Structure):
    _fields_ = [("form", c_int), ("enums", c_int), ("pretty", ctypes.c_bool), ("ignore_unknown", ctypes.c_bool)]


class LinkOptions(ctypes.Structure):
    _fields_ = [("mode", c_int), ("ack_ms", c_uint32), ("want_ms", c_uint32), ("fresh_ms", c_uint32),
                ("contexts", c_void_p), ("context_count", c_size_t), ("store", c_void_p), ("store_capacity", c_size_t),
                ("text", c_void_p), ("text_capacity", c_size_t), ("entries", c_void_p), ("entry_capacity", c_size_t),
                ("transfers", c_void_p), ("transfer_count", c_size_t), ("pieces", c_void_p), ("piece_capacity", c_size_t),
                ("grow", c_void_p)]


class LinkEvent(ctypes.Structure):
    _fields_ = [("outcome", c_int), ("has_ref", ctypes.c_bool), ("ref", c_uint), ("number", c_uint32),
                ("state", c_void_p), ("message", Str)]


class LinkView(ctypes.Structure):
    _fields_ = [("current", ctypes.c_bool), ("suspect", ctypes.c_bool), ("number", c_uint32), ("age_ms", c_uint64),
                ("message", Str)]


# ---- The library ---------------------------------------------------------------------------------

def _load() -> tuple[Any, str]:
    """The one that EXECWIRE_LIBRARY names, the one beside this file, or the system's."""
    beside = pathlib.Path(__file__).with_name(SONAME)
    name = os.environ.get("EXECWIRE_LIBRARY") or (str(beside) if beside.exists() else SONAME)
    try:
        return ctypes.CDLL(name), name
    except OSError as error:
        raise ImportError("execwire: cannot load its library (%s); libexecwire%d has it, or `make install` and "
                          "`ldconfig`, or EXECWIRE_LIBRARY may say where it is" % (error, ABI)) from None


def _declare(name: str, result: Any, *arguments: Any) -> Any:
    try:
        call = getattr(lib, name)
    except AttributeError:
        raise ImportError("execwire: %s is older than this package: it has no %s" % (path, name)) from None
    call.restype, call.argtypes = result, arguments
    return call


lib, path = _load()

_abi = _declare("execwire_abi", c_int)()
if _abi != ABI:
    raise ImportError("execwire: %s has the binary interface %d, this package is for %d" % (path, _abi, ABI))

_sizeof = _declare("execwire_sizeof", c_size_t, c_char_p)

_ADDRESS, _SIZE_OUT = c_void_p, POINTER(c_size_t)
decode = _declare("execwire_decode", c_int, _ADDRESS, c_size_t, _ADDRESS, _ADDRESS, _ADDRESS)
encode = _declare("execwire_encode", c_int, _ADDRESS, _ADDRESS, c_size_t, _SIZE_OUT, _ADDRESS)
delimited_write = _declare("execwire_delimited_write", c_int, _ADDRESS, _ADDRESS, c_size_t, _SIZE_OUT, _ADDRESS)
delimited_init = _declare("execwire_delimited_init", None, _ADDRESS, _ADDRESS, c_size_t)
delimited_feed = _declare("execwire_delimited_feed", c_int, _ADDRESS, _ADDRESS, c_size_t, _SIZE_OUT, POINTER(Str), _ADDRESS)
delimited_end = _declare("execwire_delimited_end", c_int, _ADDRESS, _ADDRESS)
json_read = _declare("execwire_json_read", c_int, _ADDRESS, c_size_t, POINTER(JsonOptions), _ADDRESS, _ADDRESS, _ADDRESS)
json_write = _declare("execwire_json_write", c_int, _ADDRESS, POINTER(JsonOptions), _ADDRESS, c_size_t, _SIZE_OUT, _ADDRESS)
time_read = _declare("execwire_time_read", c_int, c_char_p, c_size_t, _ADDRESS, _ADDRESS)
time_write = _declare("execwire_time_write", c_int, _ADDRESS, _ADDRESS, c_size_t, _SIZE_OUT, _ADDRESS)
receiver_init = _declare("execwire_link_receiver_init", c_int, _ADDRESS, POINTER(LinkOptions), _ADDRESS)
receive = _declare("execwire_link_receive", c_int, _ADDRESS, c_char_p, c_size_t, c_uint64, POINTER(LinkEvent), _ADDRESS)
receiver_poll = _declare("execwire_link_receiver_poll", c_uint64, _ADDRESS, c_uint64, _ADDRESS, c_size_t, _SIZE_OUT)
receiver_view = _declare("execwire_link_receiver_view", ctypes.c_bool, _ADDRESS, c_uint, c_uint64, POINTER(LinkView))
_outcome_name = _declare("execwire_link_outcome_name", c_char_p, c_int)
_outcome_text = _declare("execwire_link_outcome_text", c_char_p, c_int)
_code_name = _declare("execwire_code_name", c_char_p, c_int)
_code_text = _declare("execwire_code_text", c_char_p, c_int)
_version = _declare("execwire_version", c_char_p)

#: The library's version.
version: str = _version().decode()


# ---- What it says of itself ------------------------------------------------------------------------

def _all_outcomes() -> list[tuple[str, str]]:
    outcomes: list[tuple[str, str]] = []
    while name := _outcome_name(len(outcomes)):
        outcomes.append((name.decode(), _outcome_text(len(outcomes)).decode()))
    return outcomes


def _all_codes() -> dict[str, str]:
    """Names and texts, by number; what is no code has the name of the second one."""
    names = [_code_name(0), _code_name(1)]
    while (name := _code_name(len(names))) != names[1]:
        names.append(name)
    return {name.decode(): _code_text(i).decode() for i, name in enumerate(names)}


outcomes = _all_outcomes()
codes = _all_codes()
code_names = list(codes)
NO_SPACE = code_names.index("EXECWIRE_ERROR_NO_SPACE")


class LinkStats(ctypes.Structure):
    _fields_ = [("outcomes", c_uint32 * len(outcomes)), ("malformed", c_uint32), ("forgotten", c_uint32),
                ("feedbacks", c_uint32), ("bytes", c_uint64)]


class LinkReceiverHead(ctypes.Structure):
    """The members of a receiver that may be read, and those before them."""

    _fields_ = [("options", LinkOptions), ("stats", LinkStats)]


# ---- Layout ----------------------------------------------------------------------------------------

def _members(name: str) -> str:
    """The codes of a struct's members. A code without any values aligns, as the C compiler does at a struct's
    beginning and end."""
    codes = "".join(_members(part) if part.startswith("execwire_") else part for part in STRUCTS[name].split())
    align = "".join("0" + code for code in sorted(set(codes) - set("0")))
    return align + codes + align


def _check() -> None:
    sizes = {name: layout.size for name, layout in structs.items()}
    sizes.update({"execwire_error": ctypes.sizeof(Error), "execwire_scratch": ctypes.sizeof(Scratch),
                  "execwire_json_options": ctypes.sizeof(JsonOptions), "execwire_link_event": ctypes.sizeof(LinkEvent),
                  "execwire_link_receiver_options": ctypes.sizeof(LinkOptions),
                  "execwire_link_receiver_stats": ctypes.sizeof(LinkStats), "execwire_link_view": ctypes.sizeof(LinkView)})
    for name, size in sizes.items():
        if sizeof(name) != size:
            raise ImportError("execwire: %s is for another version of this package: its %s has %d bytes, not %d"
                              % (path, name, sizeof(name), size))


def sizeof(name: str) -> int:
    """Of a struct, as the library has it."""
    return int(_sizeof(name.encode()))


structs = {name: struct.Struct("@" + _members(name)) for name in STRUCTS}
_check()
