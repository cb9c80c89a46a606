// The tree-sitter runtime of the system: parse trees and queries, and the judge of every result.
#include <tree_sitter/api.h>
