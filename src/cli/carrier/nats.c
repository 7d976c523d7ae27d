/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/carrier/carrier.h"

#include "cli/base/report.h"

carrier *carrier_open_nats(const char *url, size_t mtu)
{
    (void)url;
    (void)mtu;
    report("--nats is not there yet");
    return NULL;
}
