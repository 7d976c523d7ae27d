/* The same work done by protobuf-c, which decodes into memory from malloc.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "execwire/v1/execution_state.pb-c.h"

#include "work.h"

int work(const void *state, void *buffer, size_t capacity, void *back)
{
    size_t size = execwire__v1__execution_state__get_packed_size(state);

    (void)back;
    if (size > capacity)
        return 1;
    execwire__v1__execution_state__pack(state, buffer);
#ifdef DECODE
    {
        Execwire__V1__ExecutionState *decoded =
            execwire__v1__execution_state__unpack(NULL, size, buffer);

        if (decoded == NULL)
            return 1;
        execwire__v1__execution_state__free_unpacked(decoded, NULL);
    }
#endif
    return 0;
}
