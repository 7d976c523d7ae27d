/* SPDX-License-Identifier: Apache-2.0 */
#include "trace.h"

#include "semihosting.h"
#include "text.h"

#include <string.h>

static char line[1024];
static size_t line_size;

static void put(const char *text, size_t size)
{
    if (size < sizeof line - line_size) {
        memcpy(line + line_size, text, size);
        line_size += size;
    }
}

/* The next member: "-" when it is absent. Line ends in it are written as "\n". */
static void put_text(const char *text, size_t size)
{
    put("\t", 1);
    if (text == NULL)
        put("-", 1);
    for (size_t i = 0; text != NULL && i < size; i++)
        put(text[i] == '\n' ? "\\n" : text + i, text[i] == '\n' ? 2 : 1);
}

static void put_number(uint32_t value)
{
    char digits[TEXT_NUMBER_SIZE];

    put_text(digits, text_number(value, digits));
}

static void end_line(void)
{
    put("\n", 1);
    line[line_size] = '\0';
    line_size = 0;
    (void)semihosting(SYS_WRITE0, line);
}

void trace_word(const char *word)
{
    put(word, strlen(word));
    end_line();
}

void trace_job(const char *word, const job *j)
{
    put(word, strlen(word));
    put_text(j->reference, j->reference_size);
    put_text(j->id, j->id_size);
    put_number(j->created);
    put_number(j->entered);
    put_number((uint32_t)j->state);
    put_number(j->version);
    put_number(j->stopped);
    if (job_ended(j))
        put_number(j->plan->exit_code);
    else
        put_text(NULL, 0);
    put_number(j->truncated);
    put_text(j->out_size > 0 ? j->out : NULL, j->out_size);
    if (job_ended(j) && j->plan->err != NULL)
        put_text(j->plan->err, strlen(j->plan->err));
    else
        put_text(NULL, 0);
    end_line();
}
