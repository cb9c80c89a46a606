#include "CGrammar.h"
#include "Layouts.h"

// The TSLexer of a probe build: as grammar-include/tree_sitter/parser.h declares it.
typedef struct EspalierProbe {
  int32_t lookahead;
  bool at_end;
  int32_t next_state;
  bool skipped;
  int32_t accepted;
  uint16_t result_symbol;
  void (*advance)(struct EspalierProbe *, bool);
  void (*mark_end)(struct EspalierProbe *);
} EspalierProbe;

bool espalier_probe_state(
    const void *probe_language, bool keywords, uint16_t state, EspalierLexRange *ranges, int32_t capacity,
    EspalierLexState *result) {
  const EspalierLanguage *layout = espalier_layout(probe_language);
  bool (*step)(void *, uint16_t) = keywords ? layout->keyword_lex_fn : layout->lex_fn;

  EspalierProbe probe = {.at_end = true, .next_state = -1, .accepted = -1};
  step(&probe, state);
  *result = (EspalierLexState){
      .accepted = probe.accepted, .end_target = probe.next_state, .end_is_skipped = probe.skipped};

  int32_t count = 0;
  int32_t previous_target = -1;
  bool previous_skipped = false;
  probe.at_end = false;
  for (int32_t code_point = 0; code_point <= 0x10FFFF; code_point++) {
    if (code_point == 0xD800) code_point = 0xE000, previous_target = -1;
    probe.lookahead = code_point;
    probe.next_state = -1;
    probe.accepted = -1;
    step(&probe, state);
    if (probe.accepted != result->accepted) return false;
    if (probe.next_state < 0) {
      previous_target = -1;
    } else if (probe.next_state == previous_target && probe.skipped == previous_skipped) {
      ranges[count - 1].last = code_point;
    } else {
      if (count == capacity) return false;
      ranges[count++] = (EspalierLexRange){code_point, code_point, (uint16_t)probe.next_state, probe.skipped};
      previous_target = probe.next_state;
      previous_skipped = probe.skipped;
    }
  }
  result->range_count = count;
  return true;
}
