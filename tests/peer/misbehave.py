#!/usr/bin/env python3
"""misbehave.py - an HTTP server on loopback that does what servers should not, and what crawlers must live with.

    misbehave.py DIR [--host ADDRESS] [--port N] [--seconds N]

Writes DIR/ports when it listens, to be read by a shell: HTTP=PORT, and TLS=, TLS_EXPIRED=, TLS_WRONG_HOST= and TLS_SELF=, whose
certificates openssl makes in DIR (CA is DIR/ca.pem; good ones are for 127.0.0.1 and www.harbour.example).  DIR/log has a line for
each request: milliseconds since 1970, the number of its connection, the path, If-None-Match or "-"; and one for each connection
that came: milliseconds, number, "connected", "-".  Ends by itself after --seconds (default 120).

What each path does is told by PATHS; what is not there is a small page.  A path may end with ?DELAY: milliseconds before it
answers.
"""
import argparse
import ctypes
import gzip
import os
import random
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
import zlib

TEXT = "The ferry to Lower Quay was late again on Tuesday, the harbour office said.\n"
PAGE = ("<!doctype html><title>Ferry late</title><p>" + TEXT * 20).encode()
DATE = "Mon, 02 Nov 2026 09:00:00 GMT"


def head(status="200 OK", *fields, length=None, kind="text/html; charset=utf-8"):
    lines = ["HTTP/1.1 " + status, "Content-Type: " + kind]
    if length is not None:
        lines.append("Content-Length: %d" % length)
    return ("\r\n".join(lines + list(fields)) + "\r\n\r\n").encode("latin-1")


def whole(body=PAGE, status="200 OK", *fields, **how):
    return head(status, *fields, length=len(body), **how) + body


class Close(Exception):
    """The connection ends here, as TCP ends it."""


class Reset(Exception):
    """The connection ends by a reset."""


class Request:
    def __init__(self, server, connection, text):
        self.server, self.connection, self.text = server, connection, text
        lines = text.decode("latin-1").split("\r\n")
        self.target = (lines[0].split(" ") + ["", ""])[1]
        if self.target.startswith("http://"):  # as a proxy is asked
            self.target = "/" + self.target.split("/", 3)[3]
        self.path, _, self.query = self.target.partition("?")
        self.fields = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            self.fields[name.lower()] = value.strip()

    def send(self, data):
        self.connection.sendall(data)

    def drip(self, data, pause):
        for i in range(len(data)):
            self.send(data[i:i + 1])
            time.sleep(pause)

    def base(self):
        return "http://%s" % self.fields.get("host", "127.0.0.1")


PATHS = {}


def path(name):
    def keep(does):
        PATHS[name] = does
        return does
    return keep


def fixed(name, data, close=True):
    def does(r):
        r.send(data() if callable(data) else data)
        if close:
            raise Close
    PATHS[name] = does


# ---- slow and without end

@path("/slow-head")  # slow loris
def slow_head(r):
    r.drip(head(length=5), 0.25)
    r.send(b"hello")


@path("/slow-body")
def slow_body(r):
    r.send(head(length=1000))
    r.drip(b"x" * 1000, 0.25)


@path("/silent")
def silent(r):
    time.sleep(60)


@path("/endless-body")
def endless_body(r):
    r.send(head("200 OK", "Connection: close"))
    while True:
        r.send(b"<p>for ever\n" * 4096)


@path("/endless-chunks")
def endless_chunks(r):
    r.send(head("200 OK", "Transfer-Encoding: chunked"))
    while True:
        r.send(b"c000\r\n" + b"<p>for ever\n" * 4096 + b"\r\n")


@path("/endless-head")
def endless_head(r):
    r.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        r.send(b"X-More: of the same\r\n" * 100)


