/* Sealed frames: a layer between the link and what carries its frames, which lets nobody in who has
 * no key, and nobody read who has none.
 *
 *     node                                                             gateway
 *     frame  --> execwire_seal_node_write ==> carrier ==> execwire_seal_peer_open  --> frame
 *     frame  <-- execwire_seal_node_open  <== carrier <== execwire_seal_peer_write <-- frame
 *
 * A frame is any bytes; the link knows nothing of this layer, and it nothing of the link.
 * docs/sealed.md has the format, why it holds, and what becomes of each attack.
 *
 *   - Each node shares a key of 16 bytes with its gateway. Each session has keys of its own for
 * each direction, made by HKDF-SHA-256 (RFC 5869) of that key, a number and salts. Frames are
 * sealed by AES-CCM (RFC 3610) with a tag of 8 bytes, AES-CCM-16-64-128 of the COSE registry, or
 * of 4. Both algorithms are the caller's (execwire_seal_crypto): nothing of them is in here.
 *   - A session's number is used once: the caller stores it before the first frame. Its salt is
 *     random, so that even a number that comes again has other keys. No nonce is used twice.
 *   - A frame that was opened is not opened again. Frames may overtake up to 63 others.
 *   - Two-way, a session is opened when the node has echoed a challenge of the gateway in it: a
 *     recording opens nothing, whatever either end has forgotten. One-way, the gateway stores
 *     which frame of which session was the newest.
 *   - There is no heap, clock or I/O in here. `error` may be NULL and is only written on failure.
 *     One struct is for one thread at a time.
 *
 * It is in libexecwire; a program that does not call it does not get it from the static library.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_SEAL_H
#define EXECWIRE_SEAL_H

#include <execwire/error.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EXECWIRE_SEAL_KEY_SIZE   16
#define EXECWIRE_SEAL_NONCE_SIZE 13
#define EXECWIRE_SEAL_SALT_SIZE  8
/* Of a node's name, which keys are made of, and of a connection id, which frames begin with. */
#define EXECWIRE_SEAL_NAME_SIZE 64
#define EXECWIRE_SEAL_CID_SIZE  2
/* A sealed frame is at most so much longer than its frame. As a rule it is 1 byte, the connection
 * id and the tag. */
#define EXECWIRE_SEAL_OVERHEAD (EXECWIRE_SEAL_CID_SIZE + 1 + 4 + 8 + 4 + 8 + 8)
/* The longest frame: AES-CCM with a nonce of 13 bytes has 2 for the length. */
#define EXECWIRE_SEAL_MOST 65535
/* Frames that one key of a session seals at most, and frames of which a node's key opened none
 * before it is retired: 2^23 and 2^23.5, as RFC 9147, section 4.5.3 has them for AES-CCM. */
#define EXECWIRE_SEAL_MOST_FRAMES   8388608
#define EXECWIRE_SEAL_MOST_FAILURES 11863283
/* Sessions that a node reserves at once. */
#define EXECWIRE_SEAL_SESSIONS 16

/* ---- Cryptography, which the caller has -------------------------------------------------------
 */

/* A ready one is in <execwire/seal_mbedtls.h>; a radio's AES or PSA Crypto can serve as well. Each
 * call returns false when it fails. */
typedef struct execwire_seal_crypto {
    /* HKDF-SHA-256, extract and expand: `size` bytes of a key, a salt and an info. */
    bool (*derive)(void *context, const uint8_t key[EXECWIRE_SEAL_KEY_SIZE], const uint8_t *salt,
                   size_t salt_size, const uint8_t *info, size_t info_size, uint8_t *out,
                   size_t size);
    /* AES-128-CCM: writes `size` bytes and the tag. `head` is authenticated, not encrypted. */
    bool (*encrypt)(void *context, const uint8_t key[EXECWIRE_SEAL_KEY_SIZE],
                    const uint8_t nonce[EXECWIRE_SEAL_NONCE_SIZE], const uint8_t *head,
                    size_t head_size, const uint8_t *plain, size_t size, uint8_t *out,
                    size_t tag_size);
    /* The inverse: `size` bytes stand before the tag. False: the tag is another, and nothing of
     * `out` is looked at. Tags are compared in constant time. */
    bool (*decrypt)(void *context, const uint8_t key[EXECWIRE_SEAL_KEY_SIZE],
                    const uint8_t nonce[EXECWIRE_SEAL_NONCE_SIZE], const uint8_t *head,
                    size_t head_size, const uint8_t *sealed, size_t size, uint8_t *out,
                    size_t tag_size);
    /* Random bytes that nobody can guess. */
    bool (*random)(void *context, uint8_t *out, size_t size);
    void *context;
} execwire_seal_crypto;

