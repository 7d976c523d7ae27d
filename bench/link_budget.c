/* SPDX-License-Identifier: Apache-2.0 */
#include "link_budget.h"

#include <execwire/link_frame.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KINDS (EXECWIRE_FRAME_KIND_PIECE + 1)
/* Places of a value that are looked at each by itself; all after them together. */
#define PLACES 64

typedef struct cost {
    const char *name; /* NULL: no frame of the kind has the field */
    unsigned count;
    uint64_t bytes;               /* with tags and sizes */
    unsigned seen[PLACES][0x100]; /* how often a byte was at a place */
} cost;

typedef struct budget {
    cost costs[KINDS][EXECWIRE_FRAME_FIELDS];
    unsigned frames[KINDS];
    execwire_frame_kind kind; /* of the frame that is looked at */
} budget;

static void count_field(void *context, const execwire_field_view *field)
{
    budget *b = context;
    cost *c = &b->costs[b->kind][field->number];

    c->name = field->name;
    c->count++;
    c->bytes += field->end - field->offset;
    for (size_t i = 0; i < field->bytes.size; i++)
        c->seen[i < PLACES ? i : PLACES - 1][(uint8_t)field->bytes.data[i]]++;
}

static void count_frame(void *context, const void *frame, size_t size)
{
    budget *b = context;

    if (execwire_visit_frame(frame, size, NULL, NULL, &b->kind, NULL) != EXECWIRE_OK)
        abort();
    b->frames[b->kind]++;
    (void)execwire_visit_frame(frame, size, count_field, b, NULL, NULL);
}

/* Shannon's, in bits, of all bytes at one place. */
static double entropy_at(const unsigned seen[0x100])
{
    double sum = 0, bits = 0;

    for (unsigned byte = 0; byte < 0x100; byte++)
        sum += seen[byte];
    for (unsigned byte = 0; byte < 0x100; byte++)
        if (seen[byte] > 0)
            bits += seen[byte] * log2(sum / seen[byte]);
    return bits;
}

static void print_cost(const cost *c, execwire_frame_kind kind, size_t updates)
{
    double bits = 0;

    for (unsigned place = 0; place < PLACES; place++)
        bits += entropy_at(c->seen[place]);
    printf("| %-8s | %-10s | %7u | %8.2f | %10.2f | %8.2f |\n", execwire_frame_kind_name(kind),
           c->name, c->count, (double)c->bytes / c->count, (double)c->bytes / (double)updates,
           bits / 8 / (double)updates);
}

void print_budget(const load *all, const conditions *c)
{
    static budget b;
    conditions lossless = *c;

    memset(&b, 0, sizeof b);
    lossless.mode = EXECWIRE_LINK_LOSSLESS;
    lossless.tap = count_frame;
    lossless.tap_context = &b;
    (void)simulate(all, &lossless);
    puts("\n| frame    | field      |  frames | bytes of | per update |  entropy |");
    puts("|----------|------------|--------:|---------:|-----------:|---------:|");
    for (unsigned kind = 0; kind < KINDS; kind++)
        for (unsigned field = 0; field < EXECWIRE_FRAME_FIELDS; field++)
            if (b.costs[kind][field].name != NULL)
                print_cost(&b.costs[kind][field], (execwire_frame_kind)kind, all->count);
}
