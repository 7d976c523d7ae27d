/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/gateway/engines.h"

#include <stdlib.h>
#include <string.h>

/* The engines that there are. */
static const struct {
    const char *scheme;
    engine_opener *open;
} openers[] = {{"mqtt", engine_open_mqtt}, {"mqtts", engine_open_mqtt},  {"nats", engine_open_nats},
               {"tls", engine_open_nats},  {"kafka", engine_open_kafka}, {NULL, NULL}};

static engine_opener *opener_of(const char *url)
{
    const char *end = strstr(url, "://");
    size_t size = end != NULL ? (size_t)(end - url) : 0;

    for (size_t i = 0; openers[i].scheme != NULL; i++)
        if (strlen(openers[i].scheme) == size && memcmp(openers[i].scheme, url, size) == 0)
            return openers[i].open;
    /* the scheme alone: behind it there may be a password */
    report("--to takes URLs of the engines that this execwire knows, not %.*s://", (int)size, url);
    return NULL;
}

bool engines_open(engines *e, const engine_urls *urls)
{
    *e = (engines){.count = 0};
    for (unsigned i = 0; i < urls->count; i++) {
        engine_opener *open = opener_of(urls->of[i]);

        e->of[i] = open != NULL ? open(urls->of[i]) : NULL;
        if (e->of[i] == NULL)
            return false;
        e->count++;
    }
    return true;
}

void engines_close(engines *e)
{
    for (unsigned i = 0; i < e->count; i++)
        e->of[i]->kind->close(e->of[i]);
    free(e->message.data);
    *e = (engines){.count = 0};
}

void engines_reread(const engines *e)
{
    for (unsigned i = 0; i < e->count; i++)
        if (e->of[i]->kind->reread != NULL)
            e->of[i]->kind->reread(e->of[i]);
}

unsigned engines_fds(const engines *e, struct pollfd fds[ENGINES_MOST])
{
    for (unsigned i = 0; i < e->count; i++)
        fds[i] = (struct pollfd){.fd = e->of[i]->fd, .events = POLLIN};
    return e->count;
}

outcome engines_put(engines *e, execwire_str node, const execwire_state *state, uint64_t now)
{
    delivery d = {.node = node, .state = state};
    outcome worst = OUTCOME_GOOD;

    if (e->count == 0)
        return OUTCOME_GOOD;
    if (encoded_make(&e->message, state, NULL) != EXECWIRE_OK)
        return OUTCOME_DATA;
    d.message = (execwire_str){e->message.data, e->message.size};
    for (unsigned i = 0; i < e->count; i++) {
        outcome result;

        if (e->of[i]->waiting == 0)
            e->of[i]->since = now;
        result = e->of[i]->kind->put(e->of[i], &d);
        if (result > worst)
            worst = result;
    }
    if (!e->waits)
        e->since = now;
    e->waits = true;
    return worst;
}

bool engines_settle(engines *e)
{
    bool all = true;

    for (unsigned i = 0; i < e->count; i++)
        if (!e->of[i]->kind->settle(e->of[i]))
            all = false;
    e->waits = !all;
    return all;
}

bool engines_have_room(const engines *e)
{
    for (unsigned i = 0; i < e->count; i++) {
        const engine *one = e->of[i];

        if (one->waiting > 0 && (!one->refuses || one->waiting >= ENGINES_WAITING))
            return false;
    }
    return true;
}

uint64_t engines_refused(const engines *e)
{
    uint64_t refused = 0;

    for (unsigned i = 0; i < e->count; i++)
        refused += e->of[i]->refused;
    return refused;
}
