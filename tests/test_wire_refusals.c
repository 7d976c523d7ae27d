/* What the wire reader refuses, and where it says that the fault is. test_wire_reader.c has what it
 * accepts.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/wire.h"

#include <string.h>

#define NINE_FF    "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"
#define NINE_80    "\x80\x80\x80\x80\x80\x80\x80\x80\x80"
#define RUN_OUTPUT "/RunOutput"
#define RESULTS    "/PublishedResults"

static const wire_refusal bad_tags[] = {
    WIRE_REFUSED("\x00\x01", TAG, 0, ""),
    WIRE_REFUSED("\x07", TAG, 0, ""),
    WIRE_REFUSED("\x80\x00\x01", TAG, 0, ""),
    WIRE_REFUSED("\x40\x07\x02\x00", TAG, 2, ""),
    WIRE_REFUSED("\x80\x80\x80\x80\x10\x01", TAG, 0, ""),
    WIRE_REFUSED("\xF8\xFF\xFF\xFF\x1F\x01", TAG, 0, ""),
    WIRE_REFUSED("\xFF\xFF\xFF\xFF\xFF\x00", TAG, 0, ""),
    WIRE_REFUSED("\xC0\x80\x80\x80\x80\x00\x07", TAG, 0, ""),
    WIRE_REFUSED("\x40\x07" NINE_FF "\x01", TAG, 2, ""),
    WIRE_REFUSED("\x3A\x03\x30\x01\x00", TAG, 4, RUN_OUTPUT),
    WIRE_REFUSED("\x12\x02\x01\x01", TAG, 2, "/CreateTime"),
    WIRE_REFUSED("\x32\x04\x12\x02\x05\x00", TAG, 4, RESULTS "/Metadata"),
    WIRE_REFUSED("\x7B\x01\x7C", TAG, 1, ""),
    WIRE_REFUSED("\x3A\x03\x7B\x06\x7C", TAG, 3, RUN_OUTPUT),
};

static const wire_refusal bad_wire_types[] = {
    WIRE_REFUSED("\x7E", WIRE_TYPE, 0, ""),
    WIRE_REFUSED("\x40\x07\x7F\x00", WIRE_TYPE, 2, ""),
    WIRE_REFUSED("\x46\x07", WIRE_TYPE, 0, ""),
    WIRE_REFUSED("\x27\x01x", WIRE_TYPE, 0, ""),
    WIRE_REFUSED("\xFE\xFF\xFF\xFF\x0F", WIRE_TYPE, 0, ""),
    WIRE_REFUSED("\x3A\x02\x0E\x01", WIRE_TYPE, 2, RUN_OUTPUT),
    WIRE_REFUSED("\x7B\x0F\x7C", WIRE_TYPE, 1, ""),
};

static const wire_refusal bad_lengths[] = {
    WIRE_REFUSED("\x22\x81\x80\x80\x80\x80\x00j", LENGTH, 1, "/JobID"),
    WIRE_REFUSED("\x7A\x80\x80\x80\x80\x10", LENGTH, 1, ""),
    WIRE_REFUSED("\x22\xFF\xFF\xFF\xFF\x7Fj", LENGTH, 1, "/JobID"),
    WIRE_REFUSED("\x40\x07\x22" NINE_FF "\x01", LENGTH, 3, "/JobID"),
    /* beyond the largest message: no further byte would help */
    WIRE_REFUSED("\x22\xFA\xFF\xFF\xFF\x07j", LENGTH, 1, "/JobID"),
    WIRE_REFUSED("\x22\xFF\xFF\xFF\xFF\x0Fj", LENGTH, 1, "/JobID"),
    /* beyond the enclosing message, which itself is whole */
    WIRE_REFUSED("\x3A\x03\x2A\x02x\x40\x07", LENGTH, 3, RUN_OUTPUT "/stdout"),
    WIRE_REFUSED("\x3A\x02\x2A\x01\x40\x07", LENGTH, 3, RUN_OUTPUT "/stdout"),
    WIRE_REFUSED("\x32\x03\x3A\x02\x0A", LENGTH, 3, RESULTS "/S3"),
    WIRE_REFUSED("\x32\x04\x3A\x02\x0A\x01", LENGTH, 5, RESULTS "/S3/Bucket"),
    WIRE_REFUSED("\x32\x05\x12\x03\x0A\x02x", LENGTH, 5, RESULTS "/Metadata/key"),
    WIRE_REFUSED("\x3A\x03\x7A\x02x\x40\x07", LENGTH, 3, RUN_OUTPUT),
    WIRE_REFUSED("\x3A\x06\x2A\xFF\xFF\xFF\xFF\x07\x40\x07", LENGTH, 3, RUN_OUTPUT "/stdout"),
    /* cut off by the end of a message that is whole: no further byte of the input would help */
    WIRE_REFUSED("\x3A\x01\x80\x40\x07", LENGTH, 2, RUN_OUTPUT),
    WIRE_REFUSED("\x3A\x01\x30\x40\x07", LENGTH, 3, RUN_OUTPUT "/stdouttruncated"),
    WIRE_REFUSED("\x12\x02\x08\x80\x40\x07", LENGTH, 3, "/CreateTime/seconds"),
    WIRE_REFUSED("\x3A\x02\x7D\x00\x40\x07", LENGTH, 3, RUN_OUTPUT),
    WIRE_REFUSED("\x3A\x02\x2A\x80\x00", LENGTH, 3, RUN_OUTPUT "/stdout"),
    WIRE_REFUSED("\x3A\x02\x7B\x78\x00", LENGTH, 4, RUN_OUTPUT),
};

