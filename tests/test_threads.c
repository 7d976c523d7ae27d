/* Threads do not disturb each other: eight of them make every public call at once, on memory of
 * their own and from the same states, bytes and texts, and each is told what one alone is told.
 * `make threads` runs it under TSan, which sees a write to anything shared, whether it changes a
 * result or not.
 *
 * SPDX-License-Identifier: Apache-2.0 */
/* promise: keeps-nothing */
/* promise: kept-in-the-structs */
#include "support/cmocka.h"

#include "support/calls.h"

#include <execwire/abi.h>
#include <execwire/fields.h>
#include <execwire/fuzz.h>
#include <execwire/printable.h>
#include <execwire/serial.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define THREADS 8
#define SAMPLES 24
#define SECONDS 1

static sample *samples;

/* ---- Calls ---- */

static execwire_scratch scratch_of(work *w)
{
    return (execwire_scratch){
        .entries = w->entries, .entry_capacity = ENTRIES, .text = w->text, .text_capacity = ROOM};
}

static void use_messages(work *w, const sample *s)
{
    note_code(w, execwire_encode(&s->state, NULL, 0, &w->size, &w->error));
    note_output(w, execwire_encode(&s->state, w->out, s->size / 2, &w->size, &w->error));
    for (size_t cut = 0; cut <= 4; cut++) {
        execwire_scratch scratch = scratch_of(w);
        execwire_state state;
        size_t unknown = 0;

        note_code(w, execwire_check(s->bytes, s->size * cut / 4, &unknown, &w->error));
        note_code(w, execwire_decode(s->bytes, s->size * cut / 4, &scratch, &state, &w->error));
        note_number(w, scratch.entry_count);
        note_output(w, execwire_encode(&state, w->out, ROOM, &w->size, &w->error));
    }
}

static void use_json(work *w, const sample *s)
{
    for (unsigned i = 0; i < 8; i++) {
        const execwire_json_options options = {
            .form = i & 1 ? EXECWIRE_JSON_API : EXECWIRE_JSON_DOCUMENTED,
            .enums = i & 2 ? EXECWIRE_JSON_ENUM_NAMES : EXECWIRE_JSON_ENUM_NUMBERS,
            .pretty = i & 4};

        note_output(w, execwire_json_write(&s->state, &options, w->out, ROOM, &w->size, &w->error));
    }
    for (size_t cut = 0; cut <= 4; cut++) {
        execwire_scratch scratch = scratch_of(w);
        execwire_json_walk walk;
        execwire_state state;

        note_code(w, execwire_json_read(s->json, s->json_size * cut / 4, NULL, &scratch, &state,
                                        &w->error));
        note_number(w, scratch.text_size);
        note_output(w, execwire_encode(&state, w->out, ROOM, &w->size, &w->error));
        note_code(w, execwire_json_read_first(s->json, s->json_size * cut / 4, &w->size, NULL,
                                              &scratch, &state, &w->error));
        note_number(w, w->size);
        note_code(w, execwire_json_walk_init(&walk, EXECWIRE_STR("/RunOutput"), &w->error));
        note_code(w, execwire_json_walk_next(&walk, s->json, s->json_size * cut / 4, &w->size,
                                             &w->error));
        note_number(w, w->size);
        note_number(w, execwire_json_walk_is_between(&walk));
    }
}

static void note_field(void *context, const execwire_field_view *field)
{
    note_number(context, field->end);
}

static void use_fields(work *w, const sample *s)
{
    execwire_scratch scratch = scratch_of(w);
    execwire_state state;

    note_code(w, execwire_visit_fields(s->bytes, s->size, note_field, w, &w->error));
    note_code(w, execwire_peek(s->bytes, s->size, 1u << 5 | 1u << 11, &scratch, &state, &w->error));
    note_number(w, scratch.unknown_count);
    note_number(w, execwire_clear_field(&state, &(const uint32_t){11}, 1));
    note_number(w, (uint64_t)execwire_abi());
    note_number(w, execwire_sizeof("execwire_state"));
}

