#!/usr/bin/env bash
# pressline fetch sitemap and fetch discover: what they list, and what they say of files that are something else.
. "$(dirname "$0")/lib.sh"
"$PRESSLINE" fetch --help 2>&1 | grep -q '^  sitemap ' || { skip 'fetch sitemap' 'built without the web'; exit 0; }

# ---- sitemaps

cat >news.xml <<'END'
<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://oulu-post.example/2025/11/08/bridge?a=1&amp;b=2</loc><lastmod>2025-11-08</lastmod>
<n:news><n:publication><n:name>Oulu Evening Post</n:name><n:language>en</n:language></n:publication>
<n:publication_date>2025-11-08T09:30:00+02:00</n:publication_date><n:title>Bridge wins &#8220;at last&#8221;</n:title></n:news></url>
<url><lastmod>2025-11-08</lastmod></url>
<url><loc>https://oulu-post.example/ferry</loc><lastmod>soon</lastmod></url>
</urlset>
END
exits 'a sitemap with news' 0 fetch sitemap news.xml
cat >wanted <<'END'
news.xml: urlset, 2 entries, 1 without an address
  2025-11-08T07:30:00.000Z  https://oulu-post.example/2025/11/08/bridge?a=1&b=2
                            Bridge wins “at last”
  date not read             https://oulu-post.example/ferry
END
same 'a sitemap with news: as a person sees it' out wanted
exits 'as JSON' 0 fetch sitemap --json news.xml
cat >wanted <<'END'
{"kind":"urlset","well_formed":true,"cut":false,"passed":1,"entries":[{"loc":"https://oulu-post.example/2025/11/08/bridge?a=1&b=2","lastmod":"2025-11-08","lastmod_at":"2025-11-08T00:00:00.000Z","title":"Bridge wins “at last”","published":"2025-11-08T09:30:00+02:00","published_at":"2025-11-08T07:30:00.000Z","publication":"Oulu Evening Post","language":"en"},{"loc":"https://oulu-post.example/ferry","lastmod":"soon"}],"file":"news.xml"}
END
same 'as JSON: all that is known' out wanted

printf '\xef\xbb\xbfhttps://oulu-post.example/1\r\nhttps://oulu-post.example/2\r\n' | gzip >list.txt.gz
head -c 300 news.xml >torn.xml
echo '<rss version="2.0"/>' >feed.xml
echo '<!DOCTYPE html><html>Not found</html>' >page.html
printf '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><urlset><url><loc>/&b;</loc></url></urlset>' >entity.xml
exits 'text, compressed' 0 fetch sitemap list.txt.gz
has 'text, compressed: all lines' out 'list.txt.gz: text, 2 entries'
exits 'one that is torn' 0 fetch sitemap torn.xml
has 'one that is torn: told so' out 'torn.xml: urlset, 1 entries, not well-formed, read as far as it goes: line'
exits 'what is no sitemap' 74 fetch sitemap feed.xml page.html entity.xml gone.xml news.xml
has 'a feed is told' out 'feed.xml: this is a feed: pressline fetch feed reads it'
has 'a page is told' out 'page.html: this is no sitemap: it begins with <html>, not <urlset> or <sitemapindex>'
has 'entities are refused' out 'entity.xml: line 1: a DOCTYPE'
has 'a file that is not there is told' err "cannot open 'gone.xml'"
has 'the others are read' out 'news.xml: urlset, 2 entries'
exits 'no file' 64 fetch sitemap

# ---- front pages

cat >front.html <<'END'
<html><head><meta charset=latin1><link rel=canonical href=https://www.oulu-post.example/>
<link rel="alternate" type="application/rss+xml" title="Oulu Evening Post" href="/feed"><link rel=sitemap href=/news-sitemap.xml>
</head><body><a href="/sport">Sport</a> <a href="/2025/11/08/bridge-wins">KARPAT win</a><a href="https://elsewhere.example/">x</a></body></html>
END
sed -i 's/KARPAT/K\xe4rp\xe4t/' front.html
cat >wanted <<'END'
canonical	https://www.oulu-post.example/
feed	https://www.oulu-post.example/feed	Oulu Evening Post
sitemap	https://www.oulu-post.example/news-sitemap.xml
page	https://www.oulu-post.example/sport	Sport
article	https://www.oulu-post.example/2025/11/08/bridge-wins	Kärpät win
END
exits 'a front page that says where it is from' 0 fetch discover front.html
same 'a front page: all that it names' out wanted
exits 'a front page from elsewhere' 0 fetch discover --base=https://elsewhere.example/oulu/ front.html
has 'a front page from elsewhere: the site is the address'\''s' out 'feed	https://elsewhere.example/feed'
echo '<a href=/sport>Sport</a>' >bare.html
exits 'a page that does not say where it is from' 64 fetch discover bare.html
has 'a page that does not say where it is from: what to do' err 'say --base=ADDRESS'
exits 'with an address' 0 fetch discover --base=http://oulu-post.example bare.html
is 'with an address: the link' "$(cat out)" 'page	http://oulu-post.example/sport	Sport'
exits 'with a wrong address' 64 fetch discover --base=oulu bare.html
exits 'no page' 64 fetch discover