static const wire_refusal truncations[] = {
    /* within a tag, a length, a varint and a value of fixed size */
    WIRE_REFUSED("\x80", TRUNCATED, 1, ""),
    WIRE_REFUSED("\x40\x07\xF8\xFF\xFF\xFF", TRUNCATED, 6, ""),
    WIRE_REFUSED("\x22", TRUNCATED, 1, "/JobID"),
    WIRE_REFUSED("\x22\x80", TRUNCATED, 2, "/JobID"),
    WIRE_REFUSED("\x40", TRUNCATED, 1, "/State"),
    WIRE_REFUSED("\x40\x87\x80", TRUNCATED, 3, "/State"),
    WIRE_REFUSED("\x58" NINE_FF, TRUNCATED, 10, "/Version"),
    WIRE_REFUSED("\x78", TRUNCATED, 1, ""),
    WIRE_REFUSED("\x79\x01\x02\x03\x04\x05\x06\x07", TRUNCATED, 8, ""),
    WIRE_REFUSED("\x7D\x01\x02\x03", TRUNCATED, 4, ""),
    /* what is missing is told from the length that asks for it */
    WIRE_REFUSED("\x22\x02j", TRUNCATED, 1, "/JobID"),
    WIRE_REFUSED("\x22\x80\x80\x80\x80\x07j", TRUNCATED, 1, "/JobID"),
    WIRE_REFUSED("\x3A\x05\x30\x01", TRUNCATED, 1, RUN_OUTPUT),
    WIRE_REFUSED("\x7A\x02j", TRUNCATED, 1, ""),
    /* a group that is not closed yet */
    WIRE_REFUSED("\x7B", TRUNCATED, 1, ""),
    WIRE_REFUSED("\x40\x07\x7B\x08\x01", TRUNCATED, 5, ""),
    WIRE_REFUSED("\x7B\x7B\x7C", TRUNCATED, 3, ""),
    WIRE_REFUSED("\x7B\x08", TRUNCATED, 2, ""),
    WIRE_REFUSED("\x7B\x80", TRUNCATED, 2, ""),
};

