/* Trains the priors of text compression (src/link/model/priors.h) on a folder of texts, and writes
 * them.
 *
 * What follows which kind of byte is counted, and the sample goes with it.
 *
 * train FOLDER SAMPLE >priors.h
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LISTED      96
#define KINDS       6
#define SAMPLE_ROOM 640
#define RAREST      14

#define WHOLE (1u << 14)

static unsigned sample_size;
static uint8_t sample[SAMPLE_ROOM];
static uint8_t prior_kinds[LISTED / 2];
static uint8_t prior_rarity[KINDS][LISTED / 2], prior_other_rarity[KINDS];
static uint16_t prior_wholes[KINDS], prior_sums[KINDS][LISTED / 16];

typedef struct text {
    uint8_t *bytes;
    size_t size;
} text;

static text *texts;
static size_t text_count;

static void add_text(const char *folder, const char *name)
{
    char path[4096];
    FILE *file;
    text one = {malloc(2048), 0};

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "rb");
    if (file == NULL || one.bytes == NULL)
        exit(1);
    one.size = fread(one.bytes, 1, 2048, file);
    fclose(file);
    texts = realloc(texts, (text_count + 1) * sizeof *texts);
    texts[text_count++] = one;
}

static void read_texts(const char *folder)
{
    struct dirent **names;
    int count = scandir(folder, &names, NULL, alphasort);

    for (int i = 0; i < count; i++)
        if (names[i]->d_name[0] != '.')
            add_text(folder, names[i]->d_name);
    if (text_count == 0) {
        fprintf(stderr, "train: %s has no texts\n", folder);
        exit(1);
    }
}

/* ---- What follows what ---- */

static double follows[256]
                     [256]; /* how often a byte comes behind another one; long texts count less */

static void count_all(void)
{
    for (size_t i = 0; i < text_count; i++) {
        double weight = 100.0 / (double)(texts[i].size + 100);
        uint8_t before = '\n';

        for (size_t at = 0; at < texts[i].size; at++) {
            follows[before][texts[i].bytes[at]] += weight;
            before = texts[i].bytes[at];
        }
    }
}

/* What src/link/model/guess.c has: letters first, and a line's end in the place of DEL. */
static unsigned byte_ranked(unsigned rank)
{
    unsigned byte = rank ^ 0x60;

    return byte == '\n' ? 0x7F : byte == 0x7F ? '\n' : byte;
}

static unsigned rank_of(unsigned byte)
{
    return byte_ranked(byte ^ 0x60) ^ 0x60;
}

static unsigned kinds[256]; /* of each byte; the last one is that of bytes that are not listed */

static bool is_listed(unsigned byte)
{
    return rank_of(byte) < LISTED;
}

static void sum_of_kind(unsigned kind, unsigned without, double sums[256], double *whole)
{
    *whole = 0;
    memset(sums, 0, 256 * sizeof *sums);
    for (unsigned before = 0; before < 256; before++)
        for (unsigned byte = 0; kinds[before] == kind && before != without && byte < 256; byte++) {
            sums[byte] += follows[before][byte];
            *whole += follows[before][byte];
        }
}

static double bits_of(double part, double whole)
{
    return part > 0 ? -part * log2(part / whole) : 0;
}

/* The bits that it costs more to have a byte among this kind. */
static double cost_in(unsigned kind, unsigned before)
{
    double sums[256], whole, own = 0, cost = 0;

    sum_of_kind(kind, before, sums, &whole);
    for (unsigned byte = 0; byte < 256; byte++)
        own += follows[before][byte];
    for (unsigned byte = 0; byte < 256; byte++)
        cost +=
            bits_of(sums[byte] + follows[before][byte], whole + own) - bits_of(sums[byte], whole);
    return cost;
}

static unsigned best_kind(unsigned before)
{
    unsigned best = 0;

    for (unsigned kind = 1; kind < KINDS; kind++)
        if (cost_in(kind, before) < cost_in(best, before))
            best = kind;
    return best;
}

/* Bytes are of a kind when the same follows them: each goes to where it costs least, until none
 * moves. */
static void find_kinds(void)
{
    bool moved = true;

    for (unsigned byte = 0; byte < 256; byte++)
        kinds[byte] = is_listed(byte) ? byte / 16 % (KINDS - 1) : KINDS - 1;
    for (unsigned turn = 0; moved && turn < 50; turn++) {
        moved = false;
        for (unsigned rank = 0; rank < LISTED; rank++) {
            unsigned byte = byte_ranked(rank);
            unsigned kind = best_kind(byte);

            moved = moved || kind != kinds[byte];
            kinds[byte] = kind;
        }
    }
}

static void put_nibble(uint8_t *nibbles, unsigned index, unsigned value)
{
    nibbles[index / 2] = (uint8_t)(nibbles[index / 2] | value << (4 * (index & 1)));
}

static unsigned rarity(double part)
{
    double bits = round(-log2(part));

    return bits > RAREST ? RAREST : (unsigned)bits;
}

