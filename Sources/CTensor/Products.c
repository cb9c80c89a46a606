#include "CTensor.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <time.h>

// Products of weights, row-major as they lie in a checkpoint, with panels of activations.
//
// A kernel keeps the sums of a few rows and vectors in 24 registers. For each pair (or quad) of features it loads the
// activations of its vectors and, for each row, one pair of weights, copied to all lanes by the load itself. On the
// way it fetches the rows that come next.

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,avx512vnni")))
#define INLINE static inline __attribute__((always_inline)) TARGET
#define UNROLLED _Pragma("clang loop unroll(full)")

enum {
  // Rows whose block of weights stays in the second cache while all vectors pass.
  ROWS_AT_ONCE = 96,
  MOST_SUMS = 24,
};

bool espalier_has_bfloat16(void) {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
    __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bf16");
}

bool espalier_has_int8(void) { return espalier_has_bfloat16() && __builtin_cpu_supports("avx512vnni"); }

// What a kernel works on; the number of steps is that of features / 2 or / 4, 64 bytes of a panel each.
struct tile {
  const char *weights;
  size_t weight_stride;
  const char *panel;
  size_t panel_stride;
  size_t steps;
  float *output;
  size_t output_stride;
  bool accumulates;
  // 8 bits only
  const float *scales;
  const int32_t *corrections;
  size_t correction_stride;
  const float *lane_scales;
};

INLINE __m512i weight(const struct tile *t, const char *const *base, int row) {
  __m512i word = _mm512_set1_epi32(*(const int *)(base[row / 4] + (size_t)(row % 4) * t->weight_stride));
  // One load per row rather than one per multiplication.
  __asm__("" : "+v"(word));
  return word;
}

INLINE void fetch(const struct tile *t, size_t step, int rows) {
  const char *next = t->weights + (size_t)rows * t->weight_stride + step * 4;
  UNROLLED for (int row = 0; row < rows; row++) {
    _mm_prefetch(next + (size_t)row * t->weight_stride, _MM_HINT_T0);
  }
}

INLINE void multiply_bfloat16(const struct tile *t, const int rows, const int vectors) {
  __m512 sums[MOST_SUMS];
  UNROLLED for (int row = 0; row < rows; row++) {
    UNROLLED for (int v = 0; v < vectors; v++) {
      sums[row * vectors + v] =
        t->accumulates ? _mm512_loadu_ps(t->output + (size_t)row * t->output_stride + v * 16) : _mm512_setzero_ps();
    }
  }
  const char *base[3];
  UNROLLED for (int part = 0; part < 3; part++) base[part] = t->weights + (size_t)(4 * part) * t->weight_stride;
  const char *panel = t->panel;
  for (size_t step = 0; step < t->steps; step++) {
    if (step % 16 == 0) fetch(t, step, rows);
    __m512i input[4];
    UNROLLED for (int v = 0; v < vectors; v++) input[v] = _mm512_loadu_si512(panel + (size_t)v * t->panel_stride);
    UNROLLED for (int row = 0; row < rows; row++) {
      __m512i word = weight(t, base, row);
      UNROLLED for (int v = 0; v < vectors; v++) {
        sums[row * vectors + v] =
          _mm512_dpbf16_ps(sums[row * vectors + v], (__m512bh)input[v], (__m512bh)word);
      }
    }
    panel += 64;
    UNROLLED for (int part = 0; part < 3; part++) base[part] += 4;
  }
  UNROLLED for (int row = 0; row < rows; row++) {
    UNROLLED for (int v = 0; v < vectors; v++) {
      _mm512_storeu_ps(t->output + (size_t)row * t->output_stride + v * 16, sums[row * vectors + v]);
    }
  }
}

