/* Messages of an input whose `wait` gives up: all is as if nobody had asked.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "cli/framing.h"

#include <stdlib.h>
#include <unistd.h>

static bool ready;

static bool is_ready(void *context)
{
    return context == NULL && ready;
}

/* Two messages, of which the second comes in two pieces. */
static void test_a_wait_that_gives_up(void **state)
{
    static const framing *const as[] = {&framing_delimited, &framing_hex};
    static const char *const texts[] = {"\x02\x58\x01\x02\x58\x02", "5801\n5802\n"};
    static const size_t sizes[] = {6, 10};

    (void)state;
    for (size_t i = 0; i < sizeof as / sizeof *as; i++) {
        output out;
        input in;
        messages m;
        record found;
        fault why;
        int ends[2];

        assert_int_equal(pipe(ends), 0);
        output_use(&out, "test", -1);
        input_use(&in, "test", ends[0], &out);
        in.wait = is_ready;
        messages_init(&m, &in, as[i], 100);
        for (size_t at = 0; at < sizes[i]; at++) {
            ready = false;
            assert_int_equal(messages_next(&m, &found, &why), NEXT_FAILED);
            assert_int_equal(m.number, 0);
            assert_int_equal(write(ends[1], texts[i] + at, 1), 1);
        }
        close(ends[1]);
        ready = true;
        for (unsigned number = 1; number <= 2; number++) {
            assert_int_equal(messages_next(&m, &found, &why), NEXT_RECORD);
            assert_int_equal(found.number, number);
            assert_int_equal(found.size, 2);
        }
        assert_int_equal(messages_next(&m, &found, &why), NEXT_END);
        free(out.buffer);
        input_close(&in);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_wait_that_gives_up)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