static void count_kind(unsigned kind)
{
    double sums[256], whole, others = 0;
    uint32_t all = 0;

    sum_of_kind(kind, 256, sums, &whole);
    whole += 256 * 0.02; /* what never came may come */
    for (unsigned byte = 0; byte < 256; byte++)
        if (!is_listed(byte))
            others += sums[byte] + 0.02;
    prior_other_rarity[kind] = (uint8_t)rarity(others / (256 - LISTED) / whole);
    for (unsigned rank = 0; rank < LISTED; rank++) {
        unsigned rare = rarity((sums[byte_ranked(rank)] + 0.02) / whole);

        put_nibble(prior_rarity[kind], rank, rare);
        prior_sums[kind][rank / 16] = (uint16_t)(prior_sums[kind][rank / 16] + (WHOLE >> rare));
        all += WHOLE >> rare;
    }
    all += (256 - LISTED) * (WHOLE >> prior_other_rarity[kind]);
    prior_wholes[kind] = (uint16_t)all;
}

/* ---- The sample ---- */

static void read_sample(const char *path)
{
    FILE *file = fopen(path, "rb");

    if (file == NULL) {
        fprintf(stderr, "train: cannot read %s\n", path);
        exit(1);
    }
    sample_size = (unsigned)fread(sample, 1, sizeof sample, file);
    fclose(file);
}

/* ---- Writing ---- */

static void write_bytes(const char *type, const char *name, const uint8_t *bytes, size_t size)
{
    printf("\nstatic const %s %s = {", type, name);
    for (size_t i = 0; i < size; i++)
        printf("%s0x%02X,", i % 12 == 0 ? "\n    " : " ", bytes[i]);
    printf("\n};\n");
}

static void write_rows(const char *type, const char *name, const void *rows, size_t width,
                       size_t size)
{
    printf("\nstatic const %s %s = {\n", type, name);
    for (unsigned kind = 0; kind < KINDS; kind++) {
        printf("    {");
        for (size_t i = 0; i < width; i++) {
            unsigned value = size == 1 ? ((const uint8_t *)rows)[kind * width + i]
                                       : ((const uint16_t *)rows)[kind * width + i];

            printf(size == 1 ? "0x%02X, " : "%u, ", value);
        }
        printf("},\n");
    }
    printf("};\n");
}

static void write_sample(void)
{
    printf("/* What programs print. */\n#define PRIOR_SAMPLE_SIZE %uu\nstatic const uint8_t "
           "prior_sample[PRIOR_SAMPLE_SIZE + 1] =\n    \"",
           sample_size);
    for (unsigned i = 0; i < sample_size; i++) {
        unsigned byte = sample[i];

        if (byte == '\n')
            printf(i + 1 < sample_size ? "\\n\"\n    \"" : "\\n");
        else if (byte == '"' || byte == '\\')
            printf("\\%c", (int)byte);
        else if (byte < ' ' || byte > '~')
            printf("\\%03o", byte);
        else
            putchar((int)byte);
    }
    printf("\";\n");
}

static void write_priors(void)
{
    printf("/* What is known of texts beforehand: part of the wire format (profile 0). Written by "
           "`make priors`.\n *\n"
           " * SPDX-License-Identifier: Apache-2.0 */\n#ifndef EXECWIRE_LINK_PRIORS_H\n#define "
           "EXECWIRE_LINK_PRIORS_H\n\n"
           "#include <stdint.h>\n\n");
    write_sample();
    printf("\n/* Ranks of which more is known. */\n#define PRIOR_LISTED %d\n", LISTED);
    printf("\n/* Of what kind each is, four bits a rank: the same follows bytes of a kind. Others "
           "are of the last one. */\n"
           "#define PRIOR_KINDS %d\n",
           KINDS);
    write_bytes("uint8_t", "prior_kinds[PRIOR_LISTED / 2]", prior_kinds, sizeof prior_kinds);
    printf("\n/* How rarely a rank comes behind a byte of a kind: once in 1 << n bytes, four bits "
           "a rank. */");
    write_rows("uint8_t", "prior_rarity[PRIOR_KINDS][PRIOR_LISTED / 2]", prior_rarity, LISTED / 2,
               1);
    printf("\n/* Each of the others. */");
    write_bytes("uint8_t", "prior_other_rarity[PRIOR_KINDS]", prior_other_rarity, KINDS);
    printf("\n/* The sums of all (1 << 14) >> n, of all ranks and of each 16 that are listed. */\n"
           "static const uint16_t prior_wholes[PRIOR_KINDS] = {");
    for (unsigned kind = 0; kind < KINDS; kind++)
        printf("%u, ", prior_wholes[kind]);
    printf("};\n");
    write_rows("uint16_t", "prior_sums[PRIOR_KINDS][PRIOR_LISTED / 16]", prior_sums, LISTED / 16,
               2);
    printf("\n#endif\n");
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: train FOLDER SAMPLE >priors.h\n");
        return 2;
    }
    read_texts(argv[1]);
    read_sample(argv[2]);
    count_all();
    find_kinds();
    for (unsigned rank = 0; rank < LISTED; rank++)
        put_nibble(prior_kinds, rank, kinds[byte_ranked(rank)]);
    for (unsigned kind = 0; kind < KINDS; kind++)
        count_kind(kind);
    write_priors();
    return 0;
}
