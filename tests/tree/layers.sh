#!/usr/bin/env bash
# The layers of core/ call downwards only; plugins know the public header and their own files; each
# library of the core is known to one file.
. "$(dirname "$0")/../cli/lib.sh"
cd "$SRCDIR" || exit 74

# "FILE RANK" of every file of core/, by the lists of core.am.
ranks=$(awk '
    /^core_base/ { rank = 1 } /^core_data/ { rank = 2 } /^core_load/ { rank = 3 }
    /^core_run/ { rank = 4 } /^pressline_SOURCES/ { rank = 5 }
    rank && /^\tcore\// { sub("core/", "", $1); print $1, rank }
    !/\\$/ { rank = 0 }' core/core.am)

missing=$(comm -23 <(cd core && ls ./*.[ch] | sed 's,^\./,,' | sort) <(awk '{ print $1 }' <<<"$ranks" | sort))
is 'every file of core/ is in core.am' "$missing" ''

upward=$(grep -H '^#include "' core/*.[ch] | sed 's,^core/\([^:]*\):#include "\([^"]*\)".*,\1 \2,' |
    awk 'NR == FNR { rank[$1] = $2; next } rank[$2] > rank[$1] { print $1 " includes " $2 }' <(echo "$ranks") -)
is 'core/ includes downwards only' "$upward" ''

foreign=
for dir in plugins/*/; do
    name=$(basename "$dir")
    foreign+=$(grep -H '^#include "' "$dir"*.[ch] 2>/dev/null |
        grep -v -e '"pressline.h"' -e "\"$name[_.]" -e "\"[a-z]*/${name}_" -e '"\.\./shared/')
done
foreign=$(grep -v '^plugins/shared/[a-z_.]*:#include "[a-z_]*\.h"$' <<<"$foreign")
is 'plugins include pressline.h, plugins/shared and their own files' "$foreign" ''

for pair in ltdl.h:loader.c libconfig.h:config.c; do
    is "${pair%:*} is known to ${pair#*:} only" \
        "$(grep -l "#include <${pair%:*}>" core/*.[ch] | sed 's,core/,,' | tr '\n' ' ')" "${pair#*:} "
done

is 'no benchmark is run as a test' "$(grep -c '^tests/bench/.*_bench' "$BUILDDIR/tests/programs")" 0
