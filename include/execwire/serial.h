/* Messages on a serial line that loses, repeats and corrupts bytes.
 *
 *     00  COBS(message, CRC-32 of the message)  00
 *
 * COBS (Cheshire and Baker, "Consistent Overhead Byte Stuffing", IEEE/ACM Transactions on
 * Networking 7(2), 1999) takes the zeros out of what is inside, so that a zero is always the edge
 * of a frame. There is one on each side: whatever a damaged frame or noise leaves on the line is
 * ended by the first byte of the next frame, which therefore always gets through. The CRC is
 * CRC-32/ISO-HDLC, the one of Ethernet and zlib, least significant byte first. On a bad line nearly
 * every frame is damaged, and a CRC of 16 bits would let one in 65,536 of those pass.
 *
 * A message is any bytes: an execution state as execwire_encode writes it, or something else.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_SERIAL_H
#define EXECWIRE_SERIAL_H

#include <execwire/execwire.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of the CRC. */
#define EXECWIRE_SERIAL_CRC_SIZE 4
/* Room for the frame of any message of `size` bytes. */
#define EXECWIRE_SERIAL_SIZE(size)                                                                 \
    ((size) + EXECWIRE_SERIAL_CRC_SIZE + ((size) + EXECWIRE_SERIAL_CRC_SIZE) / 254 + 3)
/* How far the message may overlap its own frame: see execwire_serial_write. */
#define EXECWIRE_SERIAL_LEAD(size) ((size) / 254 + 2)

/* Writes the frame of a message.
 *
 * in        may lie in `out` itself, at EXECWIRE_SERIAL_LEAD(in_size) or further on: a node needs
 *           one buffer, not two
 * out       NULL measures
 * capacity  bytes that out has room for
 * size      bytes written, or needed when measuring and with EXECWIRE_ERROR_NO_SPACE
 *
 * Errors: NO_SPACE, TOO_LARGE, ARGUMENT. */
EXECWIRE_API execwire_code execwire_serial_write(const void *in, size_t in_size, void *out,
                                                 size_t capacity, size_t *size,
                                                 execwire_error *error);

/* Takes a line's bytes apart, however they are cut into pieces. Of the members, `dropped` is for
 * the caller to read; the others are the reader's own. */
typedef struct execwire_serial_reader {
    uint8_t *buffer;
    size_t capacity;
    size_t start;   /* offset in the stream of the current frame, behind its first zero */
    size_t taken;   /* bytes of the current frame that have come */
    size_t filled;  /* bytes of the current frame in the buffer */
    size_t dropped; /* damaged frames so far */
    uint8_t left;   /* bytes of the current block (COBS) that are still to come */
    bool zero;      /* a zero stands between the current block and the next one */
    bool too_large; /* the current frame does not fit */
} execwire_serial_reader;

/* buffer    holds the message and its CRC; lent for as long as the reader is used. It may be the
 *           memory of the piece itself when that has one frame: a byte is read before its place is
 *           written
 * capacity  its size: EXECWIRE_SERIAL_CRC_SIZE more than the largest message accepted */
EXECWIRE_API void execwire_serial_init(execwire_serial_reader *reader, void *buffer,
                                       size_t capacity);

/* Takes the next piece, up to the end of the first frame that it completes. Call it again with the
 * rest of the piece while there is one, also after an error: noise costs the frames that it hits,
 * and nothing else.
 *
 * used      bytes of the piece that were taken
 * message   the message, valid until the next call, in the buffer; its data is NULL when no frame
 *           is complete, and with every error
 *
 * Errors, with the offset of the frame in the stream: LENGTH (bytes of the frame are missing),
 * CHECKSUM, TOO_LARGE; and ARGUMENT. */
EXECWIRE_API execwire_code execwire_serial_feed(execwire_serial_reader *reader, const void *in,
                                                size_t in_size, size_t *used, execwire_str *message,
                                                execwire_error *error);

/* Says whether the stream may end here: EXECWIRE_ERROR_TRUNCATED inside a frame. */
EXECWIRE_API execwire_code execwire_serial_end(const execwire_serial_reader *reader,
                                               execwire_error *error);

#ifdef __cplusplus
}
#endif

#endif
