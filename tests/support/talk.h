/* A sender, and all the frames that it said. The test hands it states and feedback.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_TESTS_TALK_H
#define EXECWIRE_TESTS_TALK_H

#include "link/frame/frame.h"

#include <execwire/link.h>

#define TALK_EXECUTIONS 8
#define TALK_FRAMES     256

typedef struct talk {
    execwire_link_sender sender;
    execwire_link_sender_options options;
    execwire_link_timing timing;
    execwire_link_execution executions[TALK_EXECUTIONS + 1]; /* the last one is not lent */
    char words[EXECWIRE_LINK_WORDS_SIZE];
    execwire_link_packing packing;
    uint8_t frame[512];
    uint8_t said[TALK_FRAMES][512];
    size_t size[TALK_FRAMES];
    unsigned count;
    const execwire_state *newest[TALK_EXECUTIONS]; /* by ref */
    unsigned recalls;
    uint64_t now;
} talk;

extern talk t;

/* The options as they are as a rule; the test may change them before it opens the sender. */
void talk_init(execwire_link_mode mode);
void talk_open(void);
/* Both. */
void talk_begin(execwire_link_mode mode);

/* Sends a state now. Returns its ref. */
unsigned talk_update(const execwire_state *state);
/* Polls now until nothing more is due. Returns when it is. */
uint64_t talk_poll(void);
/* Polls from now on, each tick, until a frame is said. Returns how many milliseconds that took. */
uint64_t talk_until_said(void);

/* A frame that was said. */
execwire_frame talk_frame(unsigned index);
/* Acknowledges one. */
void talk_acknowledge(unsigned index);
/* Hands feedback to the sender: these fields, as hex digits, with the check that belongs before
 * them. */
void talk_feed(const char *hex);
/* The same for wants, and for repairs of a frame: its head, size, and the part that lacks. */
void talk_want(unsigned ref);
void talk_want_repair(uint32_t head, uint32_t whole, uint32_t offset, uint32_t size);

#endif
