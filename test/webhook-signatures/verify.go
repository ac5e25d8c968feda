// Checks messages from standard input with the official verifier.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

type message struct {
	Secret  string            `json:"secret"`
	Body    string            `json:"body"`
	Headers map[string]string `json:"headers"`
}

func main() {
	count := 0
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); count++ {
		var each message
		if err := json.Unmarshal(lines.Bytes(), &each); err != nil {
			log.Fatal(err)
		}
		verifier, err := standardwebhooks.NewWebhook(each.Secret)
		if err != nil {
			log.Fatal(err)
		}
		headers := http.Header{}
		for name, value := range each.Headers {
			headers.Set(name, value)
		}
		if err := verifier.Verify([]byte(each.Body), headers); err != nil {
			log.Fatal(err)
		}
		if verifier.Verify([]byte(each.Body+" "), headers) == nil {
			log.Fatal("the verifier took another body")
		}
	}
	if count < 4 {
		log.Fatalf("only %d messages came", count)
	}
	fmt.Printf("Go: %d messages verified\n", count)
}