typedef struct execwire_seal_key {
    uint8_t id; /* 0 to 31, which frames name it by */
    uint8_t key[EXECWIRE_SEAL_KEY_SIZE];
} execwire_seal_key;

/* What both ends agree on. `crypto` and `name` are lent for as long as the end is used. */
typedef struct execwire_seal_options {
    const execwire_seal_crypto *crypto;
    execwire_str name; /* the node's, 1 to EXECWIRE_SEAL_NAME_SIZE bytes */
    uint8_t cid[EXECWIRE_SEAL_CID_SIZE];
    uint8_t cid_size; /* 0 where the carrier names the sender */
    uint8_t tag_size; /* 8 or 4 */
    bool one_way;     /* nothing comes back */
} execwire_seal_options;

/* What became of a frame that was opened, or not. */
typedef enum EXECWIRE_MUST_USE execwire_seal_outcome {
    EXECWIRE_SEAL_OPENED,
    EXECWIRE_SEAL_FORGED,     /* sealed with another key, damaged, or not sealed */
    EXECWIRE_SEAL_REPLAYED,   /* opened before, or older than is remembered */
    EXECWIRE_SEAL_OLD,        /* of a session before the newest; one-way only */
    EXECWIRE_SEAL_UNPROVEN,   /* may be a recording, or of a session that was lost: send the node
                               * execwire_seal_peer_challenge */
    EXECWIRE_SEAL_CHALLENGED, /* the gateway asks who it is: send something, and it learns that */
    EXECWIRE_SEAL_RETIRED,    /* the key has failed too often */
    EXECWIRE_SEAL_OUTCOME_COUNT
} execwire_seal_outcome;

/* ---- Ends; the members are their own, but for the counts ---------------------------------------
 */

/* One direction of a session. */
typedef struct execwire_seal_way {
    uint32_t session;
    uint32_t next;     /* of what is sent; of what comes, behind the newest that was opened */
    uint8_t opened[8]; /* bit n % 64: whether frame n of the last 64 was opened */
    uint8_t direction; /* as keys and nonces name it */
    uint8_t key[EXECWIRE_SEAL_KEY_SIZE];
} execwire_seal_way;

/* A node's end. */
typedef struct execwire_seal_node {
    execwire_seal_options options;
    bool begun;    /* a session */
    bool echoes;   /* it answers a challenge */
    bool asked;    /* the next frame is to be long */
    bool answered; /* something was opened in it: `down` is the gateway's */
    execwire_seal_key key;
    bool (*reserve)(void *context, uint32_t session);
    void *context;
    uint32_t reserved;                         /* sessions below this need not be stored again */
    uint32_t silent;                           /* frames since something was opened */
    uint8_t salts[2][EXECWIRE_SEAL_SALT_SIZE]; /* its own, and that of the challenge it answers */
    uint32_t outcomes[EXECWIRE_SEAL_OUTCOME_COUNT]; /* how often each came, which wraps around */
    execwire_seal_way up;
    execwire_seal_way down;
} execwire_seal_node;

/* What a gateway stores of a one-way node, so that it opens nothing twice after a restart. */
typedef struct execwire_seal_newest {
    uint32_t session;                      /* the newest that was opened; 0: none */
    uint8_t salt[EXECWIRE_SEAL_SALT_SIZE]; /* its own */
    uint32_t
        next; /* behind the newest of its frames that was opened: none before is opened again */
} execwire_seal_newest;

/* A gateway's end of one node. */
typedef struct execwire_seal_peer {
    execwire_seal_options options;
    execwire_seal_key keys[2];
    uint32_t failures[2]; /* of each key */
    uint8_t key_count;
    uint8_t active;              /* the key of the session */
    execwire_seal_newest newest; /* one-way; see execwire_seal_peer_init */
    uint32_t session;
    bool has_session;
    bool challenges; /* `challenge` is one that was sent and not echoed yet */
    bool has_claim;  /* the last unproven frame's session: its key, number and salt */
    uint8_t claim_key;
    uint32_t claim;
    uint8_t claim_salt[EXECWIRE_SEAL_SALT_SIZE];
    uint8_t salt[EXECWIRE_SEAL_SALT_SIZE];
    uint8_t own_salt[EXECWIRE_SEAL_SALT_SIZE];
    uint8_t challenge[EXECWIRE_SEAL_SALT_SIZE];
    execwire_seal_way up;
    execwire_seal_way down;
    uint32_t outcomes[EXECWIRE_SEAL_OUTCOME_COUNT];
} execwire_seal_peer;

