/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/base/format.h"

#include <stdio.h>

size_t format_list(char *out, size_t capacity, const char *text, va_list arguments)
{
    return (size_t)vsnprintf(out, capacity, text, arguments);
}

size_t format(char *out, size_t capacity, const char *text, ...)
{
    va_list arguments;
    size_t size;

    va_start(arguments, text);
    size = format_list(out, capacity, text, arguments);
    va_end(arguments);
    return size < capacity ? size : capacity - 1;
}
