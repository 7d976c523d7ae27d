/* The command, with its own main, on any options and any input: it ends with one of its exit
 * statuses, says what was wrong in lines that a terminal does not obey, and neither what it writes
 * nor what it says, but for hints, depends on how its input is cut into pieces.
 *
 * Input: a byte that chooses the verb; one that says how many words of the list follow (3 bits) and
 * how large the pieces are (5 bits); the words, a byte each. A word that ends in "=" is followed by
 * a byte with the size (4 bits) of its text, and by that. --back is followed by two bytes that say
 * how much of the rest is what comes back (little-endian). The rest is standard input.
 *
 * Left out is what would touch the machine: names of files that can be opened, hosts that may be
 * there, and messages of gigabytes.
 *
 * SPDX-License-Identifier: Apache-2.0 */
/* promise: terminal-is-not-steered */
#include "outside.h"
#include "support.h"

#include "cli/base/report.h"
#include <execwire/printable.h>

#include <stdlib.h>
#include <string.h>

#define MOST_WORDS 7
#define MOST_TEXT  15
#define TEXT_ROOM  32 /* a word with its text */

static const char *const verbs[][2] = {{"encode"},
                                       {"decode"},
                                       {"inspect"},
                                       {"stats"},
                                       {"check"},
                                       {"link", "send"},
                                       {"link", "recv"},
                                       {"help", "encode"},
                                       {"help", "link"},
                                       {"help", "x"},
                                       {"link"},
                                       {"--version"},
                                       {"-h"},
                                       {"encrypt"},
                                       {"diff"},
                                       {"completion", "zsh"},
                                       {NULL}};

#define BACK "--back=" OUTSIDE_BACK

static const char *const words[] = {"--hex",
                                    "--serial",
                                    "--delimited",
                                    "--single",
                                    "--link",
                                    "--json",
                                    "--form=api",
                                    "--enums=name",
                                    "--pretty",
                                    "--ignore-unknown",
                                    "--keep-going",
                                    "--quiet",
                                    "-q",
                                    "--protobuf",
                                    "--status",
                                    "--one-way",
                                    "--lossless",
                                    BACK,
                                    "--mtu=51",
                                    "--mtu=120",
                                    "--max-message=100",
                                    "--max-message=2000",
                                    "--timing=urgent=200,repeat=300,identity=400,tries=2",
                                    "--timing=hello=500,digest=500",
                                    "--timing=ack=1,want=1,fresh=1",
                                    "--output=-",
                                    "--output=/dev/null",
                                    "--output=/dev/null/none",
                                    "--session=/dev/null/none",
                                    "--back=/dev/null/none",
                                    "--udp=here:0",
                                    "-",
                                    "/dev/null",
                                    "/dev/null/none",
                                    "--",
                                    "--help",
                                    "-V",
                                    "--form=",
                                    "--enums=",
                                    "--mtu=",
                                    "--timing=",
                                    "--x=",
                                    "--base64",
                                    "--wrapped",
                                    "--csv",
                                    "--color=auto",
                                    "--at=/*",
                                    "--at=/Executions/0"};

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* A command line, and what is read. */
typedef struct call {
    char texts[MOST_WORDS][TEXT_ROOM];
    char *arguments[4 + MOST_WORDS + 1];
    int count;
    size_t piece;
    const uint8_t *in, *back;
    size_t in_size, back_size;
    bool goes_back;
    bool is_link;
    bool writes_text;
} call;

/* ---- The input's parts ---- */

typedef struct rest {
    const uint8_t *at;
    size_t size;
} rest;

static uint8_t take(rest *r)
{
    if (r->size == 0)
        return 0;
    r->size--;
    return *r->at++;
}

static void add(call *c, const char *argument)
{
    c->arguments[c->count++] = (char *)argument;
}

static void add_verb(call *c, const char *const verb[2])
{
    add(c, "execwire");
    for (size_t i = 0; i < 2 && verb[i] != NULL; i++)
        add(c, verb[i]);
    c->is_link = c->count == 3 && strcmp(verb[0], "link") == 0;
    c->writes_text = c->count > 1 && strcmp(verb[0], "encode") != 0 &&
                     !(c->is_link && strcmp(verb[1], "send") == 0);
    /* without, its receiver takes 20 MB */
    if (c->is_link && strcmp(verb[1], "recv") == 0)
        add(c, "--max-message=2000");
}

static void add_word(call *c, size_t number, const char *word, rest *r)
{
    char *text = c->texts[number];
    size_t size = strlen(word);
    size_t more = 0;

    if (word[size - 1] == '=') {
        memcpy(text, word, size);
        for (more = take(r) % (MOST_TEXT + 1); more > 0; more--)
            text[size++] = (char)take(r);
        text[size] = '\0';
        word = text;
    }
    c->goes_back |= strcmp(word, BACK) == 0;
    c->writes_text &= strcmp(word, "--protobuf") != 0;
    add(c, word);
}

