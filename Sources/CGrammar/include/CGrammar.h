// The C side of grammars: TSLanguage layouts by ABI and the lexer that external scanners are driven with.
//
// A language is passed as `const void *`, so that no name here meets those of the runtime's own headers.
#ifndef ESPALIER_CGRAMMAR_H
#define ESPALIER_CGRAMMAR_H
#include <stdbool.h>
#include <stdint.h>

#define ESPALIER_OLDEST_ABI 13
#define ESPALIER_NEWEST_ABI 15
// The longest state that an external scanner can serialise, in bytes.
#define ESPALIER_SERIALIZATION_SIZE 1024

// MARK: Tables (CGrammar.c)

// The ABI version, the first field in every layout. Ask it before anything else: the other functions need a layout
// between ESPALIER_OLDEST_ABI and ESPALIER_NEWEST_ABI.
uint32_t espalier_language_version(const void *language);
// The grammar's own version: three numbers. NULL before ABI 15.
const uint8_t *espalier_grammar_version(const void *language);
// Terminals and nonterminals, without aliases.
uint32_t espalier_symbol_count(const void *language);
uint32_t espalier_terminal_count(const void *language);
uint32_t espalier_state_count(const void *language);
uint32_t espalier_external_count(const void *language);
const char *espalier_symbol_name(const void *language, uint32_t symbol);
bool espalier_symbol_is_visible(const void *language, uint32_t symbol);
bool espalier_symbol_is_named(const void *language, uint32_t symbol);
uint16_t espalier_lex_state(const void *language, uint32_t state);
uint16_t espalier_external_lex_state(const void *language, uint32_t state);
// How many words a set of reserved words has at the most; 0 if the grammar has none, as before ABI 15.
uint16_t espalier_reserved_set_size(const void *language);
// The set of a state; 0 is the empty one.
uint16_t espalier_reserved_set(const void *language, uint32_t state);
// A keyword of a set, 0 behind the last.
uint16_t espalier_reserved_word(const void *language, uint16_t set, uint16_t index);
// 0 if the grammar has no keywords.
uint16_t espalier_keyword_capture(const void *language);
bool espalier_has_keyword_lexer(const void *language);
uint16_t espalier_external_symbol(const void *language, uint32_t external);
bool espalier_external_is_valid(const void *language, uint32_t row, uint32_t external);
// Writes a state's row, one cell per symbol: for a terminal the index of its actions, for a nonterminal the goto state.
void espalier_parse_row(const void *language, uint32_t state, uint16_t *cells);

typedef enum { EspalierShift, EspalierReduce, EspalierAccept, EspalierRecover } EspalierActionKind;

typedef struct {
  uint8_t kind;
  bool is_extra, is_repetition;
  uint8_t child_count;
  // A shift's target.
  uint16_t state;
  // A reduction's result.
  uint16_t symbol, production;
  int16_t dynamic_precedence;
} EspalierAction;

uint32_t espalier_action_count(const void *language, uint32_t index);
EspalierAction espalier_action(const void *language, uint32_t index, uint32_t offset);
// Tells two builds of a grammar apart: a hash of the counts, lex modes and tables. O(table size).
uint64_t espalier_language_fingerprint(const void *language);

// FNV-1a over 64-bit words, the rest bytewise.
uint64_t espalier_hash(const void *bytes, uint64_t length, uint64_t seed);

// MARK: Probing (CGrammarProbe.c)

// What a lexer state does under the code points first...last. Those in no range have no transition.
typedef struct {
  int32_t first, last;
  uint16_t target;
  bool is_skipped;
} EspalierLexRange;

typedef struct {
  // The terminal that the state accepts, or -1.
  int32_t accepted;
  // The state after the end of input, or -1.
  int32_t end_target;
  bool end_is_skipped;
  int32_t range_count;
} EspalierLexState;

// Reads one state of a lexer compiled with ESPALIER_PROBE by trying every Unicode scalar value; ranges are in order
// and coalesced. False if `capacity` ranges do not suffice, or if what it accepts depends on the code point.
bool espalier_probe_state(
    const void *probe_language, bool keywords, uint16_t state, EspalierLexRange *ranges, int32_t capacity,
    EspalierLexState *result);

// MARK: The runtime (CGrammarBridge.c)

// The newest ABI that the system's runtime reads.
#define ESPALIER_RUNTIME_ABI 14

// The language as the system's runtime reads it: itself, or a copy in the layout of ESPALIER_RUNTIME_ABI. A copy lives as
// long as the process, so ask once for each language. NULL if there is no memory.
const void *espalier_runtime_language(const void *language);
// To be called before a text is parsed with a language that espalier_runtime_language has copied, by the thread that
// parses it: the copy's lexer looks reserved words up in it.
void espalier_enter_runtime(const void *runtime_language);

// MARK: Lexing text (CGrammarLexer.c)

// The TSLexer that generated lexers and external scanners are written against, as runtime 0.20 lays it out.
typedef struct EspalierLexer {
  // The code point at the position: 0 at the end, -1 for bytes that are not UTF-8.
  int32_t lookahead;
  // What was found: for a scanner an index of external terminals, for a lexer a terminal.
  uint16_t result_symbol;
  void (*advance)(struct EspalierLexer *, bool);
  void (*mark_end)(struct EspalierLexer *);
  uint32_t (*get_column)(struct EspalierLexer *);
  bool (*is_at_included_range_start)(const struct EspalierLexer *);
  bool (*eof)(const struct EspalierLexer *);
} EspalierLexer;

// A lexer over UTF-8 bytes in memory. Offsets are in bytes from the beginning of `bytes`.
typedef struct {
  EspalierLexer lexer;
  const uint8_t *bytes;
  uint32_t length;
  uint32_t position;
  // The found terminal without the padding before it.
  uint32_t token_start, token_end;
  uint32_t lookahead_size;
  bool has_marked_end;
  // Whether the end of the bytes was seen (or a character that they cut off): with more bytes behind them, the answer
  // could differ.
  bool reached_end;
  // Whether the column was asked for: with other bytes in front of the position, the answer could differ.
  bool used_column;
  // Whether the end of a line was passed.
  bool passed_line;
  // The bytes are cut out of a text: their start is not its start.
  bool is_fragment;
} EspalierTextLexer;

// Prepares lexing at a position. The bytes from 0 on are looked at for columns. A byte order mark at 0 is a character
// like any other, while the runtime skips it: start behind it.
void espalier_lexer_start(EspalierTextLexer *lexer, const uint8_t *bytes, uint32_t length, uint32_t position);
// Runs the generated lexer from a lex state (or the keyword lexer, whose state is 0).
bool espalier_lex(const void *language, bool keywords, EspalierTextLexer *lexer, uint16_t state);

// The external scanner. Serialised states have at most ESPALIER_SERIALIZATION_SIZE bytes; a length of 0 stands for the
// state at the beginning of a file.
bool espalier_has_scanner(const void *language);
void *espalier_scanner_create(const void *language);
void espalier_scanner_destroy(const void *language, void *payload);
unsigned espalier_scanner_serialize(const void *language, void *payload, char *buffer);
void espalier_scanner_deserialize(const void *language, void *payload, const char *buffer, unsigned length);
// Runs the scanner once; `valid` has one entry per external terminal. On success `lexer->lexer.result_symbol` is an
// index of external terminals, and token_start...token_end its text.
bool espalier_scan(const void *language, void *payload, EspalierTextLexer *lexer, const bool *valid);

#endif
