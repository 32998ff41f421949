#!/usr/bin/env bash
# How good the articles are that clean makes: no figure may fall below its line in extract.expected.
# timeout: 900
. "$(dirname "$0")/../cli/lib.sh"

[ -e "$BUILDDIR/plugins/.libs/clean.so" ] || { skip 'extraction figures' 'the plugin was not built'; exit 0; }
need 'extraction figures' python3
[ -e "$SHARED/score/score_extract.py" ] || skip 'extraction figures' 'only our own pages: no development data beside the repository'

python3 "$SRCDIR/tests/score/extract.py" guard "$BUILDDIR" "$SRCDIR"
