/* Values right behind the colon, which hosts read in a short way, against the same behind a blank,
 * which all read with care: states, codes and paths are the same, and places but for the blank.
 * Keys in the schema's order, in another, and with some left out.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check_same(const char *text)
{
    const char *colon = strchr(text, ':');
    size_t before = (size_t)(colon + 1 - text);
    size_t size = strlen(text);
    char *spaced = malloc(size + 2);
    json_document quick;
    json_document careful;

    assert_non_null(spaced);
    snprintf(spaced, size + 2, "%.*s %s", (int)before, text, colon + 1);
    json_read(&quick, text, size, false);
    json_read(&careful, spaced, size + 1, false);
    if (quick.code != careful.code)
        fail_msg("%s: %s, and behind a blank: %s", text, execwire_code_name(quick.code),
                 execwire_code_name(careful.code));
    if (quick.code != EXECWIRE_OK)
        json_check_error(&careful.error, quick.code,
                         quick.error.offset + (quick.error.offset >= before), quick.error.path,
                         quick.error.found);
    else if (!execwire_state_equal(&quick.state, &careful.state))
        fail_msg("another state: %s", text);
    json_free(&careful);
    json_free(&quick);
    free(spaced);
}

/* The value of a field, with each of these behind it. */
static void check_value(const char *key, const char *value)
{
    static const char *const ends[] = {"}",  ",\"NodeId\":\"n\"}",  " }", "", "]", "1}", "\"}",
                                       ",}", "\n,\"NodeId\":\"n\"}"};
    char text[512];

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(text, sizeof text, "{\"%s\":%s%s", key, value, ends[i]);
        check_same(text);
    }
}

static const char *const keys[] = {"JobID",     "Version", "State",   "CreateTime",
                                   "RunOutput", "job_id",  "version", "create_time"};

static void test_kinds_of_values(void **unused)
{
    static const char *const values[] = {"0",
                                         "1",
                                         "-1",
                                         "-0",
                                         "00",
                                         "01",
                                         "-",
                                         "+1",
                                         "1.0",
                                         "1e3",
                                         "1E0",
                                         "1.5",
                                         "0x1",
                                         "999999999999999999",
                                         "1000000000000000000",
                                         "9223372036854775807",
                                         "9223372036854775808",
                                         "-9223372036854775808",
                                         "2147483647",
                                         "2147483648",
                                         "-2147483648",
                                         "\"1\"",
                                         "\"\"",
                                         "\"x\"",
                                         "\"a\\n\"",
                                         "\"\\u00e9\"",
                                         "\"\xC3\xA9\"",
                                         "\"\xFF\"",
                                         "\"\t\"",
                                         "\"\x7F\"",
                                         "null",
                                         "nul",
                                         "true",
                                         "false",
                                         "{}",
                                         "[]",
                                         "",
                                         "\"Completed\"",
                                         "\"EXECUTION_STATE_NEW\"",
                                         "\"2023-10-17T12:28:08Z\"",
                                         "\"2023-10-17T12:28:08.090286107Z\"",
                                         "\"2023-10-17T12:28:08.1234567890Z\"",
                                         "\"2023-02-29T12:28:08Z\"",
                                         "\"2023-10-17T24:00:00Z\"",
                                         "\"2023-10-17T12:28:60Z\"",
                                         "\"2023-10-17t12:28:08z\"",
                                         "\"2023-10-17T12:28:08+02:00\"",
                                         "\"2023-10-17T12:28:08.Z\"",
                                         "\"0000-12-31T12:28:08Z\"",
                                         "\"2023-10-17\\u005412:28:08Z\"",
                                         "\"2023-10-17T12:28:08\"",
                                         "'n'"};

    (void)unused;
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        for (size_t v = 0; v < sizeof values / sizeof *values; v++)
            check_value(keys[k], values[v]);
}

/* Each length, with what ends a string at each place: blocks begin and end everywhere. */
static void test_lengths_of_strings(void **unused)
{
    static const char marks[] = "x\\\x1F\xC3\xFF";
    char value[128];

    (void)unused;
    for (size_t size = 0; size < 70; size++)
        for (size_t at = 0; at < size; at += 1 + size / 9)
            for (size_t m = 0; m < sizeof marks - 1; m++) {
                memset(value, 'x', sizeof value);
                value[0] = value[size + 1] = '"';
                value[1 + at] = marks[m];
                value[size + 2] = '\0';
                check_value("JobID", value);
            }
}

/* What a member is, by the position of its bit: its key in both forms. */
static const struct {
    const char *key;
    const char *documented;
    const char *value;
} members[] = {{"ComputeReference", "compute_reference", "\"c\""},
               {"CreateTime", "create_time", "\"2023-10-17T12:28:08Z\""},
               {"DesiredState", "desired_state", "2"},
               {"JobID", "job_id", "\"j\""},
               {"NodeId", "node_id", "\"n\""},
               {"State", "state", "7"},
               {"Status", "status", "\"s\""},
               {"Version", "version", "9"}};
#define MEMBERS (sizeof members / sizeof *members)

/* Each bit says of a member in turn whether its key has the documented form. */
static const unsigned forms[] = {0, ~0u, 0x55, 0xF0};

