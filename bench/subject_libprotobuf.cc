// SPDX-License-Identifier: Apache-2.0
#include "subject.h"

#include "execwire/v1/execution_state.pb.h"

#include <google/protobuf/util/json_util.h>

#include <string>
#include <vector>

using execwire::v1::ExecutionState;
using google::protobuf::util::JsonParseOptions;
using google::protobuf::util::JsonPrintOptions;
using google::protobuf::util::JsonStringToMessage;
using google::protobuf::util::MessageToJsonString;

namespace {

std::vector<ExecutionState> states;
std::string out;

// Strings are given to json_util as strings: that copy is part of its interface.
bool Parse(const bytes &json, ExecutionState *state)
{
    static const JsonParseOptions options;
    return JsonStringToMessage(std::string(json.data, json.size), state, options).ok();
}

size_t Print(const ExecutionState &state)
{
    static const JsonPrintOptions options = [] {
        JsonPrintOptions result;
        result.always_print_enums_as_ints = true;
        result.preserve_proto_field_names = true;
        return result;
    }();
    out.clear();
    MessageToJsonString(state, &out, options).ok();
    return out.size();
}

void Prepare(const workload *messages)
{
    states.assign(messages->count, ExecutionState());
    for (size_t i = 0; i < messages->count; i++)
        states[i].ParseFromArray(messages->wire[i].data, static_cast<int>(messages->wire[i].size));
}

// The library's advice for speed: one message object, used again.
ExecutionState &Reused()
{
    static ExecutionState state;
    state.Clear();
    return state;
}

size_t Decode(const workload *messages, size_t i)
{
    ExecutionState &state = Reused();
    state.ParseFromArray(messages->wire[i].data, static_cast<int>(messages->wire[i].size));
    return state.job_id().size();
}

size_t Encode(const workload *, size_t i)
{
    states[i].SerializeToString(&out);
    return out.size();
}

size_t EncodedSize(const workload *, size_t i)
{
    return states[i].ByteSizeLong();
}

size_t JsonRead(const workload *messages, size_t i)
{
    ExecutionState &state = Reused();
    Parse(messages->json[i], &state);
    return state.job_id().size();
}

size_t JsonWrite(const workload *, size_t i)
{
    return Print(states[i]);
}

size_t JsonToWire(const workload *messages, size_t i)
{
    ExecutionState &state = Reused();
    Parse(messages->json[i], &state);
    state.SerializeToString(&out);
    return out.size();
}

size_t WireToJson(const workload *messages, size_t i)
{
    ExecutionState &state = Reused();
    state.ParseFromArray(messages->wire[i].data, static_cast<int>(messages->wire[i].size));
    return Print(state);
}

}  // namespace

extern "C" const subject subject_libprotobuf = {
    "libprotobuf",
    Prepare,
    {JsonToWire, WireToJson, Decode, Encode, JsonRead, JsonWrite, EncodedSize},
};
