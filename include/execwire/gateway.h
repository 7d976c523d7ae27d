/* execwire's gateway: the receiving end of links to many nodes, on memory that they share.
 *
 *     frames, and where each came from                              which node, what it said
 *          execwire_gateway_receive  ==>  +---------+  ==>  execwire_gateway_event
 *          execwire_gateway_poll     <==  | gateway |
 *     feedback, and where it goes to      +---------+  ==>  execwire_gateway_view
 *
 * It does for many senders of <execwire/link.h> what execwire_link_receiver does for one, and keeps
 * to the same rules (docs/link.md); docs/gateway.md has what it adds.
 *
 *   - A node is told by the name in its hello. Where its frames come from is a *source*, bytes that
 *     say nothing to the gateway: a socket's address, a topic. A node whose source changes goes on
 * as the same node; nodes behind one source stay apart where their frames allow it, which all do
 *     but pieces.
 *   - There is no heap, clock or I/O in here. The caller lends memory that all nodes share. When it
 *     is full, the node that was silent for longest makes room. Nodes and sources that have not
 *     given a state yet are strangers: when room is short those push each other out as soon as they
 *     have a quarter of it, whatever their number.
 *   - A source is sent at most three times the bytes that came from it, as RFC 9000, section 8 has
 *     it of addresses that are not validated: a frame has nothing that shows that its sender
 * receives, and so that holds for ever, for all.
 *   - What fails at a cost is counted by source: of compressed texts that come to nothing each
 *     has eight a second, those that have not given a state yet have eight together.
 *   - Time is in milliseconds, as in <execwire/link.h>. `error` may be NULL and is only written on
 *     failure. Nothing is kept outside of the structs. One gateway is for one thread at a time.
 *
 * It is in libexecwire; a program that does not call it does not get it from the static library.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_GATEWAY_H
#define EXECWIRE_GATEWAY_H

#include <execwire/link.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The longest source, in bytes. */
#define EXECWIRE_GATEWAY_SOURCE_SIZE 60
/* Nodes that a source can have at a time; a further one takes the place of the one not heard for
 * longest, which is asked for its hello then. */
#define EXECWIRE_GATEWAY_NODES_OF_A_SOURCE 8
/* Large frames in pieces that a node can send at a time. */
#define EXECWIRE_GATEWAY_TRANSFERS 2
/* Sources that can wait for their turn to be asked for a hello. */
#define EXECWIRE_GATEWAY_ASKING 64
/* Instead of a node's number: none. */
#define EXECWIRE_GATEWAY_NO_NODE UINT32_MAX

/* ---- Memory that the caller lends; the members are the gateway's own --------------------------
 */

/* What nodes and sources have in common: their key, and places in lists. */
typedef struct execwire_gateway_entry {
    uint32_t bucket; /* the first with the hash that is this entry's own number */
    uint32_t next;   /* with the same hash; of a free one, the next that is free */
    uint32_t older;
    uint32_t newer;
    uint32_t life;    /* how often the place was given to another */
    uint8_t standing; /* free, stranger or known */
    uint8_t size;     /* of the key */
    char key[EXECWIRE_LINK_NODE_SIZE];
} execwire_gateway_entry;

/* An entry, as long as it is the one that it was: places are given to others. */
typedef struct execwire_gateway_place {
    uint32_t index;
    uint32_t life;
} execwire_gateway_place;

/* A source that is to be asked for its hello, and for what made no sense without it. */
typedef struct execwire_gateway_ask {
    execwire_gateway_place source;
    uint8_t ref_count;
    uint8_t refs[31];
} execwire_gateway_ask;

typedef struct execwire_gateway_node {
    execwire_gateway_entry entry; /* its key is the name as a hello has it */
    execwire_link_peer peer;
    uint64_t due;                  /* when it is to be answered */
    uint64_t trusted_at;           /* when `source` last said something good */
    execwire_gateway_place source; /* where answers go */
    uint32_t assembly;
    uint32_t blocks[3]; /* contexts, words, states */
    uint32_t turn;      /* its place among those that are to be answered */
    uint32_t queue;     /* the node whose place this one's number is */
} execwire_gateway_node;

