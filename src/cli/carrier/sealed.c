/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/carrier/sealed.h"

#include "cli/base/format.h"
#include "cli/base/report.h"
#include "cli/carrier/crypto.h"
#include "cli/carrier/sealed_nodes.h"
#include "cli/carrier/session.h"

#include <execwire/link.h>

#include <stdlib.h>
#include <string.h>

/* Frames that go again after a challenge, at most. */
#define UNHEARD 32

typedef struct sealed_carrier {
    carrier base; /* comes first */
    carrier *over;
    execwire_seal_crypto crypto;
    size_t mtu;
    uint8_t *room; /* for a frame that is to be sealed */
    uint8_t *opened;
    size_t opened_capacity;
    carrier_frame frames[CARRIER_BATCH];
    uint64_t dropped;
    /* a node's end */
    char name[EXECWIRE_SEAL_NAME_SIZE + 1];
    execwire_seal_node node;
    uint8_t *unheard; /* the first frames of a session, as long as nobody has answered in it */
    size_t unheard_sizes[UNHEARD];
    unsigned unheard_count;
    char *session;
    /* a gateway's end */
    const char *state; /* one-way: a file; may be NULL */
    sealed_nodes nodes;
} sealed_carrier;

/* ---- What comes ---- */

/* Opens a frame into `out`, where there is as much room; false: it is dropped. */
typedef bool sealed_opener(sealed_carrier *s, const carrier_frame *from, uint8_t *out,
                           carrier_frame *opened);

static unsigned receive_with(sealed_carrier *s, sealed_opener *open, bool *more)
{
    unsigned came = s->over->kind->receive(s->over, more);
    unsigned count = 0;
    size_t size = 0;

    for (unsigned i = 0; i < came; i++)
        size += s->over->kind->frame(s->over, i).bytes.size;
    if (size > s->opened_capacity) {
        s->opened_capacity = 2 * size;
        s->opened = reallocate(s->opened, s->opened_capacity);
    }
    size = 0;
    for (unsigned i = 0; i < came; i++) {
        const carrier_frame from = s->over->kind->frame(s->over, i);

        if (open(s, &from, s->opened + size, &s->frames[count]))
            size += s->frames[count++].bytes.size;
        else
            s->dropped++;
    }
    carrier_flush(s->over);
    s->base.lost = s->over->lost + s->dropped;
    s->base.fd = s->over->fd;
    s->base.failed |= s->over->failed;
    return count;
}

static carrier_frame frame(const carrier *c, unsigned index)
{
    return ((const sealed_carrier *)c)->frames[index];
}

/* Asks who it is, where that came from. */
static void challenge(sealed_carrier *s, sealed_node *of, execwire_str address)
{
    size_t size;

    if (execwire_seal_peer_challenge(&of->peer, s->over->kind->room(s->over),
                                     s->mtu + EXECWIRE_SEAL_OVERHEAD, &size, NULL) == EXECWIRE_OK)
        s->over->kind->send(s->over, address, size);
}

/* One-way, a frame is believed when no restart makes it new again. */
static bool note_newest(sealed_carrier *s, const sealed_node *of)
{
    bool noted = s->state == NULL || session_write_newest(s->state, &of->peer.newest);

    s->base.failed |= !noted;
    return noted;
}

/* A node is where its last frame that was opened came from. */
static bool open_from_node(sealed_carrier *s, const carrier_frame *from, uint8_t *out,
                           carrier_frame *opened)
{
    sealed_node *of = from->bytes.size >= EXECWIRE_SEAL_CID_SIZE
                          ? sealed_nodes_find(&s->nodes, from->bytes.data)
                          : NULL;
    execwire_seal_outcome became = EXECWIRE_SEAL_FORGED;
    size_t size;

    if (of == NULL ||
        execwire_seal_peer_open(&of->peer, from->bytes.data, from->bytes.size, out,
                                from->bytes.size, &size, &became, NULL) != EXECWIRE_OK)
        return false;
    if (became == EXECWIRE_SEAL_UNPROVEN)
        challenge(s, of, from->source);
    if (became != EXECWIRE_SEAL_OPENED || !note_newest(s, of))
        return false;
    memcpy(of->address, from->source.data, from->source.size);
    of->address_size = from->source.size;
    *opened = (carrier_frame){{(const char *)of->peer.options.cid, EXECWIRE_SEAL_CID_SIZE},
                              {(const char *)out, size}};
    return true;
}

static void send_sealed(sealed_carrier *s, const void *frame, size_t size);

/* A challenge makes all that was sealed before worthless: it goes again, so that nothing has to
 * wait for the link's own timers. */
static void send_again(sealed_carrier *s)
{
    for (unsigned i = 0; i < s->unheard_count; i++)
        send_sealed(s, s->unheard + i * s->mtu, s->unheard_sizes[i]);
}

static bool open_from_gateway(sealed_carrier *s, const carrier_frame *from, uint8_t *out,
                              carrier_frame *opened)
{
    execwire_seal_outcome became = EXECWIRE_SEAL_FORGED;
    size_t size;

    if (execwire_seal_node_open(&s->node, from->bytes.data, from->bytes.size, out, from->bytes.size,
                                &size, &became, NULL) != EXECWIRE_OK)
        return false;
    if (became == EXECWIRE_SEAL_CHALLENGED)
        send_again(s);
    if (became != EXECWIRE_SEAL_OPENED)
        return false;
    s->unheard_count = 0;
    *opened = (carrier_frame){from->source, {(const char *)out, size}};
    return true;
}

static unsigned receive_from_nodes(carrier *c, bool *more)
{
    return receive_with((sealed_carrier *)c, open_from_node, more);
}

static unsigned receive_from_gateway(carrier *c, bool *more)
{
    return receive_with((sealed_carrier *)c, open_from_gateway, more);
}

