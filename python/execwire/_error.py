# SPDX-License-Identifier: Apache-2.0
"""What went wrong, and where."""
from __future__ import annotations

from typing import Any

from . import _library


class ExecwireError(ValueError):
    """What is wrong with an input, and where.

    code    as in C: "EXECWIRE_ERROR_UTF8" and others
    offset  of the offending byte in the input. Where that is a state: from the start of the string that is at
            fault, in bytes of UTF-8, and 0 where no string is
    path    JSON Pointer (RFC 6901) to the field, in API keys: "/RunOutput/exitCode"; "" is the whole
    found   what stood there instead, such as "a string", or None where that says nothing more
    """

    def __init__(self, code: str, *, offset: int = 0, path: str = "", found: str | None = None) -> None:
        text = _library.codes[code] + (", found " + found if found is not None else "")
        super().__init__(path + ": " + text if path else text)
        self.code, self.offset, self.path, self.found = code, offset, path, found

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self.code, self.offset, self.path, self.found)


def _rebuilt(code: str, offset: int, path: str, found: str | None) -> ExecwireError:
    return ExecwireError(code, offset=offset, path=path, found=found)


def from_c(error: _library.Error, start: int = 0) -> ExecwireError:
    """The error that a call filled in, its offset counted from `start` bytes before the call's input."""
    found = error.found.decode() if error.found is not None else None
    return ExecwireError(_library.code_names[error.code], offset=start + error.offset, path=error.path.decode(), found=found)
