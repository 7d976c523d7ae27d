/* What check, stats, inspect and wrong command lines say, and links, in this process. The scripts
 * do the same with files, pipes and terminals, and more of each; these are quick. Expected bytes
 * are those of protobuf's encoding, made by hand.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/samples.h"

/* ---- check, stats, inspect ---- */

static const sample check_samples[] = {
    {"check", BYTES(PB1 PB2), BYTES("<stdin>: 2 good, 0 bad\n"), "", 0},
    {"check -q", BYTES(PB1 PB2), NOTHING, "", 0},
    {"check --json", BYTES(ONE TWO ONE), BYTES("<stdin>: 3 good, 0 bad\n"), "", 0},
    {"check --keep-going", BYTES(PB1 "\x02\x28\x01" PB2), BYTES("<stdin>: 2 good, 1 bad\n"),
     "<stdin>: message 2, byte 0: /NodeId: the field has another wire type in the schema\n", 1},
    {"check", BYTES(PB1 "\x02\x28\x01" PB2), NOTHING,
     "<stdin>: message 2, byte 0: /NodeId: the field has another wire type in the schema\n", 1},
    {"check", BYTES("\x05\x58\x01\xa0\x06\x03"), BYTES("<stdin>: 1 good, 0 bad\n"),
     "execwire: unknown fields: 1\n", 0},
    {"check", NOTHING, NOTHING, "execwire: <stdin>: no messages\n", 0},
};

static void test_check(void **state)
{
    (void)state;
    CHECK_ALL(check_samples);
}

/* {"version":1} is 13 bytes, and 2 without its field */
#define STATS_OF_A_VERSION                                                                         \
    "1 message\n\n"                                                                                \
    "      bytes  min  median  mean  max\n"                                                        \
    "JSON     13   13      13  13.0   13\n"                                                        \
    "wire      2    2       2   2.0    2  15.4 % of JSON\n"                                        \
    "and 1 bytes for the lengths before the messages\n\n"                                          \
    "field    JSON  wire  of wire  count  min  median  mean  max\n"                                \
    "version    11     2  100.0 %      1    2       2   2.0    2\n"
static const sample stats_samples[] = {
    {"stats", BYTES(PB1), BYTES(STATS_OF_A_VERSION), "", 0},
    /* {"run_output":{"exit_code":-1,"stdout":"hi"},"version":1} is 57; 2 + 2 + 4 + 2 bytes;
       then {} */
    {"stats --json --pretty", NOTHING, NOTHING,
     "execwire: stats has no option --pretty (see execwire stats --help)\n", 2},
    {"stats", BYTES("\x0a\x3a\x06\x08\x01\x2a\x02hi\x58\x01\0"),
     BYTES("2 messages\n\n"
           "      bytes  min  median  mean  max\n"
           "JSON     59    2       2  29.5   57\n"
           "wire     10    0       0   5.0   10  16.9 % of JSON\n"
           "and 2 bytes for the lengths before the messages\n\n"
           "field        JSON  wire  of wire  count  min  median  mean  max\n"
           "run_output     44     8   80.0 %      1    8       8   8.0    8\n"
           "  stdout       14     4   40.0 %      1    4       4   4.0    4\n"
           "  exit_code    15     2   20.0 %      1    2       2   2.0    2\n"
           "version        12     2   20.0 %      1    2       2   2.0    2\n"),
     "", 0},
    {"stats --json", BYTES(ONE), BYTES(STATS_OF_A_VERSION), "", 0},
    {"stats", BYTES(PB1 "\x02\x28\x01"), NOTHING,
     "<stdin>: message 2, byte 0: /NodeId: the field has another wire type in the schema\n", 1},
};

static void test_stats(void **state)
{
    (void)state;
    CHECK_ALL(stats_samples);
}

