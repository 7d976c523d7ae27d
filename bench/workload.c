/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* open_memstream */
#include "workload.h"

#include <execwire/execwire.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST (4 << 20)

static void fail(const char *what, const char *which)
{
    fprintf(stderr, "bench: %s: %s\n", which, what);
    exit(1);
}

static bytes copy(const void *data, size_t size)
{
    bytes result = {malloc(size + 1), size};

    memcpy(result.data, data, size);
    result.data[size] = '\0'; /* for libraries that want it */
    return result;
}

/* Adds a message in both forms: the JSON is written anew, so that all messages have one form,
 * unless its order is what matters. */
static void add(workload *messages, const char *json, size_t size)
{
    static char text[LARGEST];
    static char out[LARGEST];
    static execwire_entry entries[64];
    execwire_scratch scratch = {
        .entries = entries, .entry_capacity = 64, .text = text, .text_capacity = sizeof text};
    execwire_state state;
    execwire_error error;
    size_t used;
    size_t n = messages->count;

    if (execwire_json_read(json, size, NULL, &scratch, &state, &error) != EXECWIRE_OK)
        fail(error.text, error.path);
    if ((n & (n + 1)) == 0) {
        messages->json = realloc(messages->json, 2 * (n + 1) * sizeof(bytes));
        messages->wire = realloc(messages->wire, 2 * (n + 1) * sizeof(bytes));
    }
    if (execwire_json_write(&state, NULL, out, sizeof out, &used, &error) != EXECWIRE_OK)
        fail(error.text, error.path);
    messages->json[n] = messages->server_order ? copy(json, size) : copy(out, used);
    if (execwire_encode(&state, out, sizeof out, &used, &error) != EXECWIRE_OK)
        fail(error.text, error.path);
    messages->wire[n] = copy(out, used);
    messages->count = n + 1;
}

/* ---- Generated ---- */

static uint64_t seed;

/* SplitMix64 (Steele, Lea, Flood 2014). */
static uint64_t next_random(void)
{
    uint64_t z = seed += 0x9E3779B97F4A7C15;

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}

static void print_uuid(FILE *to)
{
    uint64_t a = next_random();
    uint64_t b = next_random();

    fprintf(to, "%08x-%04x-4%03x-%04x-%012" PRIx64, (unsigned)(a >> 32),
            (unsigned)(a >> 16) & 0xFFFF, (unsigned)a & 0xFFF, (unsigned)(0x8000 | (b >> 50)),
            b & 0xFFFFFFFFFFFF);
}

static void print_base58(FILE *to, int size)
{
    static const char letters[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    for (int i = 0; i < size; i++)
        fputc(letters[next_random() % 58], to);
}

/* Program output: lines with a progress bar, colours, quotes and box drawing, cut at `size`. */
static void print_output(FILE *to, size_t size)
{
    static const char *const lines[] = {
        "epoch 3/10: loss=0.2871 acc=0.9134\\n",
        "\\u001b[32mok\\u001b[0m wrote \\\"results/part-0007.csv\\\"\\n",
        "\\r 42%|████▏     | 421/1000 [00:12<00:17, 33.4it/s]",
        "warning: input \\\"frame_0042.png\\\" has no alpha channel, assuming opaque\\n",
        "Traceback: File \\\"main.py\\\", line 17, in <module>\\n\\traise ValueError\\n",
        "processing shard 12 of 64 on device cuda:0\\n",
    };

    for (size_t used = 0; used < size;) {
        const char *line = lines[next_random() % 6];

        fputs(line, to);
        used += strlen(line);
    }
}

typedef struct execution {
    char job[40];
    char reference[40];
    char node[48];
} execution;

static void print_state(FILE *to, const execution *e, int state, int version, size_t output)
{
    fprintf(to,
            "{\"job_id\":\"%s\",\"node_id\":\"%s\",\"compute_reference\":\"e-%s\",\"state\":%d,"
            "\"version\":%d,\"create_time\":\"2023-10-17T12:28:08.090286107Z\","
            "\"update_time\":\"2023-10-17T12:%02d:%02d.%09dZ\"",
            e->job, e->node, e->reference, state, version, 28 + version, (version * 7) % 60,
            (int)(next_random() % 1000000000));
    if (state >= 5)
        fprintf(to, ",\"desired_state\":%d", state == 5 ? 1 : 2);
    if (state == 7) {
        fputs(",\"published_results\":{\"cid\":\"Qm", to);
        print_base58(to, 44);
        fputs("\",\"storage_source\":1},\"run_output\":{\"exit_code\":0,\"runner_error\":\"\","
              "\"stderr\":\"",
              to);
        print_output(to, output);
        fputs("\",\"stderrtruncated\":false,\"stdout\":\"", to);
        print_output(to, output);
        fputs("\",\"stdouttruncated\":false}", to);
    } else {
        fputs(",\"published_results\":{}", to);
    }
    if (state >= 7)
        fputs(",\"status\":\"Accepted results\"", to);
    fputc('}', to);
}

static void fill(char *text, size_t size, void (*print)(FILE *))
{
    FILE *to = fmemopen(text, size, "w");

    print(to);
    fclose(to);
}

static void print_peer(FILE *to)
{
    fputs("Qm", to);
    print_base58(to, 44);
}

static void add_state(workload *messages, const execution *e, int state, int version, size_t output)
{
    char *text;
    size_t size;
    FILE *to = open_memstream(&text, &size);

    print_state(to, e, state, version, output);
    fclose(to);
    add(messages, text, size);
    free(text);
}

const char *const workload_names[WORKLOADS] = {"small", "typical", "server", "large"};

workload workload_generate(const char *name)
{
    static const int states[] = {1, 2, 3, 5, 7};
    workload messages = {.name = name, .server_order = strcmp(name, "server") == 0};

    seed = 1;
    for (int i = 0; i < 64; i++) {
        execution e;

        fill(e.job, sizeof e.job, print_uuid);
        fill(e.reference, sizeof e.reference, print_uuid);
        fill(e.node, sizeof e.node, print_peer);
        if (strcmp(name, "small") == 0)
            add_state(&messages, &e, 1, 1, 0);
        else if (strcmp(name, "large") == 0)
            add_state(&messages, &e, 7, 5, 2000);
        else
            for (int step = 0; step < 5; step++)
                add_state(&messages, &e, states[step], step + 1, (size_t)i % 4 == 0 ? 300 : 10);
    }
    return messages;
}

workload workload_load(const char *path)
{
    workload messages = {.name = path};
    char *line = NULL;
    size_t room = 0;
    ssize_t size;
    FILE *from = fopen(path, "r");

    if (from == NULL)
        fail("cannot be opened", path);
    while ((size = getline(&line, &room, from)) > 0)
        add(&messages, line, (size_t)size);
    free(line);
    fclose(from);
    return messages;
}
