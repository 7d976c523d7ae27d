/* SPDX-License-Identifier: Apache-2.0 */
#include "link_text.h"

#include "link/model/compress.h"

#include <execwire/execwire.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS 9
#define TRIES  400

static uint8_t text[EXECWIRE_COMPRESS_MAX], packed[EXECWIRE_COMPRESS_MAX];

static double now_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* Lines of a log, of which half is as in the line before. */
static void print_log(void)
{
    char line[100];
    size_t size = 0;

    srand(1);
    for (int i = 0; size < sizeof text; i++) {
        int length = snprintf(
            line, sizeof line, "12:%02d:%02d INFO step %d: loss=%.4f, file /data/%05x.csv\n",
            i / 7 % 60, i * 9 % 60, i, rand() % 9999 / 1e4, (unsigned)rand() & 0xFFFFF);
        size_t take = sizeof text - size < (size_t)length ? sizeof text - size : (size_t)length;

        memcpy(text + size, line, take);
        size += take;
    }
}

/* The quickest of some rounds. */
static double expand_ns(size_t packed_size)
{
    double best = 1e18;

    for (int i = 0; i < ROUNDS; i++) {
        double begin = now_ns(), took;

        execwire_expand(packed, packed_size, text, sizeof text);
        took = now_ns() - begin;
        best = took < best ? took : best;
    }
    return best;
}

static size_t compress(double *ns)
{
    static execwire_link_packing memory;
    execwire_buffer_sink sink = execwire_sink_buffer(packed, sizeof packed);

    *ns = 1e18;
    for (int i = 0; i < ROUNDS; i++) {
        double begin = now_ns(), took;

        sink = execwire_sink_buffer(packed, sizeof packed);
        execwire_compress(text, sizeof text, &memory, &sink.sink);
        took = now_ns() - begin;
        *ns = took < *ns ? took : *ns;
    }
    return sink.sink.size;
}

static double slowest_ns(size_t packed_size)
{
    uint8_t kept[sizeof packed];
    double slowest;

    for (size_t i = 0; i < packed_size; i++)
        packed[i] = (uint8_t)(rand() >> 7);
    slowest = expand_ns(packed_size);
    for (int i = 0; i < TRIES; i++) {
        double took;

        memcpy(kept, packed, sizeof kept);
        for (int changes = 1 + rand() % 4; changes > 0; changes--)
            packed[(size_t)rand() % packed_size] = (uint8_t)(rand() >> 7);
        took = expand_ns(packed_size);
        if (took > slowest) /* other work on the machine does not disturb both */
            took = fmin(took, expand_ns(packed_size));
        if (took > slowest)
            slowest = took;
        else
            memcpy(packed, kept, sizeof packed);
    }
    return slowest;
}

void print_texts(void)
{
    double compressing, expanding, slowest = 0;
    size_t size;

    print_log();
    size = compress(&compressing);
    expanding = expand_ns(size);
    for (size_t packed_size = 16; packed_size <= sizeof packed; packed_size *= 4) {
        double took = slowest_ns(packed_size);

        slowest = took > slowest ? took : slowest;
    }
    printf("texts: a log of %zu bytes in %zu; a byte takes %.0f ns to compress, %.0f to expand;\n"
           "the slowest that was found %.0f ns, so that a frame's texts take %.0f microseconds at "
           "most\n\n",
           sizeof text, size, compressing / sizeof text, expanding / sizeof text,
           slowest / sizeof text, slowest / sizeof text * EXECWIRE_COMPRESS_FRAME_MAX / 1e3);
}
