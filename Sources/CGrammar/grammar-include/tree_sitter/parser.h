// What a generated parser.c and a scanner.c need to compile: the layouts and macros of tree-sitter's ABI 13 to 15.
//
// Compiled as it is, a parser behaves as its generator meant. With ESPALIER_PROBE defined the lexer macros report the
// one step that a state takes under a code point instead of taking it, which is how the lexer is read as an automaton.
// TSLexer ends where that of runtime 0.20 ends: a scanner that calls `log` does not compile, instead of jumping to
// wherever that runtime's memory leads.
#ifndef TREE_SITTER_PARSER_H_
#define TREE_SITTER_PARSER_H_

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TREE_SITTER_SERIALIZATION_BUFFER_SIZE 1024
#define ts_builtin_sym_end 0
#define ts_builtin_sym_error ((TSSymbol) - 1)
#define ts_builtin_sym_error_repeat ((TSSymbol) - 2)

typedef uint16_t TSStateId;
#ifndef TREE_SITTER_API_H_
typedef uint16_t TSSymbol;
typedef uint16_t TSFieldId;
typedef struct TSLanguage TSLanguage;
#endif

typedef struct {
  TSFieldId field_id;
  uint8_t child_index;
  bool inherited;
} TSFieldMapEntry;

// Under its newer and its older name.
typedef struct {
  uint16_t index, length;
} TSMapSlice;
typedef TSMapSlice TSFieldMapSlice;

typedef struct {
  bool visible, named, supertype;
} TSSymbolMetadata;

typedef struct TSLexer TSLexer;

#ifdef ESPALIER_PROBE
struct TSLexer {
  int32_t lookahead;
  // Whether the probe stands for the end of input; parser.c reads it through the macro `eof` below.
  bool at_end;
  // What the state did: which state comes next (-1: none), whether the code point is skipped, the symbol it accepts
  // (-1: none).
  int32_t next_state;
  bool skipped;
  int32_t accepted;
  // A scanner in the same file needs these to compile; the probe never runs it.
  TSSymbol result_symbol;
  void (*advance)(TSLexer *, bool);
  void (*mark_end)(TSLexer *);
};
// parser.c says `lexer->eof(lexer)`: this makes it a plain load.
#define eof(lexer) at_end
#else
struct TSLexer {
  int32_t lookahead;
  TSSymbol result_symbol;
  void (*advance)(TSLexer *, bool);
  void (*mark_end)(TSLexer *);
  uint32_t (*get_column)(TSLexer *);
  bool (*is_at_included_range_start)(const TSLexer *);
  bool (*eof)(const TSLexer *);
};
#endif

typedef enum {
  TSParseActionTypeShift,
  TSParseActionTypeReduce,
  TSParseActionTypeAccept,
  TSParseActionTypeRecover,
} TSParseActionType;

typedef union {
  uint8_t type;
  struct {
    uint8_t type;
    TSStateId state;
    bool extra;
    bool repetition;
  } shift;
  struct {
    uint8_t type;
    uint8_t child_count;
    TSSymbol symbol;
    int16_t dynamic_precedence;
    uint16_t production_id;
  } reduce;
} TSParseAction;

typedef union {
  TSParseAction action;
  struct {
    uint8_t count;
    bool reusable;
  } entry;
} TSParseActionEntry;

// Up to ABI 14, and from ABI 15 on.
typedef struct {
  uint16_t lex_state, external_lex_state;
} TSLexMode;
typedef struct {
  uint16_t lex_state, external_lex_state, reserved_word_set_id;
} TSLexerMode;

typedef struct {
  uint8_t major_version, minor_version, patch_version;
} TSLanguageMetadata;

typedef struct {
  int32_t start, end;
} TSCharacterRange;

