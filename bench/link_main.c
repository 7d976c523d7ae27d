/* Simulates links, and prints what the link layer makes of them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "link_attack.h"
#include "link_budget.h"
#include "link_sim.h"
#include "link_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static double per_update(uint64_t bytes, const load *all)
{
    return (double)bytes / (double)all->count;
}

/* ---- Peers ---- */

/* One zlib stream for each node, flushed after each update, without the flush's four bytes that are
 * always the same. */
static uint64_t zlib_size(const load *all, bool json)
{
    uint64_t total = 0;

    for (unsigned node = 0; node < all->nodes; node++) {
        static unsigned char out[1 << 20];
        z_stream stream = {0};

        deflateInit2(&stream, 9, Z_DEFLATED, 15, 9, Z_DEFAULT_STRATEGY);
        for (size_t i = 0; i < all->count; i++) {
            execwire_str in = json ? all->updates[i].json : all->updates[i].wire;

            if (all->updates[i].node != node)
                continue;
            stream.next_in = (unsigned char *)(uintptr_t)in.data;
            stream.avail_in = (unsigned)in.size;
            stream.next_out = out;
            stream.avail_out = sizeof out;
            deflate(&stream, Z_SYNC_FLUSH);
            total += sizeof out - stream.avail_out - 4;
        }
        deflateEnd(&stream);
    }
    return total;
}

static void print_row(const char *name, double all, double silent)
{
    printf("| %-52s | %6.1f | %6.1f |\n", name, all, silent);
}

static void print_peers(const load *all, const load *silent)
{
    uint64_t json[2] = {0, 0}, wire[2] = {0, 0};

    for (size_t i = 0; i < all->count; i++) {
        json[0] += all->updates[i].json.size;
        wire[0] += all->updates[i].wire.size;
        json[1] += silent->updates[i].json.size;
        wire[1] += silent->updates[i].wire.size;
    }
    print_row("JSON", per_update(json[0], all), per_update(json[1], all));
    print_row("plain protobuf", per_update(wire[0], all), per_update(wire[1], all));
    print_row("zlib stream of JSON, lossless link, no check", per_update(zlib_size(all, true), all),
              per_update(zlib_size(silent, true), all));
    print_row("zlib stream of protobuf, lossless link, no check",
              per_update(zlib_size(all, false), all), per_update(zlib_size(silent, false), all));
}

/* ---- Tables ---- */

static void print_sizes(const load *all, const load *silent, conditions c)
{
    static const struct {
        const char *name;
        execwire_link_mode mode;
    } modes[] = {{"execwire link, lossless", EXECWIRE_LINK_LOSSLESS},
                 {"execwire link, two-way, nothing lost", EXECWIRE_LINK_TWO_WAY}};

    puts("| bytes per update, MTU 222, one sender a node           |    all | silent |");
    puts("|------------------------------------------------------|-------:|-------:|");
    print_peers(all, silent);
    for (size_t i = 0; i < 2; i++) {
        c.mode = modes[i].mode;
        print_row(modes[i].name, per_update(simulate(all, &c).forward, all),
                  per_update(simulate(silent, &c).forward, silent));
    }
}

