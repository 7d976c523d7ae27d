/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* open_memstream */
#include "link_load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST (1 << 20)

uint64_t next_random(uint64_t *seed)
{
    uint64_t z = *seed += 0x9E3779B97F4A7C15;

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}

bool by_chance(uint64_t *seed, unsigned millionths)
{
    return next_random(seed) % 1000000 < millionths;
}

static void fail(const char *what, const char *which)
{
    fprintf(stderr, "link_sim: %s: %s\n", which, what);
    exit(1);
}

static execwire_str copy(const void *data, size_t size)
{
    char *to = malloc(size + 1);

    memcpy(to, data, size);
    return (execwire_str){to, size};
}

/* ---- Generated lives ---- */

typedef struct life {
    char job[40];
    char reference[48];
    char node[64];
    const int *states;
    int step;
    double created; /* seconds */
    double next;
} life;

static void make_uuid(uint64_t *seed, char out[40])
{
    uint64_t a = next_random(seed), b = next_random(seed);

    snprintf(out, 40, "%08x-%04x-4%03x-%04x-%012llx", (unsigned)(a >> 32),
             (unsigned)(a >> 16) & 0xFFFF, (unsigned)a & 0xFFF, (unsigned)(0x8000 | (b >> 50)),
             (unsigned long long)b & 0xFFFFFFFFFFFF);
}

