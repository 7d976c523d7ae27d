/* execwire's link layer: updates of execution states over links where bytes are dear.
 *
 *     node agent                                                      gateway
 *                  execwire_link_update                    execwire_link_receive
 *       states ------>  +--------+                           +----------+ ------> states
 *                       | sender | == frames, may get lost => | receiver |
 *       recall <------  +--------+ <= feedback, may be none == +----------+ ------> views
 *                  execwire_link_sender_poll             execwire_link_receiver_poll
 *
 * The sender tells the identity of an execution with its first update, in some 42 bytes; after that
 * an update of state and time is 10. Every frame carries a check over the state that is to come
 * out, so that the receiver hands out exactly a state that the sender had, or nothing. docs/link.md
 * has the format and the rules; a CRC is no authentication, docs/security.md says what to run this
 * inside.
 *
 *   - There is no heap, clock or I/O in here. The caller lends memory, passes the time in, carries
 *     the frames, and calls the poll function when it is due.
 *   - Time is in milliseconds of any clock, such as the time since the start. A sender takes a step
 * back for no time that has passed; so a counter of 32 bits that goes around may be passed as it
 * is. What execwire_link_sender_poll returns is to be compared by its difference then:
 *     `(int32_t)((uint32_t)due - counter) <= 0`.
 *   - A frame has at most `mtu` bytes. What carries it keeps frames apart: datagrams, MQTT
 *     messages, lines of hex, or the delimited format of <execwire/execwire.h>.
 *   - One sender belongs to one receiver struct: a gateway has one for each node that it hears. The
 *     receiver keeps to the node that the first hello names; frames of another one change nothing.
 *   - Nothing is kept outside of the structs. One struct is for one thread at a time.
 *   - `error` may be NULL. It is only written on failure.
 *
 * It is in libexecwire; a program that does not call it does not get it from the static library.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_H
#define EXECWIRE_LINK_H

#include <execwire/execwire.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Limits ------------------------------------------------------------------------------- */

/* The smallest MTU, in bytes: LoRaWAN's smallest payload. */
#define EXECWIRE_LINK_MIN_MTU 51
/* Executions that are open at the same time: a ref is a number below this. */
#define EXECWIRE_LINK_MAX_REFS 128
/* Texts that a session can refer to by number, and their bytes together. */
#define EXECWIRE_LINK_MAX_WORDS  32
#define EXECWIRE_LINK_WORDS_SIZE 512
/* Bytes of a node id that a session can announce; longer ones go with each identity. */
#define EXECWIRE_LINK_NODE_SIZE 64
/* A time that never comes: nothing is due. */
#define EXECWIRE_LINK_NEVER UINT64_MAX

/* ---- The link ----------------------------------------------------------------------------- */

/* What the link does with frames. Both ends are told the same. */
typedef enum execwire_link_mode {
    EXECWIRE_LINK_TWO_WAY, /* loses, repeats and reorders; feedback comes back */
    EXECWIRE_LINK_ONE_WAY, /* the same, and nothing comes back: the sender repeats by the clock */
    EXECWIRE_LINK_LOSSLESS /* loses and reorders nothing: a pipe, TCP, MQTT with QoS 1 */
} execwire_link_mode;

/* ---- Sender ------------------------------------------------------------------------------- */

/* Intervals of the sender in milliseconds, at most an hour each, to within 128 ms. 0 is the
 * default.
 *
 * Two-way, urgent_ms and repeat_ms are for as long as nobody knows how long an acknowledgment
 * takes, and from the fifth repeat of a state on. Else a repeat waits for as long as an
 * acknowledgment does as a rule and the more the more that varies (RFC 6298), at least for 500 ms,
 * or for the interval where that is shorter. */