/* A sample's bytes as what a state is made of, and mutated. */
static void use_fuzz(work *w, const sample *s)
{
    execwire_scratch scratch = scratch_of(w);
    execwire_state state;

    note_code(w, execwire_fuzz_state(s->bytes, s->size, &scratch, &state, &w->error));
    note_number(w, scratch.text_size);
    note(w, w->text, scratch.text_size < sizeof w->text ? scratch.text_size : 0);
    if (s->size < sizeof w->out) {
        memcpy(w->out, s->bytes, s->size);
        note(w, w->out,
             execwire_fuzz_mutate((uint8_t *)w->out, s->size, sizeof w->out, (unsigned)s->size,
                                  NULL));
    }
}

static void use_delimited(work *w, const sample *s)
{
    uint8_t prefix[EXECWIRE_DELIMITED_PREFIX_SIZE];
    execwire_delimited_reader reader;
    execwire_str message;
    size_t used;

    note_number(w, execwire_delimited_prefix(s->size, prefix));
    note_output(w, execwire_delimited_write(&s->state, w->out, ROOM, &w->size, &w->error));
    execwire_delimited_init(&reader, w->other, ROOM);
    for (size_t at = 0; at < w->size; at += used) {
        size_t piece = w->size - at < 50 ? w->size - at : 50;

        note_code(w,
                  execwire_delimited_feed(&reader, w->out + at, piece, &used, &message, &w->error));
        note(w, message.data, message.size);
    }
    note_code(
        w, execwire_delimited_feed(&reader, "\xFF\xFF\xFF\xFF\xFF", 5, &used, &message, &w->error));
    note_code(w, execwire_delimited_end(&reader, &w->error));
}

static void use_serial(work *w, const sample *s)
{
    execwire_serial_reader reader;
    size_t used;

    note_output(w, execwire_serial_write(s->bytes, s->size, w->out, ROOM, &w->size, &w->error));
    execwire_serial_init(&reader, w->other, ROOM);
    for (unsigned times = 0; times < 2; times++) {
        for (size_t at = 0; at < w->size; at += used) {
            execwire_str message;

            note_code(w, execwire_serial_feed(&reader, w->out + at, w->size - at, &used, &message,
                                              &w->error));
            note(w, message.data, message.size);
        }
        w->out[w->size / 2] ^= 1; /* the second time */
    }
    note_code(w, execwire_serial_end(&reader, &w->error));
}

static void use_states(work *w, const sample *s)
{
    execwire_scratch scratch = scratch_of(w);
    execwire_state copy;
    execwire_map *map = &copy.published_results.metadata;

    note_code(w, execwire_state_copy(&s->state, &scratch, &copy, &w->error));
    note_number(w, scratch.text_size);
    note_number(w, execwire_state_equal(&s->state, &copy));
    if (map->count > 1) {
        execwire_entry first = map->entries[0];

        map->entries[0] = map->entries[1];
        map->entries[1] = first;
    }
    note_code(w, execwire_map_sort(map, &w->error));
    note_number(w, execwire_state_equal(&s->state, &copy));
}

static void use_helpers(work *w, const sample *s)
{
    static const char *const times[] = {"2023-10-17T12:28:08.5+02:00", "2023-02-29T12:28:08Z",
                                        "1969-12-31T23:59:59.000000001Z", "2023"};

    note_output(w, execwire_utf8_mend(s->bytes, s->size, w->out, ROOM, &w->size, &w->error));
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        execwire_time time = {0};

        note_code(w, execwire_time_read(times[i], strlen(times[i]), &time, &w->error));
        note_output(w, execwire_time_write(&time, w->out, ROOM, &w->size, &w->error));
    }
    for (unsigned i = 0; i < EXECWIRE_CODE_COUNT; i++) {
        note_text(w, execwire_code_name((execwire_code)i));
        note_text(w, execwire_code_text((execwire_code)i));
    }
    for (unsigned i = 0; i < EXECWIRE_LINK_OUTCOME_COUNT; i++) {
        note_text(w, execwire_link_outcome_name((execwire_link_outcome)i));
        note_text(w, execwire_link_outcome_text((execwire_link_outcome)i));
    }
    for (size_t at = 0; at < s->size;) {
        const char *text = (const char *)s->bytes;
        uint32_t scalar;
        bool printable;

        note_number(w, execwire_next_character(text + at, s->size - at, &scalar));
        note_number(w, execwire_is_unsafe(scalar));
        at += execwire_next_printable(text + at, s->size - at, &printable);
        note_number(w, printable);
        at += execwire_printable_span(text + at, s->size - at);
    }
    note_code(w, execwire_fail(&w->error, EXECWIRE_ERROR_CHECKSUM, s->size));
    note_text(w, execwire_version());
}

