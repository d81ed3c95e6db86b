# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers each message on the socket whose number is the argument."""

import socket
import sys

lane = socket.socket(fileno=int(sys.argv[1]))
while lane.recv(65536):
    lane.sendall(b"ok")