typedef struct execwire_link_timing {
    uint32_t urgent_ms; /* two-way: until a terminal state or an identity is repeated (3 s), and
                           twice as long with each try; one-way: until any state is (1 s) */
    uint32_t repeat_ms; /* two-way: until another state is (8 s), likewise; one-way: from the first
                           repeat to the second (4 s) */
    uint32_t identity_ms; /* one-way: from the second repeat to the third (16 s); twice as long with
                             each one that follows */
    uint32_t want_ms;     /* two-way: what is wanted again is sent at most this often, and of all
                             together 32 frames at most in this time (2 s) */
    uint32_t hello_ms;    /* one-way: from one hello to the next (10 min), after the first six;
                             lossless: likewise, with
                             the identities (1 h) */
    uint32_t digest_ms;   /* from one digest to the next, while executions are open (10 min) */
    uint8_t tries;        /* repeats of an update (9, one-way 4; at most 15) */
} execwire_link_timing;

/* What a sender keeps of an open execution, 16 bytes. The members are the sender's own. */
typedef struct execwire_link_execution {
    uint32_t identity;  /* CRC-32 of what never changes */
    uint32_t check;     /* of the state that was sent last */
    uint16_t number;    /* of that state; 0: free */
    uint16_t sent;      /* when it was sent */
    uint8_t generation; /* how often the ref changed hands, modulo 256 */
    uint8_t flags;
    unsigned large_sum : 12; /* of the large fields; 0: there are none */
    unsigned tries : 4;      /* repeats so far */
} execwire_link_execution;

/* What texts are compressed in. Nothing of it is kept from one call to the next: senders that are
 * not called at the same time can share one. */
typedef struct execwire_link_packing {
    uint16_t places[448];
    uint8_t counts[128];
} execwire_link_packing;

typedef struct execwire_link_sender_options {
    execwire_link_mode mode;
    const execwire_link_timing *timing; /* NULL is all default */
    execwire_str node; /* node_id of the states that it will send, as a rule; may be absent; lent */
    /* A number by chance, which tells sessions of the same number apart; 0: none. It costs each
     * hello 6 bytes, and is left out where they do not fit the MTU. */
    uint32_t salt;

    /* memory, lent for as long as the sender is used */
    execwire_link_execution *executions;
    size_t execution_count; /* 1 to EXECWIRE_LINK_MAX_REFS: executions that are open at once */
    void *frame;
    size_t mtu;           /* size of `frame`: EXECWIRE_LINK_MIN_MTU or more */
    char *words;          /* for texts that recur, such as a bucket's name; may be NULL */
    size_t word_capacity; /* 0 to EXECWIRE_LINK_WORDS_SIZE */
    /* NULL: texts go as they are. Others are compressed, those of 8 to 2048 bytes. */
    execwire_link_packing *packing;

    /* Takes one frame, valid during the call. A link that cannot take it now loses it. */
    void (*emit)(void *context, const void *frame, size_t size);
    /* Gives the newest state of the execution that execwire_link_update gave this ref to, for a
     * repeat; it has to stay as it is during the call that asks. NULL: gone; it is not repeated.
     * The function itself may be NULL in lossless mode: then a receiver that was started anew does
     * not hear of executions before their next update. */
    const execwire_state *(*recall)(void *context, unsigned ref);
    void *context; /* of both */
} execwire_link_sender_options;

/* How often things happened. Wraps around. */
typedef struct execwire_link_sender_stats {
    uint64_t bytes;      /* of all frames */
    uint32_t updates;    /* states that execwire_link_update took and that were new */
    uint32_t unchanged;  /* states equal to the last one of their execution: nothing is sent */
    uint32_t frames;     /* all frames, pieces included */
    uint32_t identities; /* states sent with their identity */
    uint32_t deltas;     /* states sent without */
    uint32_t repeats;    /* of these two, how many were repeats */
    uint32_t pieces;     /* frames that were a piece */
    uint32_t controls;   /* hellos and digests */
    uint32_t acks;       /* acknowledgments of something that waited for one */
    uint32_t wants;      /* refs, hellos and pieces that the receiver wanted again */
    uint32_t given_up;   /* updates without acknowledgment after all tries */
    uint32_t refused;    /* feedback that was damaged */
    uint32_t reused;     /* refs taken from an execution that was not done with */
} execwire_link_sender_stats;

