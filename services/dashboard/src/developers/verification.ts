import type { Snippet } from '../ui/code';

/** How a receiver checks what it was sent, with standard libraries only (Standard Webhooks 1.0). */
export const VERIFICATION: readonly Snippet[] = [
  {
    language: 'Python',
    code: `import base64, hashlib, hmac, time

def verify(secret: str, headers: dict, body: bytes) -> bool:
    sent_at = headers["webhook-timestamp"]
    if abs(time.time() - int(sent_at)) > 300:
        return False
    signed = f'{headers["webhook-id"]}.{sent_at}.'.encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = (each.partition(",")[2] for each in headers["webhook-signature"].split())
    return any(hmac.compare_digest(expected, each) for each in given)`,
  },
  {
    language: 'TypeScript',
    code: `import { createHmac, timingSafeEqual } from "node:crypto";

export function verify(secret: string, headers: Record<string, string>, body: string): boolean {
  const sentAt = headers["webhook-timestamp"];
  if (Math.abs(Date.now() / 1000 - Number(sentAt)) > 300) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const expected = createHmac("sha256", key).update(headers["webhook-id"] + "." + sentAt + "." + body).digest();
  return headers["webhook-signature"].split(" ").some((each) => {
    const given = Buffer.from(each.split(",")[1] ?? "", "base64");
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}`,
  },
  {
    language: 'Go',
    code: `package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"
)

func Verify(secret string, header http.Header, body []byte) bool {
	sentAt, err := strconv.ParseInt(header.Get("webhook-timestamp"), 10, 64)
	if err != nil || time.Since(time.Unix(sentAt, 0)).Abs() > 5*time.Minute {
		return false
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return false
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(header.Get("webhook-id") + "." + header.Get("webhook-timestamp") + "."))
	mac.Write(body)
	for _, each := range strings.Fields(header.Get("webhook-signature")) {
		_, encoded, _ := strings.Cut(each, ",")
		given, err := base64.StdEncoding.DecodeString(encoded)
		if err == nil && hmac.Equal(given, mac.Sum(nil)) {
			return true
		}
	}
	return false
}`,
  },
];
