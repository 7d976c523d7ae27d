/* Frames that nobody wants to have, for tests and figures of who hears them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_TESTS_HOSTILE_H
#define EXECWIRE_TESTS_HOSTILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HOSTILE_FRAME 222

typedef struct hostile {
    uint32_t seed;
    uint8_t frame[HOSTILE_FRAME]; /* what was made last */
    size_t size;
} hostile;

/* A number below this, by chance. */
uint32_t hostile_chance(hostile *h, uint32_t below);

/* Bytes by chance. */
void hostile_garbage(hostile *h);

/* A hello of a node with this name, of the session after `stored`; or, of a node that has said it,
 * a good state. */
void hostile_hello(hostile *h, const char *name, uint32_t stored);
void hostile_state(hostile *h, const char *name, uint32_t stored);

/* Feedback that wants the hello and some states, as if whom it is for were a sender. */
void hostile_want(hostile *h);

/* A delta of execution 0 with three texts of 2,000 bytes in some 80, which come to nothing. */
void hostile_texts(hostile *h);

#endif
