/* The values that an execution state is made of.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_TYPES_H
#define EXECWIRE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifndef EXECWIRE_API
#if defined(__GNUC__)
#define EXECWIRE_API __attribute__((visibility("default")))
#else
#define EXECWIRE_API
#endif
#endif

/* Some C++ of microcontrollers is without its library. */
#if defined(__cplusplus) && __cplusplus >= 201703L
#if __has_include(<string_view>)
#include <string_view>
#define EXECWIRE_HAS_STRING_VIEW
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* A string as a view into memory that somebody else owns and that must outlive the view.
 * UTF-8, not terminated, NUL bytes allowed inside. Absent when data is NULL; empty when data is
 * not NULL and size is 0. */
typedef struct execwire_str {
    const char *data;
    size_t size; /* bytes */
} execwire_str;

/* The view of a string literal: state.status = EXECWIRE_STR("queued"); */
#ifdef __cplusplus
#define EXECWIRE_STR(literal) (execwire_str{"" literal, sizeof(literal) - 1})
#else
#define EXECWIRE_STR(literal) ((execwire_str){"" literal, sizeof(literal) - 1})
#endif

/* The view of a C string, without its NUL; absent for NULL. It has to outlive the view. */
static inline execwire_str execwire_str_of(const char *text)
{
    execwire_str view;

    view.data = text;
    view.size = text != NULL ? strlen(text) : 0;
    return view;
}

/* One entry of a map. */
typedef struct execwire_entry {
    execwire_str key;
    execwire_str value;
    size_t
        position; /* set by readers: byte offset of the entry in their input; writers ignore it */
} execwire_entry;

/* A map from string to string: an array that the caller lends, ordered by the bytes of its keys,
 * no key twice. Readers order it; execwire_map_sort does so for entries put in by hand. An empty
 * map is an absent map: protobuf cannot tell them apart. */
typedef struct execwire_map {
    execwire_entry *entries;
    size_t count;
} execwire_map;

/* An instant, as google.protobuf.Timestamp: seconds since 1970-01-01T00:00:00Z (negative before
 * it) and nanoseconds counted forward from there, 0 to 999,999,999. */
typedef struct execwire_time {
    int64_t seconds;
    int32_t nanos;
} execwire_time;

#ifdef __cplusplus
}
#endif

#ifdef EXECWIRE_HAS_STRING_VIEW

/* Between the views of C++ and ours. An absent string is a string_view whose data is nullptr, and
 * the other way round: std::string_view() is absent, std::string_view("") is empty. */
inline execwire_str execwire_str_of(std::string_view text)
{
    return execwire_str{text.data(), text.size()};
}

inline std::string_view execwire_string_view(const execwire_str &text)
{
    return std::string_view(text.data, text.size);
}

#endif

#endif