/* ---- What goes ---- */

static void *room(carrier *c)
{
    return ((sealed_carrier *)c)->room;
}

static void send_to_node(carrier *c, execwire_str source, size_t size)
{
    sealed_carrier *s = (sealed_carrier *)c;
    sealed_node *to =
        source.size == EXECWIRE_SEAL_CID_SIZE ? sealed_nodes_find(&s->nodes, source.data) : NULL;
    size_t sealed;

    if (to != NULL &&
        execwire_seal_peer_write(&to->peer, s->room, size, s->over->kind->room(s->over),
                                 s->mtu + EXECWIRE_SEAL_OVERHEAD, &sealed, NULL) == EXECWIRE_OK)
        s->over->kind->send(s->over, (execwire_str){to->address, to->address_size}, sealed);
}

static void send_sealed(sealed_carrier *s, const void *frame, size_t size)
{
    size_t sealed;

    if (execwire_seal_node_write(&s->node, frame, size, s->over->kind->room(s->over),
                                 s->mtu + EXECWIRE_SEAL_OVERHEAD, &sealed, NULL) == EXECWIRE_OK) {
        s->over->kind->send(s->over, CARRIER_OTHER_END, sealed);
        return;
    }
    if (!s->base.failed)
        report("frames cannot be sealed: no session could be begun");
    s->base.failed = true;
}

static void send_to_gateway(carrier *c, execwire_str source, size_t size)
{
    sealed_carrier *s = (sealed_carrier *)c;

    (void)source;
    if (!s->node.options.one_way && !s->node.answered && s->unheard_count < UNHEARD) {
        memcpy(s->unheard + s->unheard_count * s->mtu, s->room, size);
        s->unheard_sizes[s->unheard_count++] = size;
    }
    send_sealed(s, s->room, size);
}

static void reread(carrier *c)
{
    sealed_carrier *s = (sealed_carrier *)c;

    carrier_reread(s->over);
}

static void flush(carrier *c)
{
    sealed_carrier *s = (sealed_carrier *)c;

    carrier_flush(s->over);
}

static void settle(carrier *c)
{
    sealed_carrier *s = (sealed_carrier *)c;

    carrier_settle(s->over);
}

/* ---- Start and end ---- */

size_t carrier_sealed_mtu(size_t mtu)
{
    return mtu >= EXECWIRE_LINK_MIN_MTU + EXECWIRE_SEAL_OVERHEAD ? mtu - EXECWIRE_SEAL_OVERHEAD : 0;
}

static void describe(execwire_str source, char text[CARRIER_NAME_SIZE])
{
    format(text, CARRIER_NAME_SIZE, "connection %02x%02x", (unsigned char)source.data[0],
           (unsigned char)source.data[source.size - 1]);
}

static void close_sealed(carrier *c)
{
    sealed_carrier *s = (sealed_carrier *)c;

    s->over->kind->close(s->over);
    execwire_seal_node_end(&s->node);
    sealed_nodes_free(&s->nodes);
    free(s->unheard);
    free(s->session);
    free(s->room);
    free(s->opened);
    free(s);
}

static sealed_carrier *new_carrier(carrier *over, size_t mtu, const carrier_kind *kind)
{
    sealed_carrier *s = memset(reallocate(NULL, sizeof *s), 0, sizeof *s);

    s->base = (carrier){.kind = kind, .fd = over->fd};
    s->over = over;
    s->mtu = mtu;
    s->room = reallocate(NULL, mtu);
    return s;
}

static bool reserve(void *context, uint32_t session)
{
    const sealed_carrier *s = context;

    return session_write(s->session, session);
}

carrier *carrier_seal_node(carrier *over, size_t mtu, const node_key *key, char *session,
                           bool one_way)
{
    static const carrier_kind kind = {.name = "sealed",
                                      .receive = receive_from_gateway,
                                      .frame = frame,
                                      .room = room,
                                      .send = send_to_gateway,
                                      .flush = flush,
                                      .settle = settle,
                                      .describe = describe,
                                      .close = close_sealed};
    sealed_carrier *s = new_carrier(over, mtu, &kind);
    execwire_seal_options options;
    uint32_t stored;

    s->unheard = reallocate_array(NULL, UNHEARD, mtu);
    s->session = session;
    if (crypto_load(&s->crypto) && session_read(session, &stored)) {
        options = sealed_options(&s->crypto, key, s->name, one_way);
        if (execwire_seal_node_init(&s->node, &options, &key->key, stored, reserve, s, NULL) ==
            EXECWIRE_OK)
            return &s->base;
    }
    close_sealed(&s->base);
    return NULL;
}

carrier *carrier_seal_gateway(carrier *over, size_t mtu, const keys *k, const char *state)
{
    static const carrier_kind kind = {.name = "sealed",
                                      .receive = receive_from_nodes,
                                      .frame = frame,
                                      .room = room,
                                      .send = send_to_node,
                                      .flush = flush,
                                      .settle = settle,
                                      .reread = reread,
                                      .describe = describe,
                                      .close = close_sealed};
    sealed_carrier *s = new_carrier(over, mtu, &kind);
    execwire_seal_newest newest = {.session = 0};

    s->state = state;
    if (crypto_load(&s->crypto) && (state == NULL || session_read_newest(state, &newest)) &&
        sealed_nodes_set(&s->nodes, &s->crypto, k, state != NULL ? &newest : NULL))
        return &s->base;
    close_sealed(&s->base);
    return NULL;
}

bool carrier_sealed_rekey(carrier *c, const keys *k)
{
    sealed_carrier *s = (sealed_carrier *)c;

    return sealed_nodes_set(&s->nodes, &s->crypto, k, NULL);
}
