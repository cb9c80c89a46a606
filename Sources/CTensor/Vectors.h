// Vectors of 16 floats in the compiler's own notation: it makes of them what the processor has.
#ifndef ESPALIER_VECTORS_H
#define ESPALIER_VECTORS_H

#include "CTensor.h"

#include <string.h>

// One function for each generation of processors, chosen when the program starts.
#if defined(__x86_64__) && defined(__linux__)
#define EACH_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define EACH_PROCESSOR
#endif

#define INLINE static inline __attribute__((always_inline))

typedef float lanes __attribute__((vector_size(64)));
typedef int32_t integers __attribute__((vector_size(64)));
typedef uint32_t bits __attribute__((vector_size(64)));

// Unaligned, and by value only inside a function: a wide vector has no calling convention on an old processor.
typedef float loose_lanes __attribute__((vector_size(64), aligned(4)));
typedef uint32_t loose_bits __attribute__((vector_size(64), aligned(4)));

#define LOAD(pointer) ((lanes) * (const loose_lanes *)(pointer))
#define STORE(pointer, value) (*(loose_lanes *)(pointer) = (loose_lanes)(value))
#define STORE_BITS(pointer, value) (*(loose_bits *)(pointer) = (loose_bits)(value))
#define SPLAT(value) ((lanes){} + (value))
// All bits of a lane are set where `condition` holds.
#define SELECT(condition, yes, no) \
  ((lanes)(((bits)(yes) & (bits)(condition)) | ((bits)(no) & ~(bits)(condition))))
#define GREATER(a, b) SELECT((a) > (b), a, b)
#define LESSER(a, b) SELECT((a) < (b), a, b)

// e^x, relative error below 2e-7 for -87...88, clamped outside: 2^n · e^r with |r| ≤ ln(2)/2, and e^r is its Taylor
// polynomial of degree 7.
#define EXPONENTIAL(result, argument) \
  do { \
    lanes x_ = GREATER(argument, SPLAT(-87.0f)); \
    x_ = LESSER(x_, SPLAT(88.0f)); \
    /* At 1.5 · 2^23 a float has no fraction left: the sum rounds to n, and its low bits are n. */ \
    lanes shifted_ = x_ * 1.44269504f + 12582912.0f; \
    lanes n_ = shifted_ - 12582912.0f; \
    /* ln(2) in two parts, so that the remainder keeps its low bits. */ \
    lanes r_ = x_ - n_ * 0.693359375f + n_ * 2.12194440e-4f; \
    lanes p_ = r_ * (1.0f / 5040) + (1.0f / 720); \
    p_ = p_ * r_ + (1.0f / 120); \
    p_ = p_ * r_ + (1.0f / 24); \
    p_ = p_ * r_ + (1.0f / 6); \
    p_ = p_ * r_ + 0.5f; \
    p_ = p_ * r_ + 1.0f; \
    p_ = p_ * r_ + 1.0f; \
    bits power_ = ((bits)shifted_ << 23) + (127u << 23); \
    (result) = p_ * (lanes)power_; \
  } while (0)

// The upper half of each lane, rounded to the nearest even: bfloat16 in the upper half of 32 bits.
#define ROUND_UP_HALF(value) (((bits)(value) + 0x7fff + (((bits)(value) >> 16) & 1)) & 0xffff0000u)

// Two rows of bfloat16 side by side in each lane, the first in the low half.
#define PAIR(first, second) ((ROUND_UP_HALF(first) >> 16) | ROUND_UP_HALF(second))

#endif