struct TSLanguage {
  // From ABI 15 on it is named for what it is.
  union {
    uint32_t version, abi_version;
  };
  uint32_t symbol_count;
  uint32_t alias_count;
  uint32_t token_count;
  uint32_t external_token_count;
  uint32_t state_count;
  uint32_t large_state_count;
  uint32_t production_id_count;
  uint32_t field_count;
  uint16_t max_alias_sequence_length;
  const uint16_t *parse_table;
  const uint16_t *small_parse_table;
  const uint32_t *small_parse_table_map;
  const TSParseActionEntry *parse_actions;
  const char *const *symbol_names;
  const char *const *field_names;
  const TSFieldMapSlice *field_map_slices;
  const TSFieldMapEntry *field_map_entries;
  const TSSymbolMetadata *symbol_metadata;
  const TSSymbol *public_symbol_map;
  const uint16_t *alias_map;
  const TSSymbol *alias_sequences;
  // TSLexMode or TSLexerMode.
  const void *lex_modes;
  bool (*lex_fn)(TSLexer *, TSStateId);
  bool (*keyword_lex_fn)(TSLexer *, TSStateId);
  TSSymbol keyword_capture_token;
  struct {
    const bool *states;
    const TSSymbol *symbol_map;
    void *(*create)(void);
    void (*destroy)(void *);
    bool (*scan)(void *, TSLexer *, const bool *);
    unsigned (*serialize)(void *, char *);
    void (*deserialize)(void *, const char *, unsigned);
  } external_scanner;
  // From ABI 14 on.
  const TSStateId *primary_state_ids;
  // From ABI 15 on.
  const char *name;
  const TSSymbol *reserved_words;
  uint16_t max_reserved_word_set_size;
  uint32_t supertype_count;
  const TSSymbol *supertype_symbols;
  const TSMapSlice *supertype_map_slices;
  const TSSymbol *supertype_map_entries;
  TSLanguageMetadata metadata;
};

// Whether a sorted list of closed ranges contains a code point, by bisection.
static inline bool set_contains(const TSCharacterRange *ranges, uint32_t count, int32_t code_point) {
  uint32_t low = 0, high = count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (code_point < ranges[middle].start) {
      high = middle;
    } else if (code_point > ranges[middle].end) {
      low = middle + 1;
    } else {
      return true;
    }
  }
  return false;
}

#ifdef _MSC_VER
#define UNUSED __pragma(warning(suppress : 4101))
#else
#define UNUSED __attribute__((unused))
#endif

#ifdef ESPALIER_PROBE

#define START_LEXER()              \
  UNUSED bool eof = false;         \
  int32_t lookahead = lexer->lookahead;

#define ESPALIER_REPORT(target, is_skipped) \
  do {                                      \
    lexer->next_state = (target);           \
    lexer->skipped = (is_skipped);          \
    return true;                            \
  } while (0);

#define ADVANCE(target) ESPALIER_REPORT(target, false)
#define SKIP(target) ESPALIER_REPORT(target, true)
#define ACCEPT_TOKEN(symbol) lexer->accepted = (symbol);
#define END_STATE() return false;

#define ADVANCE_MAP(...)                                                        \
  {                                                                             \
    static const uint16_t pairs[] = {__VA_ARGS__};                              \
    for (uint32_t i = 0; i + 1 < sizeof(pairs) / sizeof(pairs[0]); i += 2)      \
      if (pairs[i] == lookahead) ESPALIER_REPORT(pairs[i + 1], false)           \
  }

#else

#define START_LEXER()               \
  bool result = false;              \
  bool skip = false;                \
  UNUSED bool eof = false;          \
  int32_t lookahead;                \
  goto start;                       \
  next_state:                       \
  lexer->advance(lexer, skip);      \
  start:                            \
  skip = false;                     \
  lookahead = lexer->lookahead;

#define ADVANCE(target)  \
  {                      \
    state = (target);    \
    goto next_state;     \
  }

#define SKIP(target)     \
  {                      \
    skip = true;         \
    state = (target);    \
    goto next_state;     \
  }

#define ADVANCE_MAP(...)                                                        \
  {                                                                             \
    static const uint16_t pairs[] = {__VA_ARGS__};                              \
    for (uint32_t i = 0; i + 1 < sizeof(pairs) / sizeof(pairs[0]); i += 2)      \
      if (pairs[i] == lookahead) ADVANCE(pairs[i + 1])                          \
  }

#define ACCEPT_TOKEN(symbol)        \
  result = true;                    \
  lexer->result_symbol = (symbol);  \
  lexer->mark_end(lexer);

#define END_STATE() return result;

#endif

#define SMALL_STATE(id) ((id) - LARGE_STATE_COUNT)
#define STATE(id) id
#define ACTIONS(id) id

#define SHIFT(target) \
  {{ .shift = { .type = TSParseActionTypeShift, .state = (target) } }}
#define SHIFT_REPEAT(target) \
  {{ .shift = { .type = TSParseActionTypeShift, .state = (target), .repetition = true } }}
#define SHIFT_EXTRA() \
  {{ .shift = { .type = TSParseActionTypeShift, .extra = true } }}
// Newer generators pass all four values by position, older ones the last two by name: either way they follow `symbol`.
#define REDUCE(name, children, ...) \
  {{ .reduce = { .type = TSParseActionTypeReduce, .child_count = (children), .symbol = (name), __VA_ARGS__ } }}
#define RECOVER() \
  {{ .type = TSParseActionTypeRecover }}
#define ACCEPT_INPUT() \
  {{ .type = TSParseActionTypeAccept }}

#ifdef __cplusplus
}
#endif
#endif