@path("/long-line")
def long_line(r):
    r.send(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while True:
        r.send(b"y" * 10000)


@path("/1xx")
def storm(r):
    while True:
        r.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


@path("/endless-trailers")
def endless_trailers(r):
    r.send(head("200 OK", "Transfer-Encoding: chunked") + b"2\r\nok\r\n0\r\n")
    while True:
        r.send(b"X-More: of the same\r\n" * 100)


# ---- lengths and chunks

fixed("/chunked", head("200 OK", "Transfer-Encoding: chunked") +
      b"6;a=b\r\nhello \r\n5\r\nferry\r\n0\r\nX-Trailer: late\r\n\r\n", close=False)
fixed("/chunked-empty", head("200 OK", "Transfer-Encoding: chunked") + b"0\r\nHTTP/1.1 x: y\r\n\r\n", close=False)
fixed("/to-the-end", head() + PAGE)
fixed("/short", head(length=5000) + PAGE[:500])
fixed("/long", head(length=5) + PAGE)
fixed("/bad-length", head("200 OK", "Content-Length: banana") + PAGE)
fixed("/negative-length", head("200 OK", "Content-Length: -5") + PAGE)
fixed("/huge-length", head("200 OK", "Content-Length: 99999999999999999999") + PAGE)
fixed("/large-length", head(length=1 << 40) + PAGE)
fixed("/bad-chunk", head("200 OK", "Transfer-Encoding: chunked") + b"5\r\nhello\r\nzz\r\nferry\r\n0\r\n\r\n")
fixed("/torn-chunk", head("200 OK", "Transfer-Encoding: chunked") + b"5\r\nhello\r\n500\r\nferry")
fixed("/huge-chunk", head("200 OK", "Transfer-Encoding: chunked") + b"ffffffffffffffffffff\r\nhello\r\n0\r\n\r\n")
fixed("/no-last-chunk", head("200 OK", "Transfer-Encoding: chunked") + b"5\r\nhello\r\n")
fixed("/both-lengths", head("200 OK", "Transfer-Encoding: chunked", length=3) + b"5\r\nhello\r\n0\r\n\r\n")
fixed("/split", whole(b"ok") + whole(b"an answer that nobody asked for"), close=False)

# ---- heads

fixed("/early-hints", b"HTTP/1.1 103 Early Hints\r\nLink: </s.css>; rel=preload\r\n\r\n" + whole(), close=False)
fixed("/only-1xx", b"HTTP/1.1 103 Early Hints\r\nLink: </s.css>; rel=preload\r\n\r\n")
fixed("/half-head", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Ha")
fixed("/close", b"")
fixed("/http09", PAGE)
fixed("/garbage", bytes(random.Random(1).randrange(256) for _ in range(3000)))
fixed("/not-http", b"220 mail.harbour.example ESMTP\r\n")
fixed("/nul-head", head("200 OK", "X-Nul: a\0b", length=2) + b"ok")
fixed("/bare-lf", b"HTTP/1.1 200 OK\nContent-Type: text/plain\nContent-Length: 2\n\nok")
fixed("/folded", head("200 OK", "X-Folded: one\r\n  two", length=2) + b"ok", close=False)
fixed("/http10", b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nok")
fixed("/status-999", whole(b"ok", "999 Nothing Known"))
fixed("/status-0", whole(b"ok", "0 Zero"))
fixed("/empty", head("204 No Content"), close=False)


@path("/reset")
def reset(r):
    r.send(head(length=5000) + PAGE[:500])
    time.sleep(0.1)
    raise Reset


@path("/reset-at-once")
def reset_at_once(r):
    raise Reset


@path("/close-second")  # keeps the connection, and closes it when it is used again
def close_second(r):
    r.send(whole())
    r.connection.recv(65536)
    raise Reset


@path("/echo")
def echo(r):
    r.send(whole(r.text, kind="text/plain"))


# ---- encodings

def gzip_bomb(size):
    """Gzip data of so many zeros in one member; its check sum is wrong, which is known only at its end."""
    piece = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = piece.compress(bytes(1 << 24)) + piece.flush(zlib.Z_FULL_FLUSH)
    return b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + data * (size >> 24) + b"\x03\0" + bytes(8)


def brotli(data):
    encoder = ctypes.CDLL("libbrotlienc.so.1")
    out = ctypes.create_string_buffer(len(data) + 1024)
    size = ctypes.c_size_t(len(out))
    if not encoder.BrotliEncoderCompress(5, 24, 0, ctypes.c_size_t(len(data)), data, ctypes.byref(size), out):
        raise OSError("brotli")
    return out.raw[:size.value]


def raw_deflate(data):
    z = zlib.compressobj(6, zlib.DEFLATED, -15)
    return z.compress(data) + z.flush()


def encoded(name, encoding, make):
    def does(r):
        r.send(whole(make(), "200 OK", "Content-Encoding: " + encoding))
    PATHS[name] = does


encoded("/gzip", "gzip", lambda: gzip.compress(PAGE))
encoded("/x-gzip", "X-GZip", lambda: gzip.compress(PAGE))
encoded("/br", "br", lambda: brotli(PAGE))
encoded("/deflate", "deflate", lambda: zlib.compress(PAGE))
encoded("/deflate-raw", "deflate", lambda: raw_deflate(PAGE))
encoded("/gzip-gzip", "gzip, gzip", lambda: gzip.compress(gzip.compress(PAGE)))
encoded("/gzip-br", "gzip, br", lambda: brotli(gzip.compress(PAGE)))
encoded("/three", "gzip, gzip, gzip", lambda: gzip.compress(gzip.compress(gzip.compress(PAGE))))
encoded("/unknown-encoding", "compress", lambda: PAGE)
encoded("/gzip-torn", "gzip", lambda: gzip.compress(PAGE * 9)[:-20])
encoded("/gzip-bad", "gzip", lambda: b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + b"\xff" * 100)
encoded("/gzip-plain", "gzip", lambda: PAGE)
encoded("/br-torn", "br", lambda: brotli(os.urandom(5000))[:-10])
encoded("/gzip-bomb", "gzip", lambda: gzip_bomb(10 ** 10))
encoded("/br-bomb", "br", lambda: brotli(bytes(1 << 28)))
encoded("/gzip-gzip-bomb", "gzip, gzip", lambda: gzip.compress(gzip_bomb(1 << 30)))


@path("/te-gzip")  # a bomb that libraries undo unasked
def te_gzip(r):
    data = gzip_bomb(1 << 30)
    r.send(head("200 OK", "Transfer-Encoding: gzip, chunked") + b"%x\r\n" % len(data) + data + b"\r\n0\r\n\r\n")


# ---- redirects

@path("/redirect")  # without end: /redirect/1, /redirect/2, ...
def redirect(r):
    n = int(r.path.rpartition("/")[2] or 0) if r.path.count("/") == 2 else 0
    r.send(whole(b"", "302 Found", "Location: %s/redirect/%d" % (r.base(), n + 1)))


@path("/loop")
def loop(r):
    r.send(whole(b"", "301 Moved Permanently", "Location: /loop/" + ("b" if r.path.endswith("a") else "a")))


@path("/to")  # /to?ADDRESS
def to(r):
    r.send(whole(b"", "302 Found", "Location: " + r.query))


# ---- patience

def refuse_once(r, status, *fields):
    with r.server.lock:
        first = r.target not in r.server.seen
        r.server.seen.add(r.target)
    r.send(whole(b"later", status, *fields) if first else whole())


@path("/429")
def too_many(r):
    r.send(whole(b"later", "429 Too Many Requests", "Retry-After: 2"))


@path("/429-once")
def too_many_once(r):
    refuse_once(r, "429 Too Many Requests", "Retry-After: 1")


@path("/503-once")
def unavailable_once(r):
    refuse_once(r, "503 Service Unavailable")


# ---- validators

@path("/etag")
def etag(r):
    if r.fields.get("if-none-match") == '"ferry-1"':
        r.send(head("304 Not Modified", 'ETag: "ferry-1"'))
    else:
        r.send(whole(PAGE, "200 OK", 'ETag: "ferry-1"'))


@path("/modified")
def modified(r):
    if r.fields.get("if-modified-since") == DATE:
        r.send(head("304 Not Modified"))
    else:
        r.send(whole(PAGE, "200 OK", "Last-Modified: " + DATE))


@path("/changing-etag")  # the same page, another ETag each time
def changing_etag(r):
    r.send(whole(PAGE, "200 OK", 'ETag: "%d"' % time.time_ns()))


@path("/etag-list")  # an ETag that would end its line
def etag_list(r):
    r.send(whole(PAGE, "200 OK", 'ETag: "a\tb\x7f\xe9"'))


@path("/304-unasked")
def unasked(r):
    r.send(head("304 Not Modified"))


@path("/304-body")  # what follows is no part of it, and must not be taken for the next answer
def with_body(r):
    r.send(head("304 Not Modified", length=11) + b"HTTP/1.1 200")


# ---- the server

def answer(server, connection, number, text):
    r = Request(server, connection, text)
    server.note(number, r.target, r.fields.get("if-none-match", "-"))
    if r.query.isdigit():
        time.sleep(int(r.query) / 1000)
    does = PATHS.get(r.path) or PATHS.get("/" + r.path.split("/")[1] if r.path.count("/") > 1 else "")
    if does:
        does(r)
    else:
        r.send(whole())


class Server:
    def __init__(self, home):
        self.lock, self.seen, self.n = threading.Lock(), set(), 0
        self.log = open(os.path.join(home, "log"), "a", buffering=1)

    def note(self, number, what, more):
        with self.lock:
            self.log.write("%d %d %s %s\n" % (time.time() * 1000, number, what, more))

    def talk(self, connection, number, context):
        try:
            if context:
                connection.settimeout(10)
                connection = context.wrap_socket(connection, server_side=True)
            connection.settimeout(60)
            text = b""
            while True:
                while b"\r\n\r\n" not in text:
                    more = connection.recv(65536)
                    if not more or len(text) > 1 << 20:
                        raise Close
                    text += more
                one, _, text = text.partition(b"\r\n\r\n")
                answer(self, connection, number, one + b"\r\n\r\n")
        except Reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except (Close, OSError):
            pass
        finally:
            try:
                connection.close()
            except OSError:
                pass

    def listen(self, host, port, context=None):
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=128)

        def take():
            while True:
                connection, _ = listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with self.lock:
                    self.n += 1
                    number = self.n
                self.note(number, "connected", "-")
                threading.Thread(target=self.talk, args=(connection, number, context), daemon=True).start()
        threading.Thread(target=take, daemon=True).start()
        return listener.getsockname()[1]


def make_certificates(home):
    """CA, and NAME.pem and NAME.key of each: good, expired, for another host, signed by itself."""
    def openssl(*what):
        subprocess.run(["openssl", *what], cwd=home, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Harbour test CA", "-days", "30")
    names = {"good": "DNS:www.harbour.example,IP:127.0.0.1", "expired": "DNS:www.harbour.example,IP:127.0.0.1",
             "wrong": "DNS:www.elsewhere.example"}
    for name, where in names.items():
        with open(os.path.join(home, name + ".ext"), "w") as out:
            out.write("subjectAltName=%s\n" % where)
        openssl("req", *key, "-keyout", name + ".key", "-out", name + ".csr", "-subj", "/CN=" + name)
        openssl("x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", name + ".pem",
                "-extfile", name + ".ext", "-days", "-1" if name == "expired" else "30")
    openssl("req", "-x509", *key, "-keyout", "self.key", "-out", "self.pem", "-subj", "/CN=127.0.0.1", "-days", "30",
            "-addext", "subjectAltName=IP:127.0.0.1")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("home")
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--seconds", type=int, default=120)
    options.add_argument("--no-tls", action="store_true")
    o = options.parse_args()
    os.makedirs(o.home, exist_ok=True)
    server = Server(o.home)
    ports = {"HTTP": server.listen(o.host, o.port)}
    if not o.no_tls:
        make_certificates(o.home)
        for variable, name in ("TLS", "good"), ("TLS_EXPIRED", "expired"), ("TLS_WRONG_HOST", "wrong"), ("TLS_SELF", "self"):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(os.path.join(o.home, name + ".pem"), os.path.join(o.home, name + ".key"))
            ports[variable] = server.listen(o.host, 0, context)
    with open(os.path.join(o.home, "ports.new"), "w") as out:
        for name, port in ports.items():
            out.write("%s=%d\n" % (name, port))
    os.rename(os.path.join(o.home, "ports.new"), os.path.join(o.home, "ports"))
    time.sleep(o.seconds)
    return 0


sys.exit(main())
