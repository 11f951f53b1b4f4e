#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""hostile_cookie.py PUBLIC-KEY ADDRESS SOURCE OTHER: cookies of somebody else, for a gateway with this key that is under load.

What is sent has a right mac1 and is garbage otherwise, so that the only answer to it is a cookie reply. A cookie counts at the
address and port that it was given to, where nothing comes back then; anywhere else another one must come. The
last two arguments are addresses of this machine. A flood loses messages, and so all are sent until the answer is there.
"""

import base64
import os
import select
import socket
import sys
import time

import wireguard as wg

PATIENCE_S = 30
ANSWER_S = 0.2  # until a message is sent again
N_PROVEN = 4  # in a row: fewer than the tokens of a source


class Sender:
    def __init__(self, key, gateway, source, port=0):
        self.key = key
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind((source, port))
        self.sock.connect((gateway, 51820))

    def send(self, cookie=None):
        """Returns mac1, which tells what an answer is for."""
        message = wg.add_macs(wg.INITIATION + os.urandom(112), self.key, cookie)
        self.sock.send(message)
        return message[-32:-16]

    def ask(self, what, cookie=None, unanswered=()):
        """Sends until it is answered with a cookie; none of `unanswered` may be."""
        mac1s = []
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            mac1s.append(self.send(cookie))
            while select.select([self.sock], [], [], ANSWER_S)[0]:
                reply = self.sock.recv(2048)
                if any(wg.read_cookie_reply(self.key, mac1, reply) for mac1 in unanswered):
                    sys.exit(f"FAILED: {what}: a right cookie was not good enough")
                for mac1 in mac1s:
                    if answer := wg.read_cookie_reply(self.key, mac1, reply):
                        print(f"  {what}: asked {len(mac1s)} times")
                        return answer
        sys.exit(f"FAILED: {what}: no cookie came")


def main():
    key, gateway, source, other = sys.argv[1:]
    key = base64.b64decode(key)
    owner, neighbour = Sender(key, gateway, source), Sender(key, gateway, source)
    stranger = Sender(key, gateway, other, owner.sock.getsockname()[1])
    cookie = owner.ask("without a cookie")
    for _ in range(3):
        proven = [owner.send(cookie) for _ in range(N_PROVEN)]
        owner.ask("with it there is no other answer", unanswered=proven)
    neighbour.ask("at another port", cookie)
    stranger.ask("at another address", cookie)
    owner.ask("a bit of it is wrong", bytes([cookie[0] ^ 1]) + cookie[1:])


main()
