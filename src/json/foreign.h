/* JSON that is not of this record.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_JSON_FOREIGN_H
#define EXECWIRE_JSON_FOREIGN_H

#include <stdbool.h>

/* The key of an execution of Bacalhau v1.5 and newer in the place of State, as
 * execwire_schema_same_name takes it. */
#define EXECWIRE_JSON_OTHER_KEY "computestate"

/* Whether an object has that key, as far as it is JSON. */
bool execwire_json_is_other_execution(const char *object, const char *end);

#endif
