/* Three writers, one format: nanopb's and ours write the same bytes of every state, at every
 * capacity. Each is the others' oracle; that the bytes are protobuf is tested elsewhere, with
 * protobuf.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "schema/schema.h"
#include "wire/at_once.h"
#include "wire/format.h"
#include "wire/writer.h"

#include "support/bad_states.h"
#include "support/json.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES 4
#define STATES  200

/* ---- States at random, whatever the schema ---- */

static uint64_t seed;

/* xorshift64* (Vigna 2016). */
static uint64_t next_random(void)
{
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return seed * 2685821657736338717U;
}

static bool sometimes(void)
{
    return next_random() % 2 == 0;
}

/* Numbers of every length, and the ends of their ranges. */
static int64_t random_number(void)
{
    int64_t number = (int64_t)(next_random() >> next_random() % 64);

    return sometimes() ? number : -number - 1;
}

/* Lengths on both sides of where a length takes another byte. */
static execwire_str random_text(void)
{
    static const size_t sizes[] = {0, 1, 36, 127, 128, 300, 16383, 16384};
    static char text[16384];

    memset(text, 'x', sizeof text);
    return (execwire_str){text, sizes[next_random() % (sometimes() ? 8 : 4)]};
}

/* Ordered by key, as a writer wants it. */
static execwire_map random_map(void)
{
    static const char keys[ENTRIES] = "abc";
    static execwire_entry entries[ENTRIES];

    entries[0] = (execwire_entry){EXECWIRE_STR(""), random_text(), 0};
    for (size_t i = 1; i < ENTRIES; i++)
        entries[i] = (execwire_entry){{&keys[i - 1], 1}, random_text(), 0};
    return (execwire_map){entries, next_random() % (ENTRIES + 1)};
}

static execwire_time random_time(void)
{
    static const int64_t seconds[] = {0, -62135596800, 253402300799, 1697545688, -1};

    return (execwire_time){seconds[next_random() % 5],
                           sometimes() ? 0 : (int32_t)(next_random() % 1000000000)};
}

static void fill_message(const execwire_message *message, void *base);

static void fill(const execwire_field *field, void *member)
{
    switch ((execwire_kind)field->kind) {
    case EXECWIRE_KIND_STRING:
        *(execwire_str *)member = random_text();
        break;
    case EXECWIRE_KIND_BOOL:
        *(bool *)member = sometimes();
        break;
    case EXECWIRE_KIND_INT32:
    case EXECWIRE_KIND_ENUM:
        *(int32_t *)member = (int32_t)(random_number() & INT32_MAX);
        break;
    case EXECWIRE_KIND_INT64:
    case EXECWIRE_KIND_SINT64:
        *(int64_t *)member = random_number();
        break;
    case EXECWIRE_KIND_TIME:
        *(execwire_time *)member = random_time();
        break;
    case EXECWIRE_KIND_MESSAGE:
        fill_message(execwire_field_message(field), member);
        break;
    case EXECWIRE_KIND_MAP:
        *(execwire_map *)member = random_map();
        break;
    }
}

static void fill_message(const execwire_message *message, void *base)
{
    for (size_t i = 0; i < message->count; i++) {
        const execwire_field *field = &message->fields[i];

        if (sometimes())
            continue;
        execwire_set_present(field, base);
        fill(field, execwire_member(field, base));
    }
}

/* ---- The comparison ---- */

/* All writers. That of hosts touches nothing behind the message, and nothing at all if it does not
 * fit. */
static void check_capacity(const execwire_state *state, const uint8_t *expected, size_t size,
                           size_t capacity)
{
    uint8_t *room = malloc(capacity + 1);

    memset(room, 0xA5, capacity + 1);
    assert_int_equal(execwire_direct_write(state, room, capacity), size);
    if (capacity >= size)
        assert_memory_equal(room, expected, size);
    for (size_t i = capacity >= size ? size : 0; i <= capacity; i++)
        if (room[i] != 0xA5)
            fail_msg("byte %zu of %zu was written", i, capacity);
    assert_int_equal(execwire_nanopb_write(state, room, capacity), size);
    if (capacity >= size)
        assert_memory_equal(room, expected, size);
    memset(room, 0xA5, capacity + 1);
    assert_int_equal(execwire_canonical_encode(state, room, capacity), size);
    if (capacity >= size)
        assert_memory_equal(room, expected, size);
    assert_int_equal(room[capacity], 0xA5);
    free(room);
}

#ifdef EXECWIRE_WRITES_AT_ONCE

