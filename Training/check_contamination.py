"""Prove that no evaluation text is in the built corpus: no shared 10-line and no shared 50-lexeme shingle.

The last line is {"files", "evaluation_texts", "shared"}; the exit status is 1 where `shared` is not 0. As a check of
the check itself, every evaluation text must be found when it is put into a file.
"""

import argparse
import json
import os
import sys

import contamination
from settings import CORPUS


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--evaluation", default=os.environ.get("ESPALIER_EVALUATION"), help="evaluation folder")
    options = parser.parse_args()
    if not options.evaluation:
        print("no evaluation folder given (ESPALIER_EVALUATION): nothing checked", file=sys.stderr)
        return 0
    texts = [text for _, text in contamination.evaluation_texts(options.evaluation)]
    known = contamination.evaluation_shingles(options.evaluation)
    for text in texts:
        if len(contamination.token_codes(text)) >= contamination.TOKENS:
            assert contamination.shared("x = 1\n" + text + "\ny = 2\n", known), "the check misses a planted text"
    files = found = 0
    for part in ("train", "valid"):
        with open(CORPUS / f"{part}.jsonl") as stream:
            for line in stream:
                file = json.loads(line)
                files += 1
                if contamination.shared(file["text"], known):
                    found += 1
                    print(f"shared with the evaluation files: {file['source']} {file['path']}", file=sys.stderr)
    print(json.dumps({"files": files, "evaluation_texts": len(texts), "shared": found}))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
