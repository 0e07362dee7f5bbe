"""A receiver of webhooks without any framework: it takes what is signed and refuses the rest.

``WEBHOOK_SECRET=whsec_… python webhook_receiver.py 9000``
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

KEY = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))
TOLERANCE = 300
seen: set[str] = set()


def is_genuine(headers, body: bytes) -> bool:
    """Whether the message is signed with our secret, and is fresh."""
    number, moment = headers["webhook-id"], headers["webhook-timestamp"]
    if not number or not moment or not moment.isdigit():
        return False
    if abs(time.time() - int(moment)) > TOLERANCE:
        return False
    digest = hmac.digest(KEY, f"{number}.{moment}.".encode() + body, hashlib.sha256)
    expected = "v1," + base64.b64encode(digest).decode()
    given = (headers["webhook-signature"] or "").split()
    return any(hmac.compare_digest(expected, one) for one in given)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        if not is_genuine(self.headers, body):
            self.send_response(401)
        else:
            self.send_response(204)
            if self.headers["webhook-id"] not in seen:  # the same may come twice
                seen.add(self.headers["webhook-id"])
                message = json.loads(body)
                print(message["type"], message["data"], flush=True)
        self.end_headers()

    def log_message(self, *_):
        pass


HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
