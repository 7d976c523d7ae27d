/* A walk to what a pointer names: where it is, what is missing, what is no JSON; in one piece and
 * byte by byte.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM 1024
#define MOST 16

/* What happens in turn at each '^' of a document, which is not part of it: OK is an object that is
 * named. */
typedef struct happening {
    execwire_code code;
    const char *path;
    const char *found;
} happening;

typedef struct walk_case {
    const char *pointer;
    const char *text; /* apostrophes are quotation marks */
    happening happens[MOST];
    bool open; /* the text ends inside a document */
} walk_case;

#define STATE                                                                                      \
    {                                                                                              \
        EXECWIRE_OK, "", NULL                                                                      \
    }
#define NONE(path)                                                                                 \
    {                                                                                              \
        EXECWIRE_ERROR_JSON_POINTER, path, NULL                                                    \
    }
#define FOUND(path, as)                                                                            \
    {                                                                                              \
        EXECWIRE_ERROR_JSON_POINTER, path, as                                                      \
    }
#define NO(path, as)                                                                               \
    {                                                                                              \
        EXECWIRE_ERROR_EXPECTED_OBJECT, path, as                                                   \
    }
#define TWICE(path)                                                                                \
    {                                                                                              \
        EXECWIRE_ERROR_DUPLICATE_KEY, path, NULL                                                   \
    }
#define BAD(code, path)                                                                            \
    {                                                                                              \
        EXECWIRE_ERROR_##code, path, NULL                                                          \
    }