static const wire_refusal bad_varints[] = {
    WIRE_REFUSED("\x58" NINE_80 "\x80\x00", VARINT, 1, "/Version"),
    WIRE_REFUSED("\x58" NINE_80 "\x02", VARINT, 1, "/Version"),
    WIRE_REFUSED("\x58" NINE_FF "\x7F", VARINT, 1, "/Version"),
    WIRE_REFUSED("\x58" NINE_FF "\xFF", VARINT, 1, "/Version"),
    WIRE_REFUSED("\x78" NINE_80 "\x80\x00", VARINT, 1, ""),
    WIRE_REFUSED("\x78" NINE_FF "\x02", VARINT, 1, ""),
    WIRE_REFUSED("\x3A\x0C\x08" NINE_80 "\x80\x00", VARINT, 3, RUN_OUTPUT "/exitCode"),
    WIRE_REFUSED("\x7B\x08" NINE_80 "\x80\x00\x7C", VARINT, 2, ""),
};

static const wire_refusal bad_groups[] = {
    /* not open */
    WIRE_REFUSED("\x7C", GROUP, 0, ""),
    WIRE_REFUSED("\x40\x07\x7C", GROUP, 2, ""),
    WIRE_REFUSED("\x7B\x7C\x7C", GROUP, 2, ""),
    WIRE_REFUSED("\x3A\x01\x7C\x7B", GROUP, 2, RUN_OUTPUT),
    /* not closed */
    WIRE_REFUSED("\x3A\x01\x7B", GROUP, 2, RUN_OUTPUT),
    WIRE_REFUSED("\x3A\x03\x7B\x7B\x7C", GROUP, 2, RUN_OUTPUT),
    WIRE_REFUSED("\x3A\x03\x7B\x08\x01\x7C", GROUP, 2, RUN_OUTPUT),
    /* closed with another number */
    WIRE_REFUSED("\x7B\x84\x01", GROUP, 1, ""),
    WIRE_REFUSED("\x7B\x83\x01\x7C\x84\x01", GROUP, 3, ""),
};

/* The row is a field's tag with each wire type that it does not have. */
static const wire_refusal bad_field_types[] = {
    WIRE_REFUSED("\x20\x01", FIELD_TYPE, 0, "/JobID"),
    WIRE_REFUSED("\x21\x01\x02\x03\x04\x05\x06\x07\x08", FIELD_TYPE, 0, "/JobID"),
    WIRE_REFUSED("\x23\x24", FIELD_TYPE, 0, "/JobID"),
    WIRE_REFUSED("\x24", FIELD_TYPE, 0, "/JobID"),
    WIRE_REFUSED("\x25\x01\x02\x03\x04", FIELD_TYPE, 0, "/JobID"),
    WIRE_REFUSED("\x42\x01\x07", FIELD_TYPE, 0, "/State"),
    WIRE_REFUSED("\x45\x01\x02\x03\x04", FIELD_TYPE, 0, "/State"),
    WIRE_REFUSED("\x5A\x01\x07", FIELD_TYPE, 0, "/Version"),
    WIRE_REFUSED("\x59\x01\x02\x03\x04\x05\x06\x07\x08", FIELD_TYPE, 0, "/Version"),
    WIRE_REFUSED("\x10\x01", FIELD_TYPE, 0, "/CreateTime"),
    WIRE_REFUSED("\x40\x07\x3B\x3C", FIELD_TYPE, 2, RUN_OUTPUT),
    WIRE_REFUSED("\x38\x01", FIELD_TYPE, 0, RUN_OUTPUT),
    WIRE_REFUSED("\x3A\x03\x0A\x01\x01", FIELD_TYPE, 2, RUN_OUTPUT "/exitCode"),
    WIRE_REFUSED("\x3A\x03\x22\x01\x01", FIELD_TYPE, 2, RUN_OUTPUT "/stderrtruncated"),
    WIRE_REFUSED("\x12\x02\x0A\x00", FIELD_TYPE, 2, "/CreateTime/seconds"),
    WIRE_REFUSED("\x12\x05\x15\x01\x02\x03\x04", FIELD_TYPE, 2, "/CreateTime/nanos"),
    WIRE_REFUSED("\x32\x02\x10\x01", FIELD_TYPE, 2, RESULTS "/Metadata"),
    WIRE_REFUSED("\x32\x04\x12\x02\x08\x01", FIELD_TYPE, 4, RESULTS "/Metadata/key"),
    WIRE_REFUSED("\x32\x04\x12\x02\x10\x01", FIELD_TYPE, 4, RESULTS "/Metadata/value"),
    WIRE_REFUSED("\x32\x02\x38\x01", FIELD_TYPE, 2, RESULTS "/S3"),
};

