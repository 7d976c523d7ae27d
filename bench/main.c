/* Ours and the peers, alternately, in one process, on the same messages.
 *
 *   bench [--corpus FILE] [--rounds N] [--csv FILE] [--before LIBRARY] [--workload NAME]
 *                                                      the table, of all workloads or of one
 *   bench --only OPERATION WORKLOAD SUBJECT TIMES      one thing alone, for a profiler
 *   bench --messages WORKLOAD                          its messages: wire bytes in hex, and JSON
 *
 * SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "subject.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST_ROUNDS 101
#define SUBJECTS    9

static const char *const operation_names[OPERATIONS] = {
    "json-to-wire", "wire-to-json", "decode", "encode", "json-read", "json-write", "encoded-size",
};

static const subject *const subjects[SUBJECTS] = {
    &subject_execwire,
    &subject_nanopb_writer,
    &subject_nanopb,
    &subject_protobuf_c,
    &subject_protobuf_c_jansson,
    &subject_protobuf_c_cjson,
    &subject_libprotobuf,
    &subject_memcpy,
    &subject_before,
};

/* the last one is there with --before alone */
static int subject_count = SUBJECTS - 1;

/* What comes out is used, so that no compiler leaves work out. */
static volatile size_t used;

/* ---- The floor ---- */

static char copied[4 << 20];

static void prepare_copy(const workload *messages)
{
    (void)messages;
}

static size_t copy_json(const workload *messages, size_t i)
{
    memcpy(copied, messages->json[i].data, messages->json[i].size);
    return messages->json[i].size;
}

static size_t copy_wire(const workload *messages, size_t i)
{
    memcpy(copied, messages->wire[i].data, messages->wire[i].size);
    return messages->wire[i].size;
}

const subject subject_memcpy = {
    "memcpy",
    prepare_copy,
    {copy_json, copy_wire, copy_wire, copy_wire, copy_json, copy_json, NULL},
};

/* ---- Measuring ---- */

/* Of the processor, so that what other programs take does not count. */
static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* Nanoseconds a message, over as many passes as take a few milliseconds. */
static double measure(const subject *s, operation op, const workload *messages)
{
    double start = now();
    double elapsed;
    size_t done = 0;

    do {
        for (size_t i = 0; i < messages->count; i++)
            used += s->run[op](messages, i);
        done += messages->count;
        elapsed = now() - start;
    } while (elapsed < 5e6);
    return elapsed / (double)done;
}

static int by_value(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;

    return (a > b) - (a < b);
}

typedef struct figure {
    double median;
    double spread; /* how far the middle half of the rounds is apart, in parts of the median */
} figure;

static figure figure_of(double *values, int count)
{
    double middle;

    qsort(values, (size_t)count, sizeof *values, by_value);
    middle = values[count / 2];
    return (figure){middle, (values[count * 3 / 4] - values[count / 4]) / middle};
}

/* Bytes that an operation takes in or gives out, a message: those of its own side. */
static size_t mean_size(operation op, const workload *messages)
{
    size_t sum = 0;

    for (size_t i = 0; i < messages->count; i++)
        sum += op == DECODE || op == ENCODE || op == ENCODED_SIZE || op == WIRE_TO_JSON
                   ? messages->wire[i].size
                   : messages->json[i].size;
    return sum / messages->count;
}

/* One operation: all subjects in turn, round after round. */
static void compare(operation op, const workload *messages, int rounds, FILE *csv)
{
    static double times[SUBJECTS][MOST_ROUNDS];
    double ours = 0;

    for (int round = 0; round < rounds; round++)
        for (int s = 0; s < subject_count; s++)
            if (subjects[s]->run[op] != NULL)
                times[s][round] = measure(subjects[s], op, messages);
    printf("\n%s, %s (%zu messages of %zu bytes)\n", operation_names[op], messages->name,
           messages->count, mean_size(op, messages));
    for (int s = 0; s < subject_count; s++) {
        figure time;

        if (subjects[s]->run[op] == NULL)
            continue;
        time = figure_of(times[s], rounds);
        if (s == 0)
            ours = time.median;
        printf("  %-28s %10.0f ns  %8.2fx  +-%2.0f %%\n", subjects[s]->name, time.median,
               time.median / ours, time.spread * 50);
        if (csv != NULL)
            fprintf(csv, "%s,%s,\"%s\",%.1f,%.3f,%zu\n", operation_names[op], messages->name,
                    subjects[s]->name, time.median, time.spread, mean_size(op, messages));
    }
}

