/* SPDX-License-Identifier: Apache-2.0 */
#include "link/model/guess.h"

#include "base/words.h"

#include <string.h>

static unsigned nibble(const uint8_t *nibbles, unsigned index)
{
    return nibbles[index / 2] >> (4 * (index & 1)) & 0xF;
}

/* Bytes in the order in which more and less is known of them: letters first, and a line's end in
 * the place of DEL. */
static uint8_t byte_ranked(unsigned rank)
{
    uint8_t byte = (uint8_t)(rank ^ 0x60);

    return byte == '\n' ? 0x7F : byte == 0x7F ? '\n' : byte;
}

static unsigned rank_of(uint8_t byte)
{
    return byte_ranked(byte ^ 0x60u) ^ 0x60u;
}

/* ---- What there is in the text so far ---- */

/* Counts take four bits each. */
static unsigned count_of(const execwire_guess *guess, unsigned rank)
{
    return nibble(guess->memory->counts, rank);
}

#define MOST_COUNTED 15

static void count(execwire_guess *guess, unsigned rank)
{
    uint8_t *counts = guess->memory->counts;

    counts[rank / 2] = (uint8_t)(counts[rank / 2] + (1 << (4 * (rank & 1))));
    guess->counted++;
    if (count_of(guess, rank) < MOST_COUNTED)
        return;
    guess->counted = 0;
    for (unsigned i = 0; i < sizeof guess->memory->counts; i++) {
        counts[i] = counts[i] >> 1 & 0x77;
        guess->counted += (counts[i] & 0xFu) + (counts[i] >> 4);
    }
}

/* ---- What comes again ---- */

/* How much a guess is trusted before one was right or wrong. */
#define FIRST_TRUST(run) (1200 + 400 * (run))

void execwire_guess_start(execwire_guess *guess, execwire_link_packing *memory, const uint8_t *text)
{
    memset(memory, 0, sizeof *memory);
    guess->memory = memory;
    guess->counted = 0;
    guess->again = 0;
    guess->run = 0;
    guess->missed = 0;
    for (unsigned run = 0; run <= EXECWIRE_GUESS_RUN; run++)
        guess->trust[run] = (uint16_t)FIRST_TRUST(run);
    execwire_places_start(&guess->places, memory, text);
}

/* How far trust goes at a time towards all and nothing. */
#define SLOW 16

/* Goes on behind the expected byte, or another one in its place. */
static void follow(execwire_guess *guess, bool expected)
{
    uint16_t *trust = &guess->trust[guess->run];

    if (expected) {
        *trust = (uint16_t)(*trust + ((1 << EXECWIRE_CHANCE_BITS) - *trust) / SLOW);
        guess->run += guess->run < EXECWIRE_GUESS_RUN ? 1 : 0;
    } else {
        *trust = (uint16_t)(*trust - *trust / SLOW);
        guess->run = 0;
    }
    guess->again++;
}

void execwire_guess_came(execwire_guess *guess, bool expected)
{
    uint8_t byte = execwire_guess_again(guess);

    guess->missed = !expected;
    if (!expected)
        return;
    follow(guess, true);
    execwire_places_step(&guess->places, byte);
}

void execwire_guess_learn(execwire_guess *guess, uint8_t byte)
{
    uint32_t again = execwire_places_learn(&guess->places, byte);

    count(guess, rank_of(byte));
    guess->missed = 0;
    if (guess->again != 0)
        follow(guess, execwire_guess_again(guess) == byte);
    if (again != 0 && guess->run < EXECWIRE_PLACES_LONG) {
        guess->again = again;
        guess->run = EXECWIRE_PLACES_LONG;
    }
}

/* ---- What may come ---- */

static unsigned kind_of(uint8_t byte)
{
    unsigned rank = rank_of(byte);

    return rank < PRIOR_LISTED ? nibble(prior_kinds, rank) : PRIOR_KINDS - 1;
}

