/* The same bytes to ours and to other decoders: all accept or all refuse, and all read the same
 * values. What is excepted is in one list (disagreements.c), and taken out precisely: what is left
 * of a message must agree. In the replay an entry of the list that nothing needs is a failure.
 *
 * SPDX-License-Identifier: Apache-2.0 */
/* promise: one-meaning */
#include "support.h"

#include "disagreements.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SIZE          4096
#define MAX_DISAGREEMENTS 64
#define MAX_FIELDS        64 /* in the schema */

static const struct {
    const char *name;
    oracle_read *read;
} oracles[] = {{"nanopb", oracle_nanopb},
               {"protobuf-c", oracle_protobuf_c},
               {"libprotobuf", oracle_libprotobuf}};

static size_t used[MAX_DISAGREEMENTS]; /* how often the entry was the reason for a difference */

/* A message that we accept, on its way to one oracle. */
typedef struct passage {
    oracle_read *oracle;
    size_t kept; /* the disagreement that is not taken out; none if beyond the list */
    const uint8_t *in;
    uint8_t copy[MAX_SIZE];
    bool found[MAX_DISAGREEMENTS];
    execwire_wire_field last[MAX_FIELDS]; /* each field where it was last seen */
    size_t last_count;
} passage;

/* Where a field was last seen, in place of which it may be put; NULL for the first time. */
static execwire_wire_field *last_of(passage *p, const execwire_field *field)
{
    for (size_t i = 0; i < p->last_count; i++)
        if (p->last[i].field == field)
            return &p->last[i];
    return NULL;
}

static void remember(passage *p, const execwire_wire_field *seen, execwire_wire_field *before)
{
    if (seen->field == NULL)
        return;
    if (before == NULL) {
        FUZZ_REQUIRE(p->last_count < MAX_FIELDS);
        before = &p->last[p->last_count++];
    }
    *before = *seen;
}

static void take_out(void *context, const execwire_wire_field *seen)
{
    passage *p = context;
    execwire_wire_field *before = seen->field != NULL ? last_of(p, seen->field) : NULL;

    for (size_t i = 0; i < disagreement_count; i++) {
        const disagreement *d = &disagreements[i];

        if (d->oracle != p->oracle || d->take_out == NULL || i == p->kept)
            continue;
        if (d->take_out(seen, before, p->copy + (seen->tag - p->in)))
            p->found[i] = true;
    }
    remember(p, seen, before);
}

/* Whether the oracle reads from these bytes what we read, compared as canonical bytes. */
static bool reads_the_same(oracle_read *oracle, const uint8_t *in, size_t size)
{
    uint8_t theirs[2 * MAX_SIZE];
    size_t theirs_size;
    fuzz_record record;
    fuzz_bytes ours;
    bool same;

    fuzz_decode(&record, in, size);
    FUZZ_REQUIRE(record.code == EXECWIRE_OK);
    ours = fuzz_encode(&record.state, size);
    same = oracle(in, size, theirs, sizeof theirs, &theirs_size) && theirs_size == ours.size &&
           (ours.size == 0 || memcmp(theirs, ours.data, ours.size) == 0);
    free(ours.data);
    fuzz_free_record(&record);
    return same;
}

/* Whether the oracle agrees about all but what is taken out, which a fresh `p` gets to know. */
static bool agrees(passage *p, size_t size)
{
    execwire_wire_visitor visitor = {take_out, p};

    memcpy(p->copy, p->in, size);
    FUZZ_REQUIRE(execwire_wire_read(p->in, size, NULL, NULL, &visitor, NULL) == EXECWIRE_OK);
    return reads_the_same(p->oracle, p->copy, size);
}

static bool is_same(oracle_read *oracle, const uint8_t *in, size_t size)
{
    passage all = {.oracle = oracle, .kept = MAX_DISAGREEMENTS, .in = in};

    if (!agrees(&all, size))
        return false;
    for (size_t i = 0; i < disagreement_count; i++) {
        passage but_one = {.oracle = oracle, .kept = i, .in = in};

        if (all.found[i] && !agrees(&but_one, size))
            used[i]++;
    }
    return true;
}

static bool is_refused(oracle_read *oracle, const uint8_t *in, size_t size,
                       const execwire_error *error)
{
    uint8_t theirs[2 * MAX_SIZE];
    size_t theirs_size;

    if (!oracle(in, size, theirs, sizeof theirs, &theirs_size))
        return true;
    for (size_t i = 0; i < disagreement_count; i++) {
        const disagreement *d = &disagreements[i];

        if (d->oracle == oracle && d->code == error->code &&
            (d->condition == NULL || d->condition(in, size, error))) {
            used[i]++;
            return true;
        }
    }
    return false;
}

static void run(const uint8_t *in, size_t size)
{
    fuzz_record record;

    if (size > MAX_SIZE)
        return;
    fuzz_decode(&record, in, size);
    for (size_t i = 0; i < sizeof oracles / sizeof *oracles; i++) {
        bool good = record.code == EXECWIRE_OK
                        ? is_same(oracles[i].read, in, size)
                        : is_refused(oracles[i].read, in, size, &record.error);

        if (!good)
            fprintf(stderr, "%s, where we say %s: ", oracles[i].name,
                    execwire_code_name(record.code));
        FUZZ_REQUIRE(good);
    }
    fuzz_free_record(&record);
}

static unsigned finish(void)
{
    unsigned unused = 0;

    FUZZ_REQUIRE(disagreement_count <= MAX_DISAGREEMENTS);
    for (size_t i = 0; i < disagreement_count; i++) {
        if (used[i] > 0)
            continue;
        printf("nothing needs the disagreement \"%s\": %s\n", disagreements[i].name,
               disagreements[i].reason);
        unused++;
    }
    return unused;
}

const fuzz_target fuzz_this_target = {
    .name = "differential", .run = run, .finish = finish, .mutate = execwire_fuzz_message};
