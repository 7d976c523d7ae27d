/* What encode and decode make of good and bad input, in this process. The scripts do
 * the same with files, pipes and terminals, and more of each; these are quick. Expected bytes are
 * those of protobuf's encoding, made by hand.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/samples.h"

#include <stdio.h>

/* ---- JSON to messages ---- */

#define STDIN     "<stdin>:"
#define OF_JOB    "not an execution state (of a job, give its executions: --at /Executions)\n"
#define TOO_LARGE "longer than the maximum message size\n"

static const sample encode_samples[] = {
    {"encode", BYTES("{\"Version\":5}"), BYTES("\x02\x58\x05"), "", 0},
    {"encode", BYTES("{\"version\":5}\n"), BYTES("\x02\x58\x05"), "", 0},
    {"encode -", BYTES(ONE "\n" TWO "\n"), BYTES(PB1 PB2), "", 0},
    {"encode", BYTES(ONE TWO), BYTES(PB1 PB2), "", 0},
    {"encode", BYTES(" [" ONE " , " TWO "]\n" ONE), BYTES(PB1 PB2 PB1), "", 0},
    {"encode", BYTES("[ ]\n{\n\"Version\"\n:\t1}\r\n"), BYTES(PB1), "", 0},
    {"encode", BYTES("{}\n{}"), BYTES("\0\0"), "", 0},
    {"encode --hex", BYTES("{\"Version\":171}\n{}\n"), BYTES("58ab01\n\n"), "", 0},
    {"encode --single", BYTES(ONE "\n"), BYTES("\x58\x01"), "", 0},
    {"encode --single --hex", BYTES(ONE), BYTES("5801\n"), "", 0},
    {"encode --serial", BYTES("{}"), BYTES("\0\x01\x01\x01\x01\x01\0"), "", 0},
    {"encode --hex",
     BYTES("{\"ComputeReference\":\"e-1\",\"CreateTime\":\"1970-01-01T00:00:01.5Z\"}"),
     BYTES("0a03652d311208080110"
           "80cab5ee01\n"),
     "", 0},
    {"encode --hex",
     BYTES("{\"DesiredState\":1,\"JobID\":\"j\",\"NodeId\":\"n\",\"PublishedResults\":{\"CID\":"
           "\"c\",\"Metadata\":{\"a\":\"b\"}}}"),
     BYTES("180122016a2a016e320b0a01631206"
           "0a0161120162\n"),
     "", 0},
    {"encode --hex",
     BYTES("{\"RunOutput\":{\"exitCode\":-1,\"stdout\":\"hi\"},\"State\":\"Completed\"}"),
     BYTES("3a0608012a0268694007\n"), "", 0},
    {"encode", BYTES(""), NOTHING, "execwire: <stdin>: no messages\n", 0},
    {"encode -q", BYTES(" \n"), NOTHING, "", 0},
    {"encode --quiet", BYTES("[]"), NOTHING, "", 0},
    {"encode --ignore-unknown", BYTES("{\"Version\":1,\"x\":[],\"y\":2}" TWO), BYTES(PB1 PB2),
     "execwire: unknown keys ignored: 2\n", 0},
    {"encode --ignore-unknown -q", BYTES("{\"Version\":1,\"x\":2}"), BYTES(PB1), "", 0},
    {"encode --max-message=13", BYTES(ONE "\n"), BYTES(PB1), "", 0},
    {"encode - -", BYTES(ONE), BYTES(PB1), "execwire: <stdin>: no messages\n", 0},
};

static void test_encode(void **state)
{
    (void)state;
    CHECK_ALL(encode_samples);
}