/* promise: json-walk-pointer */
/* promise: json-walk-null */
/* promise: json-walk-goes-on */
static const walk_case cases[] = {
    /* states and arrays of states, alone and one after the other */
    {"", "^{}", {STATE}, false},
    {"", " ^{'a':{}}\n^{} [^{},^{}][]\r\n\t", {STATE, STATE, STATE, STATE}, false},
    {"",
     "^null^1 ^'x'[^null,^[{}]]",
     {NO("", "null"), NO("", "a number"), NO("", "a string"), NO("", "null"), NO("", "an array")},
     false},
    {"/a", "{'a':^{'a':{}},'b':{'a':{}}}", {STATE}, false},
    {"/a", "{'b':[1,-2.5e3,true,false,null,'}]\\''],'a':[^{},\n^{}]}", {STATE, STATE}, false},
    {"/a/b", "{'b':{'b':{}},'a':{'a':{'b':{}},'b':^{}}}", {STATE}, false},
    {"/a", "{'a':[]}{'a':null}{'a':^{}}", {STATE}, false},
    {"/a", "{'a':[^null,^{},^[]]}", {NO("/a", "null"), STATE, NO("/a", "an array")}, false},
    {"/a", "{'a':^true,'b':{}}", {NO("/a", "true")}, false},
    /* every element, every member */
    {"/*", "[^{},[^{},^{}],[]]{'x':^{},'x':^{}}[]{}", {STATE, STATE, STATE, STATE, STATE}, false},
    {"/*", "null[^null,^7]", {NO("/*", "null"), NO("/*", "a number")}, false},
    {"/a/*", "{'a':null}{'a':[]}{'a':{}}{'a':[^{}]}", {STATE}, false},
    {"/*/a/*",
     "[{'a':[^{},^{}]},{'a':null},{^},^5,^null,{'a':[^{}],'b':[{}]}]",
     {STATE, STATE, NONE("/*/a"), FOUND("/*/a", "a number"), FOUND("/*/a", "null"), STATE},
     false},
    {"/*/*", "{'p':{'q':^{}},'r':[^{}]}", {STATE, STATE}, false},
    /* elements by number; members whose names are numbers, or need to be escaped */
    {"/1", "[{},^{},{}]", {STATE}, false},
    {"/1", "[{}^]{'1':^{},'0':{}}", {NONE("/1"), STATE}, false},
    {"/0/0", "[[^{},{}],[{},{}]]", {STATE}, false},
    {"/10", "[0,1,2,3,4,5,6,7,8,9,^{},11]", {STATE}, false},
    {"/01", "[{},{}^]", {NONE("/01")}, false},
    {"/-", "[{}^]{'-':^{}}", {NONE("/-"), STATE}, false},
    {"/1x", "[{},{}^]", {NONE("/1x")}, false},
    {"/4294967296", "[{}^]", {NONE("/4294967296")}, false},
    {"/", "{'':^{},'a':{}}[{}^]", {STATE, NONE("/")}, false},
    {"/a~1b/m~0n", "{'a':{},'a~1b':0,'a/b':{'m~0n':0,'m~n':^{}}}", {STATE}, false},
    {"/~01", "{'/':0,'~1':^{}}{^}", {STATE, NONE("/~01")}, false},
    {"/\xC3\xA9", "{'\\u00e9':^{}}{'\xC3\xA9':^{}}", {STATE, STATE}, false},
    {"/ab", "{'\\u0061':1,'abc':1,'a\\u0062':^{},'\\u0061b\\u0063':1}", {STATE}, false},
    {"/State", "{'state':{},'STATE':{}^}", {NONE("/State")}, false},
    /* missing */
    {"/a",
     "{^}{'b':{'a':{}}^}[{}^]^7 ",
     {NONE("/a"), NONE("/a"), NONE("/a"), FOUND("/a", "a number")},
     false},
    {"/a/b",
     "{'a':^'x'}{'a':{^}}{'a':^null}{'b':{}^}",
     {FOUND("/a/b", "a string"), NONE("/a/b"), FOUND("/a/b", "null"), NONE("/a")},
     false},
    /* twice */
    {"/a", "{'a':^{},^'a':{},^'\\u0061':[{}]}", {STATE, TWICE("/a"), TWICE("/a")}, false},
    {"/a/b", "{'a':{'b':^{},'c':{'b':1,'b':2}},^'a':{'b':{}}}", {STATE, TWICE("/a")}, false},
    {"/*/b", "[{'b':^{}},{'b':^{},^'b':0}]", {STATE, STATE, TWICE("/*/b")}, false},
    /* no JSON, on the way or not */
    {"/a", "{'b':^tru,'a':{}}", {BAD(JSON_VALUE, "")}, false},
    {"/a", "{'b':[1 ^2]}", {BAD(JSON_COMMA, "")}, false},
    {"/a", "{'b':[1,^]}", {BAD(JSON_VALUE, "")}, false},
    {"/a", "{'b':{^1:2}}", {BAD(JSON_KEY, "")}, false},
    {"/a", "{'b' ^2}", {BAD(JSON_COLON, "")}, false},
    {"/a", "{'b':'^\xFF'}", {BAD(UTF8, "")}, false},
    {"/a", "{'b':'^\n'}", {BAD(JSON_CONTROL, "")}, false},
    {"/a", "{'b':'^\\x'}", {BAD(JSON_ESCAPE, "")}, false},
    {"/a", "{'b':0^1}", {BAD(JSON_NUMBER, "")}, false},
    {"/a", "{'a':^{}^]", {STATE, BAD(JSON_COMMA, "")}, false},
    {"/a", "{'a':^x}", {BAD(JSON_VALUE, "/a")}, false},
    {"", "^{}^,{}", {STATE, BAD(JSON_VALUE, "")}, false},
    {"", "^]", {BAD(JSON_VALUE, "")}, false},
    {"/*", "[^{}^{}]", {STATE, BAD(JSON_COMMA, "")}, false},
    /* cut off */
    {"/a", "{'a':[^{}", {STATE}, true},
    {"/a", "{'b':12", {{0}}, true},
    {"/a", "^'x'", {FOUND("/a", "a string")}, false},
    {"/a", "{'a':", {{0}}, true},
    {"/a", "{'a", {{0}}, true},
    {"/a", "[", {{0}}, true},
    {"/a", "{'b':'x", {{0}}, true},
    {"/a", "", {{0}}, false},
    {"/a", " \n", {{0}}, false},
};

