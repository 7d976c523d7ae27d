/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/gateway/tally.h"

#include "cli/base/io.h"

#include <sys/eventfd.h>
#include <unistd.h>

/* Added where somebody is to be woken: more than can be taken between two looks. When wakes alone
 * have used up the count, which is readable then all the same, there is still room for so many. */
#define WOKEN ((uint64_t)1 << 48)

bool tally_open(engine *e)
{
    e->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return e->fd >= 0 || report_errno("eventfd") == OUTCOME_GOOD;
}

void tally_close(engine *e)
{
    if (e->fd >= 0)
        (void)io_close(e->fd);
    e->fd = -1;
}

static void add(const engine *e, uint64_t count)
{
    (void)!write(e->fd, &count, sizeof count);
}

void tally_take(const engine *e, size_t count)
{
    add(e, count);
}

void tally_wake(const engine *e)
{
    add(e, WOKEN);
}

bool tally_settle(engine *e)
{
    uint64_t taken = 0;

    if (read(e->fd, &taken, sizeof taken) == (ssize_t)sizeof taken) {
        taken %= WOKEN;
        e->taken += taken;
        e->waiting -= (size_t)taken;
    }
    return e->waiting == 0;
}
