/* Both ends of a link in one program: what one says the other hears at once, unless the line is
 * down or loses it. Executions are numbers, which their job ids say.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_TESTS_ENDS_H
#define EXECWIRE_TESTS_ENDS_H

#include <execwire/link.h>

#define ENDS_EXECUTIONS 8192
#define ENDS_LARGEST    (1 << 20)

typedef struct ends {
    execwire_link_sender sender;
    execwire_link_receiver receiver;
    execwire_link_sender_options sending;
    execwire_link_receiver_options receiving;
    execwire_link_execution executions[EXECWIRE_LINK_MAX_REFS];
    execwire_link_context contexts[EXECWIRE_LINK_MAX_REFS];
    execwire_link_transfer transfers[4];
    uint8_t frame[512];
    char words[256];
    execwire_link_packing packing;
    uint64_t now;
    bool no_wants; /* of what comes back, acknowledgments alone arrive */
    bool down;     /* the line carries nothing */
    unsigned loss; /* of a hundred frames, both ways */
    uint32_t seed;
    uint64_t said;     /* bytes, whatever became of them */
    unsigned count;    /* frames */
    uint8_t last[512]; /* the last one that the sender said */
    size_t last_size;
    execwire_state newest[EXECWIRE_LINK_MAX_REFS]; /* by ref */
    char jobs[EXECWIRE_LINK_MAX_REFS][8];
    execwire_str output;          /* of all states that follow; may be absent */
    int64_t got[ENDS_EXECUTIONS]; /* the version that came out last; 0: none */
    unsigned states;              /* that came out */
    /* whatever is in them: they stay as they were left */
    char store[2 * ENDS_LARGEST], text[2 * ENDS_LARGEST], pieces[5 * ENDS_LARGEST];
} ends;

/* Sets the options as they are as a rule; the test may change them before it opens the ends. */
void ends_init(ends *e, execwire_link_mode mode);
/* Starts a sender in the session after the one that was stored, or a receiver. */
void ends_open_sender(ends *e, uint32_t stored);
void ends_open_receiver(ends *e);

/* Sends a state of an execution, `final` or running. Returns its ref. */
unsigned ends_update(ends *e, unsigned execution, int64_t version, bool final);
/* Both ends do what is due; frames go both ways. */
void ends_poll(ends *e);
/* The same for so long, ten times a second. */
void ends_run(ends *e, uint64_t ms);
/* How many of these executions' last versions came out; from `first` to before `end`. */
unsigned ends_arrived(const ends *e, unsigned first, unsigned end, int64_t version);
/* Hands the sender a frame of feedback: these fields with the check that belongs before them. */
execwire_code ends_feed(ends *e, const uint8_t *fields, size_t size);

#endif