static const wire_refusal bad_values[] = {
    /* enums: -1 in 10 bytes and in 5, the smallest, and a large one that is negative in 32 bits */
    WIRE_REFUSED("\x40" NINE_FF "\x01", ENUM_RANGE, 1, "/State"),
    WIRE_REFUSED("\x40\xFF\xFF\xFF\xFF\x0F", ENUM_RANGE, 1, "/State"),
    WIRE_REFUSED("\x18\x80\x80\x80\x80\x08", ENUM_RANGE, 1, "/DesiredState"),
    WIRE_REFUSED("\x18\x80\x80\x80\x80\x18", ENUM_RANGE, 1, "/DesiredState"),
    WIRE_REFUSED("\x32\x06\x48\x80\x80\x80\x80\x08", ENUM_RANGE, 3, RESULTS "/StorageSource"),
    WIRE_REFUSED("\x40" NINE_FF "\x01\x40\x07", ENUM_RANGE, 1, "/State"),
    /* times: a second before year 1, a second after year 9999, and nanoseconds */
    WIRE_REFUSED("\x12\x0B\x08\xFF\x91\xB8\xC3\x98\xFE\xFF\xFF\xFF\x01", TIME_RANGE, 2,
                 "/CreateTime"),
    WIRE_REFUSED("\x52\x07\x08\x80\x83\xD1\xFF\xAF\x07", TIME_RANGE, 2, "/UpdateTime"),
    WIRE_REFUSED("\x52\x0B\x08" NINE_FF "\x7F", VARINT, 3, "/UpdateTime/seconds"),
    WIRE_REFUSED("\x52\x0B\x08" NINE_80 "\x01", TIME_RANGE, 2, "/UpdateTime"),
    WIRE_REFUSED("\x12\x06\x10\x80\x94\xEB\xDC\x03", TIME_NANOS, 2, "/CreateTime"),
    WIRE_REFUSED("\x12\x0B\x10" NINE_FF "\x01", TIME_NANOS, 2, "/CreateTime"),
    WIRE_REFUSED("\x40\x07\x12\x06\x10\x80\x80\x80\x80\x08", TIME_NANOS, 4, "/CreateTime"),
    /* each value of a field counts, also one that another would replace */
    WIRE_REFUSED("\x52\x06\x10\x80\x94\xEB\xDC\x03\x52\x02\x10\x00", TIME_NANOS, 2, "/UpdateTime"),
    WIRE_REFUSED("\x22\x01\x80\x22\x01j", UTF8, 2, "/JobID"),
    /* strings: the byte that is at fault */
    WIRE_REFUSED("\x22\x03\x61\x62\xFF", UTF8, 4, "/JobID"),
    WIRE_REFUSED("\x22\x02\xC3\x28", UTF8, 2, "/JobID"),
    WIRE_REFUSED("\x22\x04z\xED\xA0\x80", UTF8, 3, "/JobID"),
    WIRE_REFUSED("\x22\x02z\xE2", UTF8, 3, "/JobID"),
    WIRE_REFUSED("\x3A\x05\x2A\x03ok\x80", UTF8, 6, RUN_OUTPUT "/stdout"),
    WIRE_REFUSED("\x32\x05\x12\x03\x0A\x01\xC0", UTF8, 6, RESULTS "/Metadata/key"),
    WIRE_REFUSED("\x32\x08\x12\x06\x0A\x01k\x12\x01\xF5", UTF8, 9, RESULTS "/Metadata/value"),
};

