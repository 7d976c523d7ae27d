/* How cost grows with the input, on inputs made to cost much: the time for twice the bytes, over
 * that for the bytes, from 100 B to 10 MB. 2 is flat. What takes entries out of order waits for
 * memory, the more of it the longer: its growth is put in relation to that of libc's qsort on the
 * same entries.
 *
 * Prints a table, and exits with 1 if any ratio is beyond the limit.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 199309L
#include <execwire/execwire.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SMALLEST 100
#define LARGEST  (10 << 20)
#define LIMIT    2.2
/* In relation to a peer: two measurements are less steady than one. The square would be 3.8. */
#define LIMIT_BESIDE 2.6
#define ROOM         (LARGEST + 100)
#define ENTRIES      (LARGEST / 8)

/* ---- Inputs ---- */

typedef struct text {
    char *data;
    size_t size;
    size_t first_key; /* of a map: where that begins; the others follow ENTRY_SIZE apart */
} text;

#define ENTRY_SIZE 14
#define KEY_SIZE   8

static void append(text *to, const char *piece)
{
    size_t size = strlen(piece);

    memcpy(to->data + to->size, piece, size);
    to->size += size;
}

/* `before`, then `size` bytes of `piece` again and again, then `after`. */
static void repeat(text *to, size_t size, const char *before, const char *piece, const char *after)
{
    size_t end;

    append(to, before);
    for (end = to->size + size; to->size < end;)
        append(to, piece);
    append(to, after);
}

/* Which keys entries have: they ascend, descend, or are anywhere. `made` goes on from map to map,
 * so that no two maps at random are alike. */
typedef enum key_order { ASCENDING, DESCENDING, RANDOM } key_order;

static unsigned made;

/* Another order of all numbers (MurmurHash3's finalizer, Appleby). */
static unsigned mix(unsigned number)
{
    number = (number ^ number >> 16) * 0x85EBCA6B;
    number = (number ^ number >> 13) * 0xC2B2AE35;
    return number ^ number >> 16;
}

static unsigned key_of(key_order order)
{
    made++;
    return order == ASCENDING ? made : order == DESCENDING ? ~made : mix(made);
}

static void json_map(text *to, size_t size, key_order order)
{
    char entry[16];
    size_t end;

    append(to, "{\"PublishedResults\":{\"Metadata\":{");
    to->first_key = to->size + 1;
    for (end = to->size + size; to->size < end;) {
        sprintf(entry, "\"%08x\":\"\",", key_of(order));
        append(to, entry);
    }
    to->size--; /* the last comma */
    append(to, "}}}");
}

/* published_results, and in it the entries. */
static void wire_map(text *to, size_t size, key_order order)
{
    size_t entries = size / ENTRY_SIZE + 1;
    size_t inner = entries * ENTRY_SIZE;
    char entry[16];

    to->data[to->size++] = 0x32;
    for (; inner >= 0x80; inner >>= 7)
        to->data[to->size++] = (char)(inner | 0x80);
    to->data[to->size++] = (char)inner;
    to->first_key = to->size + 4;
    for (size_t i = 0; i < entries; i++) {
        sprintf(entry, "\x12\x0c\x0a\x08%08x\x12", key_of(order)); /* and a NUL, its length */
        memcpy(to->data + to->size, entry, ENTRY_SIZE);
        to->size += ENTRY_SIZE;
    }
}

/* ---- Families ---- */

static void json_escapes(text *to, size_t size)
{
    repeat(to, size, "{\"Status\":\"", "\\n\\u00e9\\\"", "\"}");
}

static void json_pairs(text *to, size_t size)
{
    repeat(to, size, "{\"Status\":\"", "\\ud83d\\ude00", "\"}");
}

static void json_not_ascii(text *to, size_t size)
{
    repeat(to, size, "{\"Status\":\"", "\xE2\x96\x88x", "\"}");
}

static void json_space(text *to, size_t size)
{
    repeat(to, size, "{", " \n\t\r", "\"Version\":1}");
}

static void json_digits(text *to, size_t size)
{
    repeat(to, size, "{\"Version\":1.", "0", "}");
}

static void json_leading(text *to, size_t size)
{
    repeat(to, size, "{\"Version\":0.", "0", "1e99999999}");
}

static void json_unknown(text *to, size_t size)
{
    repeat(to, size, "{", "\"Unknown\":[{},1e5,null,\"\"],", "\"Version\":1}");
}

static void json_long_key(text *to, size_t size)
{
    repeat(to, size, "{\"", "\\u006b", "\":1}");
}

static void json_ascending(text *to, size_t size)
{
    json_map(to, size, ASCENDING);
}

