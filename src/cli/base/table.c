/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/base/table.h"

#include "cli/base/format.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 1024

static void write_text(table *t, size_t column, const char *cell, size_t size)
{
    colour c = COLOUR_PLAIN;

    if (t->colours != NULL)
        c = t->titled ? t->colours[column] : COLOUR_BOLD;
    if (c != COLOUR_PLAIN && size > 0)
        output_colour(t->out, c);
    output_put(t->out, cell, size);
    if (c != COLOUR_PLAIN && size > 0)
        output_colour(t->out, COLOUR_PLAIN);
}

static void write_cell(table *t, size_t column, const char *cell)
{
    size_t size = strlen(cell);
    int blanks = (int)(t->widths[column] - size);
    bool last = t->sides[column + 1] == '\0';

    if (column > 0 && !(last && size == 0))
        output_put(t->out, "  ", 2);
    if (t->sides[column] == 'r')
        output_print(t->out, "%*s", blanks, "");
    write_text(t, column, cell, size);
    if (t->sides[column] == 'l' && !last)
        output_print(t->out, "%*s", blanks, "");
    if (last)
        output_put(t->out, "\n", 1);
}

static void write_rows(table *t)
{
    size_t columns = strlen(t->sides);
    const char *cell = t->text;

    for (size_t i = 0; i < t->cells; i++) {
        write_cell(t, i % columns, cell);
        t->titled |= i % columns == columns - 1;
        cell += strlen(cell) + 1;
    }
    t->cells = 0;
    t->size = 0;
}

static void grow(table *t, size_t size)
{
    t->capacity = 2 * t->capacity + size;
    t->text = reallocate(t->text, t->capacity);
}

void table_cell(table *t, const char *format, ...)
{
    size_t columns = strlen(t->sides);
    size_t *width = &t->widths[t->cells % columns];
    size_t size;
    va_list arguments;

    if (t->cells == columns * TABLE_ROWS)
        write_rows(t);
    if (t->text == NULL)
        grow(t, FIRST_CAPACITY);
    for (;;) {
        size_t room = t->capacity - t->size;

        va_start(arguments, format);
        size = format_list(t->text + t->size, room, format, arguments);
        va_end(arguments);
        if (size < room)
            break;
        grow(t, size + 1);
    }
    t->size += size + 1;
    t->cells++;
    *width = size > *width ? size : *width;
}

void table_close(table *t)
{
    write_rows(t);
    free(t->text);
}
