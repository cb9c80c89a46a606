// Matrix products of the shapes of both models: OpenBLAS, oneDNN and the kernels in Sources/CTensor, on one thread.
// Benchmarks/products builds and runs it.
#include <cblas.h>
#include <dnnl.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <unordered_map>
#include <vector>

extern "C" {
#include "CTensor.h"
}

using dnnl::memory;

static double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Operations a second of the fastest of some runs.
static double rate(double operations, const std::function<void()> &run) {
  double best = 0;
  for (int round = 0; round < 7; round++) {
    int count = 1 + (int)(2e8 / operations);
    double began = now();
    for (int i = 0; i < count; i++) run();
    double found = operations * count / (now() - began) / 1e9;
    if (found > best) best = found;
  }
  return best;
}

int main() {
  openblas_set_num_threads(1);
  dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  dnnl::stream stream(engine);
  struct { long rows, inner, tokens; const char *what; } shapes[] = {
    {768, 256, 128, "queries, keys, values"}, {704, 256, 128, "gate"}, {256, 704, 128, "down"},
    {4096, 256, 128, "output"}, {256, 704, 32, "down, 32 tokens"}, {896, 896, 128, "0.5B attention output"},
    {4864, 896, 128, "0.5B gate"}, {896, 4864, 128, "0.5B down"}};
  std::printf("GFLOP/s on one thread  float32: OpenBLAS | bfloat16: oneDNN, oneDNN packed, here | int8: the same\n");
  for (auto shape : shapes) {
    long n = shape.rows, k = shape.inner, m = shape.tokens;
    double operations = 2.0 * n * k * m;
    std::vector<float> left(n * k, 0.5f), right(k * m, 0.5f), output(n * m);
    double blas = rate(operations, [&] {
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, m, k, 1, left.data(), k, right.data(), m, 0,
        output.data(), m);
    });
    double found[2][3];
    for (int eight = 0; eight < 2; eight++) {
      memory::desc input({m, k}, eight ? memory::data_type::u8 : memory::data_type::bf16, memory::format_tag::ab);
      auto type = eight ? memory::data_type::s8 : memory::data_type::bf16;
      memory::desc plain({k, n}, type, memory::format_tag::ba), any({k, n}, type, memory::format_tag::any);
      memory::desc result({m, n}, memory::data_type::f32, memory::format_tag::ab);
      for (int packed = 0; packed < 2; packed++) {
        dnnl::matmul::primitive_desc description(dnnl::matmul::desc(input, packed ? any : plain, result), engine);
        dnnl::matmul matmul(description);
        memory a(input, engine), source(plain, engine), b(description.weights_desc(), engine), c(result, engine);
        dnnl::reorder(source, b).execute(stream, source, b);
        std::unordered_map<int, memory> arguments{{DNNL_ARG_SRC, a}, {DNNL_ARG_WEIGHTS, b}, {DNNL_ARG_DST, c}};
        found[eight][packed] = rate(operations, [&] {
          matmul.execute(stream, arguments);
          stream.wait();
        });
      }
      std::vector<char> weights(n * k * 2 + 64, 1), panel(k * m * 2 + 64, 1);
      std::vector<float> scales(n + m * 16, 1.0f);
      std::vector<int32_t> corrections(n * 16, 0);
      found[eight][2] = rate(operations, [&] {
        if (eight) {
          espalier_multiply_int8((const int8_t *)weights.data(), k, n, k, panel.data(), k * 16, m / 16, scales.data(),
            corrections.data(), 1, scales.data(), m, output.data(), m, false);
        } else {
          espalier_multiply_bfloat16(weights.data(), k * 2, n, k, panel.data(), k * 32, m / 16, output.data(), m,
            false);
        }
      });
    }
    std::printf("%-22s %5ld x %4ld x %3ld  %4.0f | %4.0f %4.0f %4.0f | %4.0f %4.0f %4.0f\n", shape.what, n, k, m, blas,
      found[0][0], found[0][1], found[0][2], found[1][0], found[1][1], found[1][2]);
  }
}