static const sample inspect_samples[] = {
    {"inspect", BYTES("\x02\x58\x05"),
     BYTES("message 1: 2 bytes at offset 1, after the length 02\n"
           "offset  size  bytes  tag        field    type   value\n"
           "     0     2  58 05  11:VARINT  version  int64  5\n"),
     "", 0},
    {"inspect --single", BYTES("\x58\x05"),
     BYTES("message 1: 2 bytes at offset 0\n"
           "offset  size  bytes  tag        field    type   value\n"
           "     0     2  58 05  11:VARINT  version  int64  5\n"),
     "", 0},
    {"inspect", BYTES("\0\x06\x3a\x04\x2a\x02hi"),
     BYTES("message 1: 0 bytes at offset 1, after the length 00\n\n"
           "message 2: 6 bytes at offset 2, after the length 06\n"
           "offset  size  bytes          tag      field       type              value\n"
           "     0     6  3a 04          7:LEN    run_output  RunCommandResult  4 bytes\n"
           "     2     4    2a 02 68 69    5:LEN    stdout    string            \"hi\"\n"),
     "", 0},
    /* characters 11 and 12 have no letter */
    {"inspect --single",
     BYTES("\x4a\x03"
           "a\x0b\x0c"),
     BYTES("message 1: 5 bytes at offset 0\n"
           "offset  size  bytes           tag    field   type    value\n"
           "     0     5  4a 03 61 0b 0c  9:LEN  status  string  \"a\\u000b\\u000c\"\n"),
     "", 0},
    /* a group of 16 bytes: no more than 15 are shown of what has no length */
    {"inspect --single", BYTES("\xa3\x06\x58\x01\x58\x01\x58\x01\x58\x01\x58\x01\x58\x01\xa4\x06"),
     BYTES("message 1: 16 bytes at offset 0\n"
           "offset  size  bytes                                            tag         field      "
           "type  value\n"
           "     0    16  a3 06 58 01 58 01 58 01 58 01 58 01 58 01 a4 ..  100:SGROUP  (unknown)  "
           "?     14 bytes\n"),
     "", 0},
    /* the first and the third frame of docs/link.md */
    {"inspect --link",
     BYTES("\x40\x7d\x6f\x1e\x81\xbb\x92\x01\x2eQmtHBESHf1UrnCnWwnmYXgKXLqfmN67RupMGZrjd8CVAee"
           "\x98\x01\x8c\xdd\xcf\xe3\x0c\xd8\x01\x01"
           "\x0a\x80\x25\xe1\x31\x66\x2a\x7f\x9a\x12\x92"),
     BYTES("message 1: 64 bytes at offset 1, after the length 40: hello\n"
           "offset  size  bytes                       tag        field    type     value\n"
           "     0     5  7d 6f 1e 81 bb              15:I32     check    fixed32  bb811e6f\n"
           "     5    49  92 01 2e 51 6d 74 48 42 ..  18:LEN     node     bytes    "
           "\"QmtHBESHf1UrnCnWwnmYXgKXLqfmN67RupMGZrjd8CVAee\"\n"
           "    54     7  98 01 8c dd cf e3 0c        19:VARINT  epoch    sint64   1715074886\n"
           "    61     3  d8 01 01                    27:VARINT  session  uint32   1\n"
           "\n"
           "message 2: 10 bytes at offset 66, after the length 0a: delta\n"
           "offset  size  bytes              tag       field   type     value\n"
           "     0     6  80 25 e1 31 66 2a  1:VARINT  update  uint64   ref 0, state 5, "
           "usual number 4, "
           "0.711340513 s after create_time\n"
           "     6     4  7f 9a 12 92        15:I32    check   fixed32  92129a7f\n"),
     "", 0},
    {"inspect --link", BYTES("\x80"), NOTHING,
     "<stdin>: message 1, length: the input ends too early\n", 1},
    {"inspect --link", BYTES("\0"),
     BYTES("message 1: 0 bytes at offset 1, after the length 00 -- BROKEN\n"
           "     0  <- BROKEN at byte 0: not a frame, or a damaged one\n"),
     "<stdin>: message 1, byte 0: not a frame, or a damaged one\n", 1},
    /* a patch; at its end a check is missing */
    {"inspect --link --single", BYTES("\x72\x02\x58\x05"),
     BYTES("message 1: 4 bytes at offset 0 -- BROKEN\n"
           "offset  size  bytes    tag          field      type            value\n"
           "     0     4  72 02    14:LEN       patch      ExecutionState  2 bytes\n"
           "     2     2    58 05    11:VARINT    version  int64           5\n"
           "     4  <- BROKEN at byte 4: not a frame, or a damaged one\n"),
     "<stdin>: message 1, byte 4: not a frame, or a damaged one\n", 1},
    {"inspect --keep-going", BYTES("\x04\x58\x01\x28\x01" PB2),
     BYTES("message 1: 4 bytes at offset 1, after the length 04 -- BROKEN\n"
           "offset  size  bytes  tag        field    type   value\n"
           "     0     2  58 01  11:VARINT  version  int64  1\n"
           "     2  28 01  <- BROKEN at byte 2: /NodeId: the field has another wire type in "
           "the schema\n"
           "\n"
           "message 2: 2 bytes at offset 6, after the length 02\n"
           "offset  size  bytes  tag        field    type   value\n"
           "     0     2  58 02  11:VARINT  version  int64  2\n"),
     "<stdin>: message 1, byte 2: /NodeId: the field has another wire type in the schema\n", 1},
    {"inspect --single", BYTES("\x12\x08\x08\x01\x10\x80\xca\xb5\xee\x01\x40\x0a\xa2\x06\x01\xff"),
     BYTES("message 1: 16 bytes at offset 0\n"
           "offset  size  bytes                tag         field        type                "
           "value\n"
           "     0    10  12 08                2:LEN       create_time  Timestamp           "
           "1970-01-01T00:00:01.5Z\n"
           "     2     2    08 01                1:VARINT    seconds    int64               1\n"
           "     4     6    10 80 ca b5 ee 01    2:VARINT    nanos      int32               "
           "500000000\n"
           "    10     2  40 0a                8:VARINT    state        ExecutionStateType  10 "
           "(no name)\n"
           "    12     4  a2 06 01 ff          100:LEN     (unknown)    ?                   "
           "\"\\xff\"\n"),
     "", 0},
};

