#include "CGrammar.h"

#include <string.h>

#include "Layouts.h"

uint32_t espalier_language_version(const void *language) { return espalier_layout(language)->version; }
const uint8_t *espalier_grammar_version(const void *language) {
  const EspalierLanguage *layout = espalier_layout(language);
  return layout->version < 15 ? NULL : layout->grammar_version;
}

uint32_t espalier_symbol_count(const void *language) { return espalier_layout(language)->symbol_count; }
uint32_t espalier_terminal_count(const void *language) { return espalier_layout(language)->token_count; }
uint32_t espalier_state_count(const void *language) { return espalier_layout(language)->state_count; }
uint32_t espalier_external_count(const void *language) { return espalier_layout(language)->external_token_count; }

const char *espalier_symbol_name(const void *language, uint32_t symbol) {
  return espalier_layout(language)->symbol_names[symbol];
}

bool espalier_symbol_is_visible(const void *language, uint32_t symbol) {
  return espalier_layout(language)->symbol_metadata[symbol].visible;
}

bool espalier_symbol_is_named(const void *language, uint32_t symbol) {
  return espalier_layout(language)->symbol_metadata[symbol].named;
}

static uint16_t lex_mode(const void *language, uint32_t state, uint32_t part) {
  const EspalierLanguage *layout = espalier_layout(language);
  return layout->lex_modes[(size_t)state * espalier_lex_mode_width(layout) + part];
}

uint16_t espalier_lex_state(const void *language, uint32_t state) {
  return lex_mode(language, state, EspalierModeLexer);
}

uint16_t espalier_external_lex_state(const void *language, uint32_t state) {
  return lex_mode(language, state, EspalierModeScanner);
}

uint16_t espalier_reserved_set_size(const void *language) {
  const EspalierLanguage *layout = espalier_layout(language);
  return layout->version < 15 || layout->reserved_words == NULL ? 0 : layout->max_reserved_word_set_size;
}

uint16_t espalier_reserved_set(const void *language, uint32_t state) {
  return espalier_reserved_set_size(language) == 0 ? 0 : lex_mode(language, state, EspalierModeReserved);
}

uint16_t espalier_reserved_word(const void *language, uint16_t set, uint16_t index) {
  const EspalierLanguage *layout = espalier_layout(language);
  return layout->reserved_words[(size_t)set * layout->max_reserved_word_set_size + index];
}

uint16_t espalier_keyword_capture(const void *language) { return espalier_layout(language)->keyword_capture_token; }

bool espalier_has_keyword_lexer(const void *language) { return espalier_layout(language)->keyword_lex_fn != NULL; }

uint16_t espalier_external_symbol(const void *language, uint32_t external) {
  return espalier_layout(language)->scanner.symbol_map[external];
}

bool espalier_external_is_valid(const void *language, uint32_t row, uint32_t external) {
  const EspalierLanguage *layout = espalier_layout(language);
  return layout->scanner.states[row * layout->external_token_count + external];
}

void espalier_parse_row(const void *language, uint32_t state, uint16_t *cells) {
  const EspalierLanguage *layout = espalier_layout(language);
  uint32_t width = layout->symbol_count;
  if (state < layout->large_state_count) {
    memcpy(cells, layout->parse_table + (size_t)state * width, width * sizeof(uint16_t));
    return;
  }
  // A small row is a number of groups: a value, how many symbols have it, and these symbols.
  memset(cells, 0, width * sizeof(uint16_t));
  const uint16_t *data =
      layout->small_parse_table + layout->small_parse_table_map[state - layout->large_state_count];
  uint16_t groups = *data++;
  for (uint16_t group = 0; group < groups; group++) {
    uint16_t value = *data++;
    uint16_t count = *data++;
    for (uint16_t i = 0; i < count; i++) {
      uint16_t symbol = *data++;
      if (symbol < width) cells[symbol] = value;
    }
  }
}

uint32_t espalier_action_count(const void *language, uint32_t index) {
  return espalier_layout(language)->parse_actions[index].entry.count;
}

EspalierAction espalier_action(const void *language, uint32_t index, uint32_t offset) {
  const EspalierActionEntry *entry = espalier_layout(language)->parse_actions + index + 1 + offset;
  EspalierAction action = {.kind = entry->type};
  if (entry->type == EspalierShift) {
    action.is_extra = entry->shift.extra;
    action.is_repetition = entry->shift.repetition;
    action.state = entry->shift.state;
  } else if (entry->type == EspalierReduce) {
    action.child_count = entry->reduce.child_count;
    action.symbol = entry->reduce.symbol;
    action.production = entry->reduce.production_id;
    action.dynamic_precedence = entry->reduce.dynamic_precedence;
  }
  return action;
}

uint64_t espalier_hash(const void *bytes, uint64_t length, uint64_t seed) {
  const uint8_t *cursor = bytes;
  uint64_t hash = 0xcbf29ce484222325ull ^ seed;
  for (; length >= 8; length -= 8, cursor += 8) {
    uint64_t word;
    memcpy(&word, cursor, 8);
    hash = (hash ^ word) * 0x100000001b3ull;
    // A product never carries downwards: fold the high half in, or low bits would not depend on it.
    hash ^= hash >> 32;
  }
  for (; length > 0; length--, cursor++) hash = (hash ^ *cursor) * 0x100000001b3ull;
  return hash;
}

uint64_t espalier_language_fingerprint(const void *language) {
  const EspalierLanguage *layout = espalier_layout(language);
  uint64_t small_states = layout->state_count - layout->large_state_count;
  uint64_t hash = espalier_hash(layout, 9 * sizeof(uint32_t), 0);
  hash = espalier_hash(
      layout->parse_table, (uint64_t)layout->large_state_count * layout->symbol_count * sizeof(uint16_t), hash);
  if (small_states > 0) hash = espalier_hash(layout->small_parse_table_map, small_states * sizeof(uint32_t), hash);
  uint64_t mode_size = espalier_lex_mode_width(layout) * sizeof(uint16_t);
  return espalier_hash(layout->lex_modes, layout->state_count * mode_size, hash);
}
