/* Connections to NATS servers. A server need not be there: it is looked for for ever, and what
 * becomes of it is said. Threads of libnats call back; all that is here is for the one thread that
 * opened it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_NATS_SERVER_H
#define EXECWIRE_CLI_NATS_SERVER_H

#include "cli/carrier/url.h"

/* What --nats and --to nats:// say without the library. */
#define NATS_MISSING "%s is not in this build, which has no libnats"

#ifdef EXECWIRE_LIBNATS

#include "cli/carrier/library.h"

#include <nats/nats.h>
#include <stdatomic.h>

#define NATS_CALLS(CALL)                                                                           \
    CALL(jsConsumerConfig_Init)                                                                    \
    CALL(jsConsumerInfo_Destroy)                                                                   \
    CALL(jsCtx_Destroy)                                                                            \
    CALL(jsOptions_Init)                                                                           \
    CALL(jsPubOptions_Init)                                                                        \
    CALL(jsSubOptions_Init)                                                                        \
    CALL(js_AddConsumer)                                                                           \
    CALL(js_DeleteConsumer)                                                                        \
    CALL(js_GetConsumerInfo)                                                                       \
    CALL(js_KeyValue)                                                                              \
    CALL(js_PublishAsyncGetPendingList)                                                            \
    CALL(js_PublishMsgAsync)                                                                       \
    CALL(js_Subscribe)                                                                             \
    CALL(kvKeysList_Destroy)                                                                       \
    CALL(kvStatus_Destroy)                                                                         \
    CALL(kvStatus_TTL)                                                                             \
    CALL(kvStore_CreateString)                                                                     \
    CALL(kvStore_Delete)                                                                           \
    CALL(kvStore_Destroy)                                                                          \
    CALL(kvStore_Keys)                                                                             \
    CALL(kvStore_PutString)                                                                        \
    CALL(kvStore_Status)                                                                           \
    CALL(kvStore_UpdateString)                                                                     \
    CALL(natsConnection_Connect)                                                                   \
    CALL(natsConnection_Destroy)                                                                   \
    CALL(natsConnection_GetLastError)                                                              \
    CALL(natsConnection_GetMaxPayload)                                                             \
    CALL(natsConnection_JetStream)                                                                 \
    CALL(natsConnection_Publish)                                                                   \
    CALL(natsConnection_Status)                                                                    \
    CALL(natsConnection_Subscribe)                                                                 \
    CALL(natsInbox_Create)                                                                         \
    CALL(natsInbox_Destroy)                                                                        \
    CALL(natsMsgHeader_Set)                                                                        \
    CALL(natsMsgList_Destroy)                                                                      \
    CALL(natsMsg_Create)                                                                           \
    CALL(natsMsg_Destroy)                                                                          \
    CALL(natsMsg_GetData)                                                                          \
    CALL(natsMsg_GetDataLength)                                                                    \
    CALL(natsMsg_GetReply)                                                                         \
    CALL(natsMsg_GetSubject)                                                                       \
    CALL(natsOptions_Create)                                                                       \
    CALL(natsOptions_Destroy)                                                                      \
    CALL(natsOptions_LoadCATrustedCertificates)                                                    \
    CALL(natsOptions_LoadCertificatesChain)                                                        \
    CALL(natsOptions_SetClosedCB)                                                                  \
    CALL(natsOptions_SetDisconnectedCB)                                                            \
    CALL(natsOptions_SetErrorHandler)                                                              \
    CALL(natsOptions_SetMaxPingsOut)                                                               \
    CALL(natsOptions_SetMaxReconnect)                                                              \
    CALL(natsOptions_SetName)                                                                      \
    CALL(natsOptions_SetPingInterval)                                                              \
    CALL(natsOptions_SetReconnectWait)                                                             \
    CALL(natsOptions_SetReconnectedCB)                                                             \
    CALL(natsOptions_SetRetryOnFailedConnect)                                                      \
    CALL(natsOptions_SetSecure)                                                                    \
    CALL(natsOptions_SetServers)                                                                   \
    CALL(natsOptions_SetTimeout)                                                                   \
    CALL(natsOptions_SetToken)                                                                     \
    CALL(natsOptions_SetUserCredentialsFromFiles)                                                  \
    CALL(natsOptions_SetUserInfo)                                                                  \
    CALL(natsOptions_SetWriteDeadline)                                                             \
    CALL(natsStatus_GetText)                                                                       \
    CALL(natsSubscription_Destroy)                                                                 \
    CALL(nats_CloseAndWait)                                                                        \
    CALL(nats_GetLastError)                                                                        \
    CALL(nats_Now)                                                                                 \
    CALL(nats_ReleaseThreadMemory)

/* The library, when a server has been opened. */
typedef struct nats_library {
    NATS_CALLS(LIBRARY_MEMBER)
} nats_library;
extern nats_library nats;

/* Parameters of URLs that say how to connect. */
#define NATS_PARAMETERS "creds", "ca", "cert", "key"

typedef struct nats_server nats_server;

/* What callbacks say of a connection. */
typedef struct nats_presence {
    atomic_int is;
    struct nats_presence *before; /* of a connection whose callbacks may still come */
} nats_presence;

/* How to connect. */
typedef struct nats_way {
    natsOptions *options; /* NULL: there is none */
    nats_presence *presence;
} nats_way;

struct nats_server {
    url url;
    const char *option; /* whose URL it is */
    nats_way way;
    nats_way next;              /* of the next connection, after nats_server_reread */
    natsConnection *connection; /* NULL: there is none, for now */
    bool fresh;                 /* nobody has been told of the connection yet */
    int told;
    int64_t tried; /* when, in milliseconds */
    void (*release)(void *owner);
    void *owner;
    nats_server *behind; /* that is closed, and not released yet */
};

/* Opens one as a URL says, whose path has to be a subject, which others are made of. `known` are
 * all its parameters. False: reported. */
EXECWIRE_MUST_USE bool nats_server_open(nats_server *s, const char *option, const char *text,
                                        const char *const *known);

/* Closes it. `release` is called with `owner` when no thread of the library can call back any more:
 * when the last server is closed. */
void nats_server_close(nats_server *s, void (*release)(void *owner), void *owner);

/* Looks after the connection, and says what has become of it. To be called every now and then.
 * True: there is another connection, and what was made of the last one is of no use. */
bool nats_server_tend(nats_server *s);

/* Reads certificates and key again, for the next connection. Where that fails, as has been
 * reported, those of before stay. */
void nats_server_reread(nats_server *s);

bool nats_server_is_there(const nats_server *s);

/* Whether a text is a subject that others can be made of: tokens with '.' between, no wildcards. */
bool nats_is_subject(const char *text);

#endif
#endif
