/* SPDX-License-Identifier: Apache-2.0 */
#include "json/foreign.h"

#include "schema/schema.h"
#include "json/scanner.h"

bool execwire_json_is_other_execution(const char *object, const char *end)
{
    execwire_scanner s = {object, object, end, 0, NULL};

    if (execwire_scan_here(&s) != '{' || execwire_scan_enter(&s) != EXECWIRE_OK)
        return false;
    for (bool first = true;; first = false) {
        char room[EXECWIRE_SCHEMA_KEY_SIZE];
        execwire_str key;
        bool more;

        if (execwire_scan_next(&s, '}', first, &more) != EXECWIRE_OK || !more ||
            execwire_scan_key(&s, room, sizeof room, &key) != EXECWIRE_OK)
            return false;
        if (key.size <= sizeof room && execwire_schema_same_name(key, EXECWIRE_JSON_OTHER_KEY))
            return true;
        if (execwire_scan_skip(&s) != EXECWIRE_OK)
            return false;
    }
}
