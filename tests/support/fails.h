/* What calls say of errors that have no place.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_FAILS_H
#define TESTS_SUPPORT_FAILS_H

/* The call fails so, and says so in a variable `error` that it is given. */
#define FAILS(expected, call)                                                                      \
    do {                                                                                           \
        error = (execwire_error){.code = EXECWIRE_OK, .offset = 99};                               \
        assert_int_equal(call, EXECWIRE_ERROR_##expected);                                         \
        assert_int_equal(error.code, EXECWIRE_ERROR_##expected);                                   \
        assert_int_equal(error.offset, 0);                                                         \
    } while (0)

#endif
