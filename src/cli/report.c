/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_SIZE 1024

static bool progress_shown;

/* Nothing more can be said when standard error itself fails. */
static void put(const char *text, size_t size)
{
    while (size > 0) {
        ssize_t written = write(STDERR_FILENO, text, size);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return;
        text += written;
        size -= (size_t)written;
    }
}

/* File names may hold anything; one error is one line, and no terminal obeys it. */
static void put_line(char *line)
{
    size_t size = strlen(line);

    report_progress(NULL);
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
            line[i] = '?';
    line[size] = '\n';
    put(line, size + 1);
}

void report(const char *format, ...)
{
    char line[LINE_SIZE + 1] = "execwire: ";
    size_t used = strlen(line);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line + used, LINE_SIZE - used, format, arguments);
    va_end(arguments);
    put_line(line);
}

outcome report_errno(const char *name)
{
    report("%s: %s", name, strerror(errno));
    return OUTCOME_IO;
}

outcome report_error(const char *where, const execwire_error *error)
{
    char line[LINE_SIZE + 1];

    snprintf(line, LINE_SIZE, "%s: %s%s%s%s%s", where, error->path,
             error->path[0] != '\0' ? ": " : "", error->text,
             error->found != NULL ? ", found " : "", error->found != NULL ? error->found : "");
    put_line(line);
    return OUTCOME_DATA;
}

void report_progress(const char *text)
{
    static const char clear[] = "\r\033[K";

    if (progress_shown)
        put(clear, sizeof clear - 1);
    progress_shown = text != NULL;
    if (progress_shown)
        put(text, strlen(text));
}

void *reallocate(void *memory, size_t size)
{
    void *larger = realloc(memory, size);

    if (larger != NULL)
        return larger;
    report("out of memory");
    exit(OUTCOME_IO);
}
