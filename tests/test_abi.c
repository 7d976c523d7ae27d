/* What the library says of itself to those who have no compiler. tests/test_bindings.sh asks about
 * every struct and number of the headers.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include <execwire/abi.h>
#include <execwire/link.h>
#include <execwire/serial.h>

static void test_the_headers_and_the_library_are_of_one_number(void **unused)
{
    (void)unused;
    assert_int_equal(execwire_abi(), EXECWIRE_ABI);
}

static void test_sizes_of_structs(void **unused)
{
    (void)unused;
    assert_int_equal(execwire_sizeof("execwire_error"), sizeof(execwire_error));
    assert_int_equal(execwire_sizeof("execwire_scratch"), sizeof(execwire_scratch));
    assert_int_equal(execwire_sizeof("execwire_link_sender"), sizeof(execwire_link_sender));
    assert_int_equal(execwire_sizeof("execwire_serial_reader"), sizeof(execwire_serial_reader));
    assert_int_equal(execwire_sizeof("execwire_str"), sizeof(execwire_str));
    assert_int_equal(execwire_sizeof("execwire_time"), sizeof(execwire_time));
    assert_int_equal(execwire_sizeof("execwire_state"), sizeof(execwire_state));
}

/* Neither the beginning of a name nor more than one is a name. */
static void test_what_is_no_struct_has_no_size(void **unused)
{
    static const char *const names[] = {"",
                                        "execwire",
                                        "execwire_erro",
                                        "execwire_errors",
                                        "execwire_link_sende",
                                        "execwire_states",
                                        "Execwire_state",
                                        "execwire_statf",
                                        "execwire_code"};

    (void)unused;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_int_equal(execwire_sizeof(names[i]), 0);
    assert_int_equal(execwire_sizeof(NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_headers_and_the_library_are_of_one_number),
        cmocka_unit_test(test_sizes_of_structs),
        cmocka_unit_test(test_what_is_no_struct_has_no_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
