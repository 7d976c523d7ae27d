/* What goes between both ends of sealed frames, all of it recorded.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_AIR_H
#define TESTS_SUPPORT_AIR_H

#include "support/pair.h"

#define AIR_MOST     128
#define AIR_RECORDED 4096

typedef struct air_frame {
    uint8_t bytes[AIR_MOST];
    size_t size;
    unsigned number; /* of the frame, as its bytes have it */
} air_frame;

typedef struct recorded_air {
    air_frame up[AIR_RECORDED];
    air_frame down[AIR_RECORDED];
    unsigned up_count, down_count, frame_count;
    bool was_opened[2 * AIR_RECORDED];
} recorded_air;

extern recorded_air air;

/* Both ends anew, as in pair.h, without connection ids; nothing is recorded. */
void air_start(bool one_way);

/* Each frame has its own number in it, so that whatever is opened says which it was. */
const air_frame *air_node_sends(void);
const air_frame *air_peer_sends(void);
const air_frame *air_peer_challenges(void);

/* What becomes of it. What is opened was sealed by the other end, and is opened once in all. */
execwire_seal_outcome air_at_peer(const void *bytes, size_t size);
execwire_seal_outcome air_at_node(const void *bytes, size_t size);

/* Frames both ways, with the challenges that it takes. */
void air_talk(unsigned frames);
/* They understand each other: of the next frames the last ones arrive, both ways. */
void air_assert_well(void);
/* All that a node has sent opens nothing. */
void air_replay_to_peer(void);

#endif
