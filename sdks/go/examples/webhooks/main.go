// Command webhooks listens for the end of jobs: USVIDEO_WEBHOOK_SECRET=whsec_… webhooks 127.0.0.1:8000
//
// Give its address as webhook_url. While you rotate the secret, name both, separated by a space.
package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	usvideo "github.com/usvideoapi/go-sdk"
)

const (
	bodyBytesMax = 1 << 20
	seenMax      = 10_000
)

type receiver struct {
	verifier usvideo.WebhookVerifier
	mutex    sync.Mutex
	seen     map[string]bool
	order    []string
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, bodyBytesMax))
	if err != nil {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	event, err := r.verifier.Verify(body, request.Header)
	if refused := new(usvideo.WebhookError); errors.As(err, &refused) {
		fmt.Println("refused:", refused.Code)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if err != nil {
		log.Println(err)
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	if r.isNew(event.ID) && event.Video != nil {
		fmt.Println(event.Type, event.Video.ID)
	}
	w.WriteHeader(http.StatusNoContent)
}

// isNew is false for a delivery that came before: deliveries come at least once.
func (r *receiver) isNew(id string) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.seen[id] {
		return false
	}
	r.seen[id], r.order = true, append(r.order, id)
	if len(r.order) > seenMax {
		delete(r.seen, r.order[0])
		r.order = r.order[1:]
	}
	return true
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("webhooks 127.0.0.1:8000")
	}
	listener, err := net.Listen("tcp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening on http://%s\n", listener.Addr())
	verifier := usvideo.WebhookVerifier{Secrets: strings.Fields(os.Getenv("USVIDEO_WEBHOOK_SECRET"))}
	server := &http.Server{Handler: &receiver{verifier: verifier, seen: map[string]bool{}}, ReadTimeout: 10 * time.Second}
	log.Fatal(server.Serve(listener))
}
