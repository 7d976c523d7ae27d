/* SPDX-License-Identifier: Apache-2.0 */
#include "calls.h"
#include "toy_crypto.h"

static bool reserve(void *context, uint32_t session)
{
    note_number(context, session);
    return true;
}

static void open_seal(work *w, toy *crypto, bool one_way)
{
    const execwire_seal_options options = {.crypto = &crypto->crypto,
                                           .name = {"node", 4},
                                           .cid = {1},
                                           .cid_size = 1,
                                           .tag_size = 8,
                                           .one_way = one_way};
    const execwire_seal_key key = {.id = 1, .key = "sixteen bytes.."};

    note_code(w, execwire_seal_node_init(&w->seal_node, &options, &key, 0, reserve, w, &w->error));
    note_code(w, execwire_seal_peer_init(&w->seal_peer, &options, &key, 1, NULL, &w->error));
}

/* What went one way is opened at the other end. */
static execwire_seal_outcome open_up(work *w)
{
    execwire_seal_outcome outcome = EXECWIRE_SEAL_FORGED;

    note_output(w, execwire_seal_peer_open(&w->seal_peer, w->text, w->size, w->out, ROOM, &w->size,
                                           &outcome, &w->error));
    note_number(w, outcome);
    return outcome;
}

static void open_down(work *w)
{
    execwire_seal_outcome outcome = EXECWIRE_SEAL_FORGED;

    note_output(w, execwire_seal_node_open(&w->seal_node, w->text, w->size, w->out, ROOM, &w->size,
                                           &outcome, &w->error));
    note_number(w, outcome);
}

void use_seal(work *w, size_t which)
{
    toy crypto;

    toy_init(&crypto, which);
    open_seal(w, &crypto, which % 3 == 0);
    for (unsigned i = 0; i < 40; i++) {
        note_code(w, execwire_seal_node_write(&w->seal_node, "frame", 5, w->text, ROOM, &w->size,
                                              &w->error));
        if (open_up(w) == EXECWIRE_SEAL_UNPROVEN)
            note_code(
                w, execwire_seal_peer_challenge(&w->seal_peer, w->text, ROOM, &w->size, &w->error));
        else
            note_code(w, execwire_seal_peer_write(&w->seal_peer, "back", 4, w->text, ROOM, &w->size,
                                                  &w->error));
        open_down(w);
    }
    execwire_seal_node_end(&w->seal_node);
    execwire_seal_peer_end(&w->seal_peer);
    toy_free(&crypto);
}
