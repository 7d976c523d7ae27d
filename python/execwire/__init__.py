# SPDX-License-Identifier: Apache-2.0
"""execwire: a compact wire format for Bacalhau's ExecutionState.

    >>> from execwire import ExecutionState, ExecutionStateType, decode, encode
    >>> data = encode(ExecutionState(node_id="frost-17", state=ExecutionStateType.COMPLETED))
    >>> decode(data).node_id
    'frost-17'
"""
from ._build import VERSION as __version__
from ._codec import decode, encode, encode_delimited, from_json, json_to_bytes, to_json
from ._error import ExecwireError
from ._library import version as library_version
from ._link import LinkAnswer, LinkEvent, LinkReceiver, LinkStats, LinkView
from ._streams import read_delimited, write_delimited
from .schema import *  # noqa: F403
from .schema import __all__ as _schema

__all__ = ["ExecwireError", "LinkAnswer", "LinkEvent", "LinkReceiver", "LinkStats", "LinkView", "decode", "encode",
           "encode_delimited", "from_json", "json_to_bytes", "library_version", "read_delimited", "to_json",
           "write_delimited", "__version__"]
__all__ += _schema
