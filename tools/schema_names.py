# SPDX-License-Identifier: Apache-2.0
"""What things of the schema are called in what is made of it."""
import os
import re

import schema_limits as limits

LICENSE = "SPDX-License-Identifier: Apache-2.0"


def snake(name):
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    return re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name).lower()


def api_name(schema, i, j):
    match = limits.API_NAME.match(schema.comments.get((5, i, 2, j), ""))
    return match.group(1) if match else None


def servers_order(message):
    """The keys that servers write one behind the other."""
    match = limits.ORDER.search(message.comment)
    return match.group(1).split(", ") if match else []


def prefix_size(enum):
    prefix = os.path.commonprefix([v.name for v in enum.value])
    return prefix.rfind("_") + 1
