#!/usr/bin/env bash
# `pressline fetch robots` and `fetch address`: what they tell, and what they say of mistakes.
. "$(dirname "$0")/lib.sh"

pl fetch robots --help
[ $rc -eq 0 ] || { skip 'fetch robots and address' 'fetch was built without the web'; exit 0; }

cat >robots.txt <<'EOF'
User-agent: *
Crawl-delay: 2.5
Disallow: /tides/low/
Allow: /tides/low/*.html$   # but for pages
Disallow: /café

User-agent: harbourbot
Disallow: /

Sitemap: https://tides.example/map.xml
EOF
exits 'addresses' 0 fetch robots robots.txt https://tides.example/tides/low/1 'https://tides.example/tides/low/1.html#top' \
    https://tides.example https://tides.example/café /tides/low/ https://tides.example/robots.txt
is 'group, delay, sitemap, verdicts' "$(cat out)" "$(printf '%s\n' 'group	*	pressline	3 rules' 'crawl-delay	2.500' \
    'sitemap	https://tides.example/map.xml' \
    'disallowed	https://tides.example/tides/low/1	line 3	disallow: /tides/low/' \
    'allowed	https://tides.example/tides/low/1.html#top	line 4	allow: /tides/low/*.html$' \
    'allowed	https://tides.example/	-	no rule' \
    'disallowed	https://tides.example/caf%C3%A9	line 5	disallow: /caf%C3%A9' \
    'disallowed	/tides/low/	line 3	disallow: /tides/low/' \
    'allowed	https://tides.example/robots.txt	-	no rule')"
exits 'another agent' 0 fetch robots --agent=HarbourBot robots.txt /tides
is 'another agent: its group' "$(cat out)" "$(printf '%s\n' 'group	own	HarbourBot	1 rules' 'sitemap	https://tides.example/map.xml' \
    'disallowed	/tides	line 8	disallow: /')"
printf 'User-agent: harbourbot\nDisallow: /\nSitemap: /\033[31mmap\377\n' >other.txt
exits 'no group' 0 fetch robots other.txt /tides
is 'no group: told; what a terminal would obey is not printed' "$(cat out)" "$(printf '%s\n' 'group	none	pressline	0 rules' \
    'sitemap	/\x1b[31mmap\xff' 'allowed	/tides	-	no rule')"
printf 'User-agent: *\nDisallow: /a\n' | "$PRESSLINE" fetch robots - /a >out 2>err
has 'standard input' out 'disallowed	/a	line 2'

exits 'nothing given' 64 fetch robots
has 'nothing given: usage' err 'usage: pressline fetch robots [--agent=NAME] FILE [URL...]'
exits 'no such file' 74 fetch robots not-there.txt /a
has 'no such file: named' err "cannot open 'not-there.txt': No such file or directory"
exits 'no address' 64 fetch robots robots.txt tides.example /tides
has 'no address: told' err "expected an address such as https://news.example/today or a path such as /today, found 'tides.example'"
has 'no address: the others are judged' out 'allowed	/tides	-'

exits 'addresses of networks' 0 fetch address 198.51.100.7 9.9.9.9 ::1 '[2606:4700::1]' 64:ff9b::7f00:1 0x7f.1 http://0177.1/x \
    http://news.localhost:8080/ https://tides.example/ tides.example ftp://9.9.9.9/ //9.9.9.9/ 'a b'
is 'verdicts' "$(cat out)" "$(printf '%s\n' 'refused	198.51.100.7	198.51.100.7 is for documentation (198.51.100.0/24)' 'allowed	9.9.9.9	-' \
    'refused	::1	::1 is loopback (::1/128)' 'allowed	[2606:4700::1]	-' \
    'refused	64:ff9b::7f00:1	64:ff9b::7f00:1 leads on by NAT64: 127.0.0.1 is loopback (127.0.0.0/8)' \
    'refused	0x7f.1	127.0.0.1 is loopback (127.0.0.0/8)' 'refused	http://0177.1/x	127.0.0.1 is loopback (127.0.0.0/8)' \
    'refused	http://news.localhost:8080/	news.localhost is this machine' \
    'allowed	https://tides.example/	a name: each address that it leads to is judged when it is connected to' \
    'allowed	tides.example	a name: each address that it leads to is judged when it is connected to' \
    'refused	ftp://9.9.9.9/	it is neither http nor https' 'refused	//9.9.9.9/	it is neither an address nor a URL' \
    'refused	a b	it is neither an address nor a URL')"
exits 'opened' 0 fetch address --allow_private=127.0.0.0/8,10.1.0.0/16 --allow_private=::1 127.0.0.1 10.1.2.3 10.2.0.1 ::1 localhost
is 'opened: these alone' "$(cut -f 1 out | tr '\n' ' ')" 'allowed allowed refused allowed allowed '
exits 'a wrong range' 64 fetch address --allow_private=10.1.2.3/16 127.0.0.1
has 'a wrong range: told' err '--allow_private: "10.1.2.3/16" has bits behind its prefix: write "10.1.0.0/16" for the range or "10.1.2.3"'
exits 'no addresses' 64 fetch address
has 'no addresses: usage' err 'usage: pressline fetch address'

vectors=$SHARED/data/fetch/ssrf/vectors.json
if [ -r "$vectors" ] && command -v python3 >/dev/null; then
    holds 'addresses that must be refused, and their neighbours' python3 - "$PRESSLINE" "$vectors" <<'EOF'
import json, subprocess, sys
wrong, vectors = [], json.load(open(sys.argv[2]))
for v in vectors:
    said = subprocess.run([sys.argv[1], "fetch", "address", "--", v["url"]], stdout=subprocess.PIPE, text=True).stdout
    if said.startswith("refused") != v["block"]:
        wrong.append((v["url"], said))
print(*wrong, f"{len(vectors) - len(wrong)} of {len(vectors)}", sep="\n")
sys.exit(bool(wrong))
EOF
else
    skip 'addresses that must be refused' 'no development data beside the repository'
fi