static const sample encode_what_is_wrong_samples[] = {
    {"encode", BYTES(ONE "\n{\"Version\":\"x\"}\n" TWO), BYTES(PB1),
     STDIN "2:12: /Version: expected an integer, found a string\n", 1},
    {"encode --keep-going", BYTES(ONE "\n{\"Version\":\"x\"}\n" TWO), BYTES(PB1 PB2),
     STDIN "2:12: /Version: expected an integer, found a string\n", 1},
    {"encode", BYTES("{\n  \"RunOutput\": {\n    \"exitCode\": \"none\"\n  }\n}\n"), NOTHING,
     STDIN "3:17: /RunOutput/exitCode: expected an integer, found a string\n", 1},
    {"encode", BYTES("{\"Status\":\"\xC3\xA9\",\"Version\":true}\n"), NOTHING,
     STDIN "1:26: /Version: expected an integer, found true\n", 1},
    {"encode --keep-going", BYTES("{\"a\":1}\n" TWO), BYTES(PB2), STDIN "1:2: /a: unknown key\n",
     1},
    {"encode --keep-going", BYTES("<html>\n" TWO), BYTES(PB2), STDIN "1:1: expected a JSON value\n",
     1},
    {"encode --keep-going", BYTES("[{\"Status\":\"ab\n]\n" TWO), BYTES(PB2),
     STDIN "1:15: /Status: a control character in a string must be escaped\n", 1},
    {"encode --keep-going", BYTES(ONE "]\n" TWO), BYTES(PB1 PB2),
     STDIN "1:14: expected a JSON value\n", 1},
    {"encode --keep-going", BYTES("\xEF\xBB\xBF" ONE), BYTES(PB1),
     STDIN "1:1: expected a JSON value, found a byte order mark\n", 1},
    {"encode", BYTES("{\"Status\":\"ab\",\n"), NOTHING, STDIN "2:1: the input ends too early\n", 1},
    {"encode --keep-going", BYTES("[" ONE ",\n"), BYTES(PB1),
     STDIN "2:1: the input ends too early\n", 1},
    {"encode --keep-going", BYTES("[" ONE "\n" TWO "\n,\n" TWO "]"), BYTES(PB1 PB2 PB2),
     STDIN "2:1: expected ',' or the closing bracket\n", 1},
    {"encode --keep-going", BYTES("[" ONE ",\n{\"Version\":[]},\n" TWO "]" TWO), BYTES(PB1 PB2 PB2),
     STDIN "2:12: /Version: expected an integer, found an array\n", 1},
    {"encode --keep-going", BYTES("[1]\n" ONE "\n" TWO "\n"), BYTES(PB1 PB2), NULL, 1},
    {"encode", BYTES("{\"Status\":\"ab\xFF\"}\n"), NOTHING,
     STDIN "1:14: /Status: not valid UTF-8\n", 1},
    {"encode --ignore-unknown", BYTES("{\"Executions\":[]}"), NOTHING, STDIN "1:1: " OF_JOB, 1},
    {"encode --ignore-unknown", BYTES("\n {\"kind\":\"Pod\"}"), NOTHING, STDIN "2:2: " OF_JOB, 1},
    {"encode --max-message=12", BYTES(ONE "\n"), NOTHING, STDIN "1:1: " TOO_LARGE, 1},
    {"encode --single", BYTES(ONE TWO), NOTHING, "<stdin>: more than one message, with --single\n",
     1},
    {"encode --single", BYTES("\n"), NOTHING, "<stdin>: no message, with --single\n", 1},
    {"encode --single --keep-going", BYTES(ONE TWO ONE), NOTHING,
     "<stdin>: more than one message, with --single\n", 1},
    {"encode --single a b", NOTHING, NOTHING,
     "execwire: encode --single takes one FILE: messages that follow each other are one\n", 2},
};

static void test_encode_what_is_wrong(void **state)
{
    (void)state;
    CHECK_ALL(encode_what_is_wrong_samples);
}

/* ---- Messages to JSON ---- */

