#include "CModel.h"

// Clang has #embed in every mode and warns before C23.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char configuration[] = {
#embed "model/config.json"
};

static const unsigned char tokenizer[] = {
#embed "model/tokenizer.json"
};

_Alignas(64) static const unsigned char weights[] = {
#embed "model/model.safetensors"
};

static const unsigned char checksums[] = {
#embed "model/SHA256SUMS"
};

struct espalier_bytes espalier_model_configuration(void) {
  return (struct espalier_bytes){configuration, sizeof configuration};
}

struct espalier_bytes espalier_model_tokenizer(void) {
  return (struct espalier_bytes){tokenizer, sizeof tokenizer};
}

struct espalier_bytes espalier_model_weights(void) {
  return (struct espalier_bytes){weights, sizeof weights};
}

struct espalier_bytes espalier_model_checksums(void) {
  return (struct espalier_bytes){checksums, sizeof checksums};
}
