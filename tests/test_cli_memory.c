/* Memory of more bytes than can be counted, which 32-bit hosts may be asked for: it ends the
 * command like any that there is not, and is never less than what was asked for.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "cli/base/report.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* In a process of its own, as it ends. */
static void check_refused(size_t count, size_t size)
{
    char said[100] = "";
    int ends[2];
    int status;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        free(reallocate_array(NULL, count, size));
        _exit(0);
    }
    close(ends[1]);
    assert_in_range(read(ends[0], said, sizeof said - 1), 1, sizeof said - 1);
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), OUTCOME_IO);
    assert_string_equal(said, "execwire: out of memory\n");
}

static void test_more_than_can_be_counted(void **unused)
{
    (void)unused;
    check_refused(SIZE_MAX, 2);
    check_refused(SIZE_MAX / 2 + 1, 2); /* 0, counted wrongly */
    check_refused(SIZE_MAX / 20 + 2, 20);
    check_refused(SIZE_MAX, SIZE_MAX); /* 1 */
}

static void test_what_there_is(void **unused)
{
    char *memory = NULL;

    (void)unused;
    for (size_t count = 1; count < 1000; count++) {
        memory = reallocate_array(memory, count, 20);
        memset(memory + 20 * (count - 1), (int)(count % 100), 20);
    }
    for (size_t i = 0; i < 20 * (size_t)999; i++)
        assert_int_equal(memory[i], (i / 20 + 1) % 100);
    free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_more_than_can_be_counted),
                                       cmocka_unit_test(test_what_there_is)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
