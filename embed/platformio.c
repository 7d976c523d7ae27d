/* What PlatformIO compiles: its manifest has no choices, so that `build_flags = -DEXECWIRE_LINK`
 * says whether the link layer is wanted, -DEXECWIRE_SEAL whether sealed frames are, and
 * -DEXECWIRE_NO_NANOPB and the other switches what is not.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifdef EXECWIRE_LINK
#include "execwire-link.c"
#else
#include "execwire.c"
#endif
#ifdef EXECWIRE_SEAL
#include "execwire-seal.c"
#endif
