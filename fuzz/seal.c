/* The checks of frames that were mutated: what a receiver has to find in them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "mutate.h"
#include "support.h"

#include "base/crc32.h"
#include "link/frame/frame.h"
#include "link/model/check.h"
#include "link/receiver/rebuild.h"
#include "wire/format.h"

#include <stdlib.h>

/* Of a hello or digest, after the receiver's session. */
static uint32_t control_check(const execwire_link_receiver *receiver, const execwire_frame *frame)
{
    bool of_node = frame->kind == EXECWIRE_FRAME_KIND_DIGEST ||
                   execwire_frame_has(frame, EXECWIRE_FRAME_WORDS);

    if (!of_node)
        return frame->control;
    return execwire_crc32(frame->control, receiver->peer.node, receiver->peer.node_size) ^
           receiver->peer.salt;
}

/* Of a state: it is rebuilt, and only its check is wrong. */
static bool state_check(execwire_link_receiver *receiver, const execwire_frame *frame,
                        uint32_t *check)
{
    execwire_link_outcome outcome;
    execwire_rebuilt rebuilt;
    uint8_t *bytes;
    size_t size;

    if (execwire_rebuild(receiver, frame, &rebuilt, &outcome, NULL) != EXECWIRE_OK ||
        outcome != EXECWIRE_LINK_MISMATCH ||
        execwire_encode(&receiver->state, NULL, 0, &size, NULL) != EXECWIRE_OK)
        return false;
    bytes = fuzz_block(size + 1);
    FUZZ_REQUIRE(execwire_encode(&receiver->state, bytes, size, &size, NULL) == EXECWIRE_OK);
    *check = execwire_link_check_start(receiver->peer.session, frame->ref, rebuilt.generation,
                                       frame->number);
    *check = execwire_crc32(*check, bytes, size) ^ receiver->peer.salt;
    free(bytes);
    return true;
}

static void put_check(uint8_t *frame, const execwire_frame *parts, uint32_t check)
{
    const char *at = parts->bytes[EXECWIRE_FRAME_CHECK].data;

    for (size_t i = 0; at != NULL && i < sizeof check; i++)
        frame[(size_t)(at - parts->start) + i] = (uint8_t)(check >> (8 * i));
}

void fuzz_seal_frame(execwire_link_receiver *receiver, uint8_t *frame, size_t size)
{
    execwire_frame parts;
    uint32_t check;

    if (execwire_frame_read(frame, size, &parts, NULL) != EXECWIRE_OK ||
        !execwire_frame_has(&parts, EXECWIRE_FRAME_CHECK) ||
        parts.ref >= receiver->options.context_count)
        return;
    if (parts.kind == EXECWIRE_FRAME_KIND_HELLO || parts.kind == EXECWIRE_FRAME_KIND_DIGEST)
        put_check(frame, &parts, control_check(receiver, &parts));
    else if (state_check(receiver, &parts, &check))
        put_check(frame, &parts, check);
}

void fuzz_seal_feedback(uint8_t *frame, size_t size)
{
    execwire_frame parts;

    if (execwire_frame_read(frame, size, &parts, NULL) == EXECWIRE_OK)
        put_check(frame, &parts, parts.control);
}
