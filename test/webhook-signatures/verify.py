"""Checks messages from standard input with the official verifier, and with an HMAC by hand."""
import hashlib
import hmac
import json
import sys

from standardwebhooks import Webhook, WebhookVerificationError

count = 0
for line in sys.stdin:
    message = json.loads(line)
    secret, body, headers = message["secret"], message["body"], message["headers"]
    assert Webhook(secret).verify(body, headers) == json.loads(body)
    plain = hmac.new(secret.encode(), body.encode(), hashlib.sha256).hexdigest()
    assert plain in (headers["x-signature"], headers.get("x-signature-next"))
    try:
        Webhook(secret).verify(body + " ", headers)
        sys.exit("the verifier took another body")
    except WebhookVerificationError:
        count += 1
assert count >= 4, f"only {count} messages came"
print(f"Python: {count} messages verified")
