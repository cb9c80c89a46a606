// Kernels that need instructions or threads that Swift does not offer.
//
// All matrices of activations are feature-major: a row per feature, and in it a float per token. Tokens stand in vectors
// of 16, so that each kernel is a loop over whole vectors; the last vector of a canvas is padded.
//
//     float   [feature][token]                      what norms, rotations and gates work on
//     panel   [vector][features / 2][16 tokens][2]  bfloat16: the left operand of a product
//             [vector][features / 4][16 tokens][4]  8 bits, unsigned, 128 is zero
//
// A product reads each weight where it lies, row-major as checkpoints have it, and multiplies it with 16 tokens: the
// weights are never packed or copied.
#ifndef ESPALIER_CTENSOR_H
#define ESPALIER_CTENSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  /// Tokens in a vector.
  ESPALIER_LANES = 16,
  /// Vectors that the kernels take at once at the most.
  ESPALIER_VECTORS = 8,
  /// Features that share a scale in an 8-bit panel, and that a product adds up before it goes on to the next rows.
  ESPALIER_BLOCK = 512,
};

// MARK: What the processor can do

/// Whether the processor multiplies bfloat16 (AVX512-BF16).
bool espalier_has_bfloat16(void);
/// Whether it multiplies 8-bit integers (AVX512-VNNI), and bfloat16 for attention.
bool espalier_has_int8(void);

/// Multiply-add instructions as fast as one core can issue them, in operations a second (two for a multiply and add):
/// what no product can exceed. The kinds are 0 float32, 1 bfloat16, 2 int8.
double espalier_peak(int kind, double seconds);

// MARK: Products

/// `output = weights · panel` or `output += …`, in bfloat16 with float32 sums.
///
/// - weights: rows × inner, `weight_stride` bytes from row to row; read in pairs, so `inner` is even
/// - panel: `vectors` vectors, `panel_stride` bytes from one to the next
/// - output: rows × tokens, `output_stride` floats from row to row
void espalier_multiply_bfloat16(
  const void *weights, size_t weight_stride, size_t rows, size_t inner, const void *panel, size_t panel_stride,
  size_t vectors, float *output, size_t output_stride, bool accumulates);

/// The same in 8 bits with 32-bit sums. `inner` is a multiple of 4.
///
/// - scales: of each row of the weights
/// - corrections: rows × blocks, minus 128 times the sum of the weights of each block of `ESPALIER_BLOCK` features;
///   `correction_stride` apart from row to row
/// - lane_scales: blocks × tokens, `lane_stride` floats from block to block
void espalier_multiply_int8(
  const int8_t *weights, size_t weight_stride, size_t rows, size_t inner, const void *panel, size_t panel_stride,
  size_t vectors, const float *scales, const int32_t *corrections, size_t correction_stride, const float *lane_scales,
  size_t lane_stride, float *output, size_t output_stride, bool accumulates);

// MARK: Feature-major kernels; `stride` is in floats, tokens are `vectors` · 16

/// Writes 1 / sqrt(mean square + epsilon) of each token's features to `scales`.
void espalier_inverse_norms(
  const float *input, size_t stride, size_t rows, size_t vectors, float epsilon, float *scales);

/// `output = input · weight of the row · scale of the token`; weights and scales may be NULL, output may be the input.
void espalier_scale(
  const float *input, size_t stride, size_t rows, size_t vectors, const float *weights, const float *scales,
  float *output, size_t output_stride);

/// The same, rounded to bfloat16 into a panel; an odd last row is paired with zeros.
void espalier_pack_bfloat16(
  const float *input, size_t stride, size_t rows, size_t vectors, const float *weights, const float *scales,
  void *panel, size_t panel_stride);

/// The same, rounded to 8 bits; writes the scales of blocks × tokens to `lane_scales`.
void espalier_pack_int8(
  const float *input, size_t stride, size_t rows, size_t vectors, const float *weights, const float *scales,
  void *panel, size_t panel_stride, float *lane_scales, size_t lane_stride);

/// Sets each row to its bias.
void espalier_fill_rows(float *output, size_t stride, size_t rows, size_t vectors, const float *biases);

/// Rotates row `i` with row `i + half` by the angles of row `i`, whose cosines and sines are `table_stride` floats apart.
void espalier_rotate(
  float *matrix, size_t stride, size_t half, size_t vectors, const float *cosines, const float *sines,
  size_t table_stride);

/// `gate = silu(gate) · up` on `count` floats, a multiple of 16.
void espalier_gate(float *gate, const float *up, size_t count);

/// `e^(x - maximum)` of each token's column of scores, and 1 / sum of each column.
///
/// Where `first` is not negative, token `i` sees the keys up to `first + i` only.
void espalier_softmax(
  float *scores, size_t stride, size_t keys, size_t vectors, ptrdiff_t first, float *inverse_sums);

/// The same into a bfloat16 panel.
void espalier_softmax_bfloat16(
  float *scores, size_t stride, size_t keys, size_t vectors, ptrdiff_t first, float *inverse_sums, void *panel,
  size_t panel_stride);

/// Turns rows × tokens into tokens × rows, the first `tokens` of them.
void espalier_transpose(
  const float *input, size_t stride, size_t rows, size_t tokens, float *output, size_t output_stride);

/// Rounds to bfloat16, to the nearest even.
void espalier_to_bfloat16(const float *input, size_t count, uint16_t *output);

/// Adds minus 128 times the sum of each block of `ESPALIER_BLOCK` weights of a row to `corrections`.
void espalier_correct(const int8_t *weights, size_t count, int32_t *corrections);

/// Rounds a row of weights to -127…127, the greatest to one of these, and corrects as `espalier_correct` does. Returns
/// the scale; 1 / 127 for weights that are no numbers.
float espalier_quantise(const float *input, size_t count, int8_t *output, int32_t *corrections);

/// The greatest of `count` floats, and the sum of e^(x - greatest) over all.
float espalier_maximum(const float *input, size_t count);
float espalier_sum_of_exponentials(const float *input, size_t count, float greatest);

// MARK: Threads

/// Threads that work on one task at a time, each with its own number. They spin for a moment and then sleep.
struct espalier_pool;

/// `lanes` threads with the caller's; fewer where the system gives no more.
struct espalier_pool *espalier_pool_create(int lanes);
void espalier_pool_destroy(struct espalier_pool *pool);
int espalier_pool_lanes(const struct espalier_pool *pool);
/// Calls `task` on every thread with numbers from 0 on, and returns when all are done.
void espalier_pool_run(struct espalier_pool *pool, void (*task)(void *context, int lane), void *context);
/// Waits, inside a task, until all threads have come here.
void espalier_pool_barrier(struct espalier_pool *pool);

#endif
