/* SPDX-License-Identifier: Apache-2.0 */
#include "air.h"
#include "line.h"

static uint8_t message[AIR_MTU + EXECWIRE_SERIAL_CRC_SIZE];

bool air_start(void)
{
    line_start(message, sizeof message);
    return true;
}

void air_send(const void *frame, size_t size)
{
    static uint8_t line[EXECWIRE_SERIAL_SIZE(AIR_MTU)];

    line_send(frame, size, line, sizeof line);
}

execwire_str air_next(void)
{
    return line_next();
}
