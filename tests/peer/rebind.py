#!/usr/bin/env python3
"""rebind.py - a name server on 127.0.0.1:53, of a network namespace, that says what the names of a hostile site may say.

    rebind.py READY     makes the file READY when it listens

Of `silent.NAME` nothing is said.  `turns.NAME` is a public address when it is asked for the first time, then loopback.
"""
import socket
import struct
import sys

PUBLIC, DEAD, LOOPBACK, PRIVATE = "93.184.215.14", "93.184.215.99", "127.0.0.1", "10.1.2.3"
A = {"public": [PUBLIC], "loopback": [LOOPBACK], "private": [PRIVATE], "both": [LOOPBACK, PRIVATE, PUBLIC], "dead": [LOOPBACK, DEAD],
     "v6": [], "mapped": []}
AAAA = {"v6": ["::1"], "mapped": ["::ffff:127.0.0.1"], "both": ["::1"]}
asked = {}


def answers(name, kind):
    first = name.split(".")[0]
    if first == "turns" and kind == 1:
        asked[name] = asked.get(name, 0) + 1
        return [PUBLIC if asked[name] == 1 else LOOPBACK]
    known = first in A or first == "turns"
    return (A if kind == 1 else AAAA if kind == 28 else {}).get(first, []) if known else None


def reply(query):
    at, labels = 12, []
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode("latin-1").lower())
        at += 1 + query[at]
    if labels[0] == "silent":
        return None
    kind = struct.unpack(">H", query[at + 1:at + 3])[0]
    found = answers(".".join(labels), kind)
    body = b"".join(b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 0, len(raw)) + raw for raw in
                    (socket.inet_pton(socket.AF_INET if kind == 1 else socket.AF_INET6, a) for a in found or []))
    flags = 0x8580 if found is not None else 0x8583
    return query[:2] + struct.pack(">HHHHH", flags, 1, len(found or []), 0, 0) + query[12:at + 5] + body


s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((LOOPBACK, 53))
open(sys.argv[1], "w").close()
while True:
    data, peer = s.recvfrom(4096)
    try:
        told = reply(data)
        if told:
            s.sendto(told, peer)
    except (IndexError, struct.error):
        pass
