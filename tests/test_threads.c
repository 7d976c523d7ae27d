/* Threads do not disturb each other: eight of them make every public call at once, on memory of
 * their own and from the same states, bytes and texts, and each is told what one alone is told.
 * `make threads` runs it under TSan, which sees a write to anything shared, whether it changes a
 * result or not.
 *
 * SPDX-License-Identifier: Apache-2.0 */
/* promise: keeps-nothing */
/* promise: kept-in-the-structs */
#include "support/cmocka.h"
#include "support/lent.h"

#include "support/random_state.h"

#include <execwire/abi.h>
#include <execwire/fields.h>
#include <execwire/fuzz.h>
#include <execwire/gateway.h>
#include <execwire/link.h>
#include <execwire/link_frame.h>
#include <execwire/printable.h>
#include <execwire/serial.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define THREADS 8
#define SAMPLES 24
#define SECONDS 1
#define REFS    4
#define ENTRIES 64
#define ROOM    (256 << 10)
#define MTU     120

/* What all threads read. */
typedef struct sample {
    random_source source; /* has the state's texts */
    execwire_state state;
    uint8_t *bytes;
    size_t size;
    char *json;
    size_t json_size;
    uint64_t seen; /* by one alone: of all that was said */
} sample;

static sample *samples;

/* What each thread has of its own. */
typedef struct work {
    uint64_t seen;
    execwire_error error;
    size_t size; /* of the output */
    char out[ROOM], text[ROOM], other[ROOM];
    execwire_entry entries[ENTRIES];
    execwire_link_sender sender;
    execwire_link_receiver receiver;
    execwire_link_execution executions[REFS];
    execwire_link_context contexts[REFS];
    execwire_link_transfer transfers[2];
    const execwire_state *newest[REFS];
    execwire_gateway gateway;
    execwire_gateway_node nodes[4];
    execwire_gateway_source sources[4];
    execwire_gateway_assembly assemblies[1];
    uint64_t shared[ROOM / 8];
    char frame[MTU], words[200];
    char store[ROOM], pieces[ROOM];
    uint64_t now;
    unsigned frames;
    unsigned rounds;
    unsigned differences;
} work;

/* ---- What was said ---- */

static void note(work *w, const void *data, size_t size)
{
    for (size_t i = 0; i < size; i++) /* FNV-1a */
        w->seen = (w->seen ^ ((const uint8_t *)data)[i]) * 0x100000001B3;
}

static void note_number(work *w, uint64_t number)
{
    note(w, &number, sizeof number);
}

static void note_text(work *w, const char *text)
{
    note(w, text, strlen(text) + 1);
}

/* Of a call that was given &w->error. */
static void note_code(work *w, execwire_code code)
{
    note_number(w, code);
    if (code == EXECWIRE_OK)
        return;
    note_number(w, w->error.code);
    note_number(w, w->error.offset);
    note_text(w, w->error.text);
    note_text(w, w->error.path);
    note_text(w, w->error.found != NULL ? w->error.found : "");
}

/* Of a call that was given w->out and &w->size as well. */
static void note_output(work *w, execwire_code code)
{
    note_code(w, code);
    note_number(w, w->size);
    if (code == EXECWIRE_OK)
        note(w, w->out, w->size);
}

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
        execwire_state state;

        note_code(w, execwire_json_read(s->json, s->json_size * cut / 4, NULL, &scratch, &state,
                                        &w->error));
        note_number(w, scratch.text_size);
        note_output(w, execwire_encode(&state, w->out, ROOM, &w->size, &w->error));
        note_code(w, execwire_json_read_first(s->json, s->json_size * cut / 4, &w->size, NULL,
                                              &scratch, &state, &w->error));
        note_number(w, w->size);
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

/* ---- The link ---- */

/* What the fields of a frame hold, each read as whatever it might be. */
static void note_frame_field(void *context, const execwire_field_view *field)
{
    char ids[EXECWIRE_FRAME_IDS_SIZE];
    work *w = context;
    execwire_update_parts parts;
    execwire_repair repair = {.update = 0};
    execwire_str rest = field->bytes, checks = field->bytes, numbers = field->bytes;
    uint32_t value = 0;

    note_number(w, field->end);
    note(w, ids, execwire_frame_ids(field, ids));
    execwire_frame_update_parts((uint64_t)field->value, w->frames % 2 > 0, &parts);
    note_number(w, parts.number);
    execwire_frame_live_parts((uint32_t)field->value, &parts);
    note_number(w, parts.generation);
    execwire_frame_elapsed((uint64_t)field->value, &parts.elapsed);
    note_number(w, (uint64_t)parts.elapsed.seconds);
    note_number(w, execwire_frame_next_repair(&rest, &repair));
    note_number(w, repair.update);
    note_number(w, execwire_frame_next_fixed32(&checks, &value));
    note_number(w, execwire_frame_next_number(&numbers, &value));
    note_number(w, value);
    note_output(w, execwire_frame_text(field->bytes.data, field->bytes.size, w->out, ROOM, &w->size,
                                       NULL, &w->error));
}