/* ---- Rounds ---- */

static uint64_t run_round(work *w, const sample *s)
{
    w->seen = 0xCBF29CE484222325;
    use_messages(w, s);
    use_json(w, s);
    use_fields(w, s);
    use_fuzz(w, s);
    use_delimited(w, s);
    use_serial(w, s);
    use_states(w, s);
    use_helpers(w, s);
    use_link(w, samples, SAMPLES, (size_t)(s - samples));
    use_seal(w, (size_t)(s - samples));
    w->rounds++;
    return w->seen;
}

static work *new_work(void)
{
    work *w = calloc(1, sizeof *w);

    assert_non_null(w);
    return w;
}

static void make_sample(sample *s, unsigned number)
{
    s->source.seed = number;
    if (number % 4 == 0)
        random_state(&s->source, &s->state);
    else
        random_update(&s->source, number / 8, &s->state);
    assert_int_equal(execwire_encode(&s->state, NULL, 0, &s->size, NULL), EXECWIRE_OK);
    s->bytes = malloc(s->size + 1);
    assert_non_null(s->bytes);
    assert_int_equal(execwire_encode(&s->state, s->bytes, s->size, &s->size, NULL), EXECWIRE_OK);
    assert_int_equal(execwire_json_write(&s->state, NULL, NULL, 0, &s->json_size, NULL),
                     EXECWIRE_OK);
    s->json = malloc(s->json_size);
    assert_non_null(s->json);
    assert_int_equal(
        execwire_json_write(&s->state, NULL, s->json, s->json_size, &s->json_size, NULL),
        EXECWIRE_OK);
}

static pthread_barrier_t together;

static bool is_over(const struct timespec *start)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec - start->tv_sec > SECONDS ||
           (now.tv_sec - start->tv_sec == SECONDS && now.tv_nsec >= start->tv_nsec);
}

/* All samples, as often as the time allows. No assertion here: cmocka is for one thread. */
static void *run_thread(void *own)
{
    work *w = own;
    struct timespec start;

    pthread_barrier_wait(&together);
    clock_gettime(CLOCK_MONOTONIC, &start);
    do
        for (size_t i = 0; i < SAMPLES; i++)
            w->differences += run_round(w, &samples[i]) != samples[i].seen;
    while (!is_over(&start));
    return NULL;
}

static void test_all_at_once(void **unused)
{
    pthread_t threads[THREADS];
    work *works[THREADS];
    unsigned rounds = 0;

    (void)unused;
    assert_int_equal(pthread_barrier_init(&together, NULL, THREADS), 0);
    for (size_t i = 0; i < THREADS; i++) {
        works[i] = new_work();
        assert_int_equal(pthread_create(&threads[i], NULL, run_thread, works[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(works[i]->differences, 0);
        assert_in_range(works[i]->rounds, SAMPLES, UINT32_MAX);
        rounds += works[i]->rounds;
        free(works[i]);
    }
    print_message("%u rounds of all calls in %d threads\n", rounds, THREADS);
}

/* What one thread alone is told, and that it is told the same the next time. */
static int set_up(void **unused)
{
    work *w = new_work();

    (void)unused;
    samples = calloc(SAMPLES, sizeof *samples);
    assert_non_null(samples);
    for (unsigned i = 0; i < SAMPLES; i++)
        make_sample(&samples[i], i);
    for (unsigned i = 0; i < SAMPLES; i++)
        samples[i].seen = run_round(w, &samples[i]);
    for (unsigned i = 0; i < SAMPLES; i++)
        assert_int_equal(run_round(w, &samples[i]), samples[i].seen);
    free(w);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    for (unsigned i = 0; i < SAMPLES; i++) {
        free(samples[i].bytes);
        free(samples[i].json);
    }
    free(samples);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_at_once),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