static const sample decode_samples[] = {
    {"decode", BYTES(PB1 "\0" PB2), BYTES("{\"version\":1}\n{}\n{\"version\":2}\n"), "", 0},
    {"decode --form=api", BYTES("\x04\x40\x07\x58\x01"), BYTES("{\"State\":7,\"Version\":1}\n"), "",
     0},
    {"decode --enums=name", BYTES("\x02\x40\x07"),
     BYTES("{\"state\":\"EXECUTION_STATE_COMPLETED\"}\n"), "", 0},
    {"decode --form=api --enums=name", BYTES("\x02\x40\x07"), BYTES("{\"State\":\"Completed\"}\n"),
     "", 0},
    {"decode --form=documented --enums=number", BYTES("\x02\x40\x07"), BYTES("{\"state\":7}\n"), "",
     0},
    {"decode --pretty", BYTES(PB1), BYTES("{\n  \"version\": 1\n}\n"), "", 0},
    {"decode --hex", BYTES("5801\n 58 02\r\n\n58aB01"),
     BYTES("{\"version\":1}\n{\"version\":2}\n{}\n{\"version\":171}\n"), "", 0},
    {"decode --single", BYTES("\x58\x01"), BYTES("{\"version\":1}\n"), "", 0},
    {"decode --single --hex", BYTES("5801\n"), BYTES("{\"version\":1}\n"), "", 0},
    {"decode --serial", BYTES("?\0\0\x01\x01\x01\x01\x01\0\x01\x01\x01\x01\x01\0"),
     BYTES("{}\n{}\n"), "execwire: frames dropped: 1\n", 0},
    {"decode", BYTES("\x04\x58\x01\xa0\x06\x03\xa0\x06"), BYTES(""), NULL, 1},
    {"decode", BYTES("\x05\x58\x01\xa0\x06\x03"), BYTES("{\"version\":1}\n"),
     "execwire: unknown fields dropped: 1\n", 0},
    {"decode -q", BYTES("\x05\x58\x01\xa0\x06\x03"), BYTES("{\"version\":1}\n"), "", 0},
    /* U+007F is escaped and grows, U+00E9 is not; U+202E would turn the order of text */
    {"decode", BYTES("\x09\x4a\x07\x7f\xc3\xa9\xe2\x80\xae\x7a"),
     BYTES("{\"status\":\"\\u007f\xc3\xa9\\u202ez\"}\n"), "", 0},
    {"decode", BYTES("\x07\x4a\x05\xc3\xa9\x7f\xc3\xa9"),
     BYTES("{\"status\":\"\xc3\xa9\\u007f\xc3\xa9\"}\n"), "", 0},
    {"decode", NOTHING, NOTHING, "execwire: <stdin>: no messages\n", 0},
    {"decode --max-message=2", BYTES(PB1), BYTES("{\"version\":1}\n"), "", 0},
};

static void test_decode(void **state)
{
    (void)state;
    CHECK_ALL(decode_samples);
}

static const sample decode_what_is_wrong_samples[] = {
    {"decode", BYTES(PB1 "\x05\x58"), BYTES("{\"version\":1}\n"),
     "<stdin>: message 2, byte 1: the input ends too early\n", 1},
    {"decode", BYTES(PB1 "\x05"), BYTES("{\"version\":1}\n"),
     "<stdin>: message 2, byte 0: the input ends too early\n", 1},
    {"decode", BYTES(PB1 "\x80"), BYTES("{\"version\":1}\n"),
     "<stdin>: message 2, length: the input ends too early\n", 1},
    {"decode --keep-going", BYTES(PB1 "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01" PB2),
     BYTES("{\"version\":1}\n"),
     "<stdin>: message 2, length: the varint is longer than 10 bytes or does not fit 64 bits\n", 1},
    {"decode --keep-going", BYTES(PB1 "\x04\x2a\x02\x61\xff" PB2),
     BYTES("{\"version\":1}\n{\"version\":2}\n"),
     "<stdin>: message 2, byte 3: /NodeId: not valid UTF-8\n", 1},
    {"decode --keep-going --max-message=4", BYTES(PB1 "\x05xxxxx" PB2),
     BYTES("{\"version\":1}\n{\"version\":2}\n"), "<stdin>: message 2, length: " TOO_LARGE, 1},
    {"decode --max-message=4", BYTES(PB1 "\x05xxx"), BYTES("{\"version\":1}\n"),
     "<stdin>: message 2, length: " TOO_LARGE, 1},
    {"decode --hex --keep-going", BYTES("5801\n580\n5802"),
     BYTES("{\"version\":1}\n{\"version\":2}\n"),
     STDIN "2:4: an odd number of hexadecimal digits\n", 1},
    {"decode --hex", BYTES("5801\n58 0g\n5802"), BYTES("{\"version\":1}\n"),
     STDIN "2:5: not a hexadecimal digit\n", 1},
    {"decode --hex --keep-going", BYTES("5801\n2a0261ff\n5802\n"),
     BYTES("{\"version\":1}\n{\"version\":2}\n"),
     "<stdin>: message 2, byte 3: /NodeId: not valid UTF-8\n", 1},
    {"decode --hex --keep-going --max-message=2", BYTES("580101\n58 01\r\n"),
     BYTES("{\"version\":1}\n"), "<stdin>: message 1, byte 2: " TOO_LARGE, 1},
    {"decode --hex --keep-going --max-message=2", BYTES("        9\n58 01\r\n5801  580\n"),
     BYTES("{\"version\":1}\n"), STDIN "1:1: " TOO_LARGE STDIN "3:1: " TOO_LARGE, 1},
    {"decode --hex --keep-going --max-message=2", BYTES("58 01   \n58 01"),
     BYTES("{\"version\":1}\n{\"version\":1}\n"), "", 0},
    {"decode --single --max-message=3", BYTES("\x58\x01\x58\x02"), NOTHING,
     "<stdin>: message 1, byte 3: " TOO_LARGE, 1},
    {"decode --single --max-message=4", BYTES("\x58\x01\x58\x02"), BYTES("{\"version\":2}\n"), "",
     0},
    {"decode --single", BYTES("\x58"), NOTHING,
     "<stdin>: message 1, byte 1: /Version: the input ends too early\n", 1},
    {"decode --single --hex", BYTES("5801\n5802\n"), BYTES("{\"version\":1}\n"),
     "<stdin>: more than one message, with --single\n", 1},
    {"decode --serial --max-message=3",
     BYTES("\0\x0a"
           "xxxxxxxxx\0\x01\x01\x01\x01\x01\0"),
     BYTES("{}\n"), "execwire: frames dropped: 1\n", 0},
};

