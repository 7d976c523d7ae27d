/* What air_sealed.c needs of mbedTLS: AES-CCM, SHA-256 and HKDF, without a heap, a file system, or
 * tables in RAM.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef FIRMWARE_MBEDTLS_CONFIG_H
#define FIRMWARE_MBEDTLS_CONFIG_H

#define MBEDTLS_AES_C
#define MBEDTLS_AES_FEWER_TABLES
#define MBEDTLS_AES_ROM_TABLES
#define MBEDTLS_CCM_C
#define MBEDTLS_CIPHER_C
#define MBEDTLS_HKDF_C
#define MBEDTLS_MD_C
#define MBEDTLS_MEMORY_BUFFER_ALLOC_C
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_EXIT_MACRO(status) __builtin_trap() /* its memory is damaged */
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_PLATFORM_NO_STD_FUNCTIONS
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA256_SMALLER

#include <mbedtls/check_config.h>

#endif
