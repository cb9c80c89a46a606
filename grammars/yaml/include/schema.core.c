// The core schema of YAML 1.2.2 (section 10.3.2) as the automaton that the grammar's scanner feeds with the characters of
// a plain scalar. The scanner includes this file, which source packages of the grammar leave out.
#include <stdint.h>
#include <string.h>

#define HAS_TIMESTAMP 0

typedef enum { RS_STR, RS_INT, RS_NULL, RS_BOOL, RS_FLOAT } ResultSchema;

enum {
    // Nothing more can be learnt.
    SCH_STT_FRZ = -1,
    SCHEMA_START,
    SCHEMA_SIGN,
    SCHEMA_SIGN_DOT,
    SCHEMA_ZERO,
    SCHEMA_DIGITS,
    SCHEMA_OCTAL,
    SCHEMA_OCTAL_DIGITS,
    SCHEMA_HEX,
    SCHEMA_HEX_DIGITS,
    SCHEMA_FRACTION,
    SCHEMA_EXPONENT,
    SCHEMA_EXPONENT_SIGN,
    SCHEMA_EXPONENT_DIGITS,
    // Behind what ends with a result and takes no more characters.
    SCHEMA_END,
    // From here on: a place in `schema_words`, up to which a word has been read.
    SCHEMA_WORD,
};

static const struct {
    const char *text;
    ResultSchema result;
} schema_words[] = {
    {"~", RS_NULL},    {"null", RS_NULL},  {"Null", RS_NULL},  {"NULL", RS_NULL},   {"true", RS_BOOL},
    {"True", RS_BOOL}, {"TRUE", RS_BOOL},  {"false", RS_BOOL}, {"False", RS_BOOL},  {"FALSE", RS_BOOL},
    {".nan", RS_FLOAT}, {".NaN", RS_FLOAT}, {".NAN", RS_FLOAT}, {".inf", RS_FLOAT}, {".Inf", RS_FLOAT},
    {".INF", RS_FLOAT},
};

enum { SCHEMA_WORDS = sizeof schema_words / sizeof *schema_words, SCHEMA_LETTERS = 6, SCHEMA_INFINITIES = 3 };

// Goes on with the first word from `first` on that starts with `length` characters of `prefix`, then `character`.
static int8_t schema_word(int first, const char *prefix, int length, int32_t character, ResultSchema *result) {
    for (int word = first; word < SCHEMA_WORDS; word++) {
        const char *text = schema_words[word].text;
        if (strncmp(text, prefix, length) != 0 || text[length] == 0 || text[length] != character) continue;
        *result = text[length + 1] == 0 ? schema_words[word].result : RS_STR;
        return *result != RS_STR ? SCHEMA_END : SCHEMA_WORD + word * SCHEMA_LETTERS + length + 1;
    }
    return SCH_STT_FRZ;
}

static int8_t schema_next(int8_t state, int32_t c, ResultSchema *result) {
    bool digit = c >= '0' && c <= '9';
    switch (state) {
        case SCHEMA_START:
            if (c == '-' || c == '+') return SCHEMA_SIGN;
            if (c == '0') return *result = RS_INT, SCHEMA_ZERO;
            if (digit) return *result = RS_INT, SCHEMA_DIGITS;
            return schema_word(0, "", 0, c, result);
        case SCHEMA_SIGN:
            if (c == '.') return SCHEMA_SIGN_DOT;
            return digit ? *result = RS_INT, SCHEMA_DIGITS : SCH_STT_FRZ;
        case SCHEMA_SIGN_DOT:
            if (digit) return *result = RS_FLOAT, SCHEMA_FRACTION;
            return schema_word(SCHEMA_WORDS - SCHEMA_INFINITIES, ".", 1, c, result);
        case SCHEMA_ZERO:
            if (c == 'o') return SCHEMA_OCTAL;
            if (c == 'x') return SCHEMA_HEX;
            // As behind any other digit.
        case SCHEMA_DIGITS:
            if (digit) return *result = RS_INT, SCHEMA_DIGITS;
            if (c == '.') return *result = RS_FLOAT, SCHEMA_FRACTION;
            return c == 'e' || c == 'E' ? SCHEMA_EXPONENT : SCH_STT_FRZ;
        case SCHEMA_OCTAL:
        case SCHEMA_OCTAL_DIGITS:
            return c >= '0' && c <= '7' ? *result = RS_INT, SCHEMA_OCTAL_DIGITS : SCH_STT_FRZ;
        case SCHEMA_HEX:
        case SCHEMA_HEX_DIGITS:
            return digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') ? *result = RS_INT, SCHEMA_HEX_DIGITS
                                                                            : SCH_STT_FRZ;
        case SCHEMA_FRACTION:
            if (digit) return *result = RS_FLOAT, SCHEMA_FRACTION;
            return c == 'e' || c == 'E' ? SCHEMA_EXPONENT : SCH_STT_FRZ;
        case SCHEMA_EXPONENT:
            if (c == '-' || c == '+') return SCHEMA_EXPONENT_SIGN;
        case SCHEMA_EXPONENT_SIGN:
        case SCHEMA_EXPONENT_DIGITS:
            return digit ? *result = RS_FLOAT, SCHEMA_EXPONENT_DIGITS : SCH_STT_FRZ;
        case SCHEMA_END:
            return SCH_STT_FRZ;
        default: {
            int word = (state - SCHEMA_WORD) / SCHEMA_LETTERS, length = (state - SCHEMA_WORD) % SCHEMA_LETTERS;
            const char *prefix = schema_words[word].text;
            // A dot may start a number as well.
            if (digit && length == 1 && prefix[0] == '.') return *result = RS_FLOAT, SCHEMA_FRACTION;
            return schema_word(word, prefix, length, c, result);
        }
    }
}

// The state behind `character`; `result` becomes what the scalar is if it ends here. Blanks at the end of a scalar change
// nothing.
static int8_t adv_sch_stt(int8_t state, int32_t character, ResultSchema *result) {
    ResultSchema before = *result;
    *result = RS_STR;
    int8_t next = state == SCH_STT_FRZ ? SCH_STT_FRZ : schema_next(state, character, result);
    bool blank = character == ' ' || character == '\r' || character == '\n' || character == 0;
    if (next == SCH_STT_FRZ && blank) *result = before;
    return next;
}
