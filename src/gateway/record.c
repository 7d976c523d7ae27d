/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/record.h"

#include "base/crc32.h"
#include "error/error.h"
#include "wire/format.h"

#include <string.h>

/* What all records begin with; the last byte is the version. */
static const uint8_t magic[] = {'E', 'W', 'G', 'N', 1};

/* Flags of a node. */
#define NODE_KNOWN      0x01u
#define NODE_NAMED      0x02u
#define NODE_HELLO      0x04u
#define NODE_EPOCH      0x08u
#define NODE_WANT_HELLO 0x10u
#define NODE_OWES_HELLO 0x20u
#define NODE_ALL        0x3Fu
/* And of an execution. */
#define EXECUTION_KNOWN   0x01u
#define EXECUTION_EARLIER 0x02u
#define EXECUTION_SUSPECT 0x04u
#define EXECUTION_WANT    0x08u
#define EXECUTION_OWED    0x10u
#define EXECUTION_ALL     0x1Fu

/* ---- Writing ---- */

static unsigned flag_if(bool set, unsigned flag)
{
    return set ? flag : 0;
}

static void put_bytes(execwire_sink *sink, execwire_str bytes)
{
    execwire_sink_varint(sink, bytes.size);
    execwire_sink_put(sink, bytes.data, bytes.size);
}

void execwire_record_put(execwire_sink *sink, const execwire_record *record)
{
    const execwire_link_peer *peer = &record->peer;

    execwire_sink_put(sink, magic, sizeof magic);
    execwire_sink_byte(
        sink, flag_if(record->known, NODE_KNOWN) | flag_if(peer->node_size > 0, NODE_NAMED) |
                  flag_if(peer->has_hello, NODE_HELLO) | flag_if(peer->has_epoch, NODE_EPOCH) |
                  flag_if(peer->want_hello, NODE_WANT_HELLO) |
                  flag_if(peer->owes_hello, NODE_OWES_HELLO));
    put_bytes(sink, record->key);
    put_bytes(sink, record->source);
    execwire_sink_varint(sink, peer->session);
    execwire_sink_varint(sink, peer->salt);
    execwire_sink_varint(sink, execwire_zigzag(peer->epoch));
    execwire_sink_varint(sink, peer->hello_check);
    execwire_sink_varint(sink, record->session_age);
    execwire_sink_varint(sink, record->trusted_age);
    put_bytes(sink, record->words);
}

void execwire_record_put_execution(execwire_sink *sink, const execwire_record_execution *execution)
{
    execwire_sink_byte(sink, execution->ref);
    execwire_sink_byte(sink, flag_if(execution->known, EXECUTION_KNOWN) |
                                 flag_if(execution->earlier, EXECUTION_EARLIER) |
                                 flag_if(execution->suspect, EXECUTION_SUSPECT) |
                                 flag_if(execution->want, EXECUTION_WANT) |
                                 flag_if(execution->owed, EXECUTION_OWED));
    execwire_sink_varint(sink, execution->number);
    execwire_sink_varint(sink, execution->generation);
    execwire_sink_varint(sink, execution->newer);
    execwire_sink_varint(sink, execution->age);
    put_bytes(sink, execution->message);
}

/* ---- Reading ---- */

static bool take_number(execwire_cursor *in, uint64_t *value)
{
    return execwire_cursor_varint(in, value) == EXECWIRE_OK;
}

static bool take_word(execwire_cursor *in, uint32_t *value)
{
    return execwire_cursor_varint32(in, EXECWIRE_ERROR_VARINT, value) == EXECWIRE_OK;
}

static bool take_bytes(execwire_cursor *in, size_t most, execwire_str *bytes)
{
    execwire_cursor taken;
    uint32_t size;

    if (!take_word(in, &size) || size > most ||
        execwire_cursor_take(in, size, &taken) != EXECWIRE_OK)
        return false;
    *bytes = (execwire_str){(const char *)taken.at, size};
    return true;
}

/* A byte that is below a bound. */
static bool take_byte(execwire_cursor *in, unsigned bound, unsigned *value)
{
    if (in->at == in->end || *in->at >= bound)
        return false;
    *value = *in->at++;
    return true;
}

/* Words stand one after the other, each after its size in a byte. */
static bool count_words(execwire_record *record)
{
    size_t at = 0;

    for (; at < record->words.size; at += 1 + (uint8_t)record->words.data[at])
        if (++record->peer.word_count > EXECWIRE_LINK_MAX_WORDS)
            return false;
    record->peer.words_used = (uint16_t)record->words.size;
    return at == record->words.size;
}