INLINE void multiply_int8(const struct tile *t, const int rows, const int vectors) {
  __m512i sums[MOST_SUMS];
  UNROLLED for (int row = 0; row < rows; row++) {
    UNROLLED for (int v = 0; v < vectors; v++) {
      sums[row * vectors + v] = _mm512_set1_epi32(t->corrections[(size_t)row * t->correction_stride]);
    }
  }
  const char *base[3];
  UNROLLED for (int part = 0; part < 3; part++) base[part] = t->weights + (size_t)(4 * part) * t->weight_stride;
  const char *panel = t->panel;
  for (size_t step = 0; step < t->steps; step++) {
    if (step % 16 == 0) fetch(t, step, rows);
    __m512i input[4];
    UNROLLED for (int v = 0; v < vectors; v++) input[v] = _mm512_loadu_si512(panel + (size_t)v * t->panel_stride);
    UNROLLED for (int row = 0; row < rows; row++) {
      __m512i word = weight(t, base, row);
      UNROLLED for (int v = 0; v < vectors; v++) {
        sums[row * vectors + v] = _mm512_dpbusd_epi32(sums[row * vectors + v], input[v], word);
      }
    }
    panel += 64;
    UNROLLED for (int part = 0; part < 3; part++) base[part] += 4;
  }
  UNROLLED for (int row = 0; row < rows; row++) {
    UNROLLED for (int v = 0; v < vectors; v++) {
      float *place = t->output + (size_t)row * t->output_stride + v * 16;
      __m512 scale = _mm512_mul_ps(_mm512_loadu_ps(t->lane_scales + v * 16), _mm512_set1_ps(t->scales[row]));
      __m512 start = t->accumulates ? _mm512_loadu_ps(place) : _mm512_setzero_ps();
      _mm512_storeu_ps(place, _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums[row * vectors + v]), scale, start));
    }
  }
}

