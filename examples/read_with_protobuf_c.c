/* read_with_protobuf_c: reads execwire's stream with protobuf-c alone.
 *
 *     read_with_protobuf_c <states.pb
 *
 * Nothing of execwire's is in here but its schema, compiled with
 *
 *     sed -i 's/^syntax = "proto3"/syntax = "proto2"/' execwire/v1/execution_state.proto
 *     protoc-c --c_out=. execwire/v1/execution_state.proto google/protobuf/timestamp.proto
 *
 * in a copy: protobuf-c 1.4 does not know proto3's `optional`, which in proto2 is the same.
 *
 * Prints a line for each state. Exit status: 0 all good, 1 bad data, 3 input/output error.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

#include "execwire/v1/execution_state.pb-c.h"

enum { MAX_MESSAGE = 1048576, MAX_PREFIX = 5, BAD_DATA = 1, IO_ERROR = 3 };

typedef enum reading { READ_MESSAGE, READ_END, READ_BAD } reading;

/* One message: its size as a varint, seven bits a byte with the lowest first, then its bytes. */
static reading read_message(uint8_t *message, size_t *size)
{
    *size = 0;
    for (int i = 0; i < MAX_PREFIX; i++) {
        int byte = getchar();
        if (byte == EOF) {
            return i == 0 ? READ_END : READ_BAD;
        }
        *size |= (size_t)(byte & 0x7f) << (7 * i);
        if (byte < 0x80) {
            return *size <= MAX_MESSAGE && fread(message, 1, *size, stdin) == *size ? READ_MESSAGE
                                                                                    : READ_BAD;
        }
    }
    return READ_BAD;
}

/* Text from a node must not steer the terminal. */
static void print_text(const char *text)
{
    for (; *text != '\0'; text++) {
        putchar((unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text);
    }
}

static void print_state(const Execwire__V1__ExecutionState *state)
{
    print_text(state->compute_reference != NULL ? state->compute_reference : "-");
    if (state->has_version) {
        printf(" version %" PRId64, state->version);
    }
    if (state->has_state) {
        const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value(
            &execwire__v1__execution_state_type__descriptor, (int)state->state);
        printf(" %s", value != NULL ? value->name : "(a newer state)");
    }
    if (state->run_output != NULL && state->run_output->has_exit_code) {
        printf(" exit code %" PRId64, state->run_output->exit_code);
    }
    if (state->status != NULL && *state->status != '\0') {
        printf(": ");
        print_text(state->status);
    }
    putchar('\n');
}

int main(void)
{
    static uint8_t message[MAX_MESSAGE];
    size_t size;
    reading outcome;

    while ((outcome = read_message(message, &size)) == READ_MESSAGE) {
        Execwire__V1__ExecutionState *state =
            execwire__v1__execution_state__unpack(NULL, size, message);
        if (state == NULL) {
            outcome = READ_BAD;
            break;
        }
        print_state(state);
        (void)fflush(stdout);
        execwire__v1__execution_state__free_unpacked(state, NULL);
    }
    if (ferror(stdin) || ferror(stdout)) {
        perror("read_with_protobuf_c");
        return IO_ERROR;
    }
    if (outcome == READ_BAD) {
        (void)fputs("read_with_protobuf_c: the stream is not whole messages of at most 1 MiB\n",
                    stderr);
        return BAD_DATA;
    }
    return 0;
}
