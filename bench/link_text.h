/* What compressed texts take a receiver.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_BENCH_LINK_TEXT_H
#define EXECWIRE_BENCH_LINK_TEXT_H

/* Prints what a byte of a text as jobs print them takes to compress and to expand, and what the
 * slowest frame takes that is found by changing bytes by chance, keeping what makes it slower. */
void print_texts(void);

#endif
