# The units: systemd finds nothing wrong with them, calls the service safe, and a run works under its restrictions.
. "$(dirname "$0")/../cli/lib.sh"
need 'systemd units' systemd-analyze python3

units=$SRCDIR/pipelines/systemd
mkdir units
sed "s,@bindir@,$(dirname "$PRESSLINE"),g" "$units/pressline@.service.in" >units/pressline@news.service
cp "$units/pressline@.timer" units/pressline@news.timer
holds 'systemd-analyze verify' systemd-analyze verify units/pressline@news.service units/pressline@news.timer
is 'systemd-analyze verify has no word of warning' "$(grep -v 'SYSTEMD_LOG\|bootup' holds.out)" ''
systemd-analyze security --offline=true units/pressline@news.service >security 2>security.err
exposure=$(sed -n 's/.*Overall exposure level for [^:]*: \([0-9.]*\) .*/\1/p' security)
echo "exposure: ${exposure:-unknown}"
if [ -n "$exposure" ]; then
    holds "systemd-analyze security: at most 0.5 of 10" awk -v e="$exposure" 'BEGIN { exit !(e <= 0.5) }'
else
    skip 'systemd-analyze security' 'it cannot look at files (systemd before 250)'
fi
is 'pipelines/systemd/README.md has the figure' \
    "$(grep -c "exposure level of $(sed 's/\./\\./' <<<"${exposure:-[0-9.]*}")" "$units/README.md")" 1

# ---- a run under what the unit restricts a process to, as far as a process can do it to itself
cat >restrict.py <<'EOF'
import ctypes, os, subprocess, sys

unit, command = sys.argv[1], sys.argv[2:]
seccomp = ctypes.CDLL("libseccomp.so.2")
libc = ctypes.CDLL(None, use_errno=True)


def members(name):
    """Of a group of system calls, without its groups."""
    if not name.startswith("@"):
        return {name}
    text = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True).stdout
    words = [line.strip() for line in text.splitlines()[1:] if line.strip() and not line.strip().startswith("#")]
    return set().union(*map(members, words))


allowed = set()
for line in open(unit):
    if line.startswith("SystemCallFilter="):
        words = line.split("=", 1)[1].strip()
        named = set().union(*map(members, words.lstrip("~").split()))
        allowed = allowed - named if words[0] == "~" else allowed | named

seccomp.seccomp_init.restype = ctypes.c_void_p
ctx = ctypes.c_void_p(seccomp.seccomp_init(0x00050001))  # EPERM
for name in sorted(allowed):
    number = seccomp.seccomp_syscall_resolve_name(name.encode())
    if number >= 0:
        assert seccomp.seccomp_rule_add_array(ctx, 0x7FFF0000, number, 0, None) == 0, name
assert libc.prctl(38, 1, 0, 0, 0) == 0  # NoNewPrivileges
# MemoryDenyWriteExecute, from Linux 6.3 on: PR_SET_MDWE
denied = libc.prctl(65, 1, 0, 0, 0) == 0
if command[0] == "denied":
    sys.exit(0 if denied else 1)
assert seccomp.seccomp_load(ctx) == 0
os.execvp(command[0], command)
EOF
python3 -c 'import ctypes; ctypes.CDLL("libseccomp.so.2")' 2>/dev/null || { skip 'a run under the restrictions' 'libseccomp is not installed'; exit 0; }
case $(ldd "$PRESSLINE") in
    *libasan* | *libtsan*) skip 'a run under the restrictions' 'sanitizers need system calls of their own'; exit 0 ;;
esac
restricted() { python3 restrict.py units/pressline@news.service "$@"; }
restricted python3 -c 'import os; os.chroot("/")' 2>err
has 'the restrictions hold: a system call' err PermissionError
if restricted denied; then
    restricted python3 -c 'import mmap; mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)' 2>err
    has 'the restrictions hold: memory that is written and run' err PermissionError
else
    skip 'memory that is written and run' 'Linux before 6.3'
fi
sed 's/plugin = "clean";/plugin = "clean"; isolate = true; timeout = "30s"; when = { field = "source"; matches = "(har|val).*"; };/' \
    "$SRCDIR/pipelines/demo.cfg" >isolated.cfg
for cfg in "$SRCDIR/pipelines/demo.cfg" isolated.cfg; do
    name=$(basename "$cfg" .cfg)
    "$PRESSLINE" run "$cfg" --input "$DATA/demo" --output "free-$name" --quiet 2>err
    rc=$?
    restricted "$PRESSLINE" run "$cfg" --input "$DATA/demo" --output "$name" --jobs 2 --quiet --log-file "$name.log" \
        --metrics "$name.prom" 2>err
    is "$name.cfg: under the restrictions: exit status" $? $rc
    same "$name.cfg: under the restrictions: the same archive" "free-$name/articles.jsonl.gz" "$name/articles.jsonl.gz"
    same "$name.cfg: under the restrictions: the same dead letters" "free-$name/deadletters.jsonl" "$name/deadletters.jsonl"
    holds "$name.cfg: under the restrictions: metrics and log" test -s "$name.prom" -a -s "$name.log"
done
