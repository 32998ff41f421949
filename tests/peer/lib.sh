# lib.sh - programs of others from Python's registry: those that `bootstrap check` or a benchmark installed into the build
# folder, else the system's own.  Sourced behind that of tests/cli.
#
#   peer_module NAME   whether `$peer_python` can import it; says `skip` where not

peer_bin=$BUILDDIR/peers/archive/bin
peer_python=python3
[ -x "$peer_bin/python" ] && peer_python=$peer_bin/python
PATH=$PATH:$peer_bin

peer_module() {
    "$peer_python" -c "import $1" 2>/dev/null && return 0
    skip "$1" "$1 is not installed (tests/bench/peers/archive-requirements.txt)"
    return 1
}