static void json_descending(text *to, size_t size)
{
    json_map(to, size, DESCENDING);
}

static void json_random(text *to, size_t size)
{
    json_map(to, size, RANDOM);
}

static void wire_groups(text *to, size_t size)
{
    repeat(to, size, "", "\xa3\x06\xa3\x06\xa3\x06\xa4\x06\xa4\x06\xa4\x06", "");
}

static void wire_unknown(text *to, size_t size)
{
    repeat(to, size, "", "\xa0\x06\x01", "");
}

static void wire_repeated(text *to, size_t size)
{
    repeat(to, size, "", "\x22\x02id", "");
}

static void wire_ascending(text *to, size_t size)
{
    wire_map(to, size, ASCENDING);
}

static void wire_descending(text *to, size_t size)
{
    wire_map(to, size, DESCENDING);
}

static void wire_random(text *to, size_t size)
{
    wire_map(to, size, RANDOM);
}

/* ---- Work: each reads a document and writes what it read, as JSON and as protobuf ---- */

static char scratch_text[ROOM];
static char out[6 * ROOM];
static execwire_entry entries[ENTRIES];

static void expect_good(execwire_code code)
{
    if (code == EXECWIRE_OK)
        return;
    fprintf(stderr, "growth: %s\n", execwire_code_name(code));
    exit(1);
}

/* Of a document that was refused, as some of the texts are, the state is empty. */
static void write_both(const execwire_state *state, execwire_code code)
{
    size_t size;

    if (code != EXECWIRE_ERROR_INTEGER_RANGE && code != EXECWIRE_ERROR_INTEGER_FRACTION)
        expect_good(code);
    expect_good(execwire_json_write(state, NULL, out, sizeof out, &size, NULL));
    expect_good(execwire_encode(state, out, sizeof out, &size, NULL));
}

static void convert_json(const text *in)
{
    static const execwire_json_options options = {.ignore_unknown = true};
    execwire_scratch lent = {entries, ENTRIES, scratch_text, sizeof scratch_text, 0, 0, 0};
    execwire_state state;

    write_both(&state, execwire_json_read(in->data, in->size, &options, &lent, &state, NULL));
}

static void convert_wire(const text *in)
{
    execwire_scratch lent = {entries, ENTRIES, NULL, 0, 0, 0, 0};
    execwire_state state;

    write_both(&state, execwire_decode(in->data, in->size, &lent, &state, NULL));
}

static void mend(const text *in)
{
    size_t size;

    expect_good(execwire_utf8_mend(in->data, in->size, out, sizeof out, &size, NULL));
}

/* A peer for maps at random: puts the entries in order with qsort, and writes their keys. */
static int compare_keys(const void *left, const void *right)
{
    return memcmp(((const execwire_entry *)left)->key.data,
                  ((const execwire_entry *)right)->key.data, KEY_SIZE);
}

static void sort_entries(const text *in)
{
    size_t count = 0;

    for (size_t at = in->first_key; at + KEY_SIZE <= in->size; at += ENTRY_SIZE)
        entries[count++].key = (execwire_str){in->data + at, KEY_SIZE};
    qsort(entries, count, sizeof entries[0], compare_keys);
    for (size_t i = 0; i < count; i++)
        memcpy(out + i * KEY_SIZE, entries[i].key.data, KEY_SIZE);
}

static void bad_bytes(text *to, size_t size)
{
    repeat(to, size, "", "\xF0\x90\xFF\x80", "");
}

static const struct {
    const char *name;
    void (*make)(text *to, size_t size);
    void (*work)(const text *in);
    void (*peer)(const text *in); /* NULL: the work's own growth counts */
} families[] = {
    {"JSON: escape sequences", json_escapes, convert_json, NULL},
    {"JSON: surrogate pairs", json_pairs, convert_json, NULL},
    {"JSON: characters beyond ASCII", json_not_ascii, convert_json, NULL},
    {"JSON: white space", json_space, convert_json, NULL},
    {"JSON: digits", json_digits, convert_json, NULL},
    {"JSON: leading zeros and a large exponent", json_leading, convert_json, NULL},
    {"JSON: unknown keys", json_unknown, convert_json, NULL},
    {"JSON: one long unknown key", json_long_key, convert_json, NULL},
    {"JSON: map entries in order", json_ascending, convert_json, NULL},
    {"JSON: map entries in reverse", json_descending, convert_json, NULL},
    {"JSON: map entries at random", json_random, convert_json, sort_entries},
    {"wire: groups", wire_groups, convert_wire, NULL},
    {"wire: unknown fields", wire_unknown, convert_wire, NULL},
    {"wire: one field again and again", wire_repeated, convert_wire, NULL},
    {"wire: map entries in order", wire_ascending, convert_wire, NULL},
    {"wire: map entries in reverse", wire_descending, convert_wire, NULL},
    {"wire: map entries at random", wire_random, convert_wire, sort_entries},
    {"mending bytes that are not UTF-8", bad_bytes, mend, NULL},
};

