// The growable array that scanners are written with: `Array(T)` is a struct, and the macros below work on any such.
#ifndef TREE_SITTER_ARRAY_H_
#define TREE_SITTER_ARRAY_H_

#include "alloc.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define Array(T)               \
  struct {                     \
    T *contents;               \
    uint32_t size, capacity;   \
  }

#define array_elem_size(array) (sizeof *(array)->contents)

#define array_new() {NULL, 0, 0}
#define array_init(array) ((array)->contents = NULL, (array)->size = 0, (array)->capacity = 0)
#define array_clear(array) ((array)->size = 0)
// Its argument is evaluated once: scanners delete what they pop.
#define array_delete(array) espalier_array_delete((array), sizeof *(array))

#define array_get(array, index) (assert((uint32_t)(index) < (array)->size), &(array)->contents[index])
#define array_front(array) array_get(array, 0)
#define array_back(array) array_get(array, (array)->size - 1)

// Room for `wanted` elements in all.
#define array_reserve(array, wanted)                                                                    \
  ((array)->contents = espalier_array_reserve((array)->contents, &(array)->capacity, (uint32_t)(wanted), \
                                              array_elem_size(array)))

// Room for `extra` elements behind those that are there.
#define espalier_array_room(array, extra)                                                          \
  ((array)->contents = espalier_array_grow((array)->contents, (array)->size, &(array)->capacity,   \
                                           (uint32_t)(extra), array_elem_size(array)))

#define array_push(array, element) \
  (espalier_array_room(array, 1), (array)->contents[(array)->size++] = (element))
#define array_pop(array) ((array)->contents[--(array)->size])

#define array_grow_by(array, extra)                                                                   \
  do {                                                                                                \
    uint32_t grown_by = (uint32_t)(extra);                                                            \
    if (grown_by == 0) break;                                                                         \
    espalier_array_room(array, grown_by);                                                             \
    memset((array)->contents + (array)->size, 0, (size_t)grown_by * array_elem_size(array));          \
    (array)->size += grown_by;                                                                        \
  } while (0)

// Replaces `removed` elements at `index` by `added` elements from `source`; NULL adds zeros.
#define array_splice(array, index, removed, added, source)                                            \
  ((array)->contents = espalier_array_splice((array)->contents, &(array)->size, &(array)->capacity,   \
                                             array_elem_size(array), (uint32_t)(index),               \
                                             (uint32_t)(removed), (uint32_t)(added), (source)))
#define array_extend(array, added, source) array_splice(array, (array)->size, 0, added, source)
#define array_push_all(array, other) array_extend(array, (other)->size, (other)->contents)
#define array_insert(array, index, element) array_splice(array, index, 0, 1, &(element))
#define array_erase(array, index) array_splice(array, index, 1, 0, NULL)
#define array_assign(array, other) \
  ((array)->size = 0, array_extend(array, (other)->size, (other)->contents))

// Both must be of one type: the fields change places.
#define array_swap(array, other)                                                                \
  do {                                                                                          \
    uint32_t held_size = (array)->size, held_capacity = (array)->capacity;                      \
    void *held_contents = (array)->contents;                                                    \
    (array)->contents = (other)->contents, (other)->contents = held_contents;                   \
    (array)->size = (other)->size, (other)->size = held_size;                                   \
    (array)->capacity = (other)->capacity, (other)->capacity = held_capacity;                   \
  } while (0)

// Where `needle` stands in a sorted array, or where it would have to be inserted.
#define array_search_sorted_with(array, compare, needle, index_out, exists_out)  \
  espalier_array_search(array, compare(&(array)->contents[middle], (needle)), index_out, exists_out)
// The same by a field, named with its leading dot, whose values are integers.
#define array_search_sorted_by(array, field, needle, index_out, exists_out)                                \
  espalier_array_search(array, (array)->contents[middle] field < (needle) ? -1                             \
                               : (array)->contents[middle] field > (needle), index_out, exists_out)

#define espalier_array_search(array, order, index_out, exists_out)  \
  do {                                                              \
    uint32_t low = 0, high = (array)->size;                         \
    *(exists_out) = false;                                          \
    while (low < high) {                                            \
      uint32_t middle = low + (high - low) / 2;                     \
      int comparison = (order);                                     \
      if (comparison < 0) {                                         \
        low = middle + 1;                                           \
      } else {                                                      \
        high = middle;                                              \
        if (comparison == 0) *(exists_out) = true;                  \
      }                                                             \
    }                                                               \
    *(index_out) = low;                                             \
  } while (0)

#define array_insert_sorted_with(array, compare, value)                            \
  do {                                                                             \
    uint32_t found_index;                                                          \
    bool found;                                                                    \
    array_search_sorted_with(array, compare, &(value), &found_index, &found);      \
    if (!found) array_insert(array, found_index, value);                           \
  } while (0)
#define array_insert_sorted_by(array, field, value)                                \
  do {                                                                             \
    uint32_t found_index;                                                          \
    bool found;                                                                    \
    array_search_sorted_by(array, field, (value)field, &found_index, &found);      \
    if (!found) array_insert(array, found_index, value);                           \
  } while (0)

// The contents come first in every array; they are copied, since their type differs from array to array.
static inline void espalier_array_delete(void *array, size_t size) {
  void *contents;
  memcpy(&contents, array, sizeof contents);
  ts_free(contents);
  memset(array, 0, size);
}

static inline void *espalier_array_reserve(void *contents, uint32_t *capacity, uint32_t wanted, size_t element) {
  if (wanted <= *capacity) return contents;
  *capacity = wanted;
  return contents ? ts_realloc(contents, (size_t)wanted * element) : ts_malloc((size_t)wanted * element);
}

// Doubles at least, so that pushing is constant on average.
static inline void *espalier_array_grow(
    void *contents, uint32_t size, uint32_t *capacity, uint32_t extra, size_t element) {
  uint32_t wanted = size + extra;
  if (wanted <= *capacity) return contents;
  uint32_t roomy = *capacity < 8 ? 8 : *capacity * 2;
  return espalier_array_reserve(contents, capacity, roomy > wanted ? roomy : wanted, element);
}

static inline void *espalier_array_splice(
    void *contents, uint32_t *size, uint32_t *capacity, size_t element, uint32_t index, uint32_t removed,
    uint32_t added, const void *source) {
  contents = espalier_array_grow(contents, *size, capacity, added, element);
  char *base = (char *)contents;
  uint32_t rest = *size - index - removed;
  if (rest > 0) {
    memmove(base + (size_t)(index + added) * element, base + (size_t)(index + removed) * element,
            (size_t)rest * element);
  }
  if (added > 0 && source) memcpy(base + (size_t)index * element, source, (size_t)added * element);
  if (added > 0 && !source) memset(base + (size_t)index * element, 0, (size_t)added * element);
  *size = index + added + rest;
  return contents;
}

#endif
