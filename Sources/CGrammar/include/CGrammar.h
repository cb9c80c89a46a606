// The C side of grammars: TSLanguage layouts by ABI and the lexer that external scanners are driven with.
#ifndef ESPALIER_CGRAMMAR_H
#define ESPALIER_CGRAMMAR_H
#include <stdint.h>
#include <stdbool.h>
#endif
