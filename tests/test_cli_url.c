/* URLs of brokers: what each part is, and what is refused, in one line without a password. What is
 * expected follows RFC 3986 by hand.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "cli/carrier/url.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const known[] = {"ca", "creds", NULL};

/* ---- What is said ---- */

static char said[1024];

/* Reads a URL; what that reports is in `said`. */
static bool read_url(url *u, const char *text)
{
    int before = dup(STDERR_FILENO);
    FILE *file = tmpfile();
    size_t size;
    bool good;

    assert_non_null(file);
    assert_true(before >= 0 && dup2(fileno(file), STDERR_FILENO) >= 0);
    good = url_read(u, text, known);
    assert_true(dup2(before, STDERR_FILENO) >= 0);
    close(before);
    rewind(file);
    size = fread(said, 1, sizeof said - 1, file);
    said[size] = '\0';
    fclose(file);
    return good;
}

/* ---- What is good ---- */

typedef struct good_url {
    const char *text;
    const char *scheme, *user, *password, *hosts, *host;
    unsigned port;
    const char *path, *ca, *name;
} good_url;

static const good_url good_urls[] = {
    {"nats://h", "nats", "", "", "h", "h", 0, "", NULL, "nats://h"},
    {"nats://h/", "nats", "", "", "h", "h", 0, "", NULL, "nats://h/"},
    {"tls://h.example:4222/p", "tls", "", "", "h.example:4222", "h.example", 4222, "p", NULL,
     "tls://h.example:4222/p"},
    {"mqtt://u:p@h:1/a/b?ca=/etc/c.pem&creds=x", "mqtt", "u", "p", "h:1", "h", 1, "a/b",
     "/etc/c.pem", "mqtt://h:1/a/b"},
    {"mqtt://u@h/", "mqtt", "u", "", "h", "h", 0, "", NULL, "mqtt://h/"},
    {"mqtt://u:@h/", "mqtt", "u", "", "h", "h", 0, "", NULL, "mqtt://h/"},
    {"mqtt://a%40b:c%3ad%2F%25@h/x%20y%2fz", "mqtt", "a@b", "c:d/%", "h", "h", 0, "x y/z", NULL,
     "mqtt://h/x%20y%2fz"},
    {"mqtt://a:b:c@h", "mqtt", "a", "b:c", "h", "h", 0, "", NULL, "mqtt://h"},
    {"nats://[::1]:65535/p", "nats", "", "", "[::1]:65535", "::1", 65535, "p", NULL,
     "nats://[::1]:65535/p"},
    {"nats://[fe80::192.0.2.1]", "nats", "", "", "[fe80::192.0.2.1]", "fe80::192.0.2.1", 0, "",
     NULL, "nats://[fe80::192.0.2.1]"},
    {"nats://u@a:1,[::2]:3,b/p", "nats", "u", "", "a:1,[::2]:3,b", "a", 1, "p", NULL,
     "nats://a:1,[::2]:3,b/p"},
    {"nats://h?ca=a=b?c/d%26e", "nats", "", "", "h", "h", 0, "", "a=b?c/d&e", "nats://h"},
    {"nats://h/p?", "nats", "", "", "h", "h", 0, "p", NULL, "nats://h/p"},
    {"nats://h/p?ca=x&", "nats", "", "", "h", "h", 0, "p", "x", "nats://h/p"},
};

static void test_parts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good_urls / sizeof *good_urls; i++) {
        const good_url *g = &good_urls[i];
        const char *ca;
        url u;

        if (!read_url(&u, g->text))
            fail_msg("%s: %s", g->text, said);
        ca = url_parameter_of(&u, "ca");
        assert_string_equal(u.scheme, g->scheme);
        assert_string_equal(u.user, g->user);
        assert_string_equal(u.password, g->password);
        assert_string_equal(u.hosts, g->hosts);
        assert_string_equal(u.host, g->host);
        assert_int_equal(u.port, g->port);
        assert_string_equal(u.path, g->path);
        assert_string_equal(u.name, g->name);
        assert_string_equal(ca != NULL ? ca : "none", g->ca != NULL ? g->ca : "none");
        assert_string_equal(said, "");
        url_free(&u);
    }
}

/* ---- What is refused ---- */