/* What a byte gets for coming behind one of this kind, were it the only one that does, each time
 * that it is in the text, and for a vote. */
#define KIND_WEIGHT  (UINT32_C(1) << 14)
#define COUNT_WEIGHT 64
#define VOTE_WEIGHT  (UINT32_C(1) << 11)

static unsigned rarity_of(const execwire_guess *guess, unsigned rank)
{
    if (rank < PRIOR_LISTED)
        return nibble(prior_rarity[guess->kind], rank);
    return prior_other_rarity[guess->kind];
}

static uint32_t weight_of(const execwire_guess *guess, unsigned rank)
{
    return (KIND_WEIGHT >> rarity_of(guess, rank)) + COUNT_WEIGHT * count_of(guess, rank);
}

/* What the next byte gets for its votes, if there is one. */
static uint32_t next_weight(execwire_guess *guess, uint8_t *byte)
{
    if (!execwire_votes_next(&guess->votes, byte))
        return 0;
    return VOTE_WEIGHT * execwire_votes_take(&guess->votes, *byte);
}

void execwire_guess_weigh(execwire_guess *guess)
{
    uint32_t voted;

    guess->kind = (uint8_t)kind_of(execwire_places_byte(&guess->places, guess->places.here - 1));
    execwire_places_look(&guess->places, &guess->votes);
    if (guess->missed != 0)
        (void)execwire_votes_take(&guess->votes, execwire_guess_again(guess));
    voted = VOTE_WEIGHT * execwire_votes_left(&guess->votes);
    guess->first_votes = next_weight(guess, &guess->first);
    if (guess->first_votes == voted) { /* nothing speaks against it */
        guess->first_votes *= 2;
        voted *= 2;
    }
    guess->whole = prior_wholes[guess->kind] + COUNT_WEIGHT * guess->counted + voted;
}

/* What all ranks below one get: two at a time, as nothing else takes a small processor as long. */
static uint32_t weight_below(const execwire_guess *guess, unsigned rank)
{
    const uint8_t *rarities = prior_rarity[guess->kind];
    unsigned others = prior_other_rarity[guess->kind] * 0x11u;
    uint32_t sum = (rank & 1) != 0 ? weight_of(guess, rank - 1) : 0;

    for (unsigned i = 0; i < rank / 2; i++) {
        unsigned rarity = i < PRIOR_LISTED / 2 ? rarities[i] : others;
        unsigned counts = guess->memory->counts[i];

        sum += (KIND_WEIGHT >> (rarity & 0xF)) + (KIND_WEIGHT >> (rarity >> 4)) +
               COUNT_WEIGHT * ((counts & 0xF) + (counts >> 4));
    }
    return sum;
}

/* ---- Shares: those of candidates, then those of all other bytes by rank ---- */

execwire_share execwire_guess_share(execwire_guess *guess, uint8_t byte)
{
    unsigned rank = rank_of(byte);
    uint8_t candidate = guess->first;
    uint32_t from = 0;
    uint32_t candidates_below = 0;

    for (uint32_t votes = guess->first_votes; votes > 0; votes = next_weight(guess, &candidate)) {
        unsigned other = rank_of(candidate);
        uint32_t own = weight_of(guess, other);

        if (other == rank)
            return (execwire_share){from, votes + own};
        from += votes + own;
        if (other < rank)
            candidates_below += own;
    }
    from += weight_below(guess, rank) - candidates_below;
    return (execwire_share){from, weight_of(guess, rank)};
}

/* Groups of 16 ranks. */
#define GROUPS (256 / 16)

/* Of the ranks that are candidates: which of a group they are, a bit each, and what they get
 * there. */
typedef struct rank_set {
    uint16_t ranks[GROUPS];
    uint16_t weight[GROUPS];
} rank_set;

