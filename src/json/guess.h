/* Which key is next: what writers write behind the one before, found without a search.
 *
 * Whatever is not as expected is searched for (execwire_schema_key); nothing relies on a guess.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_JSON_GUESS_H
#define EXECWIRE_JSON_GUESS_H

#include "schema/schema.h"
#include "json/scanner.h"
#include "json/usual.h"

/* The fields of a message that were read. */
typedef struct execwire_progress {
    uint64_t seen;              /* a bit for each */
    const execwire_field *next; /* the one behind the last: writers keep to the schema's order */
#ifdef EXECWIRE_FAST_PATHS
    bool unordered; /* the last key was not where the schema has it */
#endif
} execwire_progress;

#ifdef EXECWIRE_FAST_PATHS

/* The key of a field in the form of the one before: a writer has but one. */
static inline bool execwire_take_field(execwire_scanner *s, bool *api, const execwire_field *field)
{
    return *api ? execwire_take_key(s, field->json_name, field->json_name_size)
                : execwire_take_key(s, field->name, field->name_size);
}

/* The same in the other form, which is expected from now on if that is what is next. */
static inline bool execwire_take_other_form(execwire_scanner *s, bool *api,
                                            const execwire_field *field)
{
    bool taken;

    *api = !*api;
    taken = execwire_take_field(s, api, field);
    *api ^= !taken;
    return taken;
}

/* In either form. */
static inline bool execwire_take_either_form(execwire_scanner *s, bool *api,
                                             const execwire_field *field)
{
    return execwire_take_field(s, api, field) || execwire_take_other_form(s, api, field);
}

/* The field whose key servers write behind the last one, if that is what is next. JSON in their
 * order is read in 0.9 of the time. */
static inline const execwire_field *execwire_take_behind(execwire_scanner *s, bool *api,
                                                         const execwire_message *message,
                                                         const execwire_progress *done)
{
    const execwire_field *guess = done->next;

    if (guess == message->fields || guess[-1].behind >= message->count)
        return NULL;
    guess = &message->fields[guess[-1].behind];
    return execwire_take_either_form(s, api, guess) ? guess : NULL;
}

/* The field of the key that is next, which is moved over: the next one of the schema; the one
 * behind it, as one is often left out; or that of a server's order, which is expected first once
 * keys have another order than the schema. NULL if it is another. Without it: encode +13 % for JSON
 * in the schema's order. */
static inline const execwire_field *execwire_take_guess(execwire_scanner *s, bool *api,
                                                        const execwire_message *message,
                                                        execwire_progress *done)
{
    const execwire_field *end = message->fields + message->count;
    const execwire_field *guess = done->next;
    const execwire_field *behind =
        done->unordered ? execwire_take_behind(s, api, message, done) : NULL;

    if (behind != NULL)
        return behind;
    if (guess < end && execwire_take_either_form(s, api, guess)) {
        done->unordered = false;
        return guess;
    }
    if (done->unordered)
        return NULL;
    if (end - guess > 1 && execwire_take_field(s, api, guess + 1))
        return guess + 1;
    done->unordered = true;
    return execwire_take_behind(s, api, message, done);
}

#else

static inline const execwire_field *execwire_take_guess(execwire_scanner *s, bool *api,
                                                        const execwire_message *message,
                                                        execwire_progress *done)
{
    (void)s;
    (void)api;
    (void)message;
    (void)done;
    return NULL;
}

#endif

#endif