typedef struct execwire_gateway_source {
    execwire_gateway_entry entry;
    uint64_t failed_since; /* from when on `failed` counts */
    uint64_t ask_next;     /* when it may be asked for a hello again */
    uint32_t credit;       /* bytes that it may be sent */
    execwire_gateway_place nodes[EXECWIRE_GATEWAY_NODES_OF_A_SOURCE]; /* heard last comes first */
    uint8_t node_count;
    uint8_t failed; /* compressed texts */
    uint8_t asks;
} execwire_gateway_source;

/* Room for the large frames of one node. */
typedef struct execwire_gateway_assembly {
    execwire_link_transfer transfers[EXECWIRE_GATEWAY_TRANSFERS];
    uint64_t heard;
    uint32_t node; /* that has it */
    uint32_t next; /* that is free */
} execwire_gateway_assembly;

typedef struct execwire_gateway_options {
    execwire_link_mode mode; /* of all nodes */
    uint32_t ack_ms;         /* these three as a receiver's */
    uint32_t want_ms;
    uint32_t fresh_ms;
    uint64_t seed; /* a number by chance, so that nobody can choose names that are slow to find */

    /* memory, lent for as long as the gateway is used */
    execwire_gateway_node *nodes; /* those that can be known at a time: 4 to 2^24 */
    size_t node_count;
    execwire_gateway_source *sources; /* likewise; two for each node are plenty: 4 to 2^24 */
    size_t source_count;
    void *store;           /* what is known of all executions; aligned as malloc aligns */
    size_t store_capacity; /* 400 bytes an execution are usual; at least 4 times text_capacity and
                              64 KiB */
    execwire_gateway_assembly *assemblies; /* as many nodes can send large frames at a time; may be
                                              NULL */
    size_t assembly_count;
    void *pieces; /* room for them, shared out evenly */
    size_t piece_capacity;
    void *text; /* the rest as a receiver's */
    size_t text_capacity;
    execwire_entry *entries;
    size_t entry_capacity;

    /* Called when a node makes room for others: what it said last may be outdated for as long as it
     * is not heard again. Its number is free after the call. May be NULL. */
    void (*forget)(void *context, uint32_t node, execwire_str name);
    void *context;
} execwire_gateway_options;

/* ---- Gateway ----------------------------------------------------------------------------------
 */

typedef struct execwire_gateway_event {
    execwire_link_event link; /* as a receiver says it */
    uint32_t node;  /* whose frame it was, below node_count; or EXECWIRE_GATEWAY_NO_NODE */
    bool met;       /* the node was not known before */
    bool moved;     /* it goes on at another source, which is answered from now on */
    bool restarted; /* it began another session */
} execwire_gateway_event;

/* How often things happened, which wraps around, and how many there are. */
typedef struct execwire_gateway_stats {
    execwire_link_receiver_stats link; /* of all nodes; `forgotten` counts executions */
    uint32_t met;                      /* nodes */
    uint32_t moved;
    uint32_t forgotten; /* nodes that made room */
    uint32_t asked;     /* sources that were asked for a hello */
    uint32_t withheld;  /* feedback that would have been more than a source may be sent */
    uint64_t sent;      /* bytes of feedback */
    uint32_t nodes;     /* there are */
    uint32_t sources;   /* there are */
    size_t store_used;  /* bytes of what is known of executions */
} execwire_gateway_stats;

/* A table of nodes or sources, and memory in blocks that move. The members are the gateway's own.
 */
typedef struct execwire_gateway_table {
    void *items;
    size_t item_size;
    uint32_t count; /* of items */
    uint32_t free;
    uint32_t oldest[3]; /* by standing */
    uint32_t newest[3];
    uint32_t used[3];
    uint64_t seed;
} execwire_gateway_table;

typedef struct execwire_gateway_arena {
    uint8_t *memory;
    size_t capacity;
    size_t fill; /* blocks before this have no gaps between them */
    size_t scan; /* from here on blocks may be dead */
    size_t top;  /* where the last block ends */
    size_t live;
} execwire_gateway_arena;

/* The members are the gateway's own, but for the stats, which may be read. */
typedef struct execwire_gateway {
    execwire_link_receiver receiver; /* which is one node after the other; comes first */
    execwire_gateway_options options;
    execwire_gateway_stats stats;
    execwire_gateway_table nodes;
    execwire_gateway_table sources;
    execwire_gateway_arena arena;
    execwire_gateway_ask asking[EXECWIRE_GATEWAY_ASKING];
    uint64_t failed_since; /* this and `failed` of all sources that are strangers */
    size_t strange_bytes;  /* in use by strangers */
    uint32_t at;           /* the node that the receiver is */
    uint32_t turns;        /* nodes that are to be answered */
    uint32_t spare_assembly;
    uint32_t strange_assemblies; /* of strangers */
    uint8_t asking_count;
    uint8_t failed;
} execwire_gateway;

