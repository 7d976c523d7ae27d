/* SPDX-License-Identifier: Apache-2.0 */
#include "link/model/check.h"

#include "link/base/sink.h"
#include "link/model/predict.h"

uint32_t execwire_link_check_start(uint32_t session, unsigned ref, uint32_t generation,
                                   uint32_t number)
{
    execwire_crc_sink checksum = execwire_sink_crc(0);

    execwire_sink_byte(&checksum.sink, EXECWIRE_PREDICTION_PROFILE);
    execwire_sink_fixed32(&checksum.sink, session);
    execwire_sink_byte(&checksum.sink, ref);
    execwire_sink_varint(&checksum.sink, generation);
    execwire_sink_fixed32(&checksum.sink, number);
    return checksum.crc;
}
