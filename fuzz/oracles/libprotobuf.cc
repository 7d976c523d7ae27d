// libprotobuf, whose deterministic output has the form that we call canonical.
//
// SPDX-License-Identifier: Apache-2.0
#include "oracle.h"

#include "execwire/v1/execution_state.pb.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>

bool oracle_libprotobuf(const uint8_t *in, size_t size, uint8_t *out, size_t capacity,
                        size_t *out_size)
{
    // it says of each string that is not UTF-8 that it is not
    static const auto quiet = google::protobuf::SetLogHandler(nullptr);
    execwire::v1::ExecutionState state;

    static_cast<void>(quiet);
    if (!state.ParseFromArray(in, static_cast<int>(size)))
        return false;
    state.DiscardUnknownFields();
    google::protobuf::io::ArrayOutputStream stream(out, static_cast<int>(capacity));
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    *out_size = SIZE_MAX;
    if (state.SerializeToCodedStream(&coded))
        *out_size = static_cast<size_t>(coded.ByteCount());
    return true;
}
