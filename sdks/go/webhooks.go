package usvideo

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// DefaultTolerance is how far the time of a delivery may be from now.
const DefaultTolerance = 5 * time.Minute

// WebhookEvent is a delivery that was verified.
type WebhookEvent struct {
	// Type, such as video.completed.
	Type string
	// ID is the same for every delivery of this event: what was seen before is to be left out of account.
	ID string
	// Time of this delivery.
	Time time.Time
	// Video, for events about a job.
	Video *Video
	// Payload is the whole body.
	Payload json.RawMessage
}

// WebhookVerifier checks deliveries. The zero value with Secrets is ready.
type WebhookVerifier struct {
	// Secrets, each beginning with whsec_: one, or the old and the new one while it is being rotated.
	Secrets []string
	// Tolerance; zero for DefaultTolerance.
	Tolerance time.Duration
	// Now; nil for time.Now.
	Now func() time.Time
}

// Verify checks the Standard Webhooks headers over the raw body. What is not genuine is a [WebhookError].
func (v WebhookVerifier) Verify(body []byte, header http.Header) (*WebhookEvent, error) {
	id, stamp, signatures := header.Get("webhook-id"), header.Get("webhook-timestamp"), header.Get("webhook-signature")
	if id == "" || stamp == "" || signatures == "" {
		return nil, &WebhookError{CodeWebhookHeaderMissing, "webhook-id, webhook-timestamp and webhook-signature are not all there"}
	}
	seconds, err := strconv.ParseUint(stamp, 10, 48)
	if err != nil {
		return nil, &WebhookError{CodeWebhookHeaderMissing, "webhook-timestamp is not a number of seconds"}
	}
	at := time.Unix(int64(seconds), 0)
	if away := v.now().Sub(at).Abs(); away > v.tolerance() {
		return nil, &WebhookError{CodeWebhookOutOfTolerance, "webhook-timestamp is " + away.String() + " away from now"}
	}
	signed := []byte(id + "." + stamp + "." + string(body))
	genuine := false
	for _, secret := range v.Secrets {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
		if err != nil || len(key) == 0 {
			return nil, errors.New("usvideo: a secret is not whsec_ and base64")
		}
		expected := "v1," + base64.StdEncoding.EncodeToString(mac(key, signed))
		for _, offered := range strings.Split(signatures, " ") {
			genuine = hmac.Equal([]byte(expected), []byte(offered)) || genuine
		}
	}
	if !genuine {
		return nil, &WebhookError{CodeWebhookMismatch, "webhook-signature is of another body or another secret"}
	}
	return eventOf(body, id, at)
}

// VerifyXSignature checks X-Signature (or X-Signature-Next, during a rotation) over the raw body. It has no time in it, so
// that whoever saw an old delivery can send it again: prefer Verify.
func (v WebhookVerifier) VerifyXSignature(body []byte, header http.Header) (*WebhookEvent, error) {
	offered := append(append([]string{}, header.Values("X-Signature")...), header.Values("X-Signature-Next")...)
	if len(offered) == 0 {
		return nil, &WebhookError{CodeWebhookHeaderMissing, "there is no X-Signature"}
	}
	genuine := false
	for _, secret := range v.Secrets {
		if secret == "" {
			return nil, errors.New("usvideo: a secret is empty")
		}
		expected := hex.EncodeToString(mac([]byte(secret), body))
		for _, each := range offered {
			genuine = hmac.Equal([]byte(expected), []byte(each)) || genuine
		}
	}
	if !genuine {
		return nil, &WebhookError{CodeWebhookMismatch, "X-Signature is of another body or another secret"}
	}
	return eventOf(body, header.Get("webhook-id"), time.Time{})
}

func eventOf(body []byte, id string, at time.Time) (*WebhookEvent, error) {
	var head struct {
		Event  string `json:"event"`
		Object string `json:"object"`
	}
	if err := json.Unmarshal(body, &head); err != nil {
		return nil, &WebhookError{CodeWebhookBodyUnreadable, "the body is not a JSON object"}
	}
	event := &WebhookEvent{Type: head.Event, ID: id, Time: at, Payload: append(json.RawMessage{}, body...)}
	if head.Object != "video" {
		return event, nil
	}
	event.Video = new(Video)
	if err := json.Unmarshal(body, event.Video); err != nil {
		return nil, &WebhookError{CodeWebhookBodyUnreadable, "the body is not a job"}
	}
	return event, nil
}

func (v WebhookVerifier) now() time.Time {
	if v.Now != nil {
		return v.Now()
	}
	return time.Now()
}

func (v WebhookVerifier) tolerance() time.Duration {
	if v.Tolerance > 0 {
		return v.Tolerance
	}
	return DefaultTolerance
}

func mac(key, content []byte) []byte {
	hash := hmac.New(sha256.New, key)
	hash.Write(content)
	return hash.Sum(nil)
}
