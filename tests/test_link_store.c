/* The newest states in the memory lent, beside a plain list of them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "link/receiver/owed.h"
#include "link/receiver/store.h"

#include <string.h>

#define REFS     6
#define CAPACITY 64

/* What is expected. */
typedef struct item {
    bool known;
    bool owed;
    size_t size;
    char bytes[CAPACITY];
    uint64_t heard;
} item;

static struct {
    execwire_link_receiver receiver;
    execwire_link_context contexts[REFS + 1]; /* the last one is not lent */
    char store[CAPACITY + 16];                /* nor is what is behind the capacity */
    char text[16];
    item items[REFS];
    size_t used;
    unsigned forgotten, owed;
    size_t wanted; /* bytes that the store was asked to grow to */
    uint32_t seed;
} w;

static void open_store(void)
{
    const execwire_link_receiver_options options = {.contexts = w.contexts,
                                                    .context_count = REFS,
                                                    .store = w.store,
                                                    .store_capacity = CAPACITY,
                                                    .text = w.text,
                                                    .text_capacity = sizeof w.text};

    memset(&w, 0, sizeof w);
    memset(w.store, '~', sizeof w.store);
    w.seed = 1;
    assert_int_equal(execwire_link_receiver_init(&w.receiver, &options, NULL), EXECWIRE_OK);
    w.contexts[REFS] = (execwire_link_context){.known = true, .offset = 999, .size = 5};
}

static unsigned draw(unsigned below)
{
    w.seed = w.seed * 1664525 + 1013904223; /* Numerical Recipes' generator */
    return (w.seed >> 12) % below;
}

static void leave(item *old)
{
    w.used -= old->known ? old->size : 0;
    w.owed -= old->owed;
    old->known = old->owed = false;
}

static item *most_silent(void)
{
    item *found = NULL;

    for (item *i = w.items; i < w.items + REFS; i++)
        if (i->known && (found == NULL || i->heard < found->heard))
            found = i;
    return found;
}

/* Puts a message, into both. */
static void put(unsigned ref, size_t size, uint64_t now)
{
    char bytes[CAPACITY + 8];
    item *own = &w.items[ref];

    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)('0' + draw(75));
    assert_int_equal(execwire_store_put(&w.receiver, &w.contexts[ref], (execwire_str){bytes, size}),
                     size <= CAPACITY);
    if (size > CAPACITY)
        return;
    leave(own);
    for (; size > CAPACITY - w.used; w.forgotten++)
        leave(most_silent());
    own->known = true;
    own->size = size;
    w.used += size;
    memcpy(own->bytes, bytes, size);
    w.contexts[ref].heard = own->heard = now;
}

static void assert_same(void)
{
    for (unsigned i = 0; i < REFS; i++) {
        execwire_str message = execwire_store_get(&w.receiver, &w.contexts[i]);

        assert_int_equal(w.contexts[i].known, w.items[i].known);
        assert_int_equal(w.contexts[i].owed, w.items[i].owed);
        if (!w.items[i].known)
            continue;
        assert_int_equal(message.size, w.items[i].size);
        assert_memory_equal(message.data, w.items[i].bytes, message.size);
    }
    assert_int_equal(w.receiver.peer.store_used, w.used);
    assert_int_equal(w.receiver.peer.owed, w.owed);
    assert_int_equal(w.receiver.stats.forgotten, w.forgotten);
    assert_memory_equal(w.store + CAPACITY, "~~~~~~~~~~~~~~~~", 16);
    assert_int_equal(w.contexts[REFS].offset, 999);
}

static void test_beside_a_list(void **unused)
{
    (void)unused;
    open_store();
    for (uint64_t now = 1; now < 5000; now++) {
        unsigned ref = draw(REFS), most = draw(4) == 0 ? CAPACITY + 2 : 20;

        put(ref, draw(most), now);
        assert_same();
        if (draw(2) == 0 && w.items[ref].known) {
            execwire_owed_ack(&w.receiver, &w.contexts[ref], now);
            w.owed += !w.items[ref].owed;
            w.items[ref].owed = true;
        }
    }
    assert_true(w.forgotten > 100);
}

/* What fits exactly takes nothing away, and what is as large as all of it takes all. */
static void test_what_fits_exactly(void **unused)
{
    (void)unused;
    open_store();
    for (unsigned ref = 0; ref < 4; ref++)
        put(ref, CAPACITY / 4, ref);
    assert_int_equal(w.receiver.stats.forgotten, 0);
    assert_same();
    put(4, 0, 10);
    assert_int_equal(w.receiver.stats.forgotten, 0);
    assert_same();
    put(5, CAPACITY + 1, 11);
    assert_int_equal(w.receiver.stats.forgotten, 0);
    assert_same();
    put(5, CAPACITY, 12);
    assert_int_equal(w.receiver.stats.forgotten, 4);
    assert_same();
}

static void note_growth(execwire_link_receiver *receiver, size_t size)
{
    assert_ptr_equal(receiver, &w.receiver);
    w.wanted = size;
}

/* The store is asked to grow to what all states take with the new one in place of the old one,
 * where that is more than it has. */
static void test_what_more_is_asked_for(void **unused)
{
    static const struct {
        unsigned ref;
        size_t size, wanted;
    } steps[] = {{0, 40, 0}, {1, 24, 0},  {1, 24, 0},  {0, 39, 0},
                 {1, 25, 0}, {1, 26, 65}, {0, 44, 70}, {0, CAPACITY + 1, CAPACITY + 1}};

    (void)unused;
    open_store();
    w.receiver.options.grow = note_growth;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        w.wanted = 0;
        put(steps[i].ref, steps[i].size, i);
        assert_int_equal(w.wanted, steps[i].wanted);
        assert_same();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_beside_a_list),
        cmocka_unit_test(test_what_fits_exactly),
        cmocka_unit_test(test_what_more_is_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
