/* SPDX-License-Identifier: Apache-2.0 */
#include "link/model/guess.h"

#include "base/target.h"
#include "base/words.h"
#include "link/model/priors.h"

#include <string.h>

/* How much a guess is trusted before one was right or wrong. */
#define FIRST_TRUST 3700

/* Before a text, and before the sample. */
#define START UINT32_C(0x0A0A0A0A)

/* ---- What the memory is ---- */

_Static_assert(sizeof((execwire_link_packing *)NULL)->places / sizeof(uint16_t) ==
                   (size_t)EXECWIRE_GUESS_SETS * EXECWIRE_GUESS_WAYS,
               "all places");

/* A place is where a byte is in the sample with the text behind it; 0 is none. Those behind the
 * same two bytes are in one set, with others, the latest first. */
static uint16_t *set_of(const execwire_guess *guess, uint32_t before)
{
    /* 2^32 by the golden ratio (Knuth, volume 3, 6.4) */
    uint32_t hash = (before & 0xFFFF) * UINT32_C(0x9E3779B1) >> 16;
    uint32_t set = hash * EXECWIRE_GUESS_SETS >> 16;

    return guess->memory->places + (size_t)set * EXECWIRE_GUESS_WAYS;
}

static void add_place(const execwire_guess *guess, uint32_t before, uint32_t place)
{
    uint16_t *set = set_of(guess, before);

    for (unsigned i = EXECWIRE_GUESS_WAYS - 1; i > 0; i--)
        set[i] = set[i - 1];
    set[0] = (uint16_t)place;
}

static unsigned nibble(const uint8_t *nibbles, unsigned index)
{
    return nibbles[index / 2] >> (4 * (index & 1)) & 0xF;
}

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

void execwire_guess_start(execwire_guess *guess, execwire_link_packing *memory, const uint8_t *text)
{
    uint32_t before = START;

    memset(memory, 0, sizeof *memory);
    memset(guess, 0, sizeof *guess);
    guess->memory = memory;
    guess->text = text;
    for (uint32_t i = 0; i < PRIOR_SAMPLE_SIZE; i++) {
        if (i > 1)
            add_place(guess, before, i);
        before = before << 8 | prior_sample[i];
    }
    guess->before = START;
    guess->trust = FIRST_TRUST;
}

/* ---- What the text says again ---- */

static const uint8_t *bytes_at(const execwire_guess *guess, uint32_t place, uint32_t *before_it)
{
    bool in_sample = place < PRIOR_SAMPLE_SIZE;

    *before_it = in_sample ? place : place - PRIOR_SAMPLE_SIZE;
    return (in_sample ? prior_sample : guess->text) + *before_it;
}

static uint8_t byte_at(const execwire_guess *guess, uint32_t place)
{
    uint32_t before_it;

    return *bytes_at(guess, place, &before_it);
}

/* How many of the last four bytes before a place are those before here. */
#define MOST_SAME 4

static unsigned same_before(const execwire_guess *guess, uint32_t place)
{
    uint32_t size;
    const uint8_t *end = bytes_at(guess, place, &size);
    uint32_t before = guess->before;
    unsigned same = 0;

    for (; same < MOST_SAME && same < size && *--end == (before & 0xFF); before >>= 8)
        same++;
    return same;
}

/* The same, of all bytes; beyond LONG it does not matter. */
#define LONG 6

static uint32_t run_before(const execwire_guess *guess, uint32_t place)
{
    uint32_t size;
    const uint8_t *end = bytes_at(guess, place, &size);
    const uint8_t *here = guess->text + guess->at;
    uint32_t run = 0;

    for (; run < LONG && run < size && run < guess->at && *--end == *--here;)
        run++;
    return run;
}

bool execwire_guess_is_sure(const execwire_guess *guess)
{
    return guess->run >= LONG;
}

uint8_t execwire_guess_again(const execwire_guess *guess)
{
    return byte_at(guess, guess->again);
}

static void step_over(execwire_guess *guess, uint8_t byte)
{
    guess->before = guess->before << 8 | byte;
    guess->at++;
}

/* Where guesses are right trust goes to this, and down to that where they are not. */
#define MOST_TRUST  4076
#define LEAST_TRUST 1200
#define SLOW        32

