#include "CGrammar.h"

#include <setjmp.h>
#include <stddef.h>

#include "Layouts.h"

// Decodes the character at the position. The runtime's decoder refuses what this refuses: overlong forms, surrogates
// and values above 0x10FFFF, each as one byte of value -1.
static void decode(EspalierTextLexer *self) {
  uint32_t rest = self->length - self->position;
  const uint8_t *bytes = self->bytes + self->position;
  self->lookahead_size = 1;
  if (rest == 0) {
    self->lexer.lookahead = 0;
    self->reached_end = true;
    return;
  }
  uint8_t lead = bytes[0];
  if (lead < 0x80) {
    self->lexer.lookahead = lead;
    return;
  }
  self->lexer.lookahead = -1;
  uint32_t size = lead < 0xC2 || lead > 0xF4 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (size == 0) return;
  int32_t value = lead & (0x7F >> size);
  for (uint32_t i = 1; i < size; i++) {
    if (i == rest) {
      self->reached_end = true;
      return;
    }
    if ((bytes[i] & 0xC0) != 0x80) return;
    value = value << 6 | (bytes[i] & 0x3F);
  }
  bool is_overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
  if (is_overlong || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return;
  self->lexer.lookahead = value;
  self->lookahead_size = size;
}

// Where a scanner is left that does not end at the end of the text, as that of tree-sitter-kotlin 1.1 in annotations.
static _Thread_local jmp_buf way_out;
static _Thread_local bool is_scanning;
static _Thread_local uint32_t advances_at_end;
enum { ENDLESS = 10000 };

static void advance(EspalierLexer *lexer, bool skip) {
  EspalierTextLexer *self = (EspalierTextLexer *)lexer;
  if (self->position >= self->length) {
    if (is_scanning && ++advances_at_end > ENDLESS) longjmp(way_out, 1);
    return;
  }
  if (self->lexer.lookahead == '\n' || self->lexer.lookahead == '\r') self->passed_line = true;
  self->position += self->lookahead_size;
  if (skip) self->token_start = self->position;
  decode(self);
}

static void mark_end(EspalierLexer *lexer) {
  EspalierTextLexer *self = (EspalierTextLexer *)lexer;
  self->token_end = self->position;
  self->has_marked_end = true;
}

// In characters from the line's beginning, each byte that is not UTF-8 counted as one. At the end of input runtime
// 0.20 answers 0 and moves back to the line's beginning; later ones count there too, as this does.
static uint32_t get_column(EspalierLexer *lexer) {
  EspalierTextLexer *self = (EspalierTextLexer *)lexer;
  self->used_column = true;
  uint32_t column = 0;
  for (uint32_t i = self->position; i > 0 && self->bytes[i - 1] != '\n'; i--) {
    column += (self->bytes[i - 1] & 0xC0) != 0x80;
  }
  return column;
}

static bool is_at_included_range_start(const EspalierLexer *lexer) {
  const EspalierTextLexer *self = (const EspalierTextLexer *)lexer;
  return self->position == 0 && self->length > 0 && !self->is_fragment;
}

static bool at_end(const EspalierLexer *lexer) {
  const EspalierTextLexer *self = (const EspalierTextLexer *)lexer;
  return self->position >= self->length;
}

void espalier_lexer_start(EspalierTextLexer *self, const uint8_t *bytes, uint32_t length, uint32_t position) {
  *self = (EspalierTextLexer){
      .lexer = {.advance = advance,
                .mark_end = mark_end,
                .get_column = get_column,
                .is_at_included_range_start = is_at_included_range_start,
                .eof = at_end},
      .bytes = bytes,
      .length = length,
      .position = position,
      .token_start = position,
      .token_end = position,
  };
  decode(self);
}

static void finish(EspalierTextLexer *self) {
  if (!self->has_marked_end) mark_end(&self->lexer);
  if (self->token_end < self->token_start) self->token_start = self->token_end;
}

bool espalier_lex(const void *language, bool keywords, EspalierTextLexer *lexer, uint16_t state) {
  const EspalierLanguage *layout = espalier_layout(language);
  bool found = (keywords ? layout->keyword_lex_fn : layout->lex_fn)(lexer, state);
  finish(lexer);
  return found;
}

bool espalier_has_scanner(const void *language) { return espalier_layout(language)->scanner.scan != NULL; }

void *espalier_scanner_create(const void *language) {
  const EspalierLanguage *layout = espalier_layout(language);
  return layout->scanner.create ? layout->scanner.create() : NULL;
}

void espalier_scanner_destroy(const void *language, void *payload) {
  const EspalierLanguage *layout = espalier_layout(language);
  if (layout->scanner.destroy) layout->scanner.destroy(payload);
}

unsigned espalier_scanner_serialize(const void *language, void *payload, char *buffer) {
  const EspalierLanguage *layout = espalier_layout(language);
  return layout->scanner.serialize ? layout->scanner.serialize(payload, buffer) : 0;
}

void espalier_scanner_deserialize(const void *language, void *payload, const char *buffer, unsigned length) {
  const EspalierLanguage *layout = espalier_layout(language);
  if (layout->scanner.deserialize) layout->scanner.deserialize(payload, length > 0 ? buffer : NULL, length);
}

bool espalier_scan(const void *language, void *payload, EspalierTextLexer *lexer, const bool *valid) {
  // It keeps nothing that matters: the next run starts from a serialised state.
  bool found = false;
  is_scanning = true;
  advances_at_end = 0;
  if (setjmp(way_out) == 0) found = espalier_layout(language)->scanner.scan(payload, &lexer->lexer, valid);
  is_scanning = false;
  finish(lexer);
  return found;
}