static const struct {
    const wire_refusal *refusals;
    size_t count;
} refusals[] = {
#define TABLE(name)                                                                                \
    {                                                                                              \
        name, sizeof name / sizeof name[0]                                                         \
    }
    TABLE(bad_tags),    TABLE(bad_wire_types), TABLE(bad_lengths),     TABLE(truncations),
    TABLE(bad_varints), TABLE(bad_groups),     TABLE(bad_field_types), TABLE(bad_values),
};

/* promise: decode-errors */
static void test_refusals(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        print_message("table %zu\n", i);
        wire_check_refusals(refusals[i].refusals, refusals[i].count);
    }
}

/* Whatever good fields there are before it, the same is refused, so many bytes later. */
static void test_a_refusal_is_where_it_is(void **unused)
{
    static const char before[] = "\x40\x07\x7A\x02\xFF\xFF\x3A\x02\x30\x01";
    const size_t shift = sizeof before - 1;

    (void)unused;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        for (size_t j = 0; j < refusals[i].count; j++) {
            wire_refusal r = refusals[i].refusals[j];
            char bytes[64];

            memcpy(bytes, before, shift);
            memcpy(bytes + shift, r.bytes, r.size);
            r.bytes = bytes;
            r.size += shift;
            r.offset += shift;
            wire_check_refusals(&r, 1);
        }
}

/* Whether up to `more` bytes behind these make a message of them. */
static bool may_go_on(char *bytes, size_t size, unsigned more)
{
    static const char next[] = "\x00\x01x\x7A\x7C";

    if (execwire_check(bytes, size, NULL, NULL) == EXECWIRE_OK)
        return true;
    for (size_t i = 0; more > 0 && i < sizeof next - 1; i++) {
        bytes[size] = next[i];
        if (may_go_on(bytes, size + 1, more - 1))
            return true;
    }
    return false;
}

/* TRUNCATED is what more bytes can help, and nothing else is. */
/* promise: truncated-means-more */
static void test_truncated_may_go_on(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        for (size_t j = 0; j < refusals[i].count; j++) {
            const wire_refusal *r = &refusals[i].refusals[j];
            bool truncated = r->code == EXECWIRE_ERROR_TRUNCATED;
            char bytes[64];

            if (r->size > 1 && r->bytes[1] == '\x80' && r->size == 7)
                continue; /* wants gigabytes */
            memcpy(bytes, r->bytes, r->size);
            if (may_go_on(bytes, r->size, truncated ? 8 : 5) != truncated)
                fail_msg("table %zu, row %zu", i, j);
        }
}

/* With its tag and size, 6 bytes, one is as large as the largest message, and the other larger. */
static void test_the_largest_field(void **unused)
{
    static const wire_refusal both[] = {
        WIRE_REFUSED("\x22\xF9\xFF\xFF\xFF\x07j", TRUNCATED, 1, "/JobID"),
        WIRE_REFUSED("\x22\xFA\xFF\xFF\xFF\x07j", LENGTH, 1, "/JobID"),
    };

    (void)unused;
    wire_check_refusals(both, 2);
}

/* promise: bounded-stack */
static void test_groups_are_bounded(void **unused)
{
    char bytes[2 + 2 * (EXECWIRE_MAX_GROUP_DEPTH + 1)] = "\x40\x07";
    const size_t count = EXECWIRE_MAX_GROUP_DEPTH + 1;
    const wire_refusal refusal = {bytes, sizeof bytes, EXECWIRE_ERROR_DEPTH, 2 + count - 1, ""};

    (void)unused;
    assert_int_equal(EXECWIRE_MAX_GROUP_DEPTH, 32);
    memset(bytes + 2, 0x7B, count);
    memset(bytes + 2 + count, 0x7C, count);
    wire_check_refusals(&refusal, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_a_refusal_is_where_it_is),
        cmocka_unit_test(test_truncated_may_go_on),
        cmocka_unit_test(test_groups_are_bounded),
        cmocka_unit_test(test_the_largest_field),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
