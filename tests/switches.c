/* Calls everything that the compile-time switches leave, so that it must link.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "execwire.h"

int use_all(execwire_state *state, execwire_scratch *scratch, void *buffer, size_t capacity);

int use_all(execwire_state *state, execwire_scratch *scratch, void *buffer, size_t capacity)
{
    execwire_time time = {0, 0};
    execwire_map map = {NULL, 0};
    size_t size = 0;
    int sum = 0;

    sum += (int)execwire_encode(state, buffer, capacity, &size, NULL);
    sum += (int)execwire_delimited_write(state, buffer, capacity, &size, NULL);
    sum += (int)execwire_serial_write(buffer, size, buffer, capacity, &size, NULL);
    sum += (int)execwire_map_sort(&map, NULL);
    sum += (int)execwire_utf8_mend(buffer, size, NULL, 0, &size, NULL);
    sum += (int)execwire_time_read(buffer, size, &time, NULL);
    sum += (int)execwire_time_write(&time, buffer, capacity, &size, NULL);
    sum += *execwire_code_text(EXECWIRE_ERROR_UTF8) + *execwire_code_name(EXECWIRE_OK);
    sum += *execwire_version();
#ifndef EXECWIRE_NO_DECODE
    {
        execwire_delimited_reader reader;
        execwire_serial_reader frames;
        execwire_str message;

        sum += (int)execwire_decode(buffer, size, scratch, state, NULL);
        sum += (int)execwire_check(buffer, size, NULL, NULL);
        execwire_delimited_init(&reader, buffer, capacity);
        sum += (int)execwire_delimited_feed(&reader, buffer, size, &size, &message, NULL);
        sum += (int)execwire_delimited_end(&reader, NULL);
        execwire_serial_init(&frames, buffer, capacity);
        sum += (int)execwire_serial_feed(&frames, buffer, size, &size, &message, NULL);
        sum += (int)execwire_serial_end(&frames, NULL);
    }
#endif
#ifndef EXECWIRE_NO_JSON_READ
    sum += (int)execwire_json_read(buffer, size, NULL, scratch, state, NULL);
#endif
#ifndef EXECWIRE_NO_JSON_WRITE
    sum += (int)execwire_json_write(state, NULL, buffer, capacity, &size, NULL);
#endif
    (void)scratch;
    return sum;
}
