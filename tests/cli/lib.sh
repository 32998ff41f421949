# lib.sh - what the test scripts share; each begins with `. "$(dirname "$0")/lib.sh"`.
#
# Each check prints `ok NAME` or `not ok NAME`; the script's exit status follows from them.  The working
# directory is empty and the test's own.  A script also runs by hand: `bash tests/cli/NAME.sh`.
#
#   pl ARG...                      runs pressline: files `out` and `err`, its exit status in $rc
#   exits NAME CODE ARG...         pl, and its exit status must be CODE
#   has NAME FILE TEXT             the file has a line with TEXT (hasnt: has none)
#   is NAME GOT WANTED             two strings are the same
#   same NAME FILE FILE            two files are the same
#   holds NAME COMMAND...          the command succeeds
#   skip NAME REASON               says what was not tested, and why
#   need NAME PROGRAM...           ends the script with `skip` where a program is not installed
#   field NAME <JSONL              the values of a text or number field, one a line, as written in JSON

if [ -z "${SRCDIR:-}" ]; then
    SRCDIR=$(cd "$(dirname "$0")/../.." && pwd -P)
    BUILDDIR=$SRCDIR/build
    PRESSLINE=$BUILDDIR/pressline
    tmp=$(mktemp -d)
    cd "$tmp" || exit 74
    LC_ALL=C TZ=UTC
    export SRCDIR BUILDDIR PRESSLINE LC_ALL TZ
fi
DATA=$SRCDIR/tests/data
SHARED=$SRCDIR/../shared # development data; a test that wants it is skipped where it is absent
n_failed=0
trap 'finish $?' EXIT

finish() {
    if [ -n "${tmp:-}" ]; then
        cd / && rm -rf "$tmp"
    fi
    [ "$1" -eq 0 ] && [ $n_failed -gt 0 ] && exit 1
    exit "$1"
}

pass() { printf 'ok %s\n' "$1"; }

# fail NAME [FILE...]: shows the beginning of the files
fail() {
    printf 'not ok %s\n' "$1"
    n_failed=$((n_failed + 1))
    shift
    for f in "$@"; do
        [ -s "$f" ] && printf -- '--- %s\n' "$f" && head -c 4000 "$f"
    done
    return 0
}

skip() { printf 'skip %s: %s\n' "$1" "$2"; }

need() {
    local name=$1 p
    shift
    for p in "$@"; do
        command -v "$p" >/dev/null || { skip "$name" "$p is not installed"; exit 0; }
    done
}

pl() {
    "$PRESSLINE" "$@" >out 2>err </dev/null
    rc=$?
}

exits() {
    local name=$1 code=$2
    shift 2
    pl "$@"
    if [ $rc -eq "$code" ]; then
        pass "$name"
    else
        fail "$name" out err
        echo "exit status $rc, not $code: pressline $*"
    fi
}

has() {
    if grep -aqF -e "$3" "$2"; then pass "$1"; else fail "$1" "$2"; echo "no line has: $3"; fi
}

hasnt() {
    if grep -aqF -e "$3" "$2"; then fail "$1" "$2"; echo "a line has: $3"; else pass "$1"; fi
}

is() {
    if [ "$2" = "$3" ]; then pass "$1"; else fail "$1"; printf 'got:    %s\nwanted: %s\n' "$2" "$3"; fi
}

same() {
    if cmp "$2" "$3" >cmp.out 2>&1; then pass "$1"; else fail "$1" cmp.out; fi
}

holds() {
    local name=$1
    shift
    if "$@" >holds.out 2>&1; then pass "$name"; else fail "$name" holds.out; echo "failed: $*"; fi
}

field() {
    sed -n 's/.*[{,]"'"$1"'":\("\([^"\\]\|\\.\)*"\|[-0-9.eE+]*\).*/\1/p' | sed 's/^"\(.*\)"$/\1/'
}