/* ---- Node --------------------------------------------------------------------------------------
 */

/* Prepares a node's end.
 *
 * key      copied; wiped by execwire_seal_node_end
 * session  the number that was stored last, as `reserve` had it; 0: none
 * reserve  stores a number where a restart finds it, and returns whether it is there: before the
 *          first frame, and once in EXECWIRE_SEAL_SESSIONS sessions
 *
 * Errors: ARGUMENT (something missing or out of range). */
EXECWIRE_API execwire_code execwire_seal_node_init(execwire_seal_node *node,
                                                   const execwire_seal_options *options,
                                                   const execwire_seal_key *key, uint32_t session,
                                                   bool (*reserve)(void *context, uint32_t session),
                                                   void *context, execwire_error *error);

/* Wipes the keys. */
EXECWIRE_API void execwire_seal_node_end(execwire_seal_node *node);

/* Seals a frame.
 *
 * frame     `size` bytes, EXECWIRE_SEAL_MOST at most
 * out       room for the sealed frame, which must not overlap `frame`
 * capacity  its size; size + EXECWIRE_SEAL_OVERHEAD is always enough
 * sealed    its bytes; with NO_SPACE as many as are needed
 *
 * Errors: ARGUMENT; NO_SPACE and TOO_LARGE, after which nothing has changed; SEAL (the crypto
 * failed, a session could not be stored, or there are no more). */
EXECWIRE_API execwire_code execwire_seal_node_write(execwire_seal_node *node, const void *frame,
                                                    size_t size, void *out, size_t capacity,
                                                    size_t *sealed, execwire_error *error);

/* Opens a frame that came.
 *
 * out       room for the frame; may not overlap `sealed`
 * capacity  its size; `size` is always enough
 * opened    bytes of the frame; 0 but for EXECWIRE_SEAL_OPENED
 * outcome   what became of it
 *
 * Errors, after which nothing has changed: ARGUMENT, NO_SPACE (`opened` says how much is enough).
 */
EXECWIRE_API execwire_code execwire_seal_node_open(execwire_seal_node *node, const void *sealed,
                                                   size_t size, void *out, size_t capacity,
                                                   size_t *opened, execwire_seal_outcome *outcome,
                                                   execwire_error *error);

/* ---- Gateway -----------------------------------------------------------------------------------
 */

/* Prepares a gateway's end of a node.
 *
 * keys       one, or two while keys are changed; copied
 * newest     one-way: what was opened before, as `newest` of the struct has it after a frame was
 *            opened and the caller has stored it, before it believes the frame; NULL: nothing.
 *            What is not newer is not opened, and of the session that goes on nothing before its
 *            next long frame. Two-way it is not looked at.
 *
 * Errors: ARGUMENT. */
EXECWIRE_API execwire_code execwire_seal_peer_init(execwire_seal_peer *peer,
                                                   const execwire_seal_options *options,
                                                   const execwire_seal_key *keys, size_t key_count,
                                                   const execwire_seal_newest *newest,
                                                   execwire_error *error);

/* Wipes the keys. */
EXECWIRE_API void execwire_seal_peer_end(execwire_seal_peer *peer);

/* As execwire_seal_node_write and _open. A gateway has nothing to write before it has opened
 * something: ARGUMENT. */
EXECWIRE_API execwire_code execwire_seal_peer_write(execwire_seal_peer *peer, const void *frame,
                                                    size_t size, void *out, size_t capacity,
                                                    size_t *sealed, execwire_error *error);
EXECWIRE_API execwire_code execwire_seal_peer_open(execwire_seal_peer *peer, const void *sealed,
                                                   size_t size, void *out, size_t capacity,
                                                   size_t *opened, execwire_seal_outcome *outcome,
                                                   execwire_error *error);

/* Writes the answer to EXECWIRE_SEAL_UNPROVEN: 9 bytes, the connection id and the tag, which is
 * less than twice as much as what came. What made no sense without its session is answered by
 * asking for that, a session by a challenge, which is the same until it was echoed.
 *
 * Errors: ARGUMENT (one-way, too), NO_SPACE, SEAL. */
EXECWIRE_API execwire_code execwire_seal_peer_challenge(execwire_seal_peer *peer, void *out,
                                                        size_t capacity, size_t *size,
                                                        execwire_error *error);

#ifdef __cplusplus
}
#endif

#endif
