/* What the receiver's files share.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_RECEIVER_H
#define EXECWIRE_LINK_RECEIVER_H

#include "link/frame.h"

#include <execwire/link.h>

#define EXECWIRE_RECEIVER_ACK_MS   500
#define EXECWIRE_RECEIVER_WANT_MS  2000
#define EXECWIRE_RECEIVER_FRESH_MS 1200000
/* After so long without anything good of a session, one with an older number is believed. */
#define EXECWIRE_RECEIVER_SESSION_MS 120000
/* So many compressed texts may come to nothing in a second. */
#define EXECWIRE_RECEIVER_FAILED 8
/* How often something is asked for before the receiver gives up. */
#define EXECWIRE_RECEIVER_ASKS 8

/* The receiver's time at a time of the caller's clock: that goes on where a clock went back. */
uint64_t execwire_receiver_time(const execwire_link_receiver *receiver, uint64_t now);
uint64_t execwire_receiver_set_clock(execwire_link_receiver *receiver, uint64_t now);

/* Whether a context can be what frames of this session speak of. */
static inline bool execwire_context_is_present(const execwire_link_context *context)
{
    return context->known && !context->earlier;
}

/* Whether an update of it, by the low four bits of its ref's generation and its number, is not
 * newer than what is known. */
static inline bool execwire_context_knows(const execwire_link_context *context, unsigned generation,
                                          uint64_t number)
{
    return execwire_context_is_present(context) &&
           generation == (context->generation & EXECWIRE_UPDATE_GENERATION_MASK) &&
           number <= context->number;
}

/* ---- rebuild.c ---- */

/* A state as it came out of a frame, not yet believed. */
typedef struct execwire_rebuilt {
    uint32_t number;
    uint32_t generation;
    execwire_str message; /* its canonical bytes, in the receiver's text memory */
} execwire_rebuilt;

/* Rebuilds the state of an identity or a delta and compares it with the check. `outcome` is
 * EXECWIRE_LINK_STATE when all is good. Changes nothing but the text memory, the entries and the
 * receiver's `state`.
 *
 * Errors: as execwire_link_receive. */
execwire_status execwire_rebuild(execwire_link_receiver *receiver, const execwire_frame *frame,
                                 execwire_rebuilt *rebuilt, execwire_link_outcome *outcome,
                                 execwire_error *error);

/* The whole number of a delta: the one that it says, else the one with its low bits that may come
 * next after the last one. */
uint32_t execwire_number_of(const execwire_frame *frame, uint32_t last);

/* ---- store.c ---- */

/* Keeps a message as the newest of a context, if need be in place of those that were silent for
 * longest. False when it is larger than the whole store. */
bool execwire_store_put(execwire_link_receiver *receiver, execwire_link_context *context,
                        execwire_str message);
execwire_str execwire_store_get(const execwire_link_receiver *receiver,
                                const execwire_link_context *context);

/* ---- session.c ---- */

/* Takes a hello or a digest. Errors: LINK_FRAME (a wrong check). */
execwire_status execwire_session_take(execwire_link_receiver *receiver, const execwire_frame *frame,
                                      uint64_t now, execwire_link_event *event,
                                      execwire_error *error);

/* ---- assembly.c ---- */

/* Takes a piece. `whole` is the frame when it was the last piece that was missing, else absent; it
 * is valid until the next piece. */
execwire_link_outcome execwire_assembly_take(execwire_link_receiver *receiver,
                                             const execwire_frame *frame, uint64_t now,
                                             execwire_str *whole);
/* Whether a piece's update is not newer than what is known. */
bool execwire_assembly_is_known(const execwire_link_context *context, uint32_t update);
/* Ends the transfers of updates that are not newer than the one that has just become known. */
void execwire_assembly_forget(execwire_link_receiver *receiver, unsigned ref);
/* The next run of bytes that is missing, at or after `offset`; false when there is none. */
bool execwire_assembly_missing(const execwire_link_receiver *receiver,
                               const execwire_link_transfer *transfer, uint32_t offset,
                               execwire_repair *repair);

/* ---- answer.c ---- */

uint32_t execwire_receiver_interval(uint32_t chosen, uint32_t otherwise);
uint32_t execwire_receiver_want_interval(const execwire_link_receiver *receiver);
/* What came is to be acknowledged; `now` is the receiver's time. */
void execwire_answer_ack(execwire_link_receiver *receiver, execwire_link_context *context,
                         uint64_t now);
void execwire_answer_ack_hello(execwire_link_receiver *receiver, uint32_t check, uint64_t now);
/* What a context said is not to be acknowledged any more. */
void execwire_answer_forget(execwire_link_receiver *receiver, execwire_link_context *context);
void execwire_answer_want(execwire_link_receiver *receiver, unsigned ref);
void execwire_answer_want_hello(execwire_link_receiver *receiver);

#endif
