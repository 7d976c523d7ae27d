/* SPDX-License-Identifier: Apache-2.0 */
#include "link/model/compress.h"

#include "link/model/coder.h"
#include "link/model/guess.h"

_Static_assert(EXECWIRE_COMPRESS_MAX == EXECWIRE_PLACES_TEXT, "the longest text");

/* Whether the byte at hand was the one that was sure to come. */
static bool put_sure(execwire_encoder *to, execwire_guess *guess, uint8_t byte)
{
    bool came = execwire_guess_again(guess) == byte;

    execwire_encode_bit(to, came, execwire_guess_chance(guess));
    execwire_guess_came(guess, came);
    return came;
}

void execwire_compress(const uint8_t *text, size_t size, execwire_link_packing *memory,
                       execwire_sink *sink)
{
    execwire_encoder to = execwire_encoder_of(sink);
    execwire_guess guess;

    execwire_guess_start(&guess, memory, text);
    for (; size > 0; size--, text++) {
        if (execwire_guess_is_sure(&guess) && put_sure(&to, &guess, *text))
            continue;
        execwire_guess_weigh(&guess);
        execwire_encode_share(&to, execwire_guess_share(&guess, *text), guess.whole);
        execwire_guess_learn(&guess, *text);
    }
    execwire_encoder_finish(&to);
}

static bool take_sure(execwire_decoder *from, execwire_guess *guess, uint8_t *byte)
{
    bool came = execwire_decode_bit(from, execwire_guess_chance(guess));

    *byte = execwire_guess_again(guess);
    execwire_guess_came(guess, came);
    return came;
}

void execwire_expand(const uint8_t *in, size_t in_size, uint8_t *text, size_t size)
{
    execwire_decoder from = execwire_decoder_of(in, in_size);
    execwire_link_packing memory;
    execwire_guess guess;

    execwire_guess_start(&guess, &memory, text);
    for (; size > 0; size--, text++) {
        if (execwire_guess_is_sure(&guess) && take_sure(&from, &guess, text))
            continue;
        execwire_guess_weigh(&guess);
        *text = execwire_guess_find(&guess, &from);
        execwire_guess_learn(&guess, *text);
    }
}
