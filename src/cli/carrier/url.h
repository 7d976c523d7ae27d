/* The URLs of brokers, as RFC 3986 has them:
 * SCHEME://[USER[:PASSWORD]@]HOST[:PORT][,HOST..]/PATH?NAME=VALUE&..
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_URL_H
#define EXECWIRE_CLI_URL_H

#include <execwire/error.h>

#include <stdbool.h>
#include <stddef.h>

#define URL_PARAMETERS    16
#define URL_PASSWORD_FILE "password-file"

typedef struct url_parameter {
    char *name;
    char *value;
} url_parameter;

/* All parts are without percent-encoding; "" where there is none, but for `port`. */
typedef struct url {
    char *copy; /* what the others point into */
    size_t copy_size;
    char *secret; /* what was read of a password's file; may be NULL */
    char *scheme;
    char *user;
    char *password;
    char *hosts;   /* as it stands: HOST, HOST:PORT, and further ones behind commas */
    char *host;    /* the first, without the brackets of an IPv6 address */
    unsigned port; /* of the first; 0: none is given */
    char *path;    /* without the first slash */
    url_parameter parameters[URL_PARAMETERS];
    unsigned parameter_count;
    char *name; /* the URL for people: without user, password and parameters */
} url;

/* Reads a URL, whose parameters are all of those in `known`, a list that NULL ends; with `known` of
 * NULL all names are taken, and are the caller's to judge. "password-file" is always one of them,
 * and puts the first line of a file in `password`. An '@' stands between user and host alone, so
 * that no part of a password is taken for another part of the URL and reported. False: reported,
 * and nothing is to be freed. */
EXECWIRE_MUST_USE bool url_read(url *u, const char *text, const char *const *known);

/* Reads the password's file again, where there is one. False: reported, and the password of before
 * stays. */
EXECWIRE_MUST_USE bool url_reread_password(url *u);
void url_free(url *u); /* wipes the password */

/* A parameter's value; NULL: it is not given. */
const char *url_parameter_of(const url *u, const char *name);

#endif
