// The default model, embedded into the executable so that one file is all there is to ship.
#ifndef ESPALIER_CMODEL_H
#define ESPALIER_CMODEL_H

#include <stddef.h>
#include <stdint.h>

/// Bytes that live as long as the program.
struct espalier_bytes {
  const void *start;
  size_t count;
};

/// config.json of the default model.
struct espalier_bytes espalier_model_configuration(void);
/// tokenizer.json of the default model.
struct espalier_bytes espalier_model_tokenizer(void);
/// model.safetensors of the default model; aligned to 64 bytes and mapped on demand like the rest of the executable.
struct espalier_bytes espalier_model_weights(void);
/// SHA256SUMS of the default model.
struct espalier_bytes espalier_model_checksums(void);

/// The SHA-256 digest of `count` bytes. With `portable`, the processor's own instructions for it are not used.
void espalier_sha256(const void *start, size_t count, int portable, uint8_t digest[32]);

#endif
