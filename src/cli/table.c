/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/table.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_cell(table *t, size_t column, const char *cell)
{
    int width = (int)t->widths[column];
    bool last = t->sides[column + 1] == '\0';

    if (column > 0 && !(last && *cell == '\0'))
        output_print(t->out, "  ");
    if (t->sides[column] == 'r')
        output_print(t->out, "%*s", width, cell);
    else
        output_print(t->out, "%-*s", last ? 0 : width, cell);
    if (last)
        output_print(t->out, "\n");
}

static void write_rows(table *t)
{
    size_t columns = strlen(t->sides);
    const char *cell = t->text;

    for (size_t i = 0; i < t->cells; i++) {
        write_cell(t, i % columns, cell);
        cell += strlen(cell) + 1;
    }
    t->cells = 0;
    t->size = 0;
}

static void make_room(table *t, size_t size)
{
    if (size <= t->capacity - t->size)
        return;
    t->capacity = 2 * t->capacity + size;
    t->text = reallocate(t->text, t->capacity);
}

void table_cell(table *t, const char *format, ...)
{
    size_t columns = strlen(t->sides);
    size_t *width;
    size_t size;
    va_list arguments;

    if (t->cells == columns * TABLE_ROWS)
        write_rows(t);
    va_start(arguments, format);
    size = (size_t)vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    make_room(t, size + 1);
    va_start(arguments, format);
    vsnprintf(t->text + t->size, size + 1, format, arguments);
    va_end(arguments);
    t->size += size + 1;
    width = &t->widths[t->cells++ % columns];
    *width = size > *width ? size : *width;
}

void table_close(table *t)
{
    write_rows(t);
    free(t->text);
}
