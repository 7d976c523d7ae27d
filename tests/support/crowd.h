/* Thousands of nodes and a gateway in one program, each node with two executions; a source is a
 * number. What comes out is held against what the nodes had, and what goes to each source against
 * what came from it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_TESTS_CROWD_H
#define EXECWIRE_TESTS_CROWD_H

#include <execwire/gateway.h>

#define CROWD_MOST    10000            /* nodes; their sources are the same numbers */
#define CROWD_ELSE    CROWD_MOST       /* the sources of those that have moved begin here */
#define CROWD_HOSTILE (2 * CROWD_MOST) /* and here those of who was never a node */
#define CROWD_SOURCES (3 * CROWD_MOST)
#define CROWD_BATCH   64 /* frames between two answers, as the command takes them */
#define CROWD_TICK    100
#define CROWD_MTU     222
#define CROWD_REFS    2

typedef struct crowd_node {
    char name[16];
    uint32_t source;
    uint64_t due;
    execwire_link_sender sender;
    execwire_link_execution executions[CROWD_REFS];
    uint8_t frame[CROWD_MTU];
    char words[64];
    execwire_link_packing packing;
    execwire_state newest[CROWD_REFS];
    int64_t got[CROWD_REFS]; /* the version that came out last */
} crowd_node;

/* Bytes. */
typedef struct crowd_source {
    uint64_t said;
    uint64_t heard;
} crowd_source;

typedef struct crowd {
    execwire_gateway gateway;
    execwire_gateway_options options;
    execwire_gateway_event last; /* of the last frame; its pointers may be outdated */
    crowd_node *nodes;
    unsigned count;
    crowd_source *sources;
    uint64_t now;
    unsigned unanswered; /* frames */
    unsigned loss;       /* of a hundred frames, both ways */
    uint32_t seed;
    unsigned wrong, met, moved;
    uint8_t said[CROWD_MTU]; /* what a node said last */
    size_t said_size;
    uint32_t said_at;
} crowd;

/* There is one at a time. */
extern crowd the_crowd;

/* Opens it with so many nodes, and a gateway that has room for them and half as many. */
void crowd_open(unsigned count);
void crowd_close(void);

/* A gateway that knows nothing of them takes the place of the one that is there. */
void crowd_restart_gateway(void);

/* A frame arrives from somewhere. */
void crowd_hear(uint32_t source, const void *frame, size_t size);

/* The gateway says all that it has to say. */
void crowd_answer(void);

/* A node has news of an execution; `output` may be NULL. */
void crowd_update(crowd_node *node, unsigned execution, int64_t version, const char *output);

/* All do what is due, ten times a second, for so long. */
void crowd_run(uint64_t ms);

/* A number below this, by chance. */
uint32_t crowd_chance(uint32_t below);

/* The last state of each came out, and has been acknowledged, unless acknowledgments get lost; the
 * gateway shows it of some; no other came out. */
void crowd_assert_none_is_missing(void);

#endif
