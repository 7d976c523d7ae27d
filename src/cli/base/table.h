/* Rows of text under each other, each column as wide as its widest cell.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_TABLE_H
#define EXECWIRE_CLI_TABLE_H

#include "cli/base/output.h"

#define TABLE_COLUMNS 10
/* Memory is bounded: this many rows are aligned together, later ones at least as wide. */
#define TABLE_ROWS 1000

/* All zero but for the first three before the first cell. */
typedef struct table {
    output *out;
    const char *sides;     /* where each column is even: 'l' or 'r'; a last 'l' is not filled up */
    const colour *colours; /* of each column, the first row, of titles, apart; NULL: none */
    bool titled;           /* that row has been written */
    size_t widths[TABLE_COLUMNS];
    size_t cells; /* not written yet, each after the other with a NUL behind it */
    size_t size;
    size_t capacity;
    char *text;
} table;

/* Adds a cell as printf does: the next of its row, or the first of another. All but the last
 * column's are ASCII. */
void table_cell(table *t, const char *format, ...) PRINTF_LIKE(2, 3);

/* Writes what has not been written; frees. */
void table_close(table *t);

#endif