/* A case's document, its marks taken out. */
typedef struct document {
    char text[ROOM];
    size_t size;
    size_t marks[MOST];
    size_t count;
} document;

static void take_marks(document *d, const char *text)
{
    *d = (document){.size = 0};
    for (; *text != '\0'; text++) {
        if (*text == '^')
            d->marks[d->count++] = d->size;
        else
            d->text[d->size++] = *text == '\'' ? '"' : *text;
    }
}

/* As execwire_json_walk_next, in a copy of exactly this size. */
static execwire_code walk_copy(execwire_json_walk *walk, const char *text, size_t size,
                               size_t *used, execwire_error *error)
{
    char *copy = malloc(size > 0 ? size : 1);
    execwire_code code;

    assert_non_null(copy);
    memcpy(copy, text, size);
    code = execwire_json_walk_next(walk, copy, size, used, error);
    free(copy);
    assert_true(*used <= size);
    return code;
}

/* Where the object that begins here ends. */
static size_t object_size(const char *text, size_t size)
{
    execwire_json_options options = {.ignore_unknown = true};
    execwire_error error = {0};
    size_t used = 0;
    execwire_code code = execwire_json_read_first(text, size, &used, &options, NULL, NULL, &error);

    assert_int_equal(*text, '{');
    if (code == EXECWIRE_ERROR_NOT_A_STATE) /* with keys of its own: none has a bracket in it */
        return (size_t)(strchr(text, '}') - text) + (text[1] == '}' ? 1 : 2);
    assert_int_equal(code, EXECWIRE_OK);
    return used;
}

static bool goes_on(execwire_code code)
{
    return code == EXECWIRE_OK || code == EXECWIRE_ERROR_JSON_POINTER ||
           code == EXECWIRE_ERROR_DUPLICATE_KEY || code == EXECWIRE_ERROR_EXPECTED_OBJECT;
}

static void check_happening(const happening *expected, size_t mark, const execwire_error *error,
                            execwire_code code, size_t at)
{
    assert_int_equal(code, expected->code);
    assert_int_equal(at, mark);
    if (code == EXECWIRE_OK)
        return;
    assert_string_equal(error->path, expected->path);
    if (expected->found == NULL)
        assert_null(error->found);
    else
        assert_string_equal(error->found, expected->found);
}

/* The walk gets `piece` bytes more each time. */
static void check_case(const walk_case *c, const document *d, size_t piece)
{
    execwire_json_walk walk;
    size_t base = 0;
    size_t end = 0;
    size_t seen = 0;
    execwire_code code = EXECWIRE_OK;

    assert_int_equal(execwire_json_walk_init(&walk, execwire_str_of(c->pointer), NULL),
                     EXECWIRE_OK);
    while (goes_on(code)) {
        execwire_error error = {0};
        size_t used;

        code = walk_copy(&walk, d->text + base, end - base, &used, &error);
        if (code == EXECWIRE_ERROR_TRUNCATED) {
            base += used;
            if (end == d->size)
                break;
            end = d->size - end < piece ? d->size : end + piece;
            code = EXECWIRE_OK;
            continue;
        }
        assert_true(seen < d->count);
        check_happening(&c->happens[seen], d->marks[seen], &error, code,
                        base + (code == EXECWIRE_OK ? used : error.offset));
        seen++;
        base += used;
        if (code == EXECWIRE_OK)
            base += object_size(d->text + base, d->size - base);
        end = end < base ? base : end;
    }
    assert_int_equal(seen, d->count);
    if (code == EXECWIRE_ERROR_TRUNCATED)
        assert_true(execwire_json_walk_is_between(&walk) == (!c->open && base == d->size));
}

