/* Places in a text so far, and in a built-in sample before it, whose bytes may come again: in a set
 * with those behind the same two bytes, the latest eight of a set. Each of them votes for its byte,
 * by how many bytes before it are those before here.
 *
 * A place is a byte's number, in the sample and on from there in the text.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_PLACES_H
#define EXECWIRE_LINK_PLACES_H

#include "base/target.h"
#include "base/words.h"
#include "link/model/priors.h"

#include <execwire/link.h>

#include <string.h>

#define EXECWIRE_PLACES_TEXT 2048u /* the longest text, in bytes */
#define EXECWIRE_PLACES_SETS 56u
#define EXECWIRE_PLACES_WAYS 8u /* places in a set */

/* Bytes before a place that have to be the same for its byte to be sure. */
#define EXECWIRE_PLACES_LONG 6u

_Static_assert(sizeof((execwire_link_packing *)NULL)->places / sizeof(uint16_t) ==
                   (size_t)EXECWIRE_PLACES_SETS * EXECWIRE_PLACES_WAYS,
               "all places");

#ifdef EXECWIRE_FAST_WORDS

/* What is looked at of all places of a set at once: a byte of each, the latest one's lowest. */
typedef struct execwire_places_set {
    uint64_t before[4]; /* the last byte before the place, and so on */
    uint64_t byte;
    uint64_t low, high; /* of the place's number; the highest bit says that it is in the text */
    uint64_t unused;    /* 64 bytes are found sooner than 56 */
} execwire_places_set;

typedef struct execwire_places {
    uint32_t here;            /* the place that comes next */
    uint64_t before[4];       /* each of the last four bytes eight times, the last one first */
    execwire_places_set *set; /* that was looked at */
    uint32_t longest; /* the latest place behind the same four bytes; without one any of the set */
    execwire_places_set sets[EXECWIRE_PLACES_SETS];
    /* eight bytes of nothing, the sample, the text */
    uint8_t known[8 + PRIOR_SAMPLE_SIZE + EXECWIRE_PLACES_TEXT];
} execwire_places;

typedef struct execwire_votes {
    uint64_t bytes, votes; /* of each place */
} execwire_votes;

static inline uint8_t execwire_places_byte(const execwire_places *places, uint32_t place)
{
    return places->known[8 + place];
}

#else

typedef struct execwire_places {
    uint32_t here;
    execwire_link_packing *memory;
    const uint8_t *text;
    uint16_t *set;    /* that was looked at */
    uint32_t longest; /* of that, the latest place behind the same four bytes, or 0 */
} execwire_places;

typedef struct execwire_votes {
    uint8_t bytes[EXECWIRE_PLACES_WAYS], votes[EXECWIRE_PLACES_WAYS];
} execwire_votes;

static inline uint8_t execwire_places_byte(const execwire_places *places, uint32_t place)
{
    return place < PRIOR_SAMPLE_SIZE ? prior_sample[place]
                                     : places->text[place - PRIOR_SAMPLE_SIZE];
}

#endif

/* `text` is read up to where the places are, if at all. */
static inline void execwire_places_start(execwire_places *places, execwire_link_packing *memory,
                                         const uint8_t *text);

/* The votes here. */
static inline void execwire_places_look(execwire_places *places, execwire_votes *votes);
/* Takes a byte's votes away, and says how many they were: at most 16 a place. */
static inline uint32_t execwire_votes_take(execwire_votes *votes, uint8_t byte);
/* Whether there are any left, and for which byte the latest of those places votes. */
static inline bool execwire_votes_next(const execwire_votes *votes, uint8_t *byte);
static inline uint32_t execwire_votes_left(const execwire_votes *votes);

/* Goes on behind a byte. */
static inline void execwire_places_step(execwire_places *places, uint8_t byte);
/* The same, where the votes were looked at: the byte has a place now. Returns the place whose byte
 * is sure to come next, or 0. */
static inline uint32_t execwire_places_learn(execwire_places *places, uint8_t byte);

/* The set of those behind the last two bytes; others are in it as well. */
static inline uint32_t execwire_places_set_here(const execwire_places *places)
{
    uint32_t before = (uint32_t)execwire_places_byte(places, places->here - 2) << 8 |
                      execwire_places_byte(places, places->here - 1);
    /* 2^32 by the golden ratio (Knuth, volume 3, 6.4) */
    uint32_t hash = before * UINT32_C(0x9E3779B1) >> 16;

    return hash * EXECWIRE_PLACES_SETS >> 16;
}

#ifdef EXECWIRE_FAST_WORDS

/* Eight places at once, in a byte of a word each: a third of the time that it takes one by one. */

