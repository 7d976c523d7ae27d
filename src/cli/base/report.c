/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/base/report.h"

#include "cli/base/io.h"

#include <execwire/printable.h>

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Lines that are longer need memory, and are cut where there is none. */
#define SHORT_LINE 512

/* Of the last line on standard error, which the process has one of: it is a bar, to be taken away
 * before anything else is said. */
static bool progress_shown;

static report_teller *teller;

/* Nothing more can be said when standard error itself fails. */
static void put(const char *text, size_t size)
{
    (void)io_write(STDERR_FILENO, text, size);
}

/* A line of `size` bytes, with room for one more. File names may hold anything, but an error is one
 * line that no terminal obeys: what is not printable is a question mark. */
static void put_line(char *line, size_t size)
{
    size_t used = 0;

    report_progress(NULL);
    for (size_t at = 0; at < size;) {
        bool printable;
        size_t bytes = execwire_next_printable(line + at, size - at, &printable);

        if (printable)
            memmove(line + used, line + at, bytes);
        else
            line[used] = '?';
        used += printable ? bytes : 1;
        at += bytes;
    }
    line[used] = '\n';
    put(line, used + 1);
}

static void say(const char *prefix, const char *text, va_list arguments)
{
    const char *before = teller != NULL ? "" : prefix;
    char few[SHORT_LINE];
    size_t used = strlen(before);
    size_t capacity;
    size_t size;
    char *enough;
    char *line;
    va_list again;

    va_copy(again, arguments);
    size = used + format_list(NULL, 0, text, again) + 1;
    va_end(again);
    enough = size > sizeof few ? malloc(size) : NULL;
    line = enough != NULL ? enough : few;
    capacity = enough != NULL ? size : sizeof few;
    memcpy(line, before, used);
    format_list(line + used, capacity - used, text, arguments);
    size = (size < capacity ? size : capacity) - 1;
    if (teller != NULL)
        teller(line, size);
    else
        put_line(line, size);
    free(enough);
}

void report_by(report_teller *tell)
{
    teller = tell;
}

void report_list(const char *format, va_list arguments)
{
    say("execwire: ", format, arguments);
}

void report(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    report_list(format, arguments);
    va_end(arguments);
}

outcome report_errno(const char *name)
{
    report("%s: %s", name, strerror(errno));
    return OUTCOME_IO;
}

PRINTF_LIKE(1, 2) static void report_data(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say("", format, arguments);
    va_end(arguments);
}

outcome report_error(const char *name, const char *place, const execwire_error *error)
{
    report_data("%s%s: %s%s%s%s%s", name, place, error->path, error->path[0] != '\0' ? ": " : "",
                error->text, error->found != NULL ? ", found " : "",
                error->found != NULL ? error->found : "");
    return OUTCOME_DATA;
}

void report_progress(const char *text)
{
    static const char clear[] = "\r\033[K";

    if (text == NULL && !progress_shown)
        return; /* as in programs with threads, which have no bar and all may report */
    if (progress_shown)
        put(clear, sizeof clear - 1);
    progress_shown = text != NULL;
    if (progress_shown)
        put(text, strlen(text));
}

void out_of_memory(void)
{
    report_by(NULL); /* who tells lines otherwise needs memory */
    report("out of memory");
    exit(OUTCOME_IO);
}

void *reallocate(void *memory, size_t size)
{
    void *larger = realloc(memory, size);

    if (larger == NULL)
        out_of_memory();
    return larger;
}

void *reallocate_array(void *memory, size_t count, size_t size)
{
    if (count > SIZE_MAX / size)
        out_of_memory();
    return reallocate(memory, count * size);
}
