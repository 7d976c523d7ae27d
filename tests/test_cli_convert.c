/* What the command says of a state that it has read but cannot write, which no input of a size that
 * tests have makes.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "cli/command.h"

#include <stdlib.h>

static const execwire_state unwritable = {.status = {"\xFF", 1}};

static void begin(cli_job *job, const cli_options *options)
{
    *job = (cli_job){.options = options};
    output_use(&job->out, "test", -1);
    output_put(&job->out, "before", 6);
}

static void check_untouched(cli_job *job)
{
    assert_int_equal(job->out.size, 6);
    assert_memory_equal(job->out.buffer, "before", 6);
    assert_false(job->out.failed);
    free(job->out.buffer);
}

static void test_no_message(void **state)
{
    const cli_options options = {.quiet = false};
    fault why = {.place = FAULT_FILE};
    cli_job job;

    (void)state;
    begin(&job, &options);
    assert_int_equal(command_write_message(&job, &unwritable, &framing_delimited, &why),
                     OUTCOME_DATA);
    assert_int_equal(why.place, FAULT_AS_MESSAGE);
    assert_int_equal(why.error.code, EXECWIRE_ERROR_UTF8);
    check_untouched(&job);
}

static void test_no_json(void **state)
{
    const cli_options options = {.quiet = false};
    const execwire_json_options json = {.pretty = false};
    fault why = {.place = FAULT_FILE};
    cli_job job;

    (void)state;
    begin(&job, &options);
    assert_int_equal(command_write_json(&job, &unwritable, &json, &why), OUTCOME_DATA);
    assert_int_equal(why.place, FAULT_AS_JSON);
    assert_int_equal(why.error.code, EXECWIRE_ERROR_UTF8);
    check_untouched(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_no_message),
                                       cmocka_unit_test(test_no_json)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
