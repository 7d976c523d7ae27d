# SPDX-License-Identifier: Apache-2.0
"""Writes tables.c: what drives reading, writing and JSON (src/schema/schema.h)."""
from schema_names import LICENSE, api_name, prefix_size, servers_order, snake

FREE_SLOT = 255  # EXECWIRE_FREE_SLOT


def quoted(text):
    return '"%s"' % text if text is not None else "NULL"


def type_index(schema, field):
    if field.kind == "ENUM":
        return schema.enum_index(field.type_name)
    if field.kind in ("MESSAGE", "MAP", "TIME"):
        return schema.messages.index(schema.message(field.type_name))
    return 0


def hash_key(key, factor):
    """As hash_key in src/schema/schema.c."""
    return len(key) + ord(key[0]) + ord(key[len(key) // 3]) + factor * ord(key[-1])


def slots_of(message):
    """The hash table of a message's JSON keys, both forms: its factor, and twice the fields' indices,
    1 more for an API key. A key whose slot is taken goes to the next free one; the factor is the one
    with the least of that."""
    keys = [(key, 2 * i + api) for i, f in enumerate(message.fields)
            for key, api in {f.json_name: 1, f.documented: 0}.items()]
    size = 1 << (2 * len(keys) - 1).bit_length()
    best = None
    for factor in range(1, 64):
        slots, steps = [FREE_SLOT] * size, 0
        for key, which in keys:
            at = hash_key(key, factor) % size
            while slots[at] != FREE_SLOT:
                at, steps = (at + 1) % size, steps + 1
            slots[at] = which
        if best is None or steps < best[0]:
            best = steps, factor, slots
    return best[1:]


def usual_tag(field):
    """A field's tag of one byte, or a number that is no byte."""
    wire_type = 2 if field.kind in ("STRING", "TIME", "MESSAGE", "MAP") else 0
    return field.number << 3 | wire_type if field.number < 16 else 0x100


def behind(message):
    """For each field the one whose key servers write behind its own; as many as there are: none."""
    keys = [field.json_name for field in message.fields]
    order = [keys.index(key) for key in servers_order(message)]
    following = dict(zip(order, order[1:]))
    return [following.get(i, len(keys)) for i in range(len(keys))]


def mask_of(message, *kinds):
    """A bit for each field of one of these kinds."""
    return sum(1 << i for i, field in enumerate(message.fields) if field.kind in kinds)


def write_enums(schema, out):
    out.write("#ifdef EXECWIRE_HAS_JSON\n\n")
    for enum, i in schema.enums:
        out.write("static const execwire_enum_value values_of_%s[] = {\n" % snake(enum.name))
        for j, value in enumerate(enum.value):
            out.write("    {%d, %s, %s},\n"
                      % (value.number, quoted(value.name), quoted(api_name(schema, i, j))))
        out.write("};\n\n")
    out.write("const execwire_enum execwire_enums[] = {\n")
    for enum, i in schema.enums:
        out.write("    {%s, values_of_%s, %d, %d},\n"
                  % (quoted(enum.name), snake(enum.name), len(enum.value), prefix_size(enum)))
    if not schema.enums:
        out.write("    {NULL, NULL, 0, 0}, /* there are none */\n")
    out.write("};\n\n#endif\n\n")


def write_fields(schema, message, out):
    out.write("static const execwire_field fields_of_%s[] = {\n" % snake(message.name))
    for field, following in zip(message.fields, behind(message)):
        flag = "0"
        if field.flagged():
            flag = "FLAG_OF(%s, %s)" % (message.c_name, field.name)
        names = [quoted(field.documented), quoted(field.json_name),
                 str(len(field.documented)), str(len(field.json_name))]
        out.write("    {EXECWIRE_NAMES(%s) offsetof(%s, %s), %d, EXECWIRE_KIND_%s, %s, %d"
                  " EXECWIRE_TAG(%#x, %d)},\n"
                  % (", ".join(names), message.c_name, field.name, field.number, field.kind,
                     flag, type_index(schema, field), usual_tag(field), following))
    out.write("};\n\n")


def write_keys(schema, out):
    """What finds a field by its key, and keys as compact JSON has them."""
    out.write("#ifndef EXECWIRE_NO_JSON_READ\n\n")
    for message in schema.messages:
        slots = ", ".join(str(i) for i in slots_of(message)[1])
        out.write("static const uint8_t slots_of_%s[] = {%s};\n\n" % (snake(message.name), slots))
    out.write("#endif\n\n#if defined(EXECWIRE_FAST_PATHS) && defined(EXECWIRE_HAS_JSON)\n\n")
    for message in schema.messages:
        for form in ("documented", "json_name"):
            out.write("static const execwire_key %s_keys_of_%s[] = {\n" % (form, snake(message.name)))
            for field in message.fields:
                key = getattr(field, form)
                out.write('    {",\\"%s\\":", %d},\n' % (key, len(key) + 4))
            out.write("};\n\n")
    out.write("#endif\n\n")


def write_messages(schema, out):
    out.write("const execwire_message execwire_messages[] = {\n")
    for message in schema.messages:
        factor, slots = slots_of(message)
        name = snake(message.name)
        out.write("    {EXECWIRE_NAMES(%s) fields_of_%s, %d, EXECWIRE_MASKS(%#x, %#x, %#x)"
                  " EXECWIRE_KEYS({documented_keys_of_%s, json_name_keys_of_%s})"
                  " EXECWIRE_SLOTS(slots_of_%s, %d, %d)},\n" % (
                      quoted(message.name), name, len(message.fields),
                      mask_of(message, "STRING"), mask_of(message, "ENUM", "TIME"),
                      mask_of(message, "MAP", "MESSAGE"), name, name, name, len(slots) - 1, factor))
    out.write("};\n\n")


def write_bounds(schema, out):
    out.write("_Static_assert(sizeof(execwire_state) <= UINT16_MAX, \"a state is larger than its offsets say\");\n")
    longest = max(len(name) for m in schema.messages for f in m.fields
                  for name in (f.documented, f.json_name))
    for number, limit in ((schema.max_depth, "DEPTH"), (longest, "KEY_SIZE"),
                          (schema.nested, "NESTED")):
        out.write("_Static_assert(%d <= EXECWIRE_SCHEMA_%s, \"raise EXECWIRE_SCHEMA_%s\");\n"
                  % (number, limit, limit))


def write(schema, out):
    out.write("/* Generated from %s. %s */\n" % (schema.file.name, LICENSE))
    out.write('#include "schema/schema.h"\n\n#include <execwire/state.h>\n\n#include <stddef.h>\n\n'
              "#define FLAG_OF(type, member) (offsetof(type, member) - offsetof(type, has_##member))"
              "\n\n")
    write_enums(schema, out)
    for message in schema.messages:
        write_fields(schema, message, out)
    write_keys(schema, out)
    write_messages(schema, out)
    write_bounds(schema, out)
