/* No call allocates: malloc and the like are replaced by functions that count while a call runs.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#define FEATURE(name) __has_feature(name)
#else
#define FEATURE(name) 0
#endif

/* ---- The trap ---- */

static volatile bool armed;
static volatile size_t trapped;

/* A sanitizer has an allocator of its own, which must not be replaced; musl has no such names. */
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !FEATURE(address_sanitizer) &&         \
    !FEATURE(memory_sanitizer)

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *memory);

void *malloc(size_t size)
{
    trapped += armed;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    trapped += armed;
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    trapped += armed;
    return __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    trapped += armed;
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    trapped += armed;
    *memory = __libc_memalign(alignment, size);
    return *memory != NULL ? 0 : ENOMEM;
}

void free(void *memory)
{
    trapped += armed;
    __libc_free(memory);
}

#endif

static void set(void)
{
    trapped = 0;
    armed = true;
}

static size_t spring(void)
{
    armed = false;
    return trapped;
}

static void test_the_trap_works(void **unused)
{
    void *(*volatile allocate)(size_t) = malloc;
    void (*volatile release)(void *) = free;
    size_t seen;

    (void)unused;
    set();
    release(allocate(1));
    seen = spring();
    if (seen == 0) {
        print_message("skipped: the trapping malloc: a sanitizer or valgrind has its own\n");
        skip();
    }
    assert_int_equal(seen, 2);
}

/* ---- All calls ---- */

#define ROOM    8192
#define ENTRIES 40

static execwire_entry entries[ENTRIES];
static char text[ROOM];
static char out[ROOM];
static char buffer[ROOM];
static execwire_state state;
static execwire_error error;

static execwire_scratch scratch(void)
{
    return (execwire_scratch){
        .entries = entries, .entry_capacity = ENTRIES, .text = text, .text_capacity = ROOM};
}

/* Here it matters what the calls call, not what they say. */

static void use_json(const char *json, size_t size)
{
    execwire_scratch room = scratch();
    execwire_json_options options = {.ignore_unknown = true};
    execwire_json_walk walk;
    size_t used;

    (void)execwire_json_read(json, size, NULL, &room, NULL, &error);
    (void)execwire_json_read(json, size, &options, &room, &state, &error);
    (void)execwire_json_walk_init(&walk, EXECWIRE_STR("/*"), &error);
    (void)execwire_json_walk_next(&walk, json, size, &used, &error);
    (void)execwire_json_walk_is_between(&walk);
    (void)execwire_json_read_first(json, size, &size, &options, &room, &state, &error);
}

static void use_message(const char *bytes, size_t size)
{
    execwire_scratch room = scratch();

    (void)execwire_check(bytes, size, NULL, &error);
    (void)execwire_decode(bytes, size, &room, &state, &error);
}

static void write_all(size_t capacity)
{
    size_t size;

    (void)execwire_encode(&state, NULL, 0, &size, &error);
    (void)execwire_encode(&state, out, capacity, &size, &error);
    (void)execwire_delimited_write(&state, out, capacity, &size, &error);
    for (int i = 0; i < 8; i++) {
        execwire_json_options options = {
            .form = i & 1 ? EXECWIRE_JSON_API : EXECWIRE_JSON_DOCUMENTED,
            .enums = i & 2 ? EXECWIRE_JSON_ENUM_NAMES : EXECWIRE_JSON_ENUM_NUMBERS,
            .pretty = i & 4};

        (void)execwire_json_write(&state, &options, out, capacity, &size, &error);
    }
}

static void use_stream(size_t size, size_t piece)
{
    execwire_delimited_reader reader;
    execwire_str message;
    size_t used;

    execwire_delimited_init(&reader, buffer, ROOM);
    for (size_t at = 0; at < size; at += used)
        (void)execwire_delimited_feed(&reader, out + at, piece < size - at ? piece : size - at,
                                      &used, &message, &error);
    (void)execwire_delimited_end(&reader, &error);
}

/* Whole, and cut everywhere. */
static void check_vector(const char *bytes, size_t size, const char *json, size_t json_size)
{
    size_t stream_size;

    set();
    for (size_t cut = 0; cut < json_size; cut++)
        use_json(json, cut);
    for (size_t cut = 0; cut < size; cut++)
        use_message(bytes, cut);
    use_json(json, json_size);
    write_all(16);
    use_message(bytes, size);
    write_all(ROOM);
    assert_int_equal(execwire_delimited_write(&state, out, ROOM, &stream_size, &error),
                     EXECWIRE_OK);
    use_stream(stream_size, 1);
    use_stream(stream_size, ROOM);
    assert_int_equal(spring(), 0);
    /* it was read, or nothing would have been shown */
    assert_in_range(stream_size, size + 1, size + 2);
}

/* promise: never-allocates */
static void test_reading_and_writing(void **unused)
{
    (void)unused;
    wire_each_vector(check_vector);
}

static void test_helpers(void **unused)
{
    static const char descending[ENTRIES + 1] = "zyxwvutsrqponmlkjihgfedcbaZYXWVUTSRQPONM";
    execwire_map map = {entries, ENTRIES};
    execwire_time time;
    size_t size;

    (void)unused;
    for (size_t i = 0; i < ENTRIES; i++)
        entries[i].key = (execwire_str){&descending[i], 1};
    set();
    assert_int_equal(execwire_map_sort(&map, &error), EXECWIRE_OK);
    assert_int_equal(execwire_utf8_mend("a\xFFz", 3, out, ROOM, &size, &error), EXECWIRE_OK);
    assert_int_equal(execwire_time_read("2023-10-17T12:28:08.5+02:00", 27, &time, &error),
                     EXECWIRE_OK);
    assert_int_equal(execwire_time_write(&time, out, ROOM, &size, &error), EXECWIRE_OK);
    assert_int_equal(execwire_time_read("2023-02-29T12:28:08Z", 20, &time, &error),
                     EXECWIRE_ERROR_TIME_FIELD);
    for (int i = 0; i < EXECWIRE_CODE_COUNT; i++) {
        execwire_code_name((execwire_code)i);
        execwire_code_text((execwire_code)i);
    }
    execwire_version();
    assert_int_equal(spring(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_trap_works),
        cmocka_unit_test(test_reading_and_writing),
        cmocka_unit_test(test_helpers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