#define EXECWIRE_PLACES_HIGHEST EXECWIRE_EACH_BYTE(0x80)

/* Of each byte that is 0 the highest bit. */
static inline uint64_t execwire_places_zeros(uint64_t word)
{
    return ~(((word & ~EXECWIRE_PLACES_HIGHEST) + ~EXECWIRE_PLACES_HIGHEST) | word) &
           EXECWIRE_PLACES_HIGHEST;
}

static inline unsigned execwire_places_first_of(uint64_t highest)
{
    return execwire_lowest_bit(highest) & 0x38;
}

static inline void execwire_places_add_byte(uint64_t *bytes, uint64_t byte)
{
    *bytes = *bytes << 8 | (byte & 0xFF);
}

static inline void execwire_places_add_place(execwire_places *places, uint8_t byte)
{
    execwire_places_set *set = places->set;

    execwire_places_add_byte(&set->before[0], places->before[0]);
    execwire_places_add_byte(&set->before[1], places->before[1]);
    execwire_places_add_byte(&set->before[2], places->before[2]);
    execwire_places_add_byte(&set->before[3], places->before[3]);
    execwire_places_add_byte(&set->byte, byte);
    execwire_places_add_byte(&set->low, places->here);
    execwire_places_add_byte(&set->high,
                             places->here >> 8 | (places->here >= PRIOR_SAMPLE_SIZE ? 0x80 : 0));
}

static inline void execwire_places_start(execwire_places *places, execwire_link_packing *memory,
                                         const uint8_t *text)
{
    (void)memory, (void)text;
    memset(places->sets, 0, sizeof places->sets);
    /* Two zeros are of set 0, a zero and a one are not: what is no place is behind neither. */
    places->sets[0].before[0] = EXECWIRE_EACH_BYTE(1);
    memset(places->before, 0, sizeof places->before);
    memset(places->known, 0, 8);
    places->here = 0;
    while (places->here < EXECWIRE_PLACES_LONG)
        execwire_places_step(places, prior_sample[places->here]);
    while (places->here < PRIOR_SAMPLE_SIZE) {
        places->set = &places->sets[execwire_places_set_here(places)];
        execwire_places_add_place(places, prior_sample[places->here]);
        execwire_places_step(places, prior_sample[places->here]);
    }
}

static inline void execwire_places_step(execwire_places *places, uint8_t byte)
{
    places->known[8 + places->here++] = byte;
    places->before[3] = places->before[2];
    places->before[2] = places->before[1];
    places->before[1] = places->before[0];
    places->before[0] = EXECWIRE_EACH_BYTE(byte);
}

/* Two bytes that are the same give 2 votes, three 4, four 16; in the sample half of that. */
static inline void execwire_places_look(execwire_places *places, execwire_votes *votes)
{
    execwire_places_set *set = &places->sets[execwire_places_set_here(places)];
    uint64_t two = execwire_places_zeros(set->before[0] ^ places->before[0]) &
                   execwire_places_zeros(set->before[1] ^ places->before[1]);
    uint64_t three = two & execwire_places_zeros(set->before[2] ^ places->before[2]);
    uint64_t four = three & execwire_places_zeros(set->before[3] ^ places->before[3]);
    uint64_t all = (two >> 6) + (three >> 6) + (four >> 4) + (four >> 5);
    uint64_t in_text =
        (set->high & EXECWIRE_PLACES_HIGHEST) - ((set->high & EXECWIRE_PLACES_HIGHEST) >> 7);
    unsigned latest = execwire_places_first_of(four | UINT64_C(1) << 63);

    places->set = set;
    places->longest = (uint32_t)((set->low >> latest & 0xFF) | (set->high >> latest & 0x7F) << 8);
    votes->bytes = set->byte;
    votes->votes = all - (all >> 1 & ~in_text & ~EXECWIRE_PLACES_HIGHEST);
}

static inline uint32_t execwire_votes_take(execwire_votes *votes, uint8_t byte)
{
    uint64_t same = execwire_places_zeros(votes->bytes ^ EXECWIRE_EACH_BYTE(byte));
    execwire_votes taken = {0, votes->votes & (same - (same >> 7))};

    votes->votes ^= taken.votes;
    return execwire_votes_left(&taken);
}

static inline bool execwire_votes_next(const execwire_votes *votes, uint8_t *byte)
{
    if (votes->votes == 0)
        return false;
    *byte = (uint8_t)(votes->bytes >> execwire_places_first_of(votes->votes));
    return true;
}

static inline uint32_t execwire_votes_left(const execwire_votes *votes)
{
    return (uint32_t)(votes->votes * EXECWIRE_EACH_BYTE(1) >> 56);
}

