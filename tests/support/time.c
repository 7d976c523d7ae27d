/* SPDX-License-Identifier: Apache-2.0 */
#include "support/time.h"

#include "support/cmocka.h"

#include <stdlib.h>
#include <string.h>

execwire_code read_time(const char *text, size_t size, execwire_time *time, execwire_error *error)
{
    char *copy = malloc(size + 1);
    execwire_code code;

    assert_non_null(copy);
    memcpy(copy + 1, text, size);
    code = execwire_time_read(copy + 1, size, time, error);
    free(copy);
    return code;
}
