/* A delimited stream that is read: one to an instance.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "error/error.h"
#include "glue.h"

static execwire_delimited_reader reader;

EXPORT(stream_open) execwire_code stream_open(size_t largest)
{
    void *buffer = arena_take(largest);

    if (buffer == NULL)
        return execwire_fail(&glue_error, EXECWIRE_ERROR_NO_SPACE, 0);
    execwire_delimited_init(&reader, buffer, largest);
    arena_keep();
    return EXECWIRE_OK;
}

/* Takes a part of the input, up to the end of a message, which is what is out: in the input or the
 * stream's own buffer. */
EXPORT(stream_feed) execwire_code stream_feed(const void *in, size_t size)
{
    execwire_str message = {NULL, 0};
    size_t used = 0;
    execwire_code code;

    glue_begin();
    code = execwire_delimited_feed(&reader, in, size, &used, &message, &glue_error);
    glue.out = glue_address(message.data);
    glue.out_size = (uint32_t)message.size;
    glue.used = (uint32_t)used;
    return code;
}

EXPORT(stream_end) execwire_code stream_end(void)
{
    return execwire_delimited_end(&reader, &glue_error);
}