/* 16 times four bits, that of a rank and what comes after it. */
static uint64_t sixteen(const uint8_t *nibbles, unsigned rank)
{
    uint64_t word = 0;

#ifdef EXECWIRE_FAST_WORDS
    memcpy(&word, nibbles + rank / 2, sizeof word);
#else
    for (unsigned i = 8; i-- > 0;)
        word = word << 8 | nibbles[rank / 2 + i];
#endif
    return word;
}

static uint32_t sum_of(uint64_t nibbles)
{
    nibbles = (nibbles & EXECWIRE_EACH_BYTE(0x0F)) + (nibbles >> 4 & EXECWIRE_EACH_BYTE(0x0F));
    return (uint32_t)(nibbles * EXECWIRE_EACH_BYTE(1) >> 56);
}

static uint64_t group_rarity(const execwire_guess *guess, unsigned rank)
{
    if (rank < PRIOR_LISTED)
        return sixteen(prior_rarity[guess->kind], rank);
    return EXECWIRE_EACH_BYTE(0x11) * rarity_of(guess, rank);
}

static uint32_t group_weight(const execwire_guess *guess, unsigned rank)
{
    if (rank < PRIOR_LISTED)
        return prior_sums[guess->kind][rank / 16];
    return (16 * KIND_WEIGHT) >> rarity_of(guess, rank);
}

/* The byte of a group that the point is in, of those that are no candidates. */
static uint8_t find_in_group(const execwire_guess *guess, unsigned rank, unsigned candidates,
                             uint32_t point, execwire_share *share)
{
    uint64_t rarities = group_rarity(guess, rank);
    uint64_t counts = sixteen(guess->memory->counts, rank);

    for (;; rank++) {
        share->size = (KIND_WEIGHT >> (rarities & 0xF)) + COUNT_WEIGHT * (uint32_t)(counts & 0xF);
        share->size = (candidates & 1) != 0 ? 0 : share->size;
        if (point - share->from < share->size)
            return byte_ranked(rank);
        share->from += share->size;
        rarities >>= 4;
        counts >>= 4;
        candidates >>= 1;
    }
}

/* The byte that is no candidate and whose share the point is in, of those behind `share->from`. */
static uint8_t find_other(const execwire_guess *guess, const rank_set *candidates, uint32_t point,
                          execwire_share *share)
{
    unsigned group = 0;

    for (;; group++) {
        uint32_t size = group_weight(guess, 16 * group) +
                        COUNT_WEIGHT * sum_of(sixteen(guess->memory->counts, 16 * group)) -
                        candidates->weight[group];

        if (point - share->from < size)
            return find_in_group(guess, 16 * group, candidates->ranks[group], point, share);
        share->from += size;
    }
}

static uint8_t find_at(execwire_guess *guess, uint32_t point, execwire_share *share)
{
    rank_set candidates = {{0}, {0}};
    uint8_t byte = guess->first;

    for (uint32_t votes = guess->first_votes; votes > 0; votes = next_weight(guess, &byte)) {
        unsigned rank = rank_of(byte);
        uint32_t own = weight_of(guess, rank);

        share->size = votes + own;
        if (point - share->from < share->size)
            return byte;
        share->from += share->size;
        candidates.ranks[rank / 16] |= (uint16_t)(1 << rank % 16);
        candidates.weight[rank / 16] = (uint16_t)(candidates.weight[rank / 16] + own);
    }
    return find_other(guess, &candidates, point, share);
}

uint8_t execwire_guess_find(execwire_guess *guess, execwire_decoder *from)
{
    execwire_share share = {0, 0};
    uint8_t byte = guess->first;

    execwire_decode_whole(from, guess->whole);
    if (guess->first_votes > 0)
        share.size = guess->first_votes + weight_of(guess, rank_of(byte));
    /* Dividing once more takes longer than asking for what comes most often. */
    if (!execwire_decode_is_below(from, share.size))
        byte = find_at(guess, execwire_decode_point(from, guess->whole), &share);
    execwire_decode_share(from, share);
    return byte;
}
