# new-plugin: a folder that builds, tests itself and runs, as it was written.
. "$(dirname "$0")/lib.sh"
cc=$(sed -n 's/^CC = //p' "$BUILDDIR/Makefile" 2>/dev/null)
need new-plugin make "${cc%% *}"

for name in word-count words2 x; do
    exits "new-plugin $name" 0 new-plugin $name
    # The header that is in the tree, as the build may lie elsewhere.
    if make -C $name CC="$cc" CFLAGS="-O1 -Wall -Wextra -Wconversion -Wshadow -Werror" LDFLAGS='-Wl,-z,now' \
        PRESSLINE="$PRESSLINE" PRESSLINE_CFLAGS="-I$SRCDIR/include" check >make.out 2>&1; then
        pass "$name: make check"
    else
        fail "$name: make check" make.out
    fi
    has "$name: its cases are run" make.out '2 passed, 0 failed'
done
exits 'described' 0 describe word-count --plugin-dir word-count
has 'described: its option' out min_words
cat >p.cfg <<'END'
stages = ( { plugin = "fetch"; }, { plugin = "word-count"; min_words = 3; }, { plugin = "archive"; } );
input_fields = ["text"];
END
printf '{"id":"a","text":"one two three four"}\n{"id":"b","text":"one"}\n' >in.jsonl
exits 'in a pipeline' 0 run p.cfg --plugin-dir word-count --input in.jsonl --output o --quiet
is 'in a pipeline: what comes out' "$(zcat o/articles.jsonl.gz | field word-count.words)" 4
make -C words2 PRESSLINE="$PRESSLINE" PRESSLINE_CFLAGS="-I$SRCDIR/include" PLUGIN_DIR=/lib/p DESTDIR="$PWD/root" install >make.out 2>&1
holds 'make install' test -f root/lib/p/words2.so
make -C words2 clean >/dev/null
is 'make clean' "$(ls words2 | tr '\n' ' ')" 'Makefile README.md cases words2.c '
# A pressline that was built in its source folder is found by the path of the program alone.
mkdir -p tree/build tree/include
cp "$PRESSLINE" tree/build/pressline && cp "$SRCDIR/include/pressline.h" tree/include/
holds 'make by the path of the program' make -C x -B CC="$cc" CFLAGS="-O1" LDFLAGS= PRESSLINE="$PWD/tree/build/pressline" check

cp -r x before
exits 'a folder that is there' 64 new-plugin x
holds 'a folder that is there is left as it is' diff -r x before
for name in '' Upper 1digit ../up a/b 'a b' -x .hidden "$(printf 'a%.0s' {1..65})" $'new\nline' caf$'\xe9'; do
    pl new-plugin -- "$name"
    is "refused: '$(printf %q "$name" | cut -c1-20)'" $rc 64
done
exits 'no name' 64 new-plugin