void execwire_guess_came(execwire_guess *guess, bool expected)
{
    if (!expected) {
        guess->trust = (uint16_t)(guess->trust - (guess->trust - LEAST_TRUST) / SLOW);
        guess->run = 0;
        return;
    }
    guess->trust = (uint16_t)(guess->trust + (MOST_TRUST - guess->trust) / SLOW);
    step_over(guess, execwire_guess_again(guess));
    guess->again++;
}

/* ---- What may come ---- */

static unsigned rank_of(uint8_t byte)
{
    return byte < sizeof prior_ranks ? prior_ranks[byte] : byte;
}

static unsigned kind_of(uint8_t byte)
{
    unsigned rank = rank_of(byte);

    return rank < PRIOR_LISTED ? nibble(prior_kinds, rank) : PRIOR_KINDS - 1;
}

/* What a byte gets for coming behind one of this kind, were it the only one that does, and each
 * time that it is in the text. */
#define KIND_WEIGHT  (UINT32_C(1) << 14)
#define COUNT_WEIGHT 64

static unsigned rarity_of(const execwire_guess *guess, unsigned rank)
{
    if (rank < PRIOR_LISTED)
        return nibble(prior_rarity[guess->kind], rank);
    return prior_other_rarity[guess->kind][rank >= 0x80 && rank < 0xC0]; /* inside a character */
}

static uint32_t weight_of(const execwire_guess *guess, unsigned rank)
{
    return (KIND_WEIGHT >> rarity_of(guess, rank)) + COUNT_WEIGHT * count_of(guess, rank);
}

/* Weighs one more place for a byte. */
static void add_candidate(execwire_guess *guess, uint8_t byte, uint32_t weight)
{
    execwire_candidate *at = guess->candidates;
    execwire_candidate *end = at + guess->candidate_count;

    while (at < end && at->byte != byte)
        at++;
    if (at == end) {
        *at = (execwire_candidate){weight_of(guess, rank_of(byte)), byte};
        guess->candidate_count++;
    }
    at->weight += weight;
    guess->whole += weight;
}

/* What a byte gets for a place, by how much is the same there. In the sample it is half of that. */
static const uint16_t weights[MOST_SAME + 1] = {0, 0, 1 << 12, 1 << 13, 1 << 15};

static void add_places(execwire_guess *guess)
{
    const uint16_t *set = set_of(guess, guess->before);
    unsigned most = 0;

    for (unsigned i = 0; i < EXECWIRE_GUESS_WAYS && set[i] != 0; i++) {
        unsigned same = same_before(guess, set[i]);
        uint32_t weight = (uint32_t)weights[same] >> (set[i] < PRIOR_SAMPLE_SIZE ? 1 : 0);

        if (weight > 0)
            add_candidate(guess, byte_at(guess, set[i]), weight);
        if (weight > 0 && same > most) {
            most = same;
            guess->longest = set[i];
        }
    }
}

void execwire_guess_weigh(execwire_guess *guess)
{
    uint32_t others;

    guess->kind = (uint8_t)kind_of((uint8_t)guess->before);
    guess->candidate_count = 0;
    guess->longest = 0;
    others = prior_wholes[guess->kind] + COUNT_WEIGHT * guess->counted;
    guess->whole = others;
    add_places(guess);
    if (guess->candidate_count == 1) { /* nothing speaks against it */
        guess->candidates[0].weight += guess->whole - others;
        guess->whole += guess->whole - others;
    }
}

/* ---- Shares: those of candidates, then those of all other bytes by rank ---- */

execwire_share execwire_guess_share(const execwire_guess *guess, uint8_t byte)
{
    unsigned rank = rank_of(byte);
    uint32_t from = 0;
    uint32_t candidates_below = 0;

    for (unsigned i = 0; i < guess->candidate_count; i++) {
        const execwire_candidate *candidate = &guess->candidates[i];
        unsigned other = rank_of(candidate->byte);

        if (other == rank)
            return (execwire_share){from, candidate->weight};
        from += candidate->weight;
        if (other < rank)
            candidates_below += weight_of(guess, other);
    }
    for (unsigned below = 0; below < rank; below++)
        from += weight_of(guess, below);
    return (execwire_share){from - candidates_below, weight_of(guess, rank)};
}

