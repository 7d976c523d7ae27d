/* What the command says on standard error, a line each, and how it ends.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_REPORT_H
#define EXECWIRE_CLI_REPORT_H

#include "cli/base/format.h"

#include <execwire/error.h>

#include <stdbool.h>

/* Exit status; of several the greatest counts. */
typedef enum EXECWIRE_MUST_USE outcome {
    OUTCOME_GOOD = 0,
    OUTCOME_DATA = 1,  /* something in the input is wrong, and was not converted */
    OUTCOME_USAGE = 2, /* wrong options */
    OUTCOME_IO = 3     /* reading, writing or memory failed */
} outcome;

/* "execwire: " and the text. What a terminal would obey is replaced by '?', here and below. */
void report(const char *format, ...) PRINTF_LIKE(1, 2);
void report_list(const char *format, va_list arguments) PRINTF_LIKE(1, 0);

/* "execwire: NAME: " and what errno says. Returns OUTCOME_IO. */
outcome report_errno(const char *name);

/* "NAME" and PLACE, then ": PATH: TEXT, found FOUND". Returns OUTCOME_DATA. */
outcome report_error(const char *name, const char *place, const execwire_error *error);

/* Who is to tell lines instead, as they are: without "execwire: " before them, with whatever a
 * terminal would obey. NULL: nobody. */
typedef void report_teller(const char *text, size_t size);
void report_by(report_teller *tell);

/* Puts `text` in place of the last line, on a terminal; NULL takes it away. */
void report_progress(const char *text);

/* Ends the command with OUTCOME_IO. */
_Noreturn void out_of_memory(void);

/* realloc that does not fail: the command ends with OUTCOME_IO instead. */
void *reallocate(void *memory, size_t size);

/* The same for `count` things of `size` bytes, which may be more than can be counted. */
void *reallocate_array(void *memory, size_t count, size_t size);

#endif
