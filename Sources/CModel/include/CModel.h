// The default model, embedded into the executable so that one file is all there is to ship.
#ifndef ESPALIER_CMODEL_H
#define ESPALIER_CMODEL_H

#include <stddef.h>

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

#endif