static uint8_t byte_ranked(unsigned rank)
{
    return rank < sizeof prior_bytes ? prior_bytes[rank] : (uint8_t)rank;
}

/* Ranks of which nothing else is to be looked at. */
typedef struct rank_set {
    uint32_t bits[256 / 32];
} rank_set;

static bool has_rank(const rank_set *ranks, unsigned rank)
{
    return (ranks->bits[rank / 32] >> (rank % 32) & 1) != 0;
}

static rank_set candidate_ranks(const execwire_guess *guess)
{
    rank_set ranks = {{0}};

    for (unsigned i = 0; i < guess->candidate_count; i++) {
        unsigned rank = rank_of(guess->candidates[i].byte);

        ranks.bits[rank / 32] |= UINT32_C(1) << (rank % 32);
    }
    return ranks;
}

#ifdef EXECWIRE_FAST_WORDS

/* The sum of the 16 counts from a rank on. */
static unsigned sixteen_counts(const execwire_guess *guess, unsigned rank)
{
    uint64_t pairs;

    memcpy(&pairs, guess->memory->counts + rank / 2, sizeof pairs);
    pairs = (pairs & EXECWIRE_EACH_BYTE(0x0F)) + (pairs >> 4 & EXECWIRE_EACH_BYTE(0x0F));
    return (unsigned)(pairs * EXECWIRE_EACH_BYTE(1) >> 56);
}

/* What those of 16 ranks get that are candidates; of most there are none. */
static uint32_t weights_among(const execwire_guess *guess, const rank_set *candidates,
                              unsigned rank)
{
    uint32_t sum = 0;

    if ((candidates->bits[rank / 32] >> (rank % 32) & 0xFFFF) == 0)
        return 0;
    for (unsigned end = rank + 16; rank < end; rank++)
        if (has_rank(candidates, rank))
            sum += weight_of(guess, rank);
    return sum;
}

/* The first of the 16 ranks among which the point is, as far as they are listed. Without it:
 * expanding takes a third longer. */
static unsigned skip_ranks(const execwire_guess *guess, const rank_set *candidates, uint32_t point,
                           execwire_share *share)
{
    unsigned rank = 0;

    for (; rank < PRIOR_LISTED; rank += 16) {
        uint32_t size = prior_sums[guess->kind][rank / 16] +
                        COUNT_WEIGHT * sixteen_counts(guess, rank) -
                        weights_among(guess, candidates, rank);

        if (point - share->from < size)
            break;
        share->from += size;
    }
    return rank;
}

#else

static unsigned skip_ranks(const execwire_guess *guess, const rank_set *candidates, uint32_t point,
                           execwire_share *share)
{
    (void)guess, (void)candidates, (void)point, (void)share;
    return 0;
}

#endif

/* The byte that is no candidate and whose share the point is in, of those behind `share->from`. */
static uint8_t find_other(const execwire_guess *guess, uint32_t point, execwire_share *share)
{
    rank_set candidates = candidate_ranks(guess);
    unsigned rank = skip_ranks(guess, &candidates, point, share);

    for (;; rank++) {
        if (has_rank(&candidates, rank))
            continue;
        share->size = weight_of(guess, rank);
        if (point - share->from < share->size)
            return byte_ranked(rank);
        share->from += share->size;
    }
}

uint8_t execwire_guess_find(const execwire_guess *guess, uint32_t point, execwire_share *share)
{
    share->from = 0;
    for (unsigned i = 0; i < guess->candidate_count; i++) {
        share->size = guess->candidates[i].weight;
        if (point - share->from < share->size)
            return guess->candidates[i].byte;
        share->from += share->size;
    }
    return find_other(guess, point, share);
}

void execwire_guess_learn(execwire_guess *guess)
{
    uint8_t byte = guess->text[guess->at];

    guess->run = 0;
    if (guess->longest != 0 && byte_at(guess, guess->longest) == byte) {
        guess->run = run_before(guess, guess->longest) + 1;
        guess->again = guess->longest + 1;
    }
    add_place(guess, guess->before, PRIOR_SAMPLE_SIZE + guess->at);
    count(guess, rank_of(byte));
    step_over(guess, byte);
}