// The most rows for a number of vectors, and what is left of them.
#define KERNELS(name) \
  TARGET static __attribute__((noinline)) void name##_6_4(const struct tile *t) { name(t, 6, 4); } \
  TARGET static __attribute__((noinline)) void name##_4_4(const struct tile *t) { name(t, 4, 4); } \
  TARGET static __attribute__((noinline)) void name##_1_4(const struct tile *t) { name(t, 1, 4); } \
  TARGET static __attribute__((noinline)) void name##_8_3(const struct tile *t) { name(t, 8, 3); } \
  TARGET static __attribute__((noinline)) void name##_4_3(const struct tile *t) { name(t, 4, 3); } \
  TARGET static __attribute__((noinline)) void name##_1_3(const struct tile *t) { name(t, 1, 3); } \
  TARGET static __attribute__((noinline)) void name##_12_2(const struct tile *t) { name(t, 12, 2); } \
  TARGET static __attribute__((noinline)) void name##_4_2(const struct tile *t) { name(t, 4, 2); } \
  TARGET static __attribute__((noinline)) void name##_1_2(const struct tile *t) { name(t, 1, 2); } \
  TARGET static __attribute__((noinline)) void name##_12_1(const struct tile *t) { name(t, 12, 1); } \
  TARGET static __attribute__((noinline)) void name##_4_1(const struct tile *t) { name(t, 4, 1); } \
  TARGET static __attribute__((noinline)) void name##_1_1(const struct tile *t) { name(t, 1, 1); } \
  static const struct kernel name##_kernels[4][3] = { \
    {{12, name##_12_1}, {4, name##_4_1}, {1, name##_1_1}}, \
    {{12, name##_12_2}, {4, name##_4_2}, {1, name##_1_2}}, \
    {{8, name##_8_3}, {4, name##_4_3}, {1, name##_1_3}}, \
    {{6, name##_6_4}, {4, name##_4_4}, {1, name##_1_4}}, \
  };

struct kernel {
  size_t rows;
  void (*run)(const struct tile *);
};

KERNELS(multiply_bfloat16)
KERNELS(multiply_int8)

// All rows and vectors of one block of features.
static void sweep(const struct kernel kernels[4][3], struct tile whole, size_t rows, size_t vectors) {
  for (size_t start = 0; start < rows; start += ROWS_AT_ONCE) {
    size_t end = start + ROWS_AT_ONCE < rows ? start + ROWS_AT_ONCE : rows;
    for (size_t v = 0; v < vectors;) {
      // Five are better shared as three and two than as four and one.
      size_t left = vectors - v;
      size_t count = left == 5 ? 3 : left < 4 ? left : 4;
      const struct kernel *kernel = kernels[count - 1];
      for (size_t row = start; row < end; row += kernel->rows) {
        while (row + kernel->rows > end) kernel++;
        struct tile tile = whole;
        tile.weights += row * whole.weight_stride;
        tile.panel += v * whole.panel_stride;
        tile.output += row * whole.output_stride + v * ESPALIER_LANES;
        if (whole.scales) {
          tile.scales += row;
          tile.corrections += row * whole.correction_stride;
          tile.lane_scales += v * ESPALIER_LANES;
        }
        kernel->run(&tile);
      }
      v += count;
    }
  }
}

void espalier_multiply_bfloat16(
  const void *weights, size_t weight_stride, size_t rows, size_t inner, const void *panel, size_t panel_stride,
  size_t vectors, float *output, size_t output_stride, bool accumulates) {
  for (size_t start = 0; start < inner; start += ESPALIER_BLOCK) {
    size_t count = start + ESPALIER_BLOCK < inner ? ESPALIER_BLOCK : inner - start;
    struct tile tile = {
      .weights = (const char *)weights + start * 2, .weight_stride = weight_stride,
      .panel = (const char *)panel + start * 32, .panel_stride = panel_stride, .steps = count / 2, .output = output,
      .output_stride = output_stride, .accumulates = accumulates || start > 0};
    sweep(multiply_bfloat16_kernels, tile, rows, vectors);
  }
}

void espalier_multiply_int8(
  const int8_t *weights, size_t weight_stride, size_t rows, size_t inner, const void *panel, size_t panel_stride,
  size_t vectors, const float *scales, const int32_t *corrections, size_t correction_stride, const float *lane_scales,
  size_t lane_stride, float *output, size_t output_stride, bool accumulates) {
  for (size_t start = 0; start < inner; start += ESPALIER_BLOCK) {
    size_t count = start + ESPALIER_BLOCK < inner ? ESPALIER_BLOCK : inner - start;
    size_t block = start / ESPALIER_BLOCK;
    struct tile tile = {
      .weights = (const char *)weights + start, .weight_stride = weight_stride,
      .panel = (const char *)panel + start * 16, .panel_stride = panel_stride, .steps = count / 4, .output = output,
      .output_stride = output_stride, .accumulates = accumulates || start > 0, .scales = scales,
      .corrections = corrections + block, .correction_stride = correction_stride,
      .lane_scales = lane_scales + block * lane_stride};
    sweep(multiply_int8_kernels, tile, rows, vectors);
  }
}

// MARK: The peak

static double seconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

// Twelve independent sums hide the latency of a multiplication.
#define PEAK(name, attributes, type, zero, step) \
  __attribute__((target(attributes))) static double name(double seconds, double operations) { \
    type sums[12]; \
    UNROLLED for (int i = 0; i < 12; i++) sums[i] = zero; \
    __m512i a = _mm512_setzero_si512(); \
    double best = 0; \
    for (double start = seconds_now(); seconds_now() - start < seconds;) { \
      double began = seconds_now(); \
      for (int n = 0; n < 100000; n++) { \
        UNROLLED for (int i = 0; i < 12; i++) sums[i] = step; \
        __asm__ volatile("" : "+v"(a)); \
      } \
      double rate = 12.0 * 100000 * operations / (seconds_now() - began); \
      if (rate > best) best = rate; \
    } \
    UNROLLED for (int i = 0; i < 12; i++) __asm__ volatile("" : "+v"(sums[i])); \
    return best; \
  }

PEAK(peak_float32, "avx512f", __m512, _mm512_setzero_ps(), _mm512_fmadd_ps((__m512)a, (__m512)a, sums[i]))
PEAK(peak_bfloat16, "avx512f,avx512bf16", __m512, _mm512_setzero_ps(),
  _mm512_dpbf16_ps(sums[i], (__m512bh)a, (__m512bh)a))
PEAK(peak_int8, "avx512f,avx512vnni", __m512i, _mm512_setzero_si512(), _mm512_dpbusd_epi32(sums[i], a, a))

double espalier_peak(int kind, double seconds) {
  switch (kind) {
    case 0: return __builtin_cpu_supports("avx512f") ? peak_float32(seconds, 32) : 0;
    case 1: return espalier_has_bfloat16() ? peak_bfloat16(seconds, 64) : 0;
    case 2: return espalier_has_int8() ? peak_int8(seconds, 128) : 0;
    default: return 0;
  }
}

#else

// Other processors compute in float32.
bool espalier_has_bfloat16(void) { return false; }
bool espalier_has_int8(void) { return false; }
double espalier_peak(int kind, double seconds) { return 0; }

void espalier_multiply_bfloat16(
  const void *weights, size_t weight_stride, size_t rows, size_t inner, const void *panel, size_t panel_stride,
  size_t vectors, float *output, size_t output_stride, bool accumulates) {
  __builtin_trap();
}

void espalier_multiply_int8(
  const int8_t *weights, size_t weight_stride, size_t rows, size_t inner, const void *panel, size_t panel_stride,
  size_t vectors, const float *scales, const int32_t *corrections, size_t correction_stride, const float *lane_scales,
  size_t lane_stride, float *output, size_t output_stride, bool accumulates) {
  __builtin_trap();
}

#endif
