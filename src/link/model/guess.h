/* What byte comes next in a text, as far as both ends can guess.
 *
 * Most of all it is what followed before where the last two, three or four bytes were the same, in
 * the text or in a built-in sample of what programs print: the last eight such places count. Then
 * it is what programs print after a byte of that kind, and what there is in the text so far. Where
 * the text says again what it has said for a while, the guess is one byte, and how far such guesses
 * can be trusted is all that is kept.
 *
 * A byte takes constant time and the memory is constant: places are few, and the oldest make room.
 * Integers only, so that both ends guess the same. All of it is part of the wire format (profile
 * 1).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_GUESS_H
#define EXECWIRE_LINK_GUESS_H

#include "link/model/coder.h"

#include <execwire/link.h>

#define EXECWIRE_GUESS_SETS 56u
#define EXECWIRE_GUESS_WAYS 8u /* places in a set */

/* A byte that followed at some of the places, and what it gets for that. */
typedef struct execwire_candidate {
    uint32_t weight;
    uint8_t byte;
} execwire_candidate;

typedef struct execwire_guess {
    execwire_link_packing *memory;
    const uint8_t *text;
    uint32_t at;
    uint32_t before;  /* the last four bytes, the last one lowest */
    uint32_t counted; /* the sum of all counts in memory */
    uint32_t again;   /* the place whose byte is expected to come again */
    uint32_t run;     /* bytes before it that are those before here */
    uint16_t trust;   /* the chance that it does, in 1 << EXECWIRE_CHANCE_BITS */
    uint8_t kind;     /* of the last byte */
    uint8_t candidate_count;
    uint32_t longest; /* the latest place of those where most was the same */
    uint32_t whole;   /* sum of all shares */
    execwire_candidate candidates[EXECWIRE_GUESS_WAYS];
} execwire_guess;

/* `text` is read up to where the guess is. */
void execwire_guess_start(execwire_guess *guess, execwire_link_packing *memory,
                          const uint8_t *text);

/* Whether one byte is expected, and it says which. Then execwire_guess_came is next. */
bool execwire_guess_is_sure(const execwire_guess *guess);
uint8_t execwire_guess_again(const execwire_guess *guess);
/* The expected byte came, or another one that is asked for as usual. */
void execwire_guess_came(execwire_guess *guess, bool expected);

/* Weighs what may come. */
void execwire_guess_weigh(execwire_guess *guess);
execwire_share execwire_guess_share(const execwire_guess *guess, uint8_t byte);
uint8_t execwire_guess_find(const execwire_guess *guess, uint32_t point, execwire_share *share);
/* The byte came that has been coded by its share: it is text[at]. */
void execwire_guess_learn(execwire_guess *guess);

#endif