/* All of them write the same protobuf bytes of a message: fields in order, minimal varints. */
static void check_sizes(const subject *s, operation op, const workload *messages)
{
    for (size_t i = 0; s->run[op] != NULL && i < messages->count; i++) {
        if (s->run[op](messages, i) == messages->wire[i].size)
            continue;
        fprintf(stderr, "bench: %s: %s: message %zu has another size\n", s->name,
                operation_names[op], i);
        exit(1);
    }
}

static void prepare_all(const workload *messages)
{
    for (int s = 0; s < subject_count; s++) {
        subjects[s]->prepare(messages);
        if (subjects[s] == &subject_memcpy)
            continue;
        check_sizes(subjects[s], ENCODE, messages);
        check_sizes(subjects[s], JSON_TO_WIRE, messages);
        check_sizes(subjects[s], ENCODED_SIZE, messages);
    }
}

static void compare_all(const workload *messages, int rounds, FILE *csv)
{
    prepare_all(messages);
    for (int op = 0; op < OPERATIONS; op++)
        if (!messages->server_order || op == JSON_TO_WIRE || op == JSON_READ)
            compare((operation)op, messages, rounds, csv);
}

/* ---- Command line ---- */

static void usage(void)
{
    fputs("usage: bench [--corpus FILE] [--rounds N] [--csv FILE] [--before LIBRARY] [--workload "
          "NAME]\n"
          "       bench --only OPERATION WORKLOAD SUBJECT TIMES\n"
          "       bench --messages WORKLOAD\n",
          stderr);
    exit(2);
}

static void load_before(const char *path)
{
    subject_before_load(path);
    subject_count = SUBJECTS;
}

static workload named_workload(const char *name)
{
    for (int i = 0; i < WORKLOADS; i++)
        if (strcmp(name, workload_names[i]) == 0)
            return workload_generate(name);
    return workload_load(name);
}

static int run_only(char **words)
{
    workload messages = named_workload(words[1]);
    long times = strtol(words[3], NULL, 10);

    for (int op = 0; op < OPERATIONS; op++) {
        for (int s = 0; s < subject_count; s++) {
            if (strcmp(words[0], operation_names[op]) != 0 ||
                strcmp(words[2], subjects[s]->name) != 0 || subjects[s]->run[op] == NULL)
                continue;
            subjects[s]->prepare(&messages);
            for (long pass = 0; pass < times; pass++)
                for (size_t i = 0; i < messages.count; i++)
                    used += subjects[s]->run[op](&messages, i);
            return 0;
        }
    }
    usage();
    return 2;
}

static int print_messages(const char *name)
{
    workload messages = named_workload(name);

    for (size_t i = 0; i < messages.count; i++) {
        for (size_t at = 0; at < messages.wire[i].size; at++)
            printf("%02x", (unsigned char)messages.wire[i].data[at]);
        printf(" %s\n", messages.json[i].data);
    }
    return 0;
}

int main(int argc, char **argv)
{
    const char *corpus = NULL;
    FILE *csv = NULL;
    const char *only = NULL;
    int rounds = 11;

    if (argc == 6 && strcmp(argv[1], "--only") == 0)
        return run_only(argv + 2);
    if (argc == 3 && strcmp(argv[1], "--messages") == 0)
        return print_messages(argv[2]);
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 == argc)
            usage();
        if (strcmp(argv[i], "--corpus") == 0)
            corpus = argv[i + 1];
        else if (strcmp(argv[i], "--rounds") == 0)
            rounds = (int)strtol(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--csv") == 0)
            csv = fopen(argv[i + 1], "w");
        else if (strcmp(argv[i], "--workload") == 0)
            only = argv[i + 1];
        else if (strcmp(argv[i], "--before") == 0)
            load_before(argv[i + 1]);
        else
            usage();
    }
    if (rounds < 1 || rounds > MOST_ROUNDS)
        usage();
    if (csv != NULL)
        fputs("operation,workload,subject,median_ns,spread,bytes\n", csv);
    for (int i = 0; i < WORKLOADS; i++) {
        workload messages;

        if (only != NULL && strcmp(only, workload_names[i]) != 0)
            continue;
        messages = workload_generate(workload_names[i]);
        compare_all(&messages, rounds, csv);
    }
    if (corpus != NULL) {
        workload messages = workload_load(corpus);

        compare_all(&messages, rounds, csv);
    }
    if (csv != NULL && fclose(csv) != 0)
        return 1;
    return 0;
}