/* Prepares a gateway.
 *
 * Errors: ARGUMENT (memory missing, a number out of its range). */
EXECWIRE_API execwire_code execwire_gateway_init(execwire_gateway *gateway,
                                                 const execwire_gateway_options *options,
                                                 execwire_error *error);

/* Takes one frame that came from `source`. OK is every well-formed frame, whatever became of it;
 * the event says that.
 *
 * event  what the frame brought, valid until the gateway's next call; may be NULL
 *
 * Errors, after which all is as it was but that the source was heard: those of
 * execwire_link_receive; ARGUMENT as well for a source that is empty or longer than
 * EXECWIRE_GATEWAY_SOURCE_SIZE. */
EXECWIRE_API execwire_code execwire_gateway_receive(execwire_gateway *gateway, execwire_str source,
                                                    const void *frame, size_t size, uint64_t now,
                                                    execwire_gateway_event *event,
                                                    execwire_error *error);

/* Writes a frame of feedback, when one is due; two-way only. A state is acknowledged by what is
 * written here: who calls it when the states of before are safe loses none of them.
 *
 * out       room for a frame
 * capacity  its size, EXECWIRE_LINK_MIN_MTU or more: the MTU of the return channel
 * size      of the frame; 0 when nothing is due
 * source    where it goes to; valid until the gateway's next call
 *
 * Returns when to call it again: `now` when there is more, EXECWIRE_LINK_NEVER when nothing is due
 * until the next frame. */
EXECWIRE_API uint64_t execwire_gateway_poll(execwire_gateway *gateway, uint64_t now, void *out,
                                            size_t capacity, size_t *size, execwire_str *source);

/* The name of a node as a state's node_id has it, in `text`; absent for a node that there is not,
 * and for one whose hello names none. */
EXECWIRE_API execwire_str execwire_gateway_name(const execwire_gateway *gateway, uint32_t node,
                                                char text[EXECWIRE_LINK_NODE_SIZE]);

/* What is known of a node's execution at a time. False, and the view all zero, where nothing is.
 * The view is valid until the gateway's next call. */
EXECWIRE_API bool execwire_gateway_view(execwire_gateway *gateway, uint32_t node, unsigned ref,
                                        uint64_t now, execwire_link_view *view);

/* ---- What survives a restart ------------------------------------------------------------------
 */

/* A record is what is known of one node, in bytes that mean the same on every machine
 * (docs/gateway.md): name, session, words, its executions with their newest states, what is to be
 * acknowledged and what is wanted. After a restart its next frame is understood without a hello.
 * A record may be older than what the node was told: then the check of what comes next does not
 * fit, and the state is wanted; no record lets a state come out that its node did not have.
 *
 * What is in a record counts as safe, whether or not it was acknowledged: who keeps records has to
 * have kept the states of before. */

/* Writes the record of a node.
 *
 * out       NULL measures
 * capacity  bytes that out has room for
 * size      bytes written, or needed when measuring and with EXECWIRE_ERROR_NO_SPACE
 *
 * Errors: ARGUMENT (a node that there is not), NO_SPACE. */
EXECWIRE_API execwire_code execwire_gateway_save(const execwire_gateway *gateway, uint32_t node,
                                                 uint64_t now, void *out, size_t capacity,
                                                 size_t *size, execwire_error *error);

/* Takes a record as that of a node; others may have to make room, as usual, and of the node those
 * executions that are too large for the memory lent. A node that is known already stays as it is.
 *
 * age   milliseconds since the record was written; 0 where nobody knows
 * node  the node's number, EXECWIRE_GATEWAY_NO_NODE on failure; may be NULL
 *
 * Errors, after which all is as it was: ARGUMENT; RECORD (damaged, of another version or something
 * else). */
EXECWIRE_API execwire_code execwire_gateway_load(execwire_gateway *gateway, const void *in,
                                                 size_t in_size, uint64_t age, uint64_t now,
                                                 uint32_t *node, execwire_error *error);

#ifdef __cplusplus
}
#endif

#endif
