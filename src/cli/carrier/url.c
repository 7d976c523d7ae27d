/* SPDX-License-Identifier: Apache-2.0 */
/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
#define _DEFAULT_SOURCE /* explicit_bzero */
#include "cli/carrier/url.h"

#include "cli/base/io.h"
#include "cli/base/option.h"
#include "cli/base/report.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define LOWER         "abcdefghijklmnopqrstuvwxyz"
#define DIGITS        "0123456789"
#define OF_HOST       LOWER "ABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS "-._"
#define OF_IPV6       "abcdefABCDEF" DIGITS ":."
#define LARGEST_PORT  65535
#define PASSWORD_SIZE 4096

/* ---- Percent-encoding ---- */

static int digit_of(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;

    return at != NULL ? (int)(at - digits) : -1;
}

/* The byte that '%' and two digits stand for. 0, which would cut a text off: none. */
static char decode_byte(const char *digits)
{
    int high = digit_of(digits[0]);
    int low = high >= 0 ? digit_of(digits[1]) : -1;

    return (char)(low >= 0 ? high << 4 | low : 0);
}

/* Decodes a part where it is. */
static bool decode(const url *u, char *part)
{
    char *out = part;

    for (const char *in = part; *in != '\0'; in++) {
        char byte = *in == '%' ? decode_byte(in + 1) : *in;

        if (byte == '\0') {
            report("%s: '%%' is not followed by two digits of a byte in hex, or by 00", u->name);
            return false;
        }
        in += *in == '%' ? 2 : 0;
        *out++ = byte;
    }
    *out = '\0';
    return true;
}

/* ---- The parts ---- */

/* Cuts a text in two at the first of a byte. Returns what is behind that, or "" at its end. */
static char *cut(char *text, char at)
{
    char *found = strchr(text, at);

    if (found == NULL)
        return text + strlen(text);
    *found = '\0';
    return found + 1;
}

/* Notes what the URL is called; `size` bytes of it may be shown. */
static void name_it(url *u, const char *shown, size_t size)
{
    size_t capacity = strlen(u->scheme) + sizeof "://" + size;

    u->name = reallocate(u->name, capacity);
    (void)format(u->name, capacity, "%s://%.*s", u->scheme, (int)size, shown);
}

static bool read_scheme(url *u)
{
    char *end = strstr(u->copy, "://");

    if (end == NULL || end == u->copy || strspn(u->copy, LOWER) != (size_t)(end - u->copy)) {
        report("a broker's URL is SCHEME://HOST/PATH");
        return false;
    }
    *end = '\0';
    u->scheme = u->copy;
    u->hosts = end + strlen("://");
    return true;
}

/* User and password, and nothing that looks like them elsewhere. */
static bool read_user(url *u)
{
    size_t size = strcspn(u->hosts, "/?#");
    char *at = memchr(u->hosts, '@', size);

    name_it(u, "", 0);
    if (strchr(at != NULL ? at + 1 : u->hosts, '@') != NULL) {
        report("%s: an '@' that does not stand between user and host is written %%40", u->name);
        return false;
    }
    u->user = u->password = u->copy + strlen(u->copy);
    if (at == NULL)
        return true;
    u->user = u->hosts;
    u->hosts = at + 1;
    *at = '\0';
    u->password = cut(u->user, ':');
    if (*u->user == '\0') {
        report("%s: no user before '@'", u->name);
        return false;
    }
    return decode(u, u->user) && decode(u, u->password);
}

/* Looks at HOST, HOST:PORT or [HOST]:PORT, of `size` bytes. */
static bool is_host(const char *text, size_t size, size_t *host_size, unsigned *port)
{
    bool brackets = *text == '[';
    const char *host = text + brackets;
    const char *rest;
    size_t number = 0;

    *host_size = strspn(host, brackets ? OF_IPV6 : OF_HOST);
    rest = host + *host_size;
    if (*host_size == 0 || (brackets && *rest++ != ']'))
        return false;
    if (*rest == ':') {
        rest++;
        rest += option_digits(rest, &number);
        if (number == 0 || number > LARGEST_PORT)
            return false;
    }
    *port = (unsigned)number;
    return rest == text + size;
}

static bool read_hosts(url *u, char *room)
{
    size_t first_size = 0;

    for (const char *host = u->hosts;; host++) {
        size_t size = strcspn(host, ",");
        size_t host_size;
        unsigned port;

        if (!is_host(host, size, &host_size, &port)) {
            report("%s: no host, or one that is not HOST, HOST:PORT or [ADDRESS]:PORT", u->name);
            return false;
        }
        if (host == u->hosts) {
            first_size = host_size;
            u->port = port;
        }
        host += size;
        if (*host == '\0')
            break;
    }
    u->host = memcpy(room, u->hosts + (*u->hosts == '['), first_size);
    u->host[first_size] = '\0';
    return true;
}

