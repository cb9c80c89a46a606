#include "Vectors.h"

// Everything between the products: one loop over whole vectors each, so that no reduction crosses lanes.

EACH_PROCESSOR void espalier_inverse_norms(
  const float *input, size_t stride, size_t rows, size_t vectors, float epsilon, float *scales) {
  lanes sums[ESPALIER_VECTORS] = {};
  for (size_t row = 0; row < rows; row++) {
    const float *source = input + row * stride;
    for (size_t v = 0; v < vectors; v++) {
      lanes x = LOAD(source + v * ESPALIER_LANES);
      sums[v] += x * x;
    }
  }
  for (size_t v = 0; v < vectors; v++) {
    for (int lane = 0; lane < ESPALIER_LANES; lane++) {
      scales[v * ESPALIER_LANES + lane] = 1 / __builtin_sqrtf(sums[v][lane] / (float)rows + epsilon);
    }
  }
}

EACH_PROCESSOR void espalier_scale(
  const float *input, size_t stride, size_t rows, size_t vectors, const float *weights, const float *scales,
  float *output, size_t output_stride) {
  for (size_t row = 0; row < rows; row++) {
    float weight = weights ? weights[row] : 1;
    for (size_t v = 0; v < vectors; v++) {
      lanes x = LOAD(input + row * stride + v * ESPALIER_LANES) * weight;
      if (scales) x *= LOAD(scales + v * ESPALIER_LANES);
      STORE(output + row * output_stride + v * ESPALIER_LANES, x);
    }
  }
}

EACH_PROCESSOR void espalier_fill_rows(
  float *output, size_t stride, size_t rows, size_t vectors, const float *biases) {
  for (size_t row = 0; row < rows; row++) {
    for (size_t v = 0; v < vectors; v++) STORE(output + row * stride + v * ESPALIER_LANES, SPLAT(biases[row]));
  }
}

EACH_PROCESSOR void espalier_rotate(
  float *matrix, size_t stride, size_t half, size_t vectors, const float *cosines, const float *sines,
  size_t table_stride) {
  for (size_t row = 0; row < half; row++) {
    float *first = matrix + row * stride;
    float *second = first + half * stride;
    for (size_t lane = 0; lane < vectors * ESPALIER_LANES; lane += ESPALIER_LANES) {
      lanes cosine = LOAD(cosines + row * table_stride + lane);
      lanes sine = LOAD(sines + row * table_stride + lane);
      lanes a = LOAD(first + lane);
      lanes b = LOAD(second + lane);
      STORE(first + lane, a * cosine - b * sine);
      STORE(second + lane, b * cosine + a * sine);
    }
  }
}

EACH_PROCESSOR void espalier_gate(float *gate, const float *up, size_t count) {
  for (size_t index = 0; index < count; index += ESPALIER_LANES) {
    lanes x = LOAD(gate + index);
    lanes e;
    EXPONENTIAL(e, -x);
    STORE(gate + index, x / (e + 1) * LOAD(up + index));
  }
}

// MARK: Softmax over keys, for 16 queries side by side

EACH_PROCESSOR static void mask(float *scores, size_t stride, size_t keys, size_t vectors, ptrdiff_t first) {
  const integers numbers = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  for (size_t key = (size_t)first; key < keys; key++) {
    for (size_t v = 0; v < vectors; v++) {
      float *place = scores + key * stride + v * ESPALIER_LANES;
      integers last = numbers + (int32_t)((size_t)first + v * ESPALIER_LANES);
      lanes x = LOAD(place);
      STORE(place, SELECT(last >= (int32_t)key, x, SPLAT(-__builtin_inff())));
    }
  }
}

EACH_PROCESSOR void espalier_softmax(
  float *scores, size_t stride, size_t keys, size_t vectors, ptrdiff_t first, float *inverse_sums) {
  if (first >= 0) mask(scores, stride, keys, vectors, first);
  for (size_t v = 0; v < vectors; v++) {
    float *column = scores + v * ESPALIER_LANES;
    lanes greatest = SPLAT(-__builtin_inff());
    for (size_t key = 0; key < keys; key++) {
      lanes x = LOAD(column + key * stride);
      greatest = GREATER(x, greatest);
    }
    lanes sum = {};
    for (size_t key = 0; key < keys; key++) {
      lanes x = LOAD(column + key * stride) - greatest;
      lanes e;
      EXPONENTIAL(e, x);
      STORE(column + key * stride, e);
      sum += e;
    }
    STORE(inverse_sums + v * ESPALIER_LANES, 1 / sum);
  }
}

EACH_PROCESSOR void espalier_softmax_bfloat16(
  float *scores, size_t stride, size_t keys, size_t vectors, ptrdiff_t first, float *inverse_sums, void *panel,
  size_t panel_stride) {
  if (first >= 0) mask(scores, stride, keys, vectors, first);
  for (size_t v = 0; v < vectors; v++) {
    const float *column = scores + v * ESPALIER_LANES;
    char *target = (char *)panel + v * panel_stride;
    lanes greatest = SPLAT(-__builtin_inff());
    for (size_t key = 0; key < keys; key++) {
      lanes x = LOAD(column + key * stride);
      greatest = GREATER(x, greatest);
    }
    lanes sum = {};
    for (size_t key = 0; key < keys; key += 2) {
      lanes x = LOAD(column + key * stride) - greatest;
      lanes even;
      lanes odd = {};
      EXPONENTIAL(even, x);
      if (key + 1 < keys) {
        x = LOAD(column + (key + 1) * stride) - greatest;
        EXPONENTIAL(odd, x);
      }
      sum += even + odd;
      STORE_BITS(target + key / 2 * 64, PAIR(even, odd));
    }
    STORE(inverse_sums + v * ESPALIER_LANES, 1 / sum);
  }
}

// MARK: Rows of logits

EACH_PROCESSOR float espalier_maximum(const float *input, size_t count) {
  float greatest = -__builtin_inff();
  size_t index = 0;
  if (count >= ESPALIER_LANES) {
    lanes maxima = LOAD(input);
    for (; index + ESPALIER_LANES <= count; index += ESPALIER_LANES) {
      lanes x = LOAD(input + index);
      maxima = GREATER(x, maxima);
    }
    for (int lane = 0; lane < ESPALIER_LANES; lane++) {
      if (maxima[lane] > greatest) greatest = maxima[lane];
    }
  }
  for (; index < count; index++) {
    if (input[index] > greatest) greatest = input[index];
  }
  return greatest;
}

EACH_PROCESSOR float espalier_sum_of_exponentials(const float *input, size_t count, float greatest) {
  lanes sums = {};
  float last[ESPALIER_LANES];
  for (size_t index = 0; index < count; index += ESPALIER_LANES) {
    const float *source = input + index;
    if (index + ESPALIER_LANES > count) {
      for (size_t lane = 0; lane < ESPALIER_LANES; lane++) {
        last[lane] = index + lane < count ? source[lane] : -__builtin_inff();
      }
      source = last;
    }
    lanes x = LOAD(source) - greatest;
    lanes e;
    EXPONENTIAL(e, x);
    // Below the smallest exponent there is nothing, rather than the clamped power.
    sums += SELECT(x > SPLAT(-87.0f), e, SPLAT(0));
  }
  float sum = 0;
  for (int lane = 0; lane < ESPALIER_LANES; lane++) sum += sums[lane];
  return sum;
}
