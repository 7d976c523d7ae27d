/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/gateway/engine.h"

#include "cli/base/report.h"

engine *engine_open_mqtt(const char *url)
{
    (void)url;
    report("--to mqtt:// is not there yet");
    return NULL;
}
