/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/base/log.h"

#include "cli/base/io.h"
#include "cli/base/json_text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* What the line is about that this thread tells; NULL: an error that is no event. */
static _Thread_local const log_about *telling;

static void put_time(output *line)
{
    char text[sizeof "2026-11-30T12:00:00"] = "";
    struct timespec now;
    struct tm parts;

    clock_gettime(CLOCK_REALTIME, &now);
    if (gmtime_r(&now.tv_sec, &parts) != NULL)
        (void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    output_print(line, "{\"time\":\"%s.%03ldZ\"", text, now.tv_nsec / 1000000);
}

static void put_member(output *line, const char *key, const char *text, size_t size)
{
    if (text == NULL)
        return;
    output_print(line, ",\"%s\":", key);
    json_text_put(line, text, size);
}

/* Lines are written in one piece each, so that those of threads do not mix. */
static void tell_json(const char *message, size_t size)
{
    static const char *const levels[] = {
        [LOG_LEVEL_INFO] = "info", [LOG_LEVEL_WARNING] = "warning", [LOG_LEVEL_ERROR] = "error"};
    static const log_about error = {.level = LOG_LEVEL_ERROR, .event = "error"};
    const log_about *about = telling != NULL ? telling : &error;
    output line;

    output_use(&line, "<stderr>", STDERR_FILENO);
    line.held = true;
    put_time(&line);
    put_member(&line, "level", levels[about->level], strlen(levels[about->level]));
    put_member(&line, "event", about->event, strlen(about->event));
    put_member(&line, "node", about->node.data, about->node.size);
    put_member(&line, "at", about->at, about->at != NULL ? strlen(about->at) : 0);
    put_member(&line, "message", message, size);
    output_put(&line, "}\n", 2);
    (void)io_write(line.fd, line.buffer, line.size);
    free(line.buffer);
}

void log_event(const log_about *about, const char *format, ...)
{
    va_list arguments;

    telling = about;
    va_start(arguments, format);
    report_list(format, arguments);
    va_end(arguments);
    telling = NULL;
}

void log_as_json(bool json)
{
    report_by(json ? tell_json : NULL);
}
