/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/gateway/nats_state.h"

#if defined(EXECWIRE_LIBNATS) && defined(EXECWIRE_LIBCRYPTO)

#include "cli/gateway/encode_name.h"

#include <openssl/sha.h>

#include <stdlib.h>
#include <string.h>

/* libnats needs this library itself, so that it is there. */
#define CALLS(CALL) CALL(SHA256)
static struct {
    CALLS(LIBRARY_MEMBER)
} crypto;
#define CALL_OF(call) {#call, &crypto.call},

bool nats_state_load(void)
{
    static const library_call calls[] = {CALLS(CALL_OF)};

    return library_load(EXECWIRE_LIBCRYPTO, "--to nats://", calls, sizeof calls / sizeof *calls);
}

/* ---- Subjects ---- */

static bool may_stand(unsigned char byte)
{
    return byte > ' ' && byte != 0x7f && strchr(".*>%", byte) == NULL;
}

/* How many bytes a token of a subject has at most. */
static size_t token_size(execwire_str text)
{
    return ENCODED_NAME(text.size) + 1;
}

/* Writes a token: what may not stand in one is percent-encoded. Returns its end. */
static char *put_token(char *out, execwire_str text)
{
    out += encode_level(out, text, may_stand);
    *out = '\0';
    return out;
}

/* ---- Messages ---- */

/* A SHA-256 of subject and bytes in hex: two states have the same id when they are the same. A
 * number of their version and time would be shorter, but a state that differs would be dropped for
 * a repeat where a node counts wrong. */
static natsStatus set_id(natsMsg *message, const char *bytes, size_t size)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    char text[2 * SHA256_DIGEST_LENGTH + 1];

    (void)crypto.SHA256((const unsigned char *)bytes, size, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        (void)format(text + 2 * i, sizeof text - 2 * i, "%02x", digest[i]);
    return nats.natsMsgHeader_Set(message, "Nats-Msg-Id", text);
}

static natsStatus set_headers(natsMsg *message, const char *node)
{
    natsStatus status = nats.natsMsgHeader_Set(message, "Content-Type", "application/protobuf");

    if (status == NATS_OK)
        status = nats.natsMsgHeader_Set(message, "Execwire-Schema", "execwire.v1.ExecutionState");
    if (status == NATS_OK && node != NULL)
        status = nats.natsMsgHeader_Set(message, "Execwire-Node", node);
    return status;
}

/* The node's name in a header is the subject's token: no line can end in it. */
natsMsg *nats_state_message(const delivery *d, const char *prefix)
{
    size_t node_size = token_size(d->node) + 1;
    size_t size =
        strlen(prefix) + 1 + token_size(d->node) + 1 + token_size(d->state->compute_reference) + 1;
    char *node = reallocate(NULL, node_size + size + d->message.size);
    char *subject = node + node_size;
    char *end = subject + format(subject, size, "%s.", prefix);
    natsMsg *message = NULL;
    natsStatus status;

    (void)put_token(node, d->node);
    end = put_token(end, d->node);
    *end++ = '.';
    end = put_token(end, d->state->compute_reference) + 1;
    status = nats.natsMsg_Create(&message, subject, NULL, d->message.data, (int)d->message.size);
    if (status == NATS_OK)
        status = set_headers(message, d->node.size > 0 ? node : NULL);
    memcpy(end, d->message.data, d->message.size); /* the id is of both, with a NUL between */
    if (status == NATS_OK)
        status = set_id(message, subject, (size_t)(end - subject) + d->message.size);
    free(node);
    if (status != NATS_OK)
        out_of_memory();
    return message;
}

#endif