static void test_decode_what_is_wrong(void **state)
{
    (void)state;
    CHECK_ALL(decode_what_is_wrong_samples);
}

/* By as much of the input as has come: here all of it. As a length '{' is 123, '[' 91, '5' 53. */
#define ENDS(at) "<stdin>: message 1, byte " #at ": the input ends too early"
static const sample hints_samples[] = {
    {"decode", BYTES("[ ]"), NOTHING,
     ENDS(2) " (it looks like JSON, which execwire encode reads)\n", 1},
    {"check", BYTES("\n{ \"a b\" :"), NOTHING, NULL, 1},
    {"stats", BYTES("{\"a\":"), NOTHING, ENDS(4) " (it looks like JSON, which --json reads)\n", 1},
    {"check", BYTES("{\"a\";"), NOTHING, ENDS(4) "\n", 1},
    {"link recv --lossless", BYTES("{}"), NOTHING,
     ENDS(1) " (it looks like JSON, which execwire link send reads)\n", 1},
    {"check", BYTES("58"), NOTHING,
     ENDS(1) " (it looks like hexadecimal digits, which --hex reads)\n", 1},
    {"check", BYTES("5"), NOTHING, ENDS(0) "\n", 1},
    {"check", BYTES("\x58\x05"), NOTHING,
     ENDS(1) " (it looks like a message without its length, which --single reads)\n", 1},
    {"link recv --lossless", BYTES("\x58\x05"), NOTHING, ENDS(1) "\n", 1},
    {"check", BYTES(PB1 "{}"), NOTHING, "<stdin>: message 2, byte 1: the input ends too early\n",
     1},
};
#undef ENDS

static void test_hints(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof hints_samples / sizeof *hints_samples; i++)
        check_in_pieces(&hints_samples[i], 0);
}

/* ---- More than is read at once ---- */

#define LONG 700000

/* White space before it, so that what is there has to move when room is made for more. */
static void test_long_text(void **state)
{
    static const char digits[] = "0123456789abcdef";
    static char in[LONG + 100];
    static char out[2 * LONG + 100];

    (void)state;
    for (size_t spaces = 0; spaces < 3; spaces++) {
        size_t size = (size_t)sprintf(in, "%.*s{\"Status\":\"", (int)spaces, "\n\n");
        size_t written = (size_t)sprintf(out, "4ae0dc2a"); /* a length of 700000 */

        for (size_t i = 0; i < LONG; i++) {
            char c = (char)('a' + i % 23);

            in[size++] = c;
            out[written++] = digits[c / 16];
            out[written++] = digits[c % 16];
        }
        size += (size_t)sprintf(in + size, "\"}\n");
        written += (size_t)sprintf(out + written, "\n");
        check_in_pieces(&(sample){"encode --hex", {in, size}, {out, written}, "", 0}, 0);
        check_in_pieces(
            &(sample){
                "decode --hex --form=api", {out, written}, {in + spaces, size - spaces}, "", 0},
            0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encode), cmocka_unit_test(test_encode_what_is_wrong),
        cmocka_unit_test(test_decode), cmocka_unit_test(test_decode_what_is_wrong),
        cmocka_unit_test(test_hints),  cmocka_unit_test(test_long_text)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
