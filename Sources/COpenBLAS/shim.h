// OpenBLAS of the system: single-precision matrix products.
#include <cblas.h>
