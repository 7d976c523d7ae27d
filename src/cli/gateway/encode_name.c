/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/gateway/encode_name.h"

size_t encode_name(char *out, execwire_str name, bool (*may_stand)(unsigned char byte))
{
    static const char digits[] = "0123456789ABCDEF";
    size_t size = 0;

    for (size_t i = 0; i < name.size; i++) {
        unsigned char byte = (unsigned char)name.data[i];

        if (may_stand(byte)) {
            out[size++] = name.data[i];
        } else {
            out[size++] = '%';
            out[size++] = digits[byte >> 4];
            out[size++] = digits[byte & 15];
        }
    }
    return size;
}

static bool nothing_may_stand(unsigned char byte)
{
    (void)byte;
    return false;
}

size_t encode_level(char *out, execwire_str name, bool (*may_stand)(unsigned char byte))
{
    bool dash = name.size == 1 && name.data[0] == '-';

    if (name.size == 0) {
        *out = '-';
        return 1;
    }
    return encode_name(out, name, dash ? nothing_may_stand : may_stand);
}
