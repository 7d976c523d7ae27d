/* Calls of QEMU, or of a debugger ("Semihosting for AArch32 and AArch64"). Without either they stop
 * the processor.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef FIRMWARE_SEMIHOSTING_H
#define FIRMWARE_SEMIHOSTING_H

#include <stdint.h>

#define SYS_OPEN   1 /* section 6.10 */
#define SYS_CLOSE  2
#define SYS_WRITE0 4
#define SYS_READ   6

static inline int32_t semihosting(uint32_t number, const void *argument)
{
    register uint32_t r0 __asm__("r0") = number;
    register const void *r1 __asm__("r1") = argument;

    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return (int32_t)r0;
}

#endif