static const struct {
    const char *name;
    conditions c;
} losses[] = {
    {"two-way, nothing lost", {.mode = EXECWIRE_LINK_TWO_WAY}},
    {"two-way, 5 % lost", {.mode = EXECWIRE_LINK_TWO_WAY, .loss = 50000}},
    {"two-way, 20 % lost", {.mode = EXECWIRE_LINK_TWO_WAY, .loss = 200000}},
    {"two-way, MTU 51, 20 % lost", {.mode = EXECWIRE_LINK_TWO_WAY, .loss = 200000, .mtu = 51}},
    {"two-way, 5 % each lost, doubled, late, damaged",
     {.mode = EXECWIRE_LINK_TWO_WAY,
      .loss = 50000,
      .duplicates = 50000,
      .late = 50000,
      .damage = 50000}},
    {"the same, 8 refs, ends rebooting",
     {.mode = EXECWIRE_LINK_TWO_WAY,
      .loss = 50000,
      .duplicates = 50000,
      .late = 50000,
      .damage = 50000,
      .refs = 8,
      .reboots = 5000}},
    {"two-way, 20 % lost, in bursts of 2 s",
     {.mode = EXECWIRE_LINK_TWO_WAY, .loss = 200000, .burst_ms = 2000}},
    {"two-way, 5 % lost, 50 bytes a second",
     {.mode = EXECWIRE_LINK_TWO_WAY, .loss = 50000, .rate = 50}},
    {"one-way, 5 % lost", {.mode = EXECWIRE_LINK_ONE_WAY, .loss = 50000}},
    {"one-way, 20 % lost", {.mode = EXECWIRE_LINK_ONE_WAY, .loss = 200000}},
    {"one-way, 20 % lost, in bursts of 2 s",
     {.mode = EXECWIRE_LINK_ONE_WAY, .loss = 200000, .burst_ms = 2000}},
};

/* The conditions of a row, and of all rows what it does not say. */
static conditions complete(conditions row, const conditions *usual)
{
    row.seed = usual->seed;
    row.mtu = row.mtu != 0 ? row.mtu : usual->mtu;
    row.refs = row.refs != 0 ? row.refs : usual->refs;
    return row;
}

static void print_losses(const load *all, const conditions *usual, uint64_t seeds)
{
    printf("\n%llu seeds from %llu on; last states of all of them\n\n", (unsigned long long)seeds,
           (unsigned long long)usual->seed);
    puts("| link                                           | forward |  back | stale, unflagged | "
         "last states missing | wrong |");
    puts("|------------------------------------------------|--------:|------:|-----------------:|"
         "--------------------:|------:|");
    for (size_t i = 0; i < sizeof losses / sizeof losses[0]; i++) {
        conditions row = complete(losses[i].c, usual);
        results sum = {0};

        for (uint64_t run = 0; run < seeds; run++, row.seed++) {
            results r = simulate(all, &row);

            add_results(&sum, &r);
        }
        printf("| %-46s | %7.1f | %5.1f | %6.2f %% (%5.2f %%) | %19llu | %5llu |\n", losses[i].name,
               per_update(sum.forward, all) / (double)seeds,
               per_update(sum.back, all) / (double)seeds,
               100.0 * (double)sum.unflagged / (double)sum.observed,
               100.0 * (double)sum.stale / (double)sum.observed, (unsigned long long)sum.missing,
               (unsigned long long)sum.wrong);
    }
}

static void print_attack(const load *silent, uint64_t frames, uint64_t seed)
{
    attack_results r = attack_receivers(silent, frames, seed);

    printf("\n%llu frames mutated, spliced or misdelivered: %llu states came out, %llu wrong\n",
           (unsigned long long)r.frames, (unsigned long long)r.states, (unsigned long long)r.wrong);
}

/* usage: link_sim [FILE [SEED [FRAMES [SEEDS]]]] */
int main(int argc, char **argv)
{
    const char *path = argc > 1 && argv[1][0] != '\0' ? argv[1] : NULL;
    conditions c = {.mtu = 222, .refs = EXECWIRE_LINK_MAX_REFS, .seed = 1};
    load all = load_updates(path, false);
    load silent = load_updates(path, true);

    if (argc > 2)
        c.seed = strtoull(argv[2], NULL, 10);
    printf("%zu updates of %u executions on %u nodes\n\n", all.count, all.executions, all.nodes);
    print_sizes(&all, &silent, c);
    print_budget(&all, &c);
    print_texts();
    print_losses(&all, &c, argc > 4 ? strtoull(argv[4], NULL, 10) : 1);
    print_attack(&silent, argc > 3 ? strtoull(argv[3], NULL, 10) : 5000000, c.seed);
    return 0;
}