/* The members are the sender's own, but for the stats, which may be read. Small ones come first: a
 * Cortex-M0 reaches bytes and half-words in one instruction only near a struct's beginning. */
typedef struct execwire_link_sender {
    uint8_t word_count; /* words there are */
    /* What there is to announce has a first part, node and epoch, and then a part for each word. */
    uint8_t parts_known; /* by the receiver */
    uint8_t parts_told;  /* that it knows when it has the hello of hello_check */
    uint8_t hello_tries;
    uint8_t tries;  /* repeats of an update, at most */
    uint8_t budget; /* frames that may still be sent, in this interval, because they are wanted */
    bool asked;     /* what is sent now goes to its account */
    bool started;
    bool has_epoch;
    bool hello_wanted;
    bool rtt_ends;          /* of what was sent at rtt_since, with the next time that is told */
    uint8_t rtt_unclear;    /* acknowledgments in a row that no round trip can be measured by */
    uint16_t rtt_smooth;    /* the round trip, in eighths; 0: not known */
    uint16_t rtt_variation; /* of it, in fourths */
    uint16_t rtt_since;     /* also when the timeout was last made longer as it seemed too short */
    uint16_t now;           /* of the call; this and all times that follow are ticks of 128 ms */
    uint16_t budget_since;
    uint16_t hello_sent;
    uint16_t digest_sent;
    uint16_t words_used; /* bytes */
    execwire_link_sender_options options;
    uint32_t session;
    uint32_t generations; /* what all executions' generations have beyond their own bits */
    uint32_t hello_check; /* of the hello that waits for an acknowledgment */
    uint32_t passed; /* milliseconds, as far as the caller's clock went forward; it wraps around */
    uint64_t clock;  /* the caller's, at the last call */
    execwire_link_sender_stats stats;
    int64_t epoch;         /* seconds since 1970; valid when has_epoch */
    uint16_t intervals[6]; /* that the timing says, in its order */
    uint16_t seen[16];     /* hashes of texts that may become words */
} execwire_link_sender;

/* Prepares a sender, in session 1.
 *
 * Errors: ARGUMENT (memory or function missing, a number out of its range). */
EXECWIRE_API execwire_code execwire_link_sender_init(execwire_link_sender *sender,
                                                     const execwire_link_sender_options *options,
                                                     execwire_error *error);

/* The session counter survives restarts: a restarted sender knows nothing of what it said, and
 * the receiver has to know that. Before the first update the caller
 *
 *     reads the number it stored, 0 where there is none    execwire_link_restore_session
 *     stores the one that it gets                          execwire_link_session
 *
 * A session number that is used twice is told from the first one by the salt, or by the epoch,
 * which is the first create_time's second. Without that it costs updates, which the receiver takes
 * for repeats and does not acknowledge; the check keeps wrong states away all the same.
 *
 * After UINT32_MAX comes 1: an older session, until the receiver is started anew. */
EXECWIRE_API void execwire_link_restore_session(execwire_link_sender *sender, uint32_t stored);
EXECWIRE_API uint32_t execwire_link_session(const execwire_link_sender *sender);

/* Sends a state: any state that execwire_encode takes. Which execution it belongs to follows from
 * its compute_reference, job_id, node_id and create_time. It is sent at once; what gets lost is
 * repeated by execwire_link_sender_poll. A state equal to the last one is not sent.
 *
 * ref  what the execution is called by `recall` and by the receiver, until a later update gives
 *      the same ref to another execution: below execution_count; may be NULL
 *
 * Errors: as execwire_encode; TOO_LARGE as well for a frame beyond EXECWIRE_MAX_SIZE. Nothing is
 * sent then. */
EXECWIRE_API execwire_code execwire_link_update(execwire_link_sender *sender,
                                                const execwire_state *state, uint64_t now,
                                                unsigned *ref, execwire_error *error);