#define FAMILIES (sizeof families / sizeof families[0])

/* ---- Measuring, in processor time. Other programs take caches away for moments, mostly longer
 * than one turn: each turn's ratio is taken by itself, and of these the median. ---- */

#define LEAST_TURNS 5
#define MOST_TURNS  101
#define PATIENCE    10e9 /* nanoseconds for one doubling */

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* Documents of one size, so many that they are a megabyte together: that caches and the prediction
 * of branches know small ones by heart is not what is measured. */
#define TOGETHER (1 << 20)
#define MOST     (TOGETHER / SMALLEST + 1)

typedef struct batch {
    char data[2 * LARGEST];
    text documents[MOST];
    size_t count;
    double bytes;
} batch;

static void make_batch(batch *b, size_t family, size_t size)
{
    char *at = b->data;

    b->count = 0;
    made = 0;
    do {
        text *document = &b->documents[b->count++];

        *document = (text){at, 0, 0};
        families[family].make(document, size);
        at += document->size;
    } while (b->count * size < TOGETHER);
    b->bytes = (double)(b->count * size);
}

/* Nanoseconds a byte. */
static double measure(void (*work)(const text *in), const batch *b)
{
    double start = now();

    for (size_t i = 0; i < b->count; i++)
        work(&b->documents[i]);
    return (now() - start) / b->bytes;
}

static int compare_numbers(const void *left, const void *right)
{
    double difference = *(const double *)left - *(const double *)right;

    return difference < 0 ? -1 : difference > 0;
}

static double median(const double *numbers, size_t count)
{
    double sorted[MOST_TURNS];

    memcpy(sorted, numbers, count * sizeof *numbers);
    qsort(sorted, count, sizeof *sorted, compare_numbers);
    return sorted[count / 2];
}

static batch once;
static batch twice;

/* time(2n) / time(n) of one turn. */
static double grow(void (*work)(const text *in), double *cost)
{
    double before = measure(work, &once);

    *cost = measure(work, &twice);
    return 2 * *cost / before;
}

static double limit_of(size_t family)
{
    return families[family].peer != NULL ? LIMIT_BESIDE : LIMIT;
}

/* What a byte costs at twice `size`; returns time(2n) / time(n): turns until that is fine or tried
 * enough. */
static double measure_doubled(size_t family, size_t size, double *cost)
{
    double costs[MOST_TURNS];
    double ratios[MOST_TURNS];
    double start = now();
    double limit = limit_of(family);
    double ratio = 0;
    double unused;

    make_batch(&once, family, size);
    make_batch(&twice, family, 2 * size);
    for (size_t i = 0; i < MOST_TURNS && now() - start < PATIENCE; i++) {
        ratios[i] = grow(families[family].work, &costs[i]);
        if (families[family].peer != NULL)
            ratios[i] *= 2 / grow(families[family].peer, &unused);
        ratio = median(ratios, i + 1);
        *cost = median(costs, i + 1);
        if (i + 1 >= LEAST_TURNS && ratio <= limit)
            break;
    }
    return ratio;
}

/* Whether no doubling costs more than the limit. */
static bool check_family(size_t family)
{
    double worst = 0;
    double smallest = 0;
    double cost = 0;

    for (size_t size = SMALLEST; 2 * size <= LARGEST; size *= 2) {
        double ratio = measure_doubled(family, size, &cost);

        if (size == SMALLEST)
            smallest = cost;
        if (ratio > worst)
            worst = ratio;
    }
    printf("%-42s %8.2f %8.2f %8.2f%s\n", families[family].name, smallest, cost, worst,
           worst > limit_of(family) ? "  beyond the limit" : "");
    fflush(stdout);
    return worst <= limit_of(family);
}

int main(void)
{
    size_t passed = 0;

    memset(out, 1, sizeof out);
    memset(entries, 1, sizeof entries);
    memset(scratch_text, 1, sizeof scratch_text);
    printf("%-42s %8s %8s %8s\n", "ns a byte", "200 B", "6.5 MB", "2n/n");
    for (size_t i = 0; i < FAMILIES; i++)
        passed += check_family(i);
    printf("%zu passed, %zu failed\n", passed, FAMILIES - passed);
    return passed < FAMILIES;
}
