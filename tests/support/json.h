/* What the tests of the JSON side share: documents as C literals, and reading them so that a
 * sanitizer sees every byte too far.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_JSON_H
#define TESTS_SUPPORT_JSON_H

#include <execwire/execwire.h>

/* A document that must be refused. In `before` and `after` an apostrophe stands for a quotation
 * mark; the byte that is at fault is the first one of `after`. */
typedef struct json_refusal {
    const char *before;
    size_t before_size;
    const char *after;
    size_t after_size;
    execwire_code code;
    const char *path;
    const char *found; /* NULL for none */
} json_refusal;

#define JSON_REFUSED(before, after, code, path, found)                                             \
    {                                                                                              \
        "" before, sizeof(before) - 1, "" after, sizeof(after) - 1, EXECWIRE_ERROR_##code, path,   \
            found                                                                                  \
    }

/* Puts a quotation mark in place of every apostrophe. */
void json_quote(char *text, size_t size);

/* A document that has been read. */
typedef struct json_document {
    char *text;               /* a block of exactly the document's size */
    execwire_scratch scratch; /* exactly as large as measuring said */
    execwire_state state;
    execwire_error error;
    execwire_code code;
} json_document;

/* Reads `text`: first measures, then reads with exactly the memory that was asked for, without and
 * with an error to fill in. Fails the test if they disagree, if a refused document leaves anything
 * in the state, or if one that is read touches the error. */
void json_read(json_document *document, const char *text, size_t size, bool ignore_unknown);

/* The same for a literal with apostrophes; json_accept fails the test if it is refused. */
void json_read_quoted(json_document *document, const char *text, size_t size, bool ignore_unknown);
void json_accept(json_document *document, const char *text);

void json_free(json_document *document);

/* Fails the test unless the document is refused as the table says. */
void json_check_refusals(const json_refusal *refusals, size_t count, bool ignore_unknown);

/* Fails the test unless `error` is exactly this; `found` may be NULL. */
void json_check_error(const execwire_error *error, execwire_code code, size_t offset,
                      const char *path, const char *found);

/* What is written for `state`, NUL added; to be freed. Fails the test if it is refused. */
char *json_write(const execwire_state *state, const execwire_json_options *options, size_t *size);

/* A file's bytes, NUL added; to be freed. NULL if there is no such file. */
char *json_read_file(const char *path, size_t *size);

/* Whether a view holds exactly this text; a NULL text means absent. */
bool json_is(execwire_str view, const char *text);

#endif
