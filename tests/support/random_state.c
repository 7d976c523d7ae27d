/* SPDX-License-Identifier: Apache-2.0 */
#include "support/random_state.h"

#include "schema/schema.h"

#include <execwire/execwire.h>

#include <stdio.h>
#include <string.h>

/* SplitMix64 (Steele, Lea, Flood 2014). */
uint64_t random_next(random_source *source)
{
    uint64_t z = source->seed += 0x9E3779B97F4A7C15;

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}

unsigned random_below(random_source *source, unsigned count)
{
    return (unsigned)(random_next(source) % count);
}

/* ---- Texts ---- */

static char *take(random_source *source, size_t size)
{
    char *text = source->text + source->text_used;

    source->text_used += size;
    return text;
}

static execwire_str keep(random_source *source, const char *text)
{
    size_t size = strlen(text);

    return (execwire_str){memcpy(take(source, size), text, size), size};
}

static execwire_str make_uuid(random_source *source, const char *prefix)
{
    char text[64];
    unsigned long long a = random_next(source), b = random_next(source);
    unsigned version = random_below(source, 8) == 0 ? random_below(source, 16) : 4;

    snprintf(text, sizeof text, "%s%08x-%04x-%x%03x-%04x-%012llx", prefix, (unsigned)(a >> 32),
             (unsigned)(a >> 16) & 0xFFFF, version, (unsigned)a & 0xFFF,
             (unsigned)(0x8000 | (b >> 50)), b & 0xFFFFFFFFFFFF);
    return keep(source, text);
}

static execwire_str make_digits(random_source *source, const char *prefix, const char *digits,
                                size_t size)
{
    size_t before = strlen(prefix);
    char *text = memcpy(take(source, size), prefix, before);

    for (size_t i = before; i < size; i++)
        text[i] = digits[random_below(source, (unsigned)strlen(digits))];
    return (execwire_str){text, size};
}

/* Mostly a hash: some of these numbers are too large for one. */
static execwire_str make_hash(random_source *source)
{
    return make_digits(source, random_below(source, 4) == 0 ? "Qm" : "QmY",
                       "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", 46);
}

static execwire_str make_cid1(random_source *source)
{
    return make_digits(source, "bafybei", "abcdefghijklmnopqrstuvwxyz234567", 59);
}

static execwire_str make_words(random_source *source, unsigned count)
{
    static const char *const words[] = {"hello", " ",     "\n",      "\r",         "73%",
                                        "é",     "█",     "愚园路",  "\U0001F600", "/outputs/",
                                        "\x01",  "error", "e-12ab-", "Qm",         "0000"};
    size_t start = source->text_used;

    for (unsigned i = 0; i < count; i++)
        (void)keep(source, words[random_below(source, 15)]);
    return (execwire_str){source->text + start, source->text_used - start};
}

static execwire_str make_text(random_source *source)
{
    switch (random_below(source, 12)) {
    case 0:
        return (execwire_str){"", 0};
    case 1:
        return (execwire_str){"a\0b", 3};
    case 2:
        return make_uuid(source, "");
    case 3:
        return make_uuid(source, "e-");
    case 4:
        return make_hash(source);
    case 5:
        return make_cid1(source);
    case 6:
        return make_words(source, random_below(source, 30));
    case 7:
        return keep(source, "E-AB12");
    default:
        return make_words(source, random_below(source, 8));
    }
}

/* ---- All fields ---- */

static int64_t make_integer(random_source *source)
{
    unsigned bits = random_below(source, 65);
    uint64_t value = bits == 0 ? 0 : random_next(source) >> (64 - bits);

    return random_below(source, 4) == 0 ? (int64_t)~value : (int64_t)value;
}

static execwire_time make_time(random_source *source)
{
    const int64_t first = -62135596800, last = 253402300799; /* years 1 and 9999 */
    execwire_time time = {first, 0};

    if (random_below(source, 4) > 0)
        time.nanos = (int32_t)random_below(source, 1000000000);
    if (random_below(source, 3) == 0)
        time.seconds += (int64_t)(random_next(source) % (uint64_t)(last - first));
    else if (random_below(source, 3) > 0)
        time.seconds = 1697545688 + random_below(source, 100000);
    return time;
}

static void make_map(random_source *source, execwire_map *map)
{
    map->entries = source->entries;
    map->count = random_below(source, 4);
    for (size_t i = 0; i < map->count; i++) {
        char key[8] = {(char)('a' + i), (char)('0' + random_below(source, 3))};

        source->entries[i] = (execwire_entry){keep(source, key), make_text(source), 0};
    }
}

static void make_message(random_source *source, const execwire_message *message, void *base,
                         unsigned percent);

static void make_field(random_source *source, const execwire_field *field, void *base,
                       unsigned percent)
{
    void *member = execwire_member(field, base);

    execwire_set_present(field, base);
    switch ((execwire_kind)field->kind) {
    case EXECWIRE_KIND_STRING:
        *(execwire_str *)member = make_text(source);
        break;
    case EXECWIRE_KIND_BOOL:
        *(bool *)member = random_below(source, 2) == 1;
        break;
    case EXECWIRE_KIND_INT32:
        *(int32_t *)member = (int32_t)make_integer(source);
        break;
    case EXECWIRE_KIND_ENUM:
        *(int32_t *)member =
            (int32_t)(random_below(source, 8) == 0 ? (uint64_t)make_integer(source) & 0x7FFFFFFF
                                                   : random_below(source, 17));
        break;
    case EXECWIRE_KIND_INT64:
    case EXECWIRE_KIND_SINT64:
        *(int64_t *)member = make_integer(source);
        break;
    case EXECWIRE_KIND_TIME:
        *(execwire_time *)member = make_time(source);
        break;
    case EXECWIRE_KIND_MAP:
        make_map(source, member);
        break;
    case EXECWIRE_KIND_MESSAGE:
        make_message(source, execwire_field_message(field), member, percent);
        break;
    }
}