/* The writer that does not measure first: a message wherever there is room for it, and never
 * another one. */
static void check_at_once_behind(const execwire_state *state, const uint8_t *expected, size_t size,
                                 size_t before)
{
    size_t most = before + size + 40;
    uint8_t *room = malloc(most + 1);

    assert_non_null(room);
    for (size_t capacity = size < 600 ? 0 : size - 40; capacity <= most; capacity++) {
        size_t written;

        memset(room, 0xA5, most + 1);
        assert_int_equal(execwire_write_at_once(state, room, capacity, before, &written),
                         capacity >= before + size && capacity > before);
        for (size_t i = 0; i < before; i++)
            assert_int_equal(room[i], 0xA5);
        for (size_t i = capacity; i <= most; i++)
            assert_int_equal(room[i], 0xA5);
        if (capacity < before + size || capacity == before)
            continue;
        assert_int_equal(written, size);
        assert_memory_equal(room + before, expected, size);
    }
    free(room);
}

static void check_at_once(const execwire_state *state, const uint8_t *expected, size_t size)
{
    size_t measured;

    assert_true(execwire_measure_at_once(state, &measured));
    assert_int_equal(measured, size);
    check_at_once_behind(state, expected, size, 0);
    check_at_once_behind(state, expected, size, 2);
}

static void check_bad(const execwire_state *state, execwire_code code, size_t offset,
                      const char *path)
{
    static uint8_t room[4096];
    size_t size;

    (void)code;
    (void)offset;
    if (execwire_write_at_once(state, room, sizeof room, 0, &size))
        fail_msg("is written: %s", path);
    if (execwire_measure_at_once(state, &size))
        fail_msg("is measured: %s", path);
}

static void test_bad_states(void **unused)
{
    (void)unused;
    bad_states_each(check_bad);
}

#else

static void check_at_once(const execwire_state *state, const uint8_t *expected, size_t size)
{
    (void)state;
    (void)expected;
    (void)size;
}

static void test_bad_states(void **unused)
{
    (void)unused;
    print_message("skipped: what is wrong is not found at once: that is for 64-bit hosts alone\n");
}

#endif

/* Every capacity of a small state; of a large one those around its ends. */
static void check_state(const execwire_state *state)
{
    size_t size = execwire_nanopb_write(state, NULL, 0);
    uint8_t *expected = malloc(size + 1);

    assert_int_equal(execwire_direct_write(state, NULL, 0), size);
    assert_int_equal(execwire_canonical_encode(state, NULL, 0), size);
    assert_int_equal(execwire_nanopb_write(state, expected, size), size);
    for (size_t capacity = 0; capacity <= size + 2; capacity++)
        if (size < 600 || capacity < 40 || capacity + 40 > size)
            check_capacity(state, expected, size, capacity);
    check_at_once(state, expected, size);
    free(expected);
}

static void test_states_at_random(void **unused)
{
    (void)unused;
    seed = 1;
    for (int i = 0; i < STATES; i++) {
        execwire_state state = {0};

        fill_message(&execwire_messages[0], &state);
        check_state(&state);
    }
}

static void test_nothing(void **unused)
{
    execwire_state state = {0};

    (void)unused;
    check_state(&state);
}

static void test_the_vectors(void **unused)
{
    glob_t found;

    (void)unused;
    assert_int_equal(glob("tests/vectors/*.json", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        json_document document;
        size_t size;
        char *text = json_read_file(found.gl_pathv[i], &size);

        json_read(&document, text, size, true);
        assert_int_equal(document.code, EXECWIRE_OK);
        check_state(&document.state);
        json_free(&document);
        free(text);
    }
    globfree(&found);
}

/* Every number of bits, by the word and one byte after the other. */
static void test_varints_by_the_word(void **unused)
{
    (void)unused;
    for (unsigned bits = 0; bits <= 64; bits++)
        for (int i = -3; i <= 300; i++) {
            uint64_t top = bits < 64 ? UINT64_C(1) << bits : 0;
            uint64_t value = i < 4 ? top + (uint64_t)(int64_t)i : next_random() & (top - 1);
            uint8_t expected[16];
            uint8_t got[16];
            size_t size = (size_t)(execwire_varint_put(expected, value) - expected);

            assert_int_equal(execwire_varint_put_word(got, value) - got, size);
            assert_memory_equal(got, expected, size);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_varints_by_the_word),
        cmocka_unit_test(test_bad_states),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_the_vectors),
        cmocka_unit_test(test_states_at_random),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
