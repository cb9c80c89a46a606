// The memory layout of TSLanguage in ABI 13 to 15, as mirror structs under names of our own.
#ifndef ESPALIER_LAYOUTS_H
#define ESPALIER_LAYOUTS_H
#include "CGrammar.h"

typedef union {
  uint8_t type;
  struct {
    uint8_t type;
    uint16_t state;
    bool extra, repetition;
  } shift;
  struct {
    uint8_t type, child_count;
    uint16_t symbol;
    int16_t dynamic_precedence;
    uint16_t production_id;
  } reduce;
  struct {
    uint8_t count;
    bool reusable;
  } entry;
} EspalierActionEntry;

typedef struct {
  bool visible, named, supertype;
} EspalierSymbolMetadata;

// A lex mode is two 16-bit numbers, the lexer's state and the scanner's row; from ABI 15 on a third one follows, the set
// of reserved words.
enum { EspalierModeLexer, EspalierModeScanner, EspalierModeReserved };

typedef struct {
  uint32_t version, symbol_count, alias_count, token_count, external_token_count, state_count, large_state_count;
  uint32_t production_id_count, field_count;
  uint16_t max_alias_sequence_length;
  const uint16_t *parse_table;
  const uint16_t *small_parse_table;
  const uint32_t *small_parse_table_map;
  const EspalierActionEntry *parse_actions;
  const char *const *symbol_names;
  const char *const *field_names;
  const void *field_map_slices, *field_map_entries;
  const EspalierSymbolMetadata *symbol_metadata;
  const uint16_t *public_symbol_map, *alias_map, *alias_sequences;
  const uint16_t *lex_modes;
  // In a probe build these take an EspalierProbe.
  bool (*lex_fn)(void *, uint16_t);
  bool (*keyword_lex_fn)(void *, uint16_t);
  uint16_t keyword_capture_token;
  struct {
    const bool *states;
    const uint16_t *symbol_map;
    void *(*create)(void);
    void (*destroy)(void *);
    bool (*scan)(void *, EspalierLexer *, const bool *);
    unsigned (*serialize)(void *, char *);
    void (*deserialize)(void *, const char *, unsigned);
  } scanner;
  // From ABI 14 on.
  const uint16_t *primary_state_ids;
  // From ABI 15 on.
  const char *name;
  const uint16_t *reserved_words;
  uint16_t max_reserved_word_set_size;
  uint32_t supertype_count;
  const void *supertype_symbols, *supertype_map_slices, *supertype_map_entries;
  uint8_t grammar_version[3];
} EspalierLanguage;

static inline const EspalierLanguage *espalier_layout(const void *language) {
  return (const EspalierLanguage *)language;
}

// How many numbers a lex mode has.
static inline uint32_t espalier_lex_mode_width(const EspalierLanguage *layout) { return layout->version < 15 ? 2 : 3; }
#endif