static void make_message(random_source *source, const execwire_message *message, void *base,
                         unsigned percent)
{
    for (size_t i = 0; i < message->count; i++)
        if (random_below(source, 100) < percent)
            make_field(source, &message->fields[i], base, percent);
}

void random_state(random_source *source, execwire_state *state)
{
    source->text_used = 0;
    memset(state, 0, sizeof *state);
    make_message(source, &execwire_messages[0], state, random_below(source, 101));
}

/* ---- As an agent makes them ---- */

static void make_results(random_source *source, execwire_state *state)
{
    execwire_storage_spec *results = &state->published_results;
    char text[256];
    int size;

    results->has_storage_source = true;
    if (random_below(source, 2) == 0) {
        results->cid = random_below(source, 2) == 0 ? make_hash(source) : make_cid1(source);
        results->storage_source = EXECWIRE_STORAGE_SOURCE_IPFS;
        size =
            snprintf(text, sizeof text, "ipfs://%.*s", (int)results->cid.size, results->cid.data);
        results->name =
            (execwire_str){memcpy(take(source, (size_t)size), text, (size_t)size), (size_t)size};
        return;
    }
    results->storage_source = EXECWIRE_STORAGE_SOURCE_S3;
    results->has_s3 = true;
    results->s3.bucket = keep(source, random_below(source, 2) == 0 ? "results" : "my-bucket");
    if (random_below(source, 4) > 0)
        results->s3.region = keep(source, "eu-west-1");
    results->s3.checksum = results->s3.version_id = (execwire_str){"", 0};
    size = snprintf(text, sizeof text, "s3://%.*s/%.*s/%.*s/", (int)results->s3.bucket.size,
                    results->s3.bucket.data, (int)state->job_id.size, state->job_id.data,
                    (int)state->compute_reference.size, state->compute_reference.data);
    results->name =
        (execwire_str){memcpy(take(source, (size_t)size), text, (size_t)size), (size_t)size};
    results->s3.key = results->name;
    results->s3.key.data += 6 + results->s3.bucket.size;
    results->s3.key.size -= 6 + results->s3.bucket.size;
}

/* Mostly none or a line, seldom as much as the real ones: to compress a text costs time by the
 * square of its size. */
static execwire_str make_output_text(random_source *source)
{
    unsigned kind = random_below(source, 100);

    if (kind < 60)
        return (execwire_str){"", 0};
    return make_words(source,
                      kind < 98 ? random_below(source, 12) : 20 + random_below(source, 300));
}

static void make_output(random_source *source, execwire_state *state)
{
    execwire_run_command_result *output = &state->run_output;

    state->has_run_output = true;
    output->has_exit_code = output->has_stderrtruncated = output->has_stdouttruncated = true;
    output->exit_code = state->state - EXECWIRE_EXECUTION_STATE_COMPLETED;
    output->runner_error = (execwire_str){"", 0};
    output->std_out = make_output_text(source);
    output->std_err = make_output_text(source);
}

/* An identity that is the same whenever the execution's states are made. */
static void make_identity(random_source *source, unsigned execution, execwire_state *state)
{
    random_source own = {.seed = execution};
    uint64_t seed = source->seed;

    source->seed = random_next(&own);
    state->job_id = make_uuid(source, "");
    state->compute_reference = make_uuid(source, "e-");
    state->node_id = keep(source, "QmRAXc7RK4DTnf47sb5d5tC399845YezAsspUfzEM47eDt");
    state->has_create_time = true;
    state->create_time = make_time(source);
    source->seed = seed;
}

static void change_some(random_source *source, execwire_state *state)
{
    static const uint8_t changeable[] = {3, 6, 7, 8, 9, 10, 11}; /* not the identity */
    const execwire_message *message = &execwire_messages[0];

    for (unsigned i = random_below(source, 3); i > 0; i--) {
        unsigned number = changeable[random_below(source, sizeof changeable)];

        make_field(source, execwire_schema_field(message, number), state, 50);
    }
}

void random_update(random_source *source, unsigned execution, execwire_state *state)
{
    static const uint8_t states[] = {1, 2, 3, 4, 5, 6, 7, 7, 8, 9};

    source->text_used = 0;
    memset(state, 0, sizeof *state);
    make_identity(source, execution, state);
    state->has_state = state->has_update_time = state->has_version = true;
    state->state = states[random_below(source, sizeof states)];
    state->version = 1 + random_below(source, 9);
    state->update_time = state->create_time;
    state->update_time.nanos = (int32_t)random_below(source, 1000000000);
    if (state->update_time.seconds < 253402300000)
        state->update_time.seconds += random_below(source, 600);
    state->has_published_results = true;
    if (state->state == EXECWIRE_EXECUTION_STATE_COMPLETED)
        make_results(source, state);
    if (state->state >= EXECWIRE_EXECUTION_STATE_COMPLETED)
        make_output(source, state);
    change_some(source, state);
}