static void test_inspect(void **state)
{
    (void)state;
    CHECK_ALL(inspect_samples);
}

/* ---- Command lines ---- */

#define SEE(of) " (see execwire " of "--help)\n"
#define LINK    "execwire: link send: "
static const sample usage_samples[] = {
    {"nonsense", NOTHING, NOTHING, "execwire: no such command 'nonsense'" SEE(""), 2},
    {"help nonsense", NOTHING, NOTHING, "execwire: no such command 'nonsense'" SEE(""), 2},
    {"link", NOTHING, NOTHING,
     "execwire: a command is missing: link send or link recv" SEE("link "), 2},
    {"link x", NOTHING, NOTHING, "execwire: no such command 'link x'" SEE(""), 2},
    {"encode -x", NOTHING, NOTHING, "execwire: no such option '-x'" SEE("encode "), 2},
    {"encode --he", NOTHING, NOTHING, "execwire: no such option '--he'" SEE("encode "), 2},
    {"decode --form", NOTHING, NOTHING,
     "execwire: an argument is missing after '--form'" SEE("decode "), 2},
    {"decode --form=xml", NOTHING, NOTHING,
     "execwire: wrong argument 'xml' of '--form'" SEE("decode "), 2},
    {"check --max-message=0", NOTHING, NOTHING,
     "execwire: wrong argument '0' of '--max-message'" SEE("check "), 2},
    {"check --max-message=2147483648", NOTHING, NOTHING,
     "execwire: wrong argument '2147483648' of '--max-message'" SEE("check "), 2},
    {"check -q --max-message=2147483647", BYTES(PB1), NOTHING, "", 0},
    {"decode --json", NOTHING, NOTHING, "execwire: decode has no option --json" SEE("decode "), 2},
    {"link send", NOTHING, NOTHING,
     LINK "a way back is missing: --back or --udp, else --one-way or --lossless\n", 2},
    {"link send --one-way --lossless", NOTHING, NOTHING,
     LINK "--one-way and --lossless contradict each other\n", 2},
    {"link send --one-way --back=x", NOTHING, NOTHING,
     LINK "nothing comes back with --one-way and --lossless\n", 2},
    {"link send --back=x --udp=localhost:1", NOTHING, NOTHING, LINK "--udp has its own way back\n",
     2},
    {"link send --lossless --udp=localhost:1", NOTHING, NOTHING, LINK "UDP is not lossless\n", 2},
    {"link send --lossless --mtu=50", NOTHING, NOTHING,
     "execwire: wrong argument '50' of '--mtu'" SEE("link send "), 2},
    {"link send --lossless --mtu=65508", NOTHING, NOTHING,
     "execwire: wrong argument '65508' of '--mtu'" SEE("link send "), 2},
    {"link send --udp=localhost:65536", NOTHING, NOTHING,
     "execwire: wrong argument 'localhost:65536' of '--udp'" SEE("link send "), 2},
    {"link send --timing=tries=16", NOTHING, NOTHING,
     "execwire: wrong argument 'tries=16' of '--timing'" SEE("link send "), 2},
    {"link send --timing=repeat=1,", NOTHING, NOTHING,
     "execwire: wrong argument 'repeat=1,' of '--timing'" SEE("link send "), 2},
};
#undef SEE
#undef LINK