/* promise: json-walk-used */
static void test_cases(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        document d;

        take_marks(&d, cases[i].text);
        for (size_t piece = 1; piece <= 7; piece++)
            check_case(&cases[i], &d, piece);
        check_case(&cases[i], &d, ROOM);
    }
}

/* After an error of which nothing tells where it ends, another document is next. */
static void test_begins_again(void **unused)
{
    static const char broken[] = "[[[{\"a\":nul}";
    static const char good[] = "{\"a\":{}}";
    execwire_json_walk walk;
    size_t used;

    (void)unused;
    assert_int_equal(execwire_json_walk_init(&walk, EXECWIRE_STR("/a"), NULL), EXECWIRE_OK);
    assert_int_equal(execwire_json_walk_next(&walk, broken, sizeof broken - 1, &used, NULL),
                     EXECWIRE_ERROR_JSON_VALUE);
    assert_true(execwire_json_walk_is_between(&walk));
    assert_int_equal(execwire_json_walk_next(&walk, good, sizeof good - 1, &used, NULL),
                     EXECWIRE_OK);
    assert_int_equal(used, 5);
    assert_false(execwire_json_walk_is_between(&walk));
}

/* A NUL is a byte like others, and no text at all is the beginning of one. */
static void test_nothing(void **unused)
{
    static const char nul[] = "{\"a\":\0}";
    execwire_json_walk walk;
    execwire_error error = {0};
    size_t used;

    (void)unused;
    assert_int_equal(execwire_json_walk_init(&walk, EXECWIRE_STR("/a"), NULL), EXECWIRE_OK);
    assert_int_equal(execwire_json_walk_next(&walk, NULL, 0, &used, &error),
                     EXECWIRE_ERROR_TRUNCATED);
    assert_int_equal(execwire_json_walk_next(&walk, nul, sizeof nul - 1, &used, &error),
                     EXECWIRE_ERROR_JSON_VALUE);
    assert_int_equal(error.offset, 5);
}

/* Depth is of what is open, not of what there was. */
static void test_many_brackets(void **unused)
{
    char json[ROOM] = "{\"b\":[[]";
    execwire_json_walk walk;
    size_t used;

    (void)unused;
    for (int i = 0; i < 2 * EXECWIRE_MAX_JSON_DEPTH; i++)
        strcat(json, ",{}");
    strcat(json, "],\"a\":{}}");
    assert_int_equal(execwire_json_walk_init(&walk, EXECWIRE_STR("/a"), NULL), EXECWIRE_OK);
    assert_int_equal(execwire_json_walk_next(&walk, json, strlen(json), &used, NULL), EXECWIRE_OK);
    assert_int_equal(used, strlen(json) - 3);
}

/* ---- Limits ---- */

static execwire_code init(const char *pointer, size_t size)
{
    execwire_json_walk walk;

    return execwire_json_walk_init(&walk, (execwire_str){pointer, size}, NULL);
}