/* Sends one thing that is due: a hello, a digest or the repeat of one state. Returns when it wants
 * to be called again: `now` when more is due, EXECWIRE_LINK_NEVER when nothing is until the next
 * update or feedback. Calling it early does no harm; late, delays repeats, by another two hours at
 * most. Lossless senders need not call it: all is sent with updates then. */
EXECWIRE_API uint64_t execwire_link_sender_poll(execwire_link_sender *sender, uint64_t now);

/* How many executions wait for a repeat of their newest state, or for the acknowledgment that makes
 * it needless: a program that ends may wait until there are none. */
EXECWIRE_API size_t execwire_link_waiting(const execwire_link_sender *sender);

/* Whether the receiver has the newest state that the sender was given for this ref: two-way it has
 * acknowledged it; else the sender knows of nothing more to do about it. True of a ref without an
 * execution. Who keeps states until they have arrived asks here before execwire_link_update gives
 * the ref to another execution. */
EXECWIRE_API bool execwire_link_acknowledged(const execwire_link_sender *sender, unsigned ref);

/* Takes a frame of the return channel; two-way, else it changes nothing. Pieces that it wants are
 * sent at once; all else is sent by execwire_link_sender_poll, which wants to be called after it:
 * how long an acknowledgment takes is measured to that call. What is sent for its sake is bounded
 * (want_ms): a frame may be a stranger's.
 *
 * Errors: those of reading protobuf (as execwire_decode), LINK_FRAME (damaged, or no feedback). */
EXECWIRE_API execwire_code execwire_link_feedback(execwire_link_sender *sender, const void *frame,
                                                  size_t size, execwire_error *error);

/* ---- Receiver ----------------------------------------------------------------------------- */

/* What a receiver knows of an execution. The members are the receiver's own. */
typedef struct execwire_link_context {
    uint64_t heard;      /* when its newest state was last confirmed */
    uint64_t ask_next;   /* when it may be asked for again */
    size_t offset;       /* of its newest state in the store */
    size_t size;         /* of it */
    uint32_t number;     /* of it */
    uint32_t check;      /* of it */
    uint32_t generation; /* of the ref */
    uint32_t newer;      /* the number that made it suspect, where that was said for certain */
    uint8_t asks;        /* how often it was asked for */
    bool known;
    bool owed; /* its state is to be acknowledged */
    bool suspect;
    bool earlier; /* of an earlier session */
    bool want;
} execwire_link_context;

/* A large frame of which pieces have come. The members are the receiver's own. */
typedef struct execwire_link_transfer {
    uint64_t heard;    /* when it last grew */
    uint64_t ask_next; /* when the missing part may be asked for */
    uint32_t update;   /* as in its pieces */
    uint32_t whole;    /* size of the frame; 0: free */
    uint32_t got;      /* bytes of it that are there */
    uint32_t step;     /* bytes of a piece, where there is parity */
    uint16_t rows;     /* pieces of parity that are kept */
    uint8_t asks;
} execwire_link_transfer;

struct execwire_link_receiver;

typedef struct execwire_link_receiver_options {
    execwire_link_mode mode;
    uint32_t ack_ms;   /* two-way: an acknowledgment waits this long for others (100; 0 = that) */
    uint32_t want_ms;  /* two-way: the same thing is wanted at most this often (500; 0 = that) */
    uint32_t fresh_ms; /* how long a state is current without a sign (20 min; 0 = that) */

    /* memory, lent for as long as the receiver is used */
    execwire_link_context *contexts;
    size_t context_count;  /* 1 to EXECWIRE_LINK_MAX_REFS, as many as the sender's executions */
    void *store;           /* the newest states, one after the other */
    size_t store_capacity; /* 256 bytes an execution are usual; when it is full, the execution that
                              was silent for longest is forgotten */
    void *text;            /* texts of the state that is being received */
    size_t text_capacity;  /* 8 KiB are plenty as long as outputs are cut to 2 KiB */
    execwire_entry *entries; /* for the metadata map; may be NULL */
    size_t entry_capacity;
    execwire_link_transfer *transfers; /* large frames in pieces; may be NULL */
    size_t transfer_count;
    void *pieces; /* room for them, shared out evenly; one-way for twice a frame, as a half of that
                     keeps what makes up for pieces that were lost */
    size_t piece_capacity;

    /* Called when the store is too small for all that it would have to hold, which is `size` bytes:
     * may set `store` and `store_capacity` in the receiver's options to more, with the same bytes
     * in it. Where it does not, executions are forgotten. May be NULL. */
    void (*grow)(struct execwire_link_receiver *receiver, size_t size);
} execwire_link_receiver_options;

