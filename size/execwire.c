/* The work done by execwire: everything that the switches leave of it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "execwire.h"

#include "work.h"

#ifdef SERIAL
/* The lead of any message that fits the buffer. */
#define BEFORE EXECWIRE_SERIAL_LEAD(capacity)
#else
#define BEFORE 0
#endif

int work(const void *state, void *buffer, size_t capacity, void *back)
{
    uint8_t *message = (uint8_t *)buffer + BEFORE;
    size_t size = 0;
    execwire_code code = execwire_encode(state, message, capacity - BEFORE, &size, NULL);

#ifdef SERIAL
    if (code == EXECWIRE_OK)
        code = execwire_serial_write(message, size, buffer, capacity, &size, NULL);
#endif
#ifndef EXECWIRE_NO_DECODE
    if (code == EXECWIRE_OK)
        code = execwire_decode(message, size, NULL, back, NULL);
#endif
#ifndef EXECWIRE_NO_JSON_WRITE
    if (code == EXECWIRE_OK)
        code = execwire_json_write(state, NULL, buffer, capacity, &size, NULL);
#endif
#ifndef EXECWIRE_NO_JSON_READ
    if (code == EXECWIRE_OK) {
        execwire_scratch scratch = {.text = (char *)buffer + size,
                                    .text_capacity = capacity - size};

        code = execwire_json_read(buffer, size, NULL, &scratch, back, NULL);
    }
#endif
    (void)back;
    return code;
}
