/* The same work done by nanopb with fixed-size strings: its own generated struct and decoder.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "execwire/v1/execution_state.pb.h"

#include "work.h"

#include <pb_decode.h>
#include <pb_encode.h>

int work(const void *state, void *buffer, size_t capacity, void *back)
{
    pb_ostream_t out = pb_ostream_from_buffer(buffer, capacity);

    if (!pb_encode(&out, execwire_v1_ExecutionState_fields, state))
        return 1;
#ifdef DECODE
    {
        pb_istream_t in = pb_istream_from_buffer(buffer, out.bytes_written);

        return !pb_decode(&in, execwire_v1_ExecutionState_fields, back);
    }
#else
    (void)back;
    return 0;
#endif
}
