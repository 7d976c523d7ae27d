/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/carrier/nats_consumer.h"

#ifdef EXECWIRE_LIBNATS

/* The first message that was not acknowledged. The server's floor is 0 until something was. */
static uint64_t first_open(const jsConsumerInfo *consumer)
{
    uint64_t after = consumer->AckFloor.Stream + 1;

    return after > consumer->Config->OptStartSeq ? after : consumer->Config->OptStartSeq;
}

/* In place of the consumer of before, which ends. */
static natsStatus replace(jsCtx *stream, const char *stream_name, jsConsumerConfig *config,
                          jsErrCode *code)
{
    jsConsumerInfo *before = NULL;
    natsStatus status =
        nats.js_GetConsumerInfo(&before, stream, stream_name, config->Durable, NULL, code);

    if (status == NATS_OK) {
        config->DeliverPolicy = js_DeliverByStartSequence;
        config->OptStartSeq = first_open(before);
        status = nats.js_DeleteConsumer(stream, stream_name, config->Durable, NULL, code);
    }
    nats.jsConsumerInfo_Destroy(before);
    if (status == NATS_OK || status == NATS_NOT_FOUND)
        status = nats.js_AddConsumer(NULL, stream, stream_name, config, NULL, code);
    return status;
}

bool nats_consumer_make(jsCtx *stream, const char *stream_name, const char *name,
                        const char *subject, const char **why)
{
    jsConsumerConfig config;
    jsErrCode code = 0;
    natsInbox *inbox = NULL;
    natsStatus status = nats.natsInbox_Create(&inbox);

    (void)nats.jsConsumerConfig_Init(&config);
    config.Durable = name;
    config.FilterSubject = subject;
    config.AckPolicy = js_AckAll;
    config.DeliverSubject = inbox;
    if (status == NATS_OK)
        status = replace(stream, stream_name, &config, &code);
    nats.natsInbox_Destroy(inbox);
    *why = code == JSStreamNotFoundErr ? "there is no stream of this name"
                                       : nats.natsStatus_GetText(status);
    return status == NATS_OK;
}

#endif
