#include "CGrammar.h"
