#include "Vectors.h"

// Activations as the products want them.

INLINE const float *place(const float *input, size_t stride, size_t row, size_t vector) {
  return input + row * stride + vector * ESPALIER_LANES;
}

EACH_PROCESSOR void espalier_pack_bfloat16(
  const float *input, size_t stride, size_t rows, size_t vectors, const float *weights, const float *scales,
  void *panel, size_t panel_stride) {
  for (size_t row = 0; row < rows; row += 2) {
    bool is_pair = row + 1 < rows;
    float first_weight = weights ? weights[row] : 1;
    float second_weight = weights && is_pair ? weights[row + 1] : 1;
    for (size_t v = 0; v < vectors; v++) {
      lanes scale = scales ? LOAD(scales + v * ESPALIER_LANES) : SPLAT(1.0f);
      lanes first = LOAD(place(input, stride, row, v)) * scale * first_weight;
      lanes second = {};
      if (is_pair) second = LOAD(place(input, stride, row + 1, v)) * scale * second_weight;
      STORE_BITS((char *)panel + v * panel_stride + row / 2 * 64, PAIR(first, second));
    }
  }
}

EACH_PROCESSOR void espalier_pack_int8(
  const float *input, size_t stride, size_t rows, size_t vectors, const float *weights, const float *scales,
  void *panel, size_t panel_stride, float *lane_scales, size_t lane_stride) {
  for (size_t start = 0; start < rows; start += ESPALIER_BLOCK) {
    size_t end = start + ESPALIER_BLOCK < rows ? start + ESPALIER_BLOCK : rows;
    float *block_scales = lane_scales + start / ESPALIER_BLOCK * lane_stride;
    for (size_t v = 0; v < vectors; v++) {
      lanes scale = scales ? LOAD(scales + v * ESPALIER_LANES) : SPLAT(1.0f);
      lanes greatest = SPLAT(1e-30f);
      for (size_t row = start; row < end; row++) {
        lanes x = LOAD(place(input, stride, row, v)) * (weights ? weights[row] : 1);
        lanes absolute = (lanes)((bits)x & 0x7fffffffu);
        greatest = GREATER(absolute, greatest);
      }
      greatest *= scale;
      STORE(block_scales + v * ESPALIER_LANES, greatest * (1.0f / 127));
      lanes factor = scale * 127 / greatest;
      for (size_t row = start; row < end; row += 4) {
        bits word = {};
        for (size_t part = 0; part < 4; part++) {
          // 128 is zero; behind the last row stand zeros.
          lanes x = {};
          if (row + part < end) {
            x = LOAD(place(input, stride, row + part, v)) * (weights ? weights[row + part] : 1) * factor;
          }
          // As a float of 1.5 · 2^23 plus the number, whose low byte is the number rounded.
          bits byte = (bits)(x + (12582912.0f + 128)) & 0xffu;
          word |= byte << (8 * part);
        }
        STORE_BITS((char *)panel + v * panel_stride + row / 4 * 64, word);
      }
    }
  }
}

EACH_PROCESSOR void espalier_to_bfloat16(const float *input, size_t count, uint16_t *output) {
  for (size_t index = 0; index < count; index++) {
    uint32_t word;
    memcpy(&word, input + index, 4);
    output[index] = (uint16_t)((word + 0x7fff + (word >> 16 & 1)) >> 16);
  }
}

EACH_PROCESSOR void espalier_correct(const int8_t *weights, size_t count, int32_t *corrections) {
  for (size_t start = 0; start < count; start += ESPALIER_BLOCK) {
    size_t end = start + ESPALIER_BLOCK < count ? start + ESPALIER_BLOCK : count;
    int32_t sum = 0;
    for (size_t index = start; index < end; index++) sum += weights[index];
    corrections[start / ESPALIER_BLOCK] -= 128 * sum;
  }
}

EACH_PROCESSOR float espalier_quantise(const float *input, size_t count, int8_t *output, int32_t *corrections) {
  float greatest = 1e-30f;
  for (size_t index = 0; index < count; index++) {
    float absolute = __builtin_fabsf(input[index]);
    greatest = absolute > greatest ? absolute : greatest;
  }
  if (greatest > 3e38f) greatest = 1;
  float factor = 127 / greatest;
  for (size_t index = 0; index < count; index++) {
    // At 1.5 · 2^23 the low byte of a float is its number, rounded.
    float shifted = input[index] * factor + 12582912.0f;
    uint32_t word;
    memcpy(&word, &shifted, 4);
    output[index] = (int8_t)(uint8_t)word;
  }
  espalier_correct(output, count, corrections);
  return greatest / 127;
}

// MARK: Transposition

#define SHUFFLE __builtin_shufflevector

// 16 × 16 floats in registers, in four steps that exchange 1, 2, 4 and 8 lanes.
INLINE void transpose_square(const float *input, size_t stride, float *output, size_t output_stride) {
  lanes a[16];
  lanes b[16];
  for (int row = 0; row < 16; row++) a[row] = LOAD(input + (size_t)row * stride);
  for (int row = 0; row < 16; row += 2) {
    b[row] = SHUFFLE(a[row], a[row + 1], 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
    b[row + 1] = SHUFFLE(a[row], a[row + 1], 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
  }
  for (int row = 0; row < 16; row++) {
    if (row & 2) continue;
    a[row] = SHUFFLE(b[row], b[row + 2], 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
    a[row + 2] = SHUFFLE(b[row], b[row + 2], 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
  }
  for (int row = 0; row < 16; row++) {
    if (row & 4) continue;
    b[row] = SHUFFLE(a[row], a[row + 4], 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27);
    b[row + 4] = SHUFFLE(a[row], a[row + 4], 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);
  }
  for (int row = 0; row < 8; row++) {
    a[row] = SHUFFLE(b[row], b[row + 8], 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
    a[row + 8] = SHUFFLE(b[row], b[row + 8], 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
  }
  for (int row = 0; row < 16; row++) STORE(output + (size_t)row * output_stride, a[row]);
}

EACH_PROCESSOR void espalier_transpose(
  const float *input, size_t stride, size_t rows, size_t tokens, float *output, size_t output_stride) {
  for (size_t token = 0; token < tokens; token += 16) {
    for (size_t row = 0; row < rows; row += 16) {
      if (token + 16 <= tokens && row + 16 <= rows) {
        transpose_square(input + row * stride + token, stride, output + token * output_stride + row, output_stride);
        continue;
      }
      for (size_t t = token; t < token + 16 && t < tokens; t++) {
        for (size_t r = row; r < row + 16 && r < rows; r++) output[t * output_stride + r] = input[r * stride + t];
      }
    }
  }
}