static void note_frame(work *w, const void *frame, size_t size)
{
    execwire_frame_kind kind;

    note_code(w, execwire_visit_frame(frame, size, note_frame_field, w, &kind, &w->error));
    note_text(w, execwire_frame_kind_name(kind));
}

/* Every third frame is lost. */
static void emit(void *context, const void *frame, size_t size)
{
    work *w = context;
    execwire_link_event event;
    execwire_gateway_event from;
    execwire_str node;

    note(w, frame, size);
    note_frame(w, frame, size);
    note_number(w, execwire_link_hello_node(frame, size, w->other, &node));
    note(w, node.data, node.size);
    if (++w->frames % 3 == 0)
        return;
    note_code(w, execwire_link_receive(&w->receiver, frame, size, w->now, &event, &w->error));
    note_number(w, event.outcome);
    note(w, event.message.data, event.message.size);
    note_code(w, execwire_gateway_receive(&w->gateway, EXECWIRE_STR("here"), frame, size, w->now,
                                          &from, &w->error));
    note_number(w, from.link.outcome);
    note_number(w, from.node);
    note(w, from.link.message.data, from.link.message.size);
}

static const execwire_state *recall(void *context, unsigned ref)
{
    return ((work *)context)->newest[ref];
}

static void open_gateway(work *w, execwire_link_mode mode)
{
    const execwire_gateway_options options = {.mode = mode,
                                              .nodes = w->nodes,
                                              .node_count = 4,
                                              .sources = w->sources,
                                              .source_count = 4,
                                              .store = w->shared,
                                              .store_capacity = sizeof w->shared,
                                              .assemblies = w->assemblies,
                                              .assembly_count = 1,
                                              .pieces = w->other,
                                              .piece_capacity = ROOM,
                                              .text = w->text,
                                              .text_capacity = ROOM / 4,
                                              .entries = w->entries,
                                              .entry_capacity = ENTRIES};

    note_code(w, execwire_gateway_init(&w->gateway, &options, &w->error));
}

static void open_link(work *w, execwire_link_mode mode)
{
    const execwire_link_sender_options sending = {.mode = mode,
                                                  LENT_TO_SENDER(w),
                                                  .mtu = MTU,
                                                  LENT_WORDS(w),
                                                  .emit = emit,
                                                  .recall = recall,
                                                  .context = w};
    const execwire_link_receiver_options receiving = {
        .mode = mode, LENT_TO_RECEIVER(w), LENT_ENTRIES(w)};

    w->now = 0;
    w->frames = 0;
    note_code(w, execwire_link_sender_init(&w->sender, &sending, &w->error));
    note_code(w, execwire_link_receiver_init(&w->receiver, &receiving, &w->error));
    open_gateway(w, mode);
    execwire_link_restore_session(&w->sender, 7);
    note_number(w, execwire_link_session(&w->sender));
    note_number(w, execwire_link_waiting(&w->sender));
    note_number(w, execwire_link_acknowledged(&w->sender, 0));
}

static void answer(work *w)
{
    char frame[MTU];
    execwire_str to;

    note_number(w,
                execwire_link_receiver_poll(&w->receiver, w->now, frame, sizeof frame, &w->size));
    note(w, frame, w->size);
    if (w->size > 0)
        note_code(w, execwire_link_feedback(&w->sender, frame, w->size, &w->error));
    note_number(w, execwire_gateway_poll(&w->gateway, w->now, frame, sizeof frame, &w->size, &to));
    note(w, frame, w->size);
    note(w, to.data, to.size);
}

static void use_link(work *w, const sample *s)
{
    open_link(w, (execwire_link_mode)((s - samples) % 3));
    for (size_t i = 0; i < 6; i++) {
        const sample *next = &samples[((size_t)(s - samples) + i) % SAMPLES];
        unsigned ref = 0;

        note_code(w, execwire_link_update(&w->sender, &next->state, w->now, &ref, &w->error));
        w->newest[ref] = &next->state;
        answer(w);
        w->now += 1500;
        note_number(w, execwire_link_sender_poll(&w->sender, w->now));
    }
    for (unsigned ref = 0; ref < REFS; ref++) {
        execwire_link_view view;

        note_number(w, execwire_link_receiver_view(&w->receiver, ref, w->now, &view));
        note(w, view.message.data, view.message.size);
        note_number(w, execwire_gateway_view(&w->gateway, 0, ref, w->now, &view));
        note(w, view.message.data, view.message.size);
        note(w, w->other, execwire_gateway_name(&w->gateway, ref, w->other).size);
    }
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
    use_link(w, s);
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
