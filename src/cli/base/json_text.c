/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/base/json_text.h"

#include <execwire/printable.h>

#include <inttypes.h>

void json_text_put(output *out, const char *text, size_t size)
{
    output_put(out, "\"", 1);
    for (size_t at = 0; at < size;) {
        uint32_t scalar;
        size_t bytes = execwire_next_character(text + at, size - at, &scalar);

        if (scalar == UINT32_MAX)
            output_print(out, "\\ufffd");
        else if (scalar == '"' || scalar == '\\')
            output_print(out, "\\%c", (char)scalar);
        else if (execwire_is_unsafe(scalar))
            output_print(out, "\\u%04" PRIx32, scalar);
        else
            output_put(out, text + at, bytes);
        at += bytes;
    }
    output_put(out, "\"", 1);
}
