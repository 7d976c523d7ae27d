/* The bar for those who wait: for which files, on which terminals, and what it shows.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "cli/base/progress.h"
#include "cli/base/report.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LARGE 8388608 /* 8 MiB: the smallest file with a bar */
#define TENTH "####"  /* of 40 bricks */
#define HALF  TENTH TENTH TENTH TENTH TENTH
#define BLANK "                    "

static int null_device, terminal, terminal_end, real_error;

/* ---- For which files ---- */

static int file_of(off_t size)
{
    char name[] = "/tmp/execwire-test-XXXXXX";
    int fd = mkstemp(name);

    assert_true(fd >= 0);
    assert_int_equal(unlink(name), 0);
    assert_int_equal(ftruncate(fd, size), 0);
    return fd;
}

static void check_start(int error, off_t size, int output, bool quiet, uint64_t total)
{
    progress bar = {.total = 77, .shown = 77};
    int input = file_of(size);

    assert_int_equal(dup2(error, STDERR_FILENO), STDERR_FILENO);
    progress_start(&bar, input, output, quiet);
    assert_int_equal(dup2(real_error, STDERR_FILENO), STDERR_FILENO);
    assert_int_equal(bar.total, total);
    assert_int_equal(bar.shown, 0);
    close(input);
}

static void test_large_files_on_a_terminal(void **state)
{
    (void)state;
    check_start(terminal_end, LARGE, null_device, false, LARGE);
    check_start(terminal_end, LARGE + 1, null_device, false, LARGE + 1);
    check_start(terminal_end, LARGE - 1, null_device, false, 0);
    check_start(terminal_end, LARGE, null_device, true, 0);
    check_start(terminal_end, LARGE, terminal_end, false, 0);
    check_start(null_device, LARGE, null_device, false, 0);
}

static void test_no_file(void **state)
{
    progress bar;

    (void)state;
    assert_int_equal(dup2(terminal_end, STDERR_FILENO), STDERR_FILENO);
    progress_start(&bar, null_device, null_device, false);
    assert_int_equal(bar.total, 0);
    progress_start(&bar, -1, null_device, false);
    assert_int_equal(dup2(real_error, STDERR_FILENO), STDERR_FILENO);
    assert_int_equal(bar.total, 0);
}

/* ---- What it shows ---- */

/* The clock's, by the linker (--wrap). */
static struct timespec now = {.tv_sec = 12345, .tv_nsec = 678999999};
#define NOW 12345678 /* the same in milliseconds */

int __wrap_clock_gettime(clockid_t clock, struct timespec *time);
int __wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
    assert_int_equal(clock, CLOCK_MONOTONIC);
    *time = now;
    return 0;
}

/* What this writes to standard error; nothing is left of the bar. */
static void check_shown(progress *bar, uint64_t done, const char *expected)
{
    char text[200] = "";
    ssize_t size;
    int ends[2];

    report_progress(NULL);
    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    progress_show(bar, done);
    dup2(real_error, STDERR_FILENO);
    size = read(ends[0], text, sizeof text - 1);
    close(ends[0]);
    assert_int_equal(size, strlen(expected));
    assert_string_equal(text, expected);
    dup2(null_device, STDERR_FILENO);
    report_progress(NULL);
    dup2(real_error, STDERR_FILENO);
}

static void check_bar(uint64_t total, uint64_t done, const char *expected)
{
    progress bar = {.total = total};

    check_shown(&bar, done, expected);
    assert_int_equal(bar.shown, NOW);
}

static void test_bricks_and_numbers(void **state)
{
    (void)state;
    check_bar(10000000, 0, "[" BLANK BLANK "]   0 % of 10.0 MB");
    check_bar(10000000, 249999, "[" BLANK BLANK "]   2 % of 10.0 MB");
    check_bar(10000000, 5000000, "[" HALF BLANK "]  50 % of 10.0 MB");
    check_bar(10000000, 5999999, "[" HALF "###                 ]  59 % of 10.0 MB");
    check_bar(10000000, 10000000, "[" HALF HALF "] 100 % of 10.0 MB");
    check_bar(12345678901, 6172839451, "[" HALF BLANK "]  50 % of 12345.7 MB");
    check_bar(LARGE, 2 * LARGE, "[" HALF HALF "] 100 % of 8.4 MB"); /* it has grown */
}

static void test_now_and_then(void **state)
{
    progress bar = {.total = LARGE, .shown = NOW - 99};

    (void)state;
    check_shown(&bar, LARGE, "");
    assert_int_equal(bar.shown, NOW - 99);
    bar.shown = NOW - 100;
    check_shown(&bar, LARGE, "[" HALF HALF "] 100 % of 8.4 MB");
    assert_int_equal(bar.shown, NOW);
    bar = (progress){.total = 0};
    check_shown(&bar, LARGE, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_large_files_on_a_terminal), cmocka_unit_test(test_no_file),
        cmocka_unit_test(test_bricks_and_numbers), cmocka_unit_test(test_now_and_then)};

    null_device = open("/dev/null", O_RDWR);
    real_error = dup(STDERR_FILENO);
    terminal = posix_openpt(O_RDWR | O_NOCTTY);
    if (null_device < 0 || real_error < 0 || terminal < 0 || grantpt(terminal) != 0 ||
        unlockpt(terminal) != 0)
        return 1;
    terminal_end = open(ptsname(terminal), O_RDWR | O_NOCTTY);
    return terminal_end < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
