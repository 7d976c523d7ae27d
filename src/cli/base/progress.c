/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/base/progress.h"

#include "cli/base/format.h"
#include "cli/base/report.h"

#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LARGE (8 << 20) /* bytes of a file that takes noticeable time */
#define PAUSE 100       /* milliseconds */
#define WIDTH 40

static uint64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

void progress_start(progress *bar, int input, int output, bool quiet)
{
    struct stat about;

    *bar = (progress){0};
    if (quiet || !isatty(STDERR_FILENO) || isatty(output))
        return;
    if (fstat(input, &about) != 0 || !S_ISREG(about.st_mode) || about.st_size < LARGE)
        return;
    bar->total = (uint64_t)about.st_size;
}

void progress_show(progress *bar, uint64_t done)
{
    char text[128];
    char bricks[WIDTH + 1];
    uint64_t time;

    if (bar->total == 0)
        return;
    time = now();
    if (time - bar->shown < PAUSE)
        return;
    bar->shown = time;
    if (done > bar->total) /* the file grows */
        done = bar->total;
    memset(bricks, ' ', WIDTH);
    memset(bricks, '#', (size_t)(done * WIDTH / bar->total));
    bricks[WIDTH] = '\0';
    format(text, sizeof text, "[%s] %3u %% of %.1f MB", bricks, (unsigned)(done * 100 / bar->total),
           (double)bar->total / 1e6);
    report_progress(text);
}
