/* Frames of one kind, to a gateway that knows a thousand nodes: for callgrind, which counts what is
 * inside of execwire_gateway_receive.
 *
 * usage: gateway_hostile KIND COUNT
 *
 * Prints what became of the last one; without arguments the kinds.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/crowd.h"
#include "support/hostile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NODES 1000

static crowd *const c = &the_crowd;
static hostile h = {.seed = 1};
static const char output[] =
    "2023-10-17T12:28:08Z step 17 of 250: loss 0.0231, accuracy 0.9917, 118 images a second\n"
    "2023-10-17T12:28:09Z step 18 of 250: loss 0.0229, accuracy 0.9918, 121 images a second\n"
    "2023-10-17T12:28:10Z step 19 of 250: loss 0.0228, accuracy 0.9918, 119 images a second\n";

static void hear(uint32_t source)
{
    crowd_hear(source, h.frame, h.size);
}

static void say_update(unsigned i)
{
    crowd_update(&c->nodes[i % NODES], 0, 2 + i, NULL);
}

static void say_output(unsigned i)
{
    char text[sizeof output + 8];

    snprintf(text, sizeof text, "%u %s", i, output);
    crowd_update(&c->nodes[i % NODES], 0, 2 + i, text);
}

static void say_garbage(unsigned i)
{
    hostile_garbage(&h);
    hear(CROWD_HOSTILE + i % 100);
}

static void say_hello(unsigned i)
{
    char name[16];

    snprintf(name, sizeof name, "x-%u", i);
    hostile_hello(&h, name, 0);
    hear(CROWD_HOSTILE + i % 100);
}

static void say_want(unsigned i)
{
    hostile_want(&h);
    hear(CROWD_HOSTILE + i % 100);
}

/* Of a source that no node is known at. */
static void say_unasked(unsigned i)
{
    hostile_texts(&h);
    hear(CROWD_HOSTILE + i % 100);
}

/* What a node has said before. */
static void say_again(unsigned i)
{
    if (i == 0)
        say_update(0);
    crowd_hear(c->said_at, c->said, c->said_size);
}

/* Of a source that has given a state; a second each, so that all are looked into. */
static void say_texts(unsigned i)
{
    c->now += 1000;
    hostile_texts(&h);
    hear(i % NODES);
}

/* The same within a second. */
static void say_more_texts(unsigned i)
{
    (void)i;
    hostile_texts(&h);
    hear(0);
}

static const struct {
    const char *name;
    void (*say)(unsigned i);
} kinds[] = {
    {"update", say_update},  {"output", say_output}, {"garbage", say_garbage},
    {"hello", say_hello},    {"want", say_want},     {"unasked", say_unasked},
    {"repeated", say_again}, {"texts", say_texts},   {"busy", say_more_texts},
};

/* What became of the last frame. */
static const char *outcome(void)
{
    bool refused =
        c->last.node == EXECWIRE_GATEWAY_NO_NODE && c->last.link.outcome == EXECWIRE_LINK_STATE;

    return refused ? "no frame" : execwire_link_outcome_name(c->last.link.outcome);
}

static void say_all(void (*say)(unsigned i), unsigned count)
{
    crowd_open(NODES);
    for (unsigned i = 0; i < NODES; i++)
        crowd_update(&c->nodes[i], 0, 1, NULL);
    crowd_answer();
    for (unsigned i = 0; i < count; i++)
        say(i);
    printf("%s\n", outcome());
    crowd_close();
}

int main(int count, char **arguments)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (count < 3)
            printf("%s\n", kinds[i].name);
        else if (strcmp(kinds[i].name, arguments[1]) == 0)
            say_all(kinds[i].say, (unsigned)atoi(arguments[2]));
    return 0;
}