/* What became of a frame: X(name, text). Append only. */
#define EXECWIRE_LINK_OUTCOME_LIST(X)                                                              \
    X(STATE, "a new state")                                                                        \
    X(REPEATED, "not newer than what is known")                                                    \
    X(HELLO, "a session's announcement")                                                           \
    X(DIGEST, "a list of open executions")                                                         \
    X(PIECE, "part of a larger frame")                                                             \
    /* nothing changes but wants and suspicions */                                                 \
    X(OLD_SESSION, "of an earlier session")                                                        \
    X(NO_SESSION, "of a session whose hello has not come")                                         \
    X(NO_WORD, "refers to a word that has not come")                                               \
    X(NO_IDENTITY, "of an execution whose identity has not come")                                  \
    X(NO_BASE, "based on a state that is not there")                                               \
    X(MISMATCH, "does not give the state that was sent")                                           \
    X(NO_ROOM, "larger than the memory lent")                                                      \
    X(FEEDBACK, "feedback, which is for senders")                                                  \
    X(PROFILE, "of a profile that this version does not know")                                     \
    X(OTHER_NODE, "of another node than the one that this receiver hears")                         \
    X(BUSY, "not looked into: too many compressed texts came to nothing just now")

typedef enum execwire_link_outcome {
#define EXECWIRE_LINK_OUTCOME_ENUM(name, text) EXECWIRE_LINK_##name,
    EXECWIRE_LINK_OUTCOME_LIST(EXECWIRE_LINK_OUTCOME_ENUM)
#undef EXECWIRE_LINK_OUTCOME_ENUM
        EXECWIRE_LINK_OUTCOME_COUNT /* not an outcome */
} execwire_link_outcome;

typedef struct execwire_link_event {
    execwire_link_outcome outcome;
    bool has_ref;
    unsigned ref;
    uint32_t number; /* of the state; with STATE and REPEATED */
    /* With STATE, else NULL: the state, in the receiver's memory, and its bytes as
     * execwire_encode writes them. Valid until the receiver's next call. */
    const execwire_state *state;
    execwire_str message;
} execwire_link_event;

/* How often frames had each outcome, and more. Wraps around. */
typedef struct execwire_link_receiver_stats {
    uint32_t outcomes[EXECWIRE_LINK_OUTCOME_COUNT];
    uint32_t malformed; /* frames that are no frames */
    uint32_t forgotten; /* executions that had to make room in the store */
    uint32_t feedbacks; /* frames sent back */
    uint64_t bytes;     /* received */
} execwire_link_receiver_stats;

/* What a receiver knows of the other end, but for its executions and words. The members are the
 * receiver's own. */
typedef struct execwire_link_peer {
    uint64_t session_heard; /* when something good of the session came last */
    uint64_t ack_since;     /* since when something is to be acknowledged */
    uint64_t hello_next;    /* when the hello may be asked for again */
    size_t store_used;
    int64_t epoch;
    uint32_t session;
    uint32_t salt;        /* of the session; 0: none */
    uint32_t hello_check; /* to be acknowledged when owes_hello */
    uint16_t words_used;  /* bytes */
    uint16_t piece_gap;   /* milliseconds that pieces took lately to follow each other */
    char node[EXECWIRE_LINK_NODE_SIZE];
    uint8_t node_size; /* 0: the session has none */
    uint8_t word_count;
    uint8_t owed; /* contexts whose states are to be acknowledged */
    uint8_t hello_asks;
    bool owes_hello;
    bool has_session; /* the session's number is known */
    bool has_hello;   /* and what its hello says */
    bool has_met;     /* a hello has come, in whatever session: the node is known */
    bool has_epoch;
    bool want_hello;
} execwire_link_peer;