static void read_call(call *c, rest r)
{
    const char *const *verb = verbs[take(&r) % COUNT(verbs)];
    uint8_t how = take(&r);
    size_t back;

    memset(c, 0, sizeof *c);
    add_verb(c, verb);
    c->piece = 1u + (how >> 3);
    for (size_t i = 0; i < how % 8u; i++)
        add_word(c, i, words[take(&r) % COUNT(words)], &r);
    back = c->goes_back ? take(&r) : 0;
    back |= c->goes_back ? (size_t)take(&r) << 8 : 0;
    c->back_size = r.size > 0 ? back % (r.size + 1) : 0;
    c->back = r.at;
    c->in = r.at + c->back_size;
    c->in_size = r.size - c->back_size;
}

/* ---- What holds ---- */

static outside run_call(call *c, size_t piece, int *status)
{
    char *arguments[COUNT(c->arguments)]; /* getopt_long sorts them */
    outside o = {.standard = {.in = c->in, .in_size = c->in_size},
                 .back = {.in = c->back, .in_size = c->back_size},
                 .piece = piece};

    memcpy(arguments, c->arguments, sizeof arguments);
    *status = outside_run(&o, c->count, arguments);
    return o;
}

static void free_run(outside *o)
{
    free(o->standard.out);
    free(o->error.out);
    free(o->back.out);
}

static void require_printable(const outside_file *file)
{
    for (size_t at = 0; at < file->out_size;) {
        bool printable;
        size_t size = execwire_next_printable(file->out + at, file->out_size - at, &printable);

        FUZZ_REQUIRE(printable || file->out[at] == '\n');
        at += size;
    }
    FUZZ_REQUIRE(file->out_size == 0 || file->out[file->out_size - 1] == '\n');
}

static void require_same(const outside_file *one, const outside_file *other)
{
    FUZZ_REQUIRE(one->out_size == other->out_size);
    FUZZ_REQUIRE(one->out_size == 0 || memcmp(one->out, other->out, one->out_size) == 0);
}

/* Takes the hints out: they are guesses by as much of the input as has come. */
static void cut_hints(outside_file *file)
{
    static const char hint[] = " (it looks like ";

    for (size_t at = 0; at + sizeof hint - 1 < file->out_size; at++) {
        char *found = file->out + at;
        const char *end = memchr(found, '\n', file->out_size - at);

        if (memcmp(found, hint, sizeof hint - 1) != 0)
            continue;
        memmove(found, end, (size_t)(file->out + file->out_size - end));
        file->out_size -= (size_t)(end - found);
    }
}

/* Whether a line, with its end, says how an execution stands. */
static bool is_standing(const char *line, size_t size)
{
    static const char *const ends[] = {": suspect\n", ": current\n", ": silent\n", ": forgotten\n"};

    for (size_t i = 0; i < COUNT(ends); i++) {
        size_t end = strlen(ends[i]);

        if (size >= end && memcmp(line + size - end, ends[i], end) == 0)
            return true;
    }
    return false;
}

/* Takes such lines out: they come when somebody looks, which is after each piece of the input. */
static void cut_standings(outside_file *file)
{
    size_t kept = 0;

    for (size_t at = 0, size; at < file->out_size; at += size) {
        const char *line = file->out + at;
        const char *end = memchr(line, '\n', file->out_size - at);

        size = end != NULL ? (size_t)(end + 1 - line) : file->out_size - at;
        if (is_standing(line, size))
            continue;
        memmove(file->out + kept, line, size);
        kept += size;
    }
    file->out_size = kept;
}

static void run(const uint8_t *in, size_t size)
{
    call c;
    int status, cut_status;
    outside whole, cut;

    read_call(&c, (rest){in, size});
    whole = run_call(&c, 0, &status);
    FUZZ_REQUIRE(status >= OUTCOME_GOOD && status <= OUTCOME_IO);
    FUZZ_REQUIRE(status == OUTCOME_GOOD || whole.error.out_size > 0);
    require_printable(&whole.error);
    if (c.writes_text)
        require_printable(&whole.standard);
    cut = run_call(&c, c.piece, &cut_status);
    if (!c.goes_back) {
        FUZZ_REQUIRE(cut_status == status);
        require_same(&whole.standard, &cut.standard);
        cut_hints(&whole.error);
        cut_hints(&cut.error);
        cut_standings(&whole.error);
        cut_standings(&cut.error);
        require_same(&whole.error, &cut.error);
    }
    free_run(&whole);
    free_run(&cut);
}

const fuzz_target fuzz_this_target = {.name = "command", .run = run};