static const struct {
    const char *text;
    const char *expected;
} bad_urls[] = {
    {"", "a broker's URL is SCHEME://HOST/PATH"},
    {"u:SECRET@h", "a broker's URL is SCHEME://HOST/PATH"},
    {"://h", "a broker's URL is SCHEME://HOST/PATH"},
    {"NATS://h", "a broker's URL is SCHEME://HOST/PATH"},
    {"nats:/h", "a broker's URL is SCHEME://HOST/PATH"},
    {"nats://", "nats://: no host, or one that is not HOST, HOST:PORT or [ADDRESS]:PORT"},
    {"nats:///p", "nats:///p: no host, "},
    {"nats://u:SECRET@/p", "nats:///p: no host, "},
    {"nats://h,/p", "nats://h,/p: no host, "},
    {"nats://,h", "nats://,h: no host, "},
    {"nats://h:", "nats://h:: no host, "},
    {"nats://h:0", "nats://h:0: no host, "},
    {"nats://h:65536", "nats://h:65536: no host, "},
    {"nats://h:4x", "nats://h:4x: no host, "},
    {"nats://a,h:4x", "nats://a,h:4x: no host, "},
    {"nats://::1", "nats://::1: no host, "},
    {"nats://[::1", "nats://[::1: no host, "},
    {"nats://[]:1", "nats://[]:1: no host, "},
    {"nats://[h]:1", "nats://[h]:1: no host, "},
    {"nats://h*", "nats://h*: no host, "},
    {"nats://@h", "nats://: no user before '@'"},
    {"nats://:SECRET@h", "nats://: no user before '@'"},
    {"nats://u:SEC@RET@h", "nats://: an '@' that does not stand between user and host is written"},
    {"nats://u:SEC/RET@h", "nats://: an '@' that does not"},
    {"nats://u:SEC?RET@h", "nats://: an '@' that does not"},
    {"nats://u:SEC#RET@h", "nats://: an '@' that does not"},
    {"nats://u:SECRET@h/a@b", "nats://: an '@' that does not"},
    {"nats://h/p?ca=a@b", "nats://: an '@' that does not"},
    {"nats://u:SECRET%@h", "nats://: '%' is not followed by two digits"},
    {"nats://u:SECRET%0@h", "nats://: '%' is not followed by two digits"},
    {"nats://u:SECRET%00@h", "nats://: '%' is not followed by two digits"},
    {"nats://u%g0:SECRET@h", "nats://: '%' is not followed by two digits"},
    {"nats://h/%4", "nats://h/%4: '%' is not followed by two digits"},
    {"nats://h/p?c%x=1", "nats://h/p: '%' is not followed by two digits"},
    {"nats://h/p?ca=%00", "nats://h/p: '%' is not followed by two digits"},
    {"nats://h%41/p", "nats://h%41/p: no host, "},
    {"nats://h/a b", "nats://: blanks, '#' and what is not ASCII"},
    {"nats://h/a#b", "nats://: blanks, '#' and what is not ASCII"},
    {"nats://h/\xc3\xa9", "nats://: blanks, '#' and what is not ASCII"},
    {"nats://h/p?x=1", "nats://h/p: parameter x is unknown"},
    {"nats://h/p?=1", "nats://h/p: parameter  is unknown"},
    {"nats://h/p?&ca=1", "nats://h/p: parameter  is unknown"},
    {"nats://h/p?ca", "nats://h/p: parameter ca is without a value"},
    {"nats://h/p?ca=", "nats://h/p: parameter ca is without a value"},
    {"nats://u:SECRET@h/p?ca=1&ca=1", "nats://h/p: parameter ca is given twice"},
    {"nats://h/p?password-file=/x", "nats://h/p: password-file needs a user"},
    {"nats://u:SECRET@h/p?password-file=/x",
     "nats://h/p: password-file and a password are one too"},
    {"nats://u@h/p?password-file=/nowhere", "/nowhere: No such file or directory"},
    {"nats://u@h/p?password-file=/", "/: Is a directory"},
    {"nats://u@h/p?password-file=/dev/null", "/dev/null: no password in its first line"},
    {"nats://u@h/p?password-file=/dev/zero", "/dev/zero: no password in its first line"},
};

static void test_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_urls / sizeof *bad_urls; i++) {
        char begin[200];
        url u;

        snprintf(begin, sizeof begin, "execwire: %s", bad_urls[i].expected);
        if (read_url(&u, bad_urls[i].text))
            fail_msg("%s is good", bad_urls[i].text);
        if (strncmp(said, begin, strlen(begin)) != 0)
            fail_msg("%s: %s", bad_urls[i].text, said);
        assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
        if (strstr(said, "SEC") != NULL || strstr(said, "RET") != NULL)
            fail_msg("a password is shown: %s", said);
    }
}

/* Without a list every name is taken, but one that is empty. */
static void test_any_parameter(void **state)
{
    url u;

    (void)state;
    assert_true(url_read(&u, "kafka://h/t?linger.ms=5&a%20b=c", NULL));
    assert_int_equal(u.parameter_count, 2);
    assert_string_equal(url_parameter_of(&u, "linger.ms"), "5");
    assert_string_equal(url_parameter_of(&u, "a b"), "c");
    url_free(&u);
    assert_false(url_read(&u, "kafka://h/t?=5", NULL));
}

/* ---- The file of a password ---- */

static void test_password_file(void **state)
{
    static const struct {
        const char *content;
        size_t size;
        const char *password; /* NULL: refused */
    } samples[] = {
        {"p w:@%41", 8, "p w:@%41"}, {"pw\n", 3, "pw"}, {"pw\r\nmore\n", 9, "pw"},
        {"pw\nmore", 7, "pw"},       {"\npw", 3, NULL}, {"\r\n", 2, NULL},
        {"\0pw\n", 4, NULL},
    };
    char name[] = "/tmp/execwire-url-XXXXXX";
    char text[100];
    int fd = mkstemp(name);

    (void)state;
    snprintf(text, sizeof text, "mqtt://u@h?password-file=%s", name);
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        url u;
        bool good;

        assert_int_equal(ftruncate(fd, 0), 0);
        assert_int_equal(pwrite(fd, samples[i].content, samples[i].size, 0),
                         (ssize_t)samples[i].size);
        good = read_url(&u, text);
        assert_int_equal(good, samples[i].password != NULL);
        if (good) {
            assert_string_equal(u.password, samples[i].password);
            assert_string_equal(u.name, "mqtt://h");
            url_free(&u);
        }
    }
    close(fd);
    unlink(name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_any_parameter),
        cmocka_unit_test(test_password_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