/* The members are the receiver's own, but for the stats, which may be read. */
typedef struct execwire_link_receiver {
    execwire_link_receiver_options options;
    execwire_link_receiver_stats stats;
    execwire_state state;  /* that the last event points to */
    uint64_t clock;        /* the caller's, at its last call */
    uint64_t passed;       /* of it: a clock that goes back takes no time away */
    uint64_t failed_since; /* from when on `failed` counts */
    uint8_t failed;        /* compressed texts of frames that came to nothing */
    char words[EXECWIRE_LINK_WORDS_SIZE];
    execwire_link_peer peer;
} execwire_link_receiver;

/* Prepares a receiver.
 *
 * Errors: ARGUMENT (memory missing, a number out of its range). */
EXECWIRE_API execwire_code
execwire_link_receiver_init(execwire_link_receiver *receiver,
                            const execwire_link_receiver_options *options, execwire_error *error);

/* Takes one frame. OK is every well-formed frame, whatever became of it; the event says that.
 * Nothing of the frame is believed before its check has been found good.
 *
 * event  what the frame brought; may be NULL
 *
 * Errors, after which all is as it was: those of reading protobuf (as execwire_decode), LINK_FRAME
 * (fields that do not belong together, a wrong check of a hello or digest), LINK_TEXT (packed text
 * or compressed text that is none). */
EXECWIRE_API execwire_code execwire_link_receive(execwire_link_receiver *receiver,
                                                 const void *frame, size_t size, uint64_t now,
                                                 execwire_link_event *event, execwire_error *error);

/* Writes a frame of feedback, when one is due; two-way only.
 *
 * out       room for a frame
 * capacity  its size, EXECWIRE_LINK_MIN_MTU or more: the MTU of the return channel
 * size      of the frame; 0 when nothing is due
 *
 * Returns when to call it again: `now` when there is more, EXECWIRE_LINK_NEVER when nothing is due
 * until the next frame. */
EXECWIRE_API uint64_t execwire_link_receiver_poll(execwire_link_receiver *receiver, uint64_t now,
                                                  void *out, size_t capacity, size_t *size);

/* What is known of an execution at a time.
 *
 *   current  its newest state was confirmed within fresh_ms, and nothing speaks against it
 *   suspect  something speaks against it: there may be a newer one, and it is wanted */
typedef struct execwire_link_view {
    bool current;
    bool suspect;
    uint32_t number;      /* of the state */
    uint64_t age_ms;      /* since the state was last confirmed */
    execwire_str message; /* the state as execwire_encode writes it, for execwire_decode; in the
                             store, valid until the receiver's next call */
} execwire_link_view;

/* False, and the view all zero, where nothing is known of that ref. */
EXECWIRE_API bool execwire_link_receiver_view(const execwire_link_receiver *receiver, unsigned ref,
                                              uint64_t now, execwire_link_view *view);

/* Which node a frame is the hello of, so that who hears many can tell for which receiver it is: its
 * name as the node_id of states has it, in `text`; absent where the hello names none. False, and
 * the name absent, where the frame is damaged or no hello: no other frame says whose it is. */
EXECWIRE_API bool execwire_link_hello_node(const void *frame, size_t size,
                                           char text[EXECWIRE_LINK_NODE_SIZE], execwire_str *node);

/* The identifier of an outcome, such as "EXECWIRE_LINK_STATE", and its text. Static strings; of a
 * number that is none "" and "not an outcome". */
EXECWIRE_API const char *execwire_link_outcome_name(execwire_link_outcome outcome);
EXECWIRE_API const char *execwire_link_outcome_text(execwire_link_outcome outcome);

#ifdef __cplusplus
}
#endif

#endif