static void set_flags(execwire_record *record, unsigned flags)
{
    execwire_link_peer *peer = &record->peer;

    record->known = (flags & NODE_KNOWN) != 0;
    peer->has_session = peer->has_hello = peer->has_met = (flags & NODE_HELLO) != 0;
    peer->has_epoch = (flags & NODE_EPOCH) != 0;
    peer->want_hello = (flags & NODE_WANT_HELLO) != 0;
    peer->owes_hello = (flags & NODE_OWES_HELLO) != 0;
    if ((flags & NODE_NAMED) != 0) {
        memcpy(peer->node, record->key.data, record->key.size);
        peer->node_size = (uint8_t)record->key.size;
    }
}

static bool take_node(execwire_cursor *in, execwire_record *record)
{
    execwire_link_peer *peer = &record->peer;
    unsigned flags;
    uint64_t epoch;

    memset(record, 0, sizeof *record);
    if (!take_byte(in, NODE_ALL + 1, &flags) ||
        !take_bytes(in, EXECWIRE_LINK_NODE_SIZE, &record->key) || record->key.size == 0 ||
        !take_bytes(in, EXECWIRE_GATEWAY_SOURCE_SIZE, &record->source) ||
        !take_word(in, &peer->session) || !take_word(in, &peer->salt) || !take_number(in, &epoch) ||
        !take_word(in, &peer->hello_check) || !take_number(in, &record->session_age) ||
        !take_number(in, &record->trusted_age) ||
        !take_bytes(in, EXECWIRE_LINK_WORDS_SIZE, &record->words) || !count_words(record))
        return false;
    peer->epoch = execwire_unzigzag(epoch);
    set_flags(record, flags);
    return true;
}

static bool take_execution(execwire_cursor *in, execwire_record_execution *execution)
{
    unsigned flags;

    if (!take_byte(in, EXECWIRE_LINK_MAX_REFS, &execution->ref) ||
        !take_byte(in, EXECUTION_ALL + 1, &flags) || !take_word(in, &execution->number) ||
        !take_word(in, &execution->generation) || !take_word(in, &execution->newer) ||
        !take_number(in, &execution->age) || !take_bytes(in, SIZE_MAX, &execution->message))
        return false;
    execution->known = (flags & EXECUTION_KNOWN) != 0;
    execution->earlier = (flags & EXECUTION_EARLIER) != 0;
    execution->suspect = (flags & EXECUTION_SUSPECT) != 0;
    execution->want = (flags & EXECUTION_WANT) != 0;
    execution->owed = (flags & EXECUTION_OWED) != 0;
    return true;
}

/* What is not known has no state, and nothing is to be said of it but that it is wanted. */
static bool is_consistent(const execwire_record_execution *execution)
{
    if (execution->known)
        return !(execution->earlier && execution->owed);
    return !execution->earlier && !execution->suspect && !execution->owed &&
           execution->message.size == 0;
}

/* Looks through the executions. Refs ascend. */
static bool are_good(execwire_cursor *in)
{
    execwire_record_execution execution;
    unsigned next = 0;

    while (in->at < in->end) {
        if (!take_execution(in, &execution) || execution.ref < next || !is_consistent(&execution))
            return false;
        next = execution.ref + 1;
    }
    return true;
}

static uint32_t read_check(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

execwire_code execwire_record_read(const void *in, size_t in_size, execwire_record *record,
                                   execwire_error *error)
{
    const uint8_t *start = in;
    size_t size = in_size - EXECWIRE_RECORD_CHECK_SIZE;
    execwire_cursor all, executions;

    if (in_size < sizeof magic + EXECWIRE_RECORD_CHECK_SIZE ||
        memcmp(start, magic, sizeof magic) != 0)
        return execwire_fail(error, EXECWIRE_ERROR_RECORD, 0);
    if (execwire_crc32(0, start, size) != read_check(start + size))
        return execwire_fail(error, EXECWIRE_ERROR_RECORD, size);
    all = (execwire_cursor){start + sizeof magic, start + size};
    if (!take_node(&all, record))
        return execwire_fail(error, EXECWIRE_ERROR_RECORD, (size_t)(all.at - start));
    executions = all;
    if (!are_good(&all))
        return execwire_fail(error, EXECWIRE_ERROR_RECORD, (size_t)(all.at - start));
    record->executions = executions;
    return EXECWIRE_OK;
}

bool execwire_record_next(execwire_record *record, execwire_record_execution *execution)
{
    return record->executions.at < record->executions.end &&
           take_execution(&record->executions, execution);
}
