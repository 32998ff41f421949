#!/usr/bin/env bash
# timeout: 300
. "$(dirname "$0")/../cli/lib.sh"
need "$(basename "$0" .sh)" python3
python3 "$SRCDIR/tests/fault/$(basename "$0" .sh).py"
