/* SPDX-License-Identifier: Apache-2.0
 *
 * What a rewritten file sees: whether a mutant is the one to run. Compiled with EXECWIRE_MARK, it
 * marks instead which mutants are reached: 1, or 2 where the mutant's value is another one. */
#ifndef EXECWIRE_MUTANTS_H
#define EXECWIRE_MUTANTS_H

#define EXECWIRE_MUTANTS (512 << 12) /* tools/mutants/rewrite.py: FILES, FILE_BITS */

extern unsigned execwire_mutant;
extern unsigned char execwire_marks[EXECWIRE_MUTANTS];

#ifdef EXECWIRE_MARK
#define EXECWIRE_MUTANT(number) (execwire_marks[number] = 2, 0)
#define EXECWIRE_DIFFERS(number, mutated, plain)                                                   \
    (execwire_marks[number] |= (mutated) != (plain) ? 2 : 1, 0)
#else
#define EXECWIRE_MUTANT(number)                  __builtin_expect(execwire_mutant == (number), 0)
#define EXECWIRE_DIFFERS(number, mutated, plain) EXECWIRE_MUTANT(number)
#endif

#endif