static void test_pointers(void **unused)
{
    static const char *const bad[] = {"a", "a/b", "*", "/~", "/~2", "/a~", "/a~b/c", "#/a", " /a"};
    static const char *const good[] = {"", "/", "//", "/~0~1", "/*/*", "/a b", "/\"", "/~0"};
    char text[EXECWIRE_JSON_POINTER_SIZE + 1];

    (void)unused;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(init(bad[i], strlen(bad[i])), EXECWIRE_ERROR_ARGUMENT);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_int_equal(init(good[i], strlen(good[i])), EXECWIRE_OK);
    memset(text, 'x', sizeof text);
    text[0] = '/';
    assert_int_equal(init(text, EXECWIRE_JSON_POINTER_SIZE), EXECWIRE_OK);
    assert_int_equal(init(text, EXECWIRE_JSON_POINTER_SIZE + 1), EXECWIRE_ERROR_ARGUMENT);
    memset(text, '/', sizeof text);
    assert_int_equal(init(text, EXECWIRE_MAX_JSON_DEPTH - 1), EXECWIRE_OK);
    assert_int_equal(init(text, EXECWIRE_MAX_JSON_DEPTH), EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(init("/~0", 2),
                     EXECWIRE_ERROR_ARGUMENT); /* what is behind it does not count */
    assert_int_equal(init(NULL, 0), EXECWIRE_OK);
    assert_int_equal(init(NULL, 1), EXECWIRE_ERROR_ARGUMENT);
}

/* The longest key that can be named, with and without escapes, and one that is longer by one. */
static void test_long_keys(void **unused)
{
    char pointer[EXECWIRE_JSON_POINTER_SIZE + 1] = "/";
    char json[2 * ROOM];
    size_t used;

    (void)unused;
    memset(pointer + 1, 'x', EXECWIRE_JSON_POINTER_SIZE - 1);
    for (int escaped = 0; escaped < 2; escaped++)
        for (int more = 0; more < 2; more++) {
            execwire_json_walk walk;
            size_t size =
                (size_t)sprintf(json, "{\"%s%s%s\":{},\"%s!!\":{}}", escaped ? "\\u0078" : "x",
                                pointer + 2, more ? "x" : "", pointer);
            size_t first = size - (strlen(pointer) + 11);

            assert_int_equal(execwire_json_walk_init(&walk, execwire_str_of(pointer), NULL),
                             EXECWIRE_OK);
            assert_int_equal(execwire_json_walk_next(&walk, json, size, &used, NULL),
                             more ? EXECWIRE_ERROR_JSON_POINTER : EXECWIRE_OK);
            if (more)
                continue;
            assert_int_equal(used, first);
            first += 2; /* behind the state: the other key, and no state */
            assert_int_equal(
                execwire_json_walk_next(&walk, json + first, size - first, &used, NULL),
                EXECWIRE_ERROR_TRUNCATED);
            assert_int_equal(used, size - first);
        }
}

/* Brackets inside each other, on the way and beside it: as many as one document may have. */
static void test_depth(void **unused)
{
    char pointer[2 * EXECWIRE_MAX_JSON_DEPTH] = "";
    char json[2 * EXECWIRE_MAX_JSON_DEPTH + 8];
    execwire_json_walk walk;
    size_t used;

    (void)unused;
    for (size_t i = 0; i < EXECWIRE_MAX_JSON_DEPTH - 1; i++)
        strcat(pointer, "/0");
    memset(json, '[', sizeof json);
    json[EXECWIRE_MAX_JSON_DEPTH] = '{';
    assert_int_equal(execwire_json_walk_init(&walk, execwire_str_of(pointer), NULL), EXECWIRE_OK);
    assert_int_equal(execwire_json_walk_next(&walk, json, EXECWIRE_MAX_JSON_DEPTH + 1, &used, NULL),
                     EXECWIRE_OK);
    assert_int_equal(used, EXECWIRE_MAX_JSON_DEPTH);
    json[EXECWIRE_MAX_JSON_DEPTH] = '[';
    for (int on = 0; on < 2; on++) {
        execwire_error error = {0};

        assert_int_equal(execwire_json_walk_init(&walk, execwire_str_of(on ? pointer : "/x"), NULL),
                         EXECWIRE_OK);
        for (size_t i = 0; i < 5; i++)
            json[i] = on ? '[' : "{\"y\":"[i];
        assert_int_equal(
            execwire_json_walk_next(&walk, json, EXECWIRE_MAX_JSON_DEPTH + 5, &used, &error),
            on ? EXECWIRE_ERROR_EXPECTED_OBJECT : EXECWIRE_ERROR_DEPTH);
        assert_int_equal(error.offset, EXECWIRE_MAX_JSON_DEPTH + (on ? 0 : 4));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),         cmocka_unit_test(test_begins_again),
        cmocka_unit_test(test_pointers),      cmocka_unit_test(test_long_keys),
        cmocka_unit_test(test_depth),         cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_many_brackets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