static void check_members(const char *text, size_t size, unsigned mask)
{
    json_document document;

    json_read(&document, text, size, false);
    assert_int_equal(document.code, EXECWIRE_OK);
    assert_true(json_is(document.state.compute_reference, (mask & 1) != 0 ? "c" : NULL));
    assert_int_equal(document.state.create_time.seconds, (mask & 2) != 0 ? 1697545688 : 0);
    assert_int_equal(document.state.desired_state, (mask & 4) != 0 ? 2 : 0);
    assert_true(json_is(document.state.job_id, (mask & 8) != 0 ? "j" : NULL));
    assert_true(json_is(document.state.node_id, (mask & 16) != 0 ? "n" : NULL));
    assert_int_equal(document.state.state, (mask & 32) != 0 ? 7 : 0);
    assert_true(json_is(document.state.status, (mask & 64) != 0 ? "s" : NULL));
    assert_int_equal(document.state.version, (mask & 128) != 0 ? 9 : 0);
    assert_int_equal(document.state.has_state, (mask & 32) != 0);
    assert_int_equal(document.state.has_version, (mask & 128) != 0);
    json_free(&document);
}

/* Members in this order, those of `mask` alone, the others left out. */
static void check_order(const size_t order[MEMBERS], unsigned mask, unsigned form)
{
    char text[512];
    size_t used = 1;

    text[0] = '{';
    for (size_t i = 0; i < MEMBERS; i++) {
        size_t m = order[i];

        if ((mask >> m & 1) != 0)
            used += (size_t)snprintf(
                text + used, sizeof text - used, "%s\"%s\":%s", used > 1 ? "," : "",
                (form >> i & 1) != 0 ? members[m].documented : members[m].key, members[m].value);
    }
    text[used++] = '}';
    check_members(text, used, mask);
}

static void check_orders(const size_t order[MEMBERS])
{
    for (unsigned mask = 0; mask < 1u << MEMBERS; mask++)
        for (size_t form = 0; form < sizeof forms / sizeof *forms; form++)
            check_order(order, mask, forms[form]);
}

/* The schema's, from each member on, round; and others, in which each has another behind it. */
static void test_orders_of_members(void **unused)
{
    size_t order[MEMBERS];

    (void)unused;
    for (size_t step = 1; step < MEMBERS; step += 2)
        for (size_t first = 0; first < MEMBERS; first++) {
            for (size_t i = 0; i < MEMBERS; i++)
                order[i] = (first + i * step) % MEMBERS;
            check_orders(order);
        }
}

/* That of the comments in the .proto. */
static void test_the_order_of_servers(void **unused)
{
    static const size_t order[MEMBERS] = {3, 4, 0, 5, 7, 1, 2, 6};

    (void)unused;
    check_orders(order);
}

/* A key that comes again is found, wherever the guess is. */
static void test_keys_twice(void **unused)
{
    char text[512];
    json_document document;

    (void)unused;
    for (size_t one = 0; one < MEMBERS; one++)
        for (size_t between = 0; between < MEMBERS; between++) {
            size_t offset = 1;

            if (between != one)
                offset = (size_t)snprintf(text, sizeof text, "{\"%s\":%s,\"%s\":%s,",
                                          members[one].key, members[one].value,
                                          members[between].key, members[between].value);
            else
                offset = (size_t)snprintf(text, sizeof text, "{\"%s\":%s,", members[one].key,
                                          members[one].value);
            snprintf(text + offset, sizeof text - offset, "\"%s\":%s}", members[one].key,
                     members[one].value);
            json_read(&document, text, strlen(text), false);
            snprintf(text, sizeof text, "/%s", members[one].key);
            json_check_error(&document.error, EXECWIRE_ERROR_DUPLICATE_KEY, offset, text, NULL);
            json_free(&document);
        }
}

/* A key with one letter more is another, also where the one without is expected. */
static void test_keys_with_a_letter_more(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < MEMBERS; i++)
        for (size_t form = 0; form < 4; form++) {
            const char *before = form % 2 != 0 ? members[i].documented : members[i].key;
            const char *next = i + 1 < MEMBERS ? members[i + 1].key : "URL";
            char text[256], path[64];
            json_document document;
            size_t offset;

            if (form % 2 != 0 && i + 1 < MEMBERS)
                next = members[i + 1].documented;
            snprintf(path, sizeof path, form < 2 ? "/x%s" : "/%sx", i > 0 ? next : before);
            offset =
                i > 0 ? (size_t)snprintf(text, sizeof text, "{\"%s\":%s,", before, members[i].value)
                      : (size_t)snprintf(text, sizeof text, "{");
            snprintf(text + offset, sizeof text - offset, "\"%s\":1}", path + 1);
            json_read(&document, text, strlen(text), false);
            json_check_error(&document.error, EXECWIRE_ERROR_UNKNOWN_KEY, offset, path, NULL);
            json_free(&document);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds_of_values),   cmocka_unit_test(test_lengths_of_strings),
        cmocka_unit_test(test_orders_of_members), cmocka_unit_test(test_the_order_of_servers),
        cmocka_unit_test(test_keys_twice),        cmocka_unit_test(test_keys_with_a_letter_more)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
