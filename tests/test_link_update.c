/* Numbers that a frame packs into one, and which of two updates is newer. Expected values: the list
 * of bits in link/frame/update.h, put together in Python, and that of bytes in link/frame/head.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "link/frame/head.h"
#include "link/frame/update.h"
#include "link/model/numbers.h"

static const struct {
    unsigned ref, state;
    uint32_t number, generation;
    uint64_t elapsed;
    uint64_t of_state, of_piece;
    uint32_t head, live;
} packed[] = {
    {85, 9, 0xABCD, 0x12345678, 0x2AAAA55555555, 0xAAAA9555555544D5, 0x123456755E62CD5, 0x55E62CD5,
     0x55E6C55},
    {42, 6, 0x5432, 0xEDCBA987, 0x2AAAA55555555, 0xAAAA95555555432A, 0xEDCBA982A19D32A, 0x2A19D32A,
     0x2A193AA},
    {127, 15, 65535, UINT32_MAX, 0x3FFFFFFFFFFFF, 0xFFFFFFFFFFFFC7FF, 0xFFFFFFF7FFFFFFF, 0x7FFFFFFF,
     0x7FFFFFF},
    {0, 0, 0, 0, 0, 0, 0, 0, 0},
};

static void test_putting_together(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof packed / sizeof packed[0]; i++) {
        uint32_t head = execwire_piece_head(packed[i].ref, packed[i].state, packed[i].generation,
                                            packed[i].number);

        assert_int_equal(head, packed[i].head);
        assert_int_equal(execwire_piece_update(head, packed[i].generation), packed[i].of_piece);
        assert_int_equal(execwire_update_of(packed[i].ref, packed[i].state, packed[i].elapsed),
                         packed[i].of_state);
        assert_int_equal(execwire_live_of(packed[i].ref, packed[i].generation, packed[i].number),
                         packed[i].live);
    }
}

static void test_taking_apart(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof packed / sizeof packed[0]; i++) {
        unsigned low = packed[i].generation % 16;

        assert_int_equal(execwire_update_ref(packed[i].of_state), packed[i].ref);
        assert_int_equal(execwire_update_state(packed[i].of_state), packed[i].state);
        assert_int_equal(execwire_update_elapsed(packed[i].of_state), packed[i].elapsed);
        assert_int_equal(execwire_piece_number(packed[i].head), packed[i].number);
        assert_int_equal(execwire_piece_low_generation(packed[i].head), low);
        assert_int_equal(execwire_piece_generation(packed[i].of_piece), packed[i].generation);
        assert_int_equal(execwire_update_ref(packed[i].live), packed[i].ref);
        assert_int_equal(execwire_live_low_generation(packed[i].live), low);
        assert_int_equal(execwire_live_number(packed[i].live), packed[i].number);
    }
}

/* Executions go through New, AskForBid, AskForBidAccepted and BidAccepted to Completed or Failed,
 * or are rejected on the way. */
static void test_usual_numbers(void **unused)
{
    static const uint32_t numbers[] = {0, 1, 2, 3, 3, 4, 4, 5, 5};

    (void)unused;
    for (unsigned state = 0; state < sizeof numbers / sizeof numbers[0]; state++)
        assert_int_equal(execwire_update_usual_number(state), numbers[state]);
}

static void test_what_is_newer(void **unused)
{
    static const struct {
        uint32_t generation, number, known_generation, known_number;
        bool expected;
    } cases[] = {
        {7, 5, 7, 4, true},
        {7, 5, 7, 5, false},
        {7, 5, 7, 6, false},
        {8, 0, 7, 100, true}, /* another execution, whatever its number */
        {6, 200, 7, 100, false},
        {0, 0, UINT32_MAX, 100, true}, /* after 2^32 - 1 comes 0 */
        {UINT32_MAX, 200, 0, 100, false},
        {0x80000006, 0, 7, 100, true}, /* 2^31 - 1 ahead */
        {0x80000007, 0, 7, 100, false},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(execwire_update_is_newer(cases[i].generation, cases[i].number,
                                                  cases[i].known_generation, cases[i].known_number),
                         cases[i].expected);
}

/* Of the sixteen low bits of a generation seven are ahead of the known one, eight behind it. */
static void test_from_when_on_a_state_is_as_new(void **unused)
{
    (void)unused;
    for (uint32_t known = 0; known < 40; known++) {
        assert_int_equal(execwire_generation_low(known), known % 16);
        assert_int_equal(execwire_number_as_new(known % 16, 1234, known), 1234);
        for (unsigned ahead = 1; ahead < 16; ahead++)
            assert_int_equal(execwire_number_as_new((known + ahead) % 16, 1234, known),
                             ahead < 8 ? UINT32_MAX : 0);
    }
}

/* The elapsed time takes no byte, four, or from six times 2^32 ns on five and more. */
static void test_spans(void **unused)
{
    static const struct {
        uint64_t elapsed;
        unsigned span;
        size_t size;
    } spans[] = {{0, 0, 2},           {1, 1, 6},           {0xFFFFFFFF, 1, 6},
                 {0x100000000, 2, 6}, {0x4FFFFFFFF, 5, 6}, {0x500000000, 6, 6},
                 {0x5FFFFFFFF, 6, 6}, {0x600000000, 7, 7}, {0x3FFFFFFFFFFFF, 7, 9}};

    (void)unused;
    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
        uint8_t bytes[12];
        execwire_buffer_sink out = execwire_sink_buffer(bytes, sizeof bytes);
        execwire_cursor cursor = {bytes, bytes};
        uint64_t update = 0;
        bool identified = false;

        execwire_head_put_update(&out.sink, 85, 9, spans[i].elapsed, i % 2 != 0);
        assert_int_equal(out.sink.size, spans[i].size);
        assert_int_equal(bytes[0], 0x80 | 85);
        assert_int_equal(bytes[1], spans[i].span << 5 | (i % 2) << 4 | 9);
        cursor.end += out.sink.size;
        assert_int_equal(execwire_head_take_update(&cursor, &update, &identified), EXECWIRE_OK);
        assert_int_equal(update, execwire_update_of(85, 9, spans[i].elapsed));
        assert_int_equal(identified, i % 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_putting_together),
        cmocka_unit_test(test_taking_apart),
        cmocka_unit_test(test_usual_numbers),
        cmocka_unit_test(test_what_is_newer),
        cmocka_unit_test(test_from_when_on_a_state_is_as_new),
        cmocka_unit_test(test_spans),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