/* ---- Parameters ---- */

static bool is_known(const char *name, const char *const *known)
{
    for (; known != NULL && *known != NULL; known++)
        if (strcmp(name, *known) == 0)
            return true;
    return known == NULL ? *name != '\0' : strcmp(name, URL_PASSWORD_FILE) == 0;
}

static bool read_parameter(url *u, char *text, const char *const *known)
{
    url_parameter *p = &u->parameters[u->parameter_count];
    const char *wrong = NULL;

    p->name = text;
    p->value = cut(text, '=');
    if (!decode(u, p->name) || !decode(u, p->value))
        return false;
    if (!is_known(p->name, known))
        wrong = "unknown";
    else if (url_parameter_of(u, p->name) != NULL)
        wrong = "given twice";
    else if (*p->value == '\0')
        wrong = "without a value";
    if (wrong != NULL) {
        report("%s: parameter %s is %s", u->name, p->name, wrong);
        return false;
    }
    u->parameter_count++;
    return true;
}

static bool read_parameters(url *u, char *text, const char *const *known)
{
    while (*text != '\0') {
        char *next = cut(text, '&');

        if (u->parameter_count == URL_PARAMETERS) {
            report("%s: more than %d parameters", u->name, URL_PARAMETERS);
            return false;
        }
        if (!read_parameter(u, text, known))
            return false;
        text = next;
    }
    return true;
}

const char *url_parameter_of(const url *u, const char *name)
{
    for (unsigned i = 0; i < u->parameter_count; i++)
        if (strcmp(u->parameters[i].name, name) == 0)
            return u->parameters[i].value;
    return NULL;
}

/* ---- The password's file ---- */

/* Reads the first line of a file into PASSWORD_SIZE bytes of zeros. False: reported. */
static bool read_first_line(const char *file, char *secret)
{
    int fd = io_open(file, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd >= 0 ? io_read_all(fd, secret, PASSWORD_SIZE - 1) : -1;
    size_t line;

    if (size < 0)
        (void)report_errno(file);
    if (fd >= 0)
        (void)io_close(fd);
    if (size < 0)
        return false;
    line = strcspn(secret, "\r\n");
    secret[line] = '\0';
    if (line > 0 && line < PASSWORD_SIZE - 1)
        return true;
    report("%s: no password in its first line, or one of more than %d bytes", file,
           PASSWORD_SIZE - 2);
    return false;
}

static void free_secret(char *secret)
{
    if (secret != NULL)
        explicit_bzero(secret, PASSWORD_SIZE);
    free(secret);
}

bool url_reread_password(url *u)
{
    const char *file = url_parameter_of(u, URL_PASSWORD_FILE);
    char *secret;

    if (file == NULL)
        return true;
    secret = memset(reallocate(NULL, PASSWORD_SIZE), 0, PASSWORD_SIZE);
    if (!read_first_line(file, secret)) {
        free_secret(secret);
        return false;
    }
    free_secret(u->secret);
    u->password = u->secret = secret;
    return true;
}

static bool read_password_file(url *u)
{
    const char *file = url_parameter_of(u, URL_PASSWORD_FILE);

    if (file == NULL)
        return true;
    if (*u->user == '\0' || *u->password != '\0') {
        report("%s: " URL_PASSWORD_FILE " %s", u->name,
               *u->user == '\0' ? "needs a user" : "and a password are one too many");
        return false;
    }
    return url_reread_password(u);
}

/* ---- All of it ---- */

static bool is_printable(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text <= ' ' || (unsigned char)*text >= 0x7f)
            return false;
    return true;
}

static bool read_parts(url *u, char *room, const char *const *known)
{
    char *parameters;

    if (!read_scheme(u) || !read_user(u))
        return false;
    if (!is_printable(u->hosts) || strchr(u->hosts, '#') != NULL) {
        report("%s: blanks, '#' and what is not ASCII are written as %%20 is", u->name);
        return false;
    }
    name_it(u, u->hosts, strcspn(u->hosts, "?"));
    parameters = cut(u->hosts, '?');
    u->path = cut(u->hosts, '/');
    return read_hosts(u, room) && decode(u, u->path) && read_parameters(u, parameters, known) &&
           read_password_file(u);
}

bool url_read(url *u, const char *text, const char *const *known)
{
    size_t size = strlen(text) + 1;

    *u = (url){.copy_size = 2 * size}; /* with the first host behind it */
    u->copy = reallocate(NULL, u->copy_size);
    memcpy(u->copy, text, size);
    if (read_parts(u, u->copy + size, known))
        return true;
    url_free(u);
    return false;
}

void url_free(url *u)
{
    explicit_bzero(u->copy, u->copy_size);
    free_secret(u->secret);
    free(u->copy);
    free(u->name);
    *u = (url){.copy = NULL};
}
