#!/usr/bin/env bash
# Each header compiles on its own; the public one also as strict C11 and as C++.
. "$(dirname "$0")/../cli/lib.sh"

cc=${CC:-$(sed -n 's/^CC = //p' "$BUILDDIR/Makefile")}
flags="$(pkg-config --cflags json-c libxml-2.0 libpcre2-8 2>/dev/null) $(pkg-config --cflags libcurl 2>/dev/null) -D_GNU_SOURCE=1"

for header in "$SRCDIR"/core/*.h "$SRCDIR"/plugins/*/*.h; do
    case $header in
        */fetch_http_transfer.h) pkg-config --exists libcurl || { skip "${header#"$SRCDIR"/}" 'libcurl is missing'; continue; } ;;
    esac
    echo "#include \"$header\"" >one.c
    # shellcheck disable=SC2086
    holds "${header#"$SRCDIR"/}" $cc -std=c11 -Wall -Wextra -Werror -fsyntax-only $flags \
        -I"$SRCDIR/include" -I"$(dirname "$header")" one.c
done

echo '#include "pressline.h"' >public.c
# shellcheck disable=SC2086
holds 'pressline.h as C11' $cc -std=c11 -pedantic-errors -Wall -Wextra -Wconversion -Wshadow -Werror \
    -fsyntax-only -I"$SRCDIR/include" public.c
if command -v g++ >/dev/null; then
    cp public.c public.cc
    holds 'pressline.h as C++' g++ -std=c++17 -Wall -Wextra -Werror -fsyntax-only -I"$SRCDIR/include" public.cc
else
    skip 'pressline.h as C++' 'g++ is not installed'
fi
