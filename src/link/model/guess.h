/* What byte comes next in a text, as far as both ends can guess.
 *
 * Most of all it is what followed before where the last two, three or four bytes were the same, in
 * the text or in a built-in sample of what programs print: the last eight such places vote. Then
 * it is what programs print after a byte of that kind, and what there is in the text so far.
 *
 * Once the text has said again what it had said for a while, the next byte there is asked for
 * before all others, also behind bytes that differ: how far such guesses can be trusted is learned,
 * by how many of them were right just before.
 *
 * A byte takes constant time and the memory is constant: places are few, and the oldest make room.
 * Integers only, so that both ends guess the same. All of it is part of the wire format.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_GUESS_H
#define EXECWIRE_LINK_GUESS_H

#include "link/model/coder.h"
#include "link/model/places.h"

#define EXECWIRE_GUESS_RUN 7u /* guesses that were right in a row, as far as they count */

/* On small processors the code is shorter for what stands first. */
typedef struct execwire_guess {
    execwire_link_packing *memory; /* for its counts */
    uint32_t again;                /* the place whose byte is expected to come again, or 0 */
    uint32_t run;                  /* times that it did */
    uint32_t missed;               /* it does not this time: it was asked for */
    uint32_t counted;              /* the sum of all counts in memory */
    uint32_t kind;                 /* of the last byte */
    uint32_t whole;                /* sum of all shares */
    uint32_t first_votes;          /* what the first byte gets for its places; 0: there is none */
    uint16_t trust[EXECWIRE_GUESS_RUN + 1]; /* the chance that what is expected comes after such a
                                               run, in 1 << EXECWIRE_CHANCE_BITS */
    uint8_t first;                          /* the byte that comes before all others */
    execwire_votes votes;                   /* for others */
    execwire_places places;
} execwire_guess;

/* `text` is read up to where the guess is. */
void execwire_guess_start(execwire_guess *guess, execwire_link_packing *memory,
                          const uint8_t *text);

/* How likely the expected byte is. */
static inline unsigned execwire_guess_chance(const execwire_guess *guess)
{
    return guess->trust[guess->run];
}

/* What is less likely is not asked for by itself. */
#define EXECWIRE_GUESS_SURE 1700u

/* Whether a byte is expected, and which. Then execwire_guess_came is next. */
static inline bool execwire_guess_is_sure(const execwire_guess *guess)
{
    return guess->again != 0 && execwire_guess_chance(guess) >= EXECWIRE_GUESS_SURE;
}

static inline uint8_t execwire_guess_again(const execwire_guess *guess)
{
    return execwire_places_byte(&guess->places, guess->again);
}

/* The expected byte came, or another one that is asked for as usual. */
void execwire_guess_came(execwire_guess *guess, bool expected);

/* Weighs what may come. */
void execwire_guess_weigh(execwire_guess *guess);
execwire_share execwire_guess_share(execwire_guess *guess, uint8_t byte);
uint8_t execwire_guess_find(execwire_guess *guess, execwire_decoder *from);
/* This byte came, coded by its share: it is in the text. */
void execwire_guess_learn(execwire_guess *guess, uint8_t byte);

#endif