static void make_hash(uint64_t *seed, char out[64])
{
    static const char digits[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    size_t size = (size_t)snprintf(out, 64, "Qm");

    /* the first digit that keeps the number within 34 bytes */
    out[size++] = digits[20 + next_random(seed) % 20];
    while (size < 46)
        out[size++] = digits[next_random(seed) % 58];
    out[size] = '\0';
}

static void print_output(FILE *to, uint64_t *seed)
{
    static const char *const lines[] = {
        "epoch %u/10: loss=0.2871 acc=0.9134\\n",
        "wrote \\\"results/part-%04u.csv\\\"\\n",
        "\\r %u%%|████▏     | 421/1000 [00:12<00:17, 33.4it/s]",
        "warning: input \\\"frame_%04u.png\\\" has no alpha channel, assuming opaque\\n",
        "processing shard %u of 64 on device cuda:0\\n",
    };
    unsigned count = (unsigned)(next_random(seed) % 8);

    for (unsigned i = 0; i < count * count; i++)
        fprintf(to, lines[next_random(seed) % 5], (unsigned)(next_random(seed) % 64));
}

static void print_time(FILE *to, const char *key, double seconds)
{
    unsigned whole = (unsigned)seconds;

    fprintf(to, ",\"%s\":\"2023-10-17T%02u:%02u:%02u.%09uZ\"", key, 12 + whole / 3600,
            whole / 60 % 60, whole % 60, (unsigned)((seconds - whole) * 1e9));
}

static void print_result(FILE *to, const life *l, uint64_t *seed)
{
    char cid[64];

    make_hash(seed, cid);
    if (next_random(seed) % 2 == 0)
        fprintf(to,
                ",\"PublishedResults\":{\"StorageSource\":1,\"Name\":\"ipfs://%s\",\"CID\":\"%s\"}",
                cid, cid);
    else
        fprintf(to,
                ",\"PublishedResults\":{\"StorageSource\":8,\"Name\":\"s3://results/%s/%s/\","
                "\"S3\":{\"Bucket\":\"results\",\"Key\":\"%s/%s/\",\"Region\":\"eu-west-1\","
                "\"Checksum\":\"\",\"VersionID\":\"\"}}",
                l->job, l->reference, l->job, l->reference);
}

static void print_state(FILE *to, const life *l, uint64_t *seed)
{
    int state = l->states[l->step];

    fprintf(to,
            "{\"JobID\":\"%s\",\"NodeId\":\"%s\",\"ComputeReference\":\"%s\",\"State\":%d,"
            "\"Version\":%d",
            l->job, l->node, l->reference, state, l->step + 1);
    print_time(to, "CreateTime", l->created);
    print_time(to, "UpdateTime", l->next);
    if (state >= 4)
        fprintf(to, ",\"DesiredState\":%d", state == 5 ? 1 : 2);
    if (state == 7)
        print_result(to, l, seed);
    else
        fputs(",\"PublishedResults\":{}", to);
    if (state == 7 || state == 8) {
        fputs(",\"RunOutput\":{\"runnerError\":\"\",\"stderr\":\"\",\"stderrtruncated\":false,"
              "\"stdouttruncated\":false,\"stdout\":\"",
              to);
        print_output(to, seed);
        fprintf(to, "\",\"exitCode\":%d}", state - 7);
    }
    if (state == 8)
        fputs(",\"Status\":\"execution failed: exit code 1\"", to);
    fputs("}\n", to);
}

/* The one whose next state comes first; NULL when all have ended. */
static life *earliest(life *lives, size_t count)
{
    life *first = NULL;

    for (size_t i = 0; i < count; i++)
        if (lives[i].states[lives[i].step] != 0 && (first == NULL || lives[i].next < first->next))
            first = &lives[i];
    return first;
}

static FILE *generate(void)
{
    static const int courses[][6] = {
        {1, 2, 3, 5, 7}, {1, 2, 3, 5, 7}, {1, 2, 3, 6}, {1, 2, 3, 5, 8}, {1, 2, 4}};
    static char nodes[12][64];
    static life lives[520];
    uint64_t seed = 1;
    FILE *to = tmpfile();
    life *l;

    for (size_t i = 0; i < 12; i++)
        make_hash(&seed, nodes[i]);
    for (size_t i = 0; i < 520; i++) {
        l = &lives[i];
        l->step = 0;
        make_uuid(&seed, l->job);
        memcpy(l->reference, "e-", 2);
        make_uuid(&seed, l->reference + 2);
        memcpy(l->node, nodes[next_random(&seed) % 12], sizeof l->node);
        l->states = courses[next_random(&seed) % 5];
        l->created = l->next = (double)(next_random(&seed) % 2000000000) / 1e6;
    }
    while ((l = earliest(lives, 520)) != NULL) {
        print_state(to, l, &seed);
        l->next += (double)(1 + next_random(&seed) % 5000000) / 1e6;
        l->step++;
    }
    rewind(to);
    return to;
}

/* ---- Loading ---- */

/* The index of a text among those that came before. */
static unsigned index_of(execwire_str **known, unsigned *count, execwire_str text)
{
    for (unsigned i = 0; i < *count; i++)
        if ((*known)[i].size == text.size && memcmp((*known)[i].data, text.data, text.size) == 0)
            return i;
    *known = realloc(*known, (*count + 1) * sizeof **known);
    (*known)[*count] = text;
    return (*count)++;
}

static void silence(execwire_state *state)
{
    execwire_run_command_result *output = &state->run_output;

    if (output->std_out.data != NULL)
        output->std_out = EXECWIRE_STR("");
    if (output->std_err.data != NULL)
        output->std_err = EXECWIRE_STR("");
    output->stdouttruncated = false;
    output->stderrtruncated = false;
}

static void add(load *all, const char *line, size_t size, bool silent)
{
    static char text[LARGEST], out[LARGEST];
    execwire_entry *entries = calloc(64, sizeof *entries);
    execwire_scratch scratch = {
        .entries = entries, .entry_capacity = 64, .text = text, .text_capacity = sizeof text};
    const execwire_json_options api = {.form = EXECWIRE_JSON_API};
    execwire_error error;
    execwire_state state;
    update *u;

    if (execwire_json_read(line, size, NULL, &scratch, &state, &error) != EXECWIRE_OK)
        fail(error.text, error.path);
    if (silent)
        silence(&state);
    all->updates = realloc(all->updates, (all->count + 1) * sizeof *all->updates);
    u = &all->updates[all->count++];
    memset(u, 0, sizeof *u);
    if (execwire_json_write(&state, &api, out, sizeof out, &size, &error) != EXECWIRE_OK)
        fail(error.text, error.path);
    u->json = copy(out, size);
    if (execwire_encode(&state, out, sizeof out, &size, &error) != EXECWIRE_OK)
        fail(error.text, error.path);
    u->wire = copy(out, size);
    if (execwire_decode(u->wire.data, u->wire.size, &scratch, &u->state, &error) != EXECWIRE_OK)
        fail(error.text, error.path);
}

static void number_all(load *all)
{
    execwire_str *nodes = NULL, *executions = NULL;
    int64_t first = all->updates[0].state.update_time.seconds;

    for (size_t i = 0; i < all->count; i++) {
        update *u = &all->updates[i];

        u->ms = (uint64_t)(u->state.update_time.seconds - first) * 1000 +
                (uint64_t)u->state.update_time.nanos / 1000000;
        u->node = index_of(&nodes, &all->nodes, u->state.node_id);
        u->execution = index_of(&executions, &all->executions, u->state.compute_reference);
    }
    for (size_t i = 0; i < all->count; i++) {
        all->updates[i].last = true;
        for (size_t j = i + 1; j < all->count && all->updates[i].last; j++)
            all->updates[i].last = all->updates[j].execution != all->updates[i].execution;
    }
    free(nodes);
    free(executions);
}

load load_updates(const char *path, bool silent)
{
    FILE *from = path != NULL ? fopen(path, "r") : generate();
    load all = {0};
    char *line = NULL;
    size_t room = 0;
    ssize_t size;

    if (from == NULL)
        fail("cannot be opened", path);
    while ((size = getline(&line, &room, from)) > 0)
        add(&all, line, (size_t)size, silent);
    free(line);
    fclose(from);
    if (all.count == 0)
        fail("has no states", path);
    number_all(&all);
    return all;
}
