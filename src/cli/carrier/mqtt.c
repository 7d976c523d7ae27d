/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/carrier/carrier.h"

#include "cli/base/report.h"

carrier *carrier_open_mqtt_node(const char *url, size_t mtu)
{
    return carrier_open_mqtt(url, mtu);
}

carrier *carrier_open_mqtt(const char *url, size_t mtu)
{
    (void)url;
    (void)mtu;
    report("--mqtt is not there yet");
    return NULL;
}
