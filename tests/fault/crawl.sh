#!/usr/bin/env bash
# timeout: 300
. "$(dirname "$0")/../cli/lib.sh"
name=$(basename "$0" .sh)
need "$name" python3
export PYTHONDONTWRITEBYTECODE=1
python3 "$SRCDIR/tests/fault/$name.py"
