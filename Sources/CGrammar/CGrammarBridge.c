// Hands a grammar of ABI 15 to a runtime that reads ABI 14.
//
// What ABI 15 adds to the tables is a set of reserved words for each state. A word of the set is read as the keyword that
// it is even where the parser cannot take it, and never as a name. The runtime does not know this, so the copied
// language's lexer does it. To know the parser's state, it has that for the state of the lexer.
#include <stdlib.h>
#include <string.h>

#include "CGrammar.h"
#include "Layouts.h"

typedef struct {
  // First, since the runtime is given the address of this.
  EspalierLanguage language;
  const EspalierLanguage *source;
  // By symbol: whether some set has it.
  bool *is_reserved_somewhere;
} Bridge;

static _Thread_local const Bridge *current;

void espalier_enter_runtime(const void *runtime_language) { current = runtime_language; }

// MARK: Reserved words

// The longest word that can be a keyword, in characters.
enum { WORD_CAPACITY = 128 };

// Passes all calls on to the runtime's lexer and keeps the characters of the terminal.
typedef struct {
  EspalierLexer lexer;
  EspalierLexer *inner;
  int32_t characters[WORD_CAPACITY];
  uint32_t count, marked;
} Recorder;

static void record(EspalierLexer *lexer, bool skip) {
  Recorder *self = (Recorder *)lexer;
  if (skip) {
    self->count = 0;
  } else {
    if (self->count < WORD_CAPACITY) self->characters[self->count] = self->inner->lookahead;
    self->count++;
  }
  self->inner->advance(self->inner, skip);
  self->lexer.lookahead = self->inner->lookahead;
}

static void record_end(EspalierLexer *lexer) {
  Recorder *self = (Recorder *)lexer;
  self->marked = self->count;
  self->inner->mark_end(self->inner);
}

static bool inner_eof(const EspalierLexer *lexer) {
  const Recorder *self = (const Recorder *)lexer;
  return self->inner->eof(self->inner);
}

// Reads the characters that a recorder kept.
typedef struct {
  EspalierLexer lexer;
  const Recorder *word;
  uint32_t position, marked;
} WordLexer;

static void word_look(WordLexer *self) {
  self->lexer.lookahead = self->position < self->word->marked ? self->word->characters[self->position] : 0;
}

static void word_advance(EspalierLexer *lexer, bool skip) {
  WordLexer *self = (WordLexer *)lexer;
  if (self->position < self->word->marked) self->position++;
  word_look(self);
}

static void word_mark(EspalierLexer *lexer) {
  WordLexer *self = (WordLexer *)lexer;
  self->marked = self->position;
}

static bool word_eof(const EspalierLexer *lexer) {
  const WordLexer *self = (const WordLexer *)lexer;
  return self->position >= self->word->marked;
}

// The keyword that a recorded word is; the word terminal if it is none.
static uint16_t keyword(const EspalierLanguage *source, const Recorder *word) {
  uint16_t capture = source->keyword_capture_token;
  if (word->marked > WORD_CAPACITY) return capture;
  WordLexer lexer = {.lexer = {.advance = word_advance, .mark_end = word_mark, .eof = word_eof}, .word = word};
  word_look(&lexer);
  if (!source->keyword_lex_fn(&lexer, 0) || lexer.marked != word->marked) return capture;
  return lexer.lexer.result_symbol;
}

static bool set_has(const EspalierLanguage *source, uint16_t set, uint16_t symbol) {
  for (uint16_t i = 0; i < source->max_reserved_word_set_size; i++) {
    uint16_t reserved = espalier_reserved_word(source, set, i);
    if (reserved == symbol) return true;
    if (reserved == 0) break;
  }
  return false;
}

// Without a row in hand: most words are no keywords.
static bool has_actions(const EspalierLanguage *source, uint16_t state, uint16_t symbol) {
  if (state < source->large_state_count) return source->parse_table[(size_t)state * source->symbol_count + symbol] != 0;
  const uint16_t *data = source->small_parse_table + source->small_parse_table_map[state - source->large_state_count];
  uint16_t groups = *data++;
  for (uint16_t group = 0; group < groups; group++) {
    uint16_t value = *data++;
    uint16_t count = *data++;
    for (uint16_t i = 0; i < count; i++)
      if (*data++ == symbol) return value != 0;
  }
  return false;
}

// A keyword that is the lexer's own answer is never taken for a name afterwards. Runtime 0.25 decides that anew in every
// state that reductions lead to, which this one does not ask about: here a keyword that can be taken and that is reserved
// anywhere stays one.
static bool lex(void *lexer, uint16_t state) {
  const Bridge *bridge = current;
  const EspalierLanguage *source = bridge->source;
  EspalierLexer *inner = lexer;
  Recorder recorder = {
      .lexer = {.lookahead = inner->lookahead, .advance = record, .mark_end = record_end, .eof = inner_eof},
      .inner = inner};
  bool found = source->lex_fn(&recorder, espalier_lex_state(source, state));
  inner->result_symbol = recorder.lexer.result_symbol;
  if (!found || inner->result_symbol != source->keyword_capture_token) return found;
  uint16_t symbol = keyword(source, &recorder);
  if (bridge->is_reserved_somewhere[symbol] &&
      (has_actions(source, state, symbol) || set_has(source, espalier_reserved_set(source, state), symbol))) {
    inner->result_symbol = symbol;
  }
  return found;
}

// MARK: The copy

static bool look_up_reserved_words(Bridge *bridge, uint16_t *modes) {
  const EspalierLanguage *source = bridge->source;
  bridge->is_reserved_somewhere = calloc(source->symbol_count, sizeof(bool));
  if (bridge->is_reserved_somewhere == NULL) return false;
  for (uint32_t state = 0; state < source->state_count; state++) {
    uint16_t set = espalier_reserved_set(source, state);
    for (uint16_t i = 0; set > 0 && i < source->max_reserved_word_set_size; i++) {
      uint16_t symbol = espalier_reserved_word(source, set, i);
      if (symbol == 0) break;
      bridge->is_reserved_somewhere[symbol] = true;
    }
    // The end of a non-terminal extra is no state of the lexer.
    if (modes[2 * state] != UINT16_MAX) modes[2 * state] = (uint16_t)state;
  }
  bridge->language.lex_fn = lex;
  return true;
}

const void *espalier_runtime_language(const void *language) {
  const EspalierLanguage *source = espalier_layout(language);
  if (source->version <= ESPALIER_RUNTIME_ABI) return language;
  Bridge *bridge = calloc(1, sizeof(Bridge));
  uint16_t *modes = calloc(source->state_count, 2 * sizeof(uint16_t));
  if (bridge == NULL || modes == NULL) goto failed;
  for (uint32_t state = 0; state < source->state_count; state++) {
    modes[2 * state] = espalier_lex_state(source, state);
    modes[2 * state + 1] = espalier_external_lex_state(source, state);
  }
  bridge->language = *source;
  bridge->language.version = ESPALIER_RUNTIME_ABI;
  bridge->language.lex_modes = modes;
  bridge->source = source;
  if (espalier_reserved_set_size(language) > 0 && source->keyword_lex_fn != NULL) {
    if (!look_up_reserved_words(bridge, modes)) goto failed;
  }
  return bridge;
failed:
  free(bridge);
  free(modes);
  return NULL;
}