static inline uint64_t execwire_places_eight_before(const execwire_places *places, uint32_t place)
{
    uint64_t bytes;

    memcpy(&bytes, places->known + place, sizeof bytes);
    return bytes;
}

/* Whether EXECWIRE_PLACES_LONG bytes are the same. The last ones are the highest. */
static inline bool execwire_places_goes_on(const execwire_places *places, uint32_t place)
{
    uint64_t differ = execwire_places_eight_before(places, place) ^
                      execwire_places_eight_before(places, places->here);

    return differ >> 8 * (8 - EXECWIRE_PLACES_LONG) == 0;
}

static inline uint32_t execwire_places_learn(execwire_places *places, uint8_t byte)
{
    execwire_places_add_place(places, byte);
    execwire_places_step(places, byte);
    if (places->longest == 0 || !execwire_places_goes_on(places, places->longest + 1))
        return 0;
    return places->longest + 1;
}

#else

/* A loop of its own: nothing else in a sender needs memmove. */
static inline void execwire_places_add_place(const execwire_places *places, uint16_t *set)
{
    uint16_t place = (uint16_t)places->here;

    for (unsigned i = 0; i < EXECWIRE_PLACES_WAYS; i++) {
        uint16_t earlier = set[i];

        set[i] = place;
        place = earlier;
    }
}

static inline uint16_t *execwire_places_look_up(const execwire_places *places)
{
    return places->memory->places + (size_t)EXECWIRE_PLACES_WAYS * execwire_places_set_here(places);
}

static inline void execwire_places_start(execwire_places *places, execwire_link_packing *memory,
                                         const uint8_t *text)
{
    *places = (execwire_places){
        .here = EXECWIRE_PLACES_LONG, .memory = memory, .text = text, .longest = 0};
    for (; places->here < PRIOR_SAMPLE_SIZE; places->here++)
        execwire_places_add_place(places, execwire_places_look_up(places));
}

static inline void execwire_places_step(execwire_places *places, uint8_t byte)
{
    (void)byte;
    places->here++;
}

static inline unsigned execwire_places_same_before(const execwire_places *places, uint32_t place,
                                                   unsigned most)
{
    uint32_t here = places->here;
    unsigned same = 0;

    while (same < most &&
           execwire_places_byte(places, --place) == execwire_places_byte(places, --here))
        same++;
    return same;
}

#define EXECWIRE_PLACES_SAME 4

static inline void execwire_places_look(execwire_places *places, execwire_votes *votes)
{
    static const uint8_t given[EXECWIRE_PLACES_SAME + 1] = {0, 0, 2, 4, 16};

    places->set = execwire_places_look_up(places);
    places->longest = 0;
    for (unsigned i = EXECWIRE_PLACES_WAYS; i-- > 0;) {
        uint32_t place = places->set[i];
        unsigned same =
            place > 0 ? execwire_places_same_before(places, place, EXECWIRE_PLACES_SAME) : 0;

        votes->bytes[i] = execwire_places_byte(places, place);
        votes->votes[i] = given[same] >> (place < PRIOR_SAMPLE_SIZE ? 1 : 0);
        if (same == EXECWIRE_PLACES_SAME)
            places->longest = place;
    }
}

static inline uint32_t execwire_votes_take(execwire_votes *votes, uint8_t byte)
{
    uint32_t taken = 0;

    for (unsigned i = 0; i < EXECWIRE_PLACES_WAYS; i++)
        if (votes->bytes[i] == byte) {
            taken += votes->votes[i];
            votes->votes[i] = 0;
        }
    return taken;
}

static inline bool execwire_votes_next(const execwire_votes *votes, uint8_t *byte)
{
    for (unsigned i = 0; i < EXECWIRE_PLACES_WAYS; i++)
        if (votes->votes[i] > 0) {
            *byte = votes->bytes[i];
            return true;
        }
    return false;
}

static inline uint32_t execwire_votes_left(const execwire_votes *votes)
{
    uint32_t sum = 0;

    for (unsigned i = 0; i < EXECWIRE_PLACES_WAYS; i++)
        sum += votes->votes[i];
    return sum;
}

static inline uint32_t execwire_places_learn(execwire_places *places, uint8_t byte)
{
    uint32_t next = places->longest + 1;

    execwire_places_add_place(places, places->set);
    execwire_places_step(places, byte);
    return next > 1 && execwire_places_same_before(places, next, EXECWIRE_PLACES_LONG) ==
                           EXECWIRE_PLACES_LONG
               ? next
               : 0;
}

#endif

#endif