static void test_usage(void **state)
{
    (void)state;
    CHECK_ALL(usage_samples);
}

/* ---- One command after the other ---- */

/* The output of each is the input of the next; the last one's is expected. */
static void check_chain(const char *const *lines, bytes in, bytes expected, size_t piece)
{
    outside before = {{NULL, 0, NULL, 0}, {NULL, 0, NULL, 0}, {NULL, 0, NULL, 0}, 0, 0, 0};

    for (; *lines != NULL; lines++) {
        int status;
        outside o = run(*lines, in, piece, &status);

        expect(*lines, "error", &o.error, (bytes)NOTHING);
        assert_int_equal(status, 0);
        if (lines[1] == NULL)
            expect(*lines, "output", &o.standard, expected);
        forget(&before);
        before = o;
        in = (bytes){o.standard.out, o.standard.out_size};
    }
    forget(&before);
}

#define FAST " --timing=urgent=1,repeat=1,identity=1,tries=1"

static void test_there_and_back(void **state)
{
    static const char *const chains[][5] = {
        {"encode", "decode --form=api"},
        {"encode --serial", "decode --serial --form=api"},
        {"encode --hex", "decode --hex --pretty --form=api", "encode", "decode --form=api"},
        {"link send --lossless", "link recv --lossless --form=api"},
        {"link send --lossless --hex --mtu=51", "link recv --hex --lossless --form=api"},
        {"link send --lossless --serial", "link recv --lossless --serial --form=api"},
        {"encode", "link send --lossless --protobuf", "link recv --lossless --protobuf",
         "decode --form=api"},
        {"link send --one-way" FAST, "link recv --one-way --form=api"},
    };
    static const char text[] =
        "{\"JobID\":\"j-1\",\"NodeId\":\"n\",\"State\":5,\"Version\":1}\n"
        "{\"ComputeReference\":\"e-2\",\"JobID\":\"j-2\",\"NodeId\":\"n\",\"RunOutput\":"
        "{\"exitCode\":0,\"stdout\":\"a long text, which takes more than one frame of the smallest "
        "size there is: 0123456789 abcdefghijklmnopqrstuvwxyz\"},\"State\":7,\"Version\":2}\n";
    const bytes both = BYTES(text);

    (void)state;
    for (size_t i = 0; i < sizeof chains / sizeof *chains; i++)
        for (size_t piece = 0; piece <= 3; piece++)
            check_chain(chains[i], both, both, piece);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_check), cmocka_unit_test(test_stats),
                                       cmocka_unit_test(test_inspect), cmocka_unit_test(test_usage),
                                       cmocka_unit_test(test_there_and_back)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
