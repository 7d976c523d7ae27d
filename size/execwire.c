/* The work done by execwire: everything that the switches leave of it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "execwire.h"

#include "work.h"

int work(const void *state, void *buffer, size_t capacity, void *back)
{
    size_t size = 0;
    execwire_status status = execwire_encode(state, buffer, capacity, &size, NULL);

#ifndef EXECWIRE_NO_DECODE
    if (status == EXECWIRE_OK)
        status = execwire_decode(buffer, size, NULL, back, NULL);
#endif
#ifndef EXECWIRE_NO_JSON_WRITE
    if (status == EXECWIRE_OK)
        status = execwire_json_write(state, NULL, buffer, capacity, &size, NULL);
#endif
#ifndef EXECWIRE_NO_JSON_READ
    if (status == EXECWIRE_OK) {
        execwire_scratch scratch = {.text = (char *)buffer + size,
                                    .text_capacity = capacity - size};

        status = execwire_json_read(buffer, size, NULL, &scratch, back, NULL);
    }
#endif
    (void)back;
    return status;
}
