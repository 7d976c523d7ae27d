/* The bytes that stand before what is encrypted in a sealed frame (docs/sealed.md), behind the
 * connection id:
 *
 *     0nnnnnnn                                     short: the low bits of the sequence number
 *     110kkkkk session salt number                 long, of a node; with `echo` behind it, 111kkkkk
 *     110kkkkk salt number                         long, of a gateway
 *     100kkkkk salt                                challenge of a session, of a gateway
 *     101kkkkk salt                                question for a long frame, of a gateway
 *
 * k is the key's id, salts and echoes have 8 bytes, numbers 4, the highest first. Each direction
 * has files of its own: a program that is one end does not get those of the other from the linker.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_SEAL_FORM_H
#define EXECWIRE_SEAL_FORM_H

#include <execwire/seal.h>

/* Before what is encrypted, at most. */
#define EXECWIRE_FORM_SIZE (EXECWIRE_SEAL_OVERHEAD - 8)

typedef enum execwire_form_kind {
    EXECWIRE_FORM_SHORT,
    EXECWIRE_FORM_LONG,
    EXECWIRE_FORM_CHALLENGE,
    EXECWIRE_FORM_QUESTION,
    EXECWIRE_FORM_NONE /* no sealed frame */
} execwire_form_kind;

typedef enum execwire_direction {
    EXECWIRE_UP, /* from the node */
    EXECWIRE_DOWN,
    EXECWIRE_DOWN_CHALLENGE,
    EXECWIRE_DOWN_QUESTION
} execwire_direction;

/* A frame in the clear and sealed, behind its form. */
typedef struct execwire_sealing {
    uint32_t number; /* of a short one that was read its low 7 bits; 0 of what has none */
    const uint8_t *form;
    size_t form_size; /* with the connection id */
    const void *from;
    size_t frame_size; /* bytes that are encrypted behind the form */
    uint8_t *to;
} execwire_sealing;

typedef struct execwire_form {
    execwire_form_kind kind;
    uint8_t key;         /* all but a short one: the key's id */
    uint32_t session;    /* of a node's long one */
    const uint8_t *salt; /* all but a short one */
    const uint8_t *echo; /* of a node's long one; NULL: none */
    execwire_sealing s;  /* what was read, without `to` */
} execwire_form;

/* Writes what a node's next frame begins with, which is long when that is asked for. Returns its
 * size. */
size_t execwire_form_write_up(const execwire_seal_node *node, uint8_t out[EXECWIRE_FORM_SIZE]);

/* Writes what a gateway's frame begins with. Returns its size. */
size_t execwire_form_write_down(const execwire_seal_options *options, const execwire_form *form,
                                uint8_t out[EXECWIRE_FORM_SIZE]);

/* Reads what a node has sent; what is too short for it and the tag, or has another connection id,
 * is none. */
void execwire_form_read_up(const execwire_seal_options *options, const uint8_t *sealed, size_t size,
                           execwire_form *form);

/* The same of what a gateway has sent. */
void execwire_form_read_down(const execwire_seal_options *options, const uint8_t *sealed,
                             size_t size, execwire_form *form);

#endif
