package relay

import (
	"testing"
	"time"
)

func TestBusy(t *testing.T) {
	const ms = time.Millisecond
	for name, c := range map[string]struct {
		talk
		busy bool
	}{
		"nothing yet":                     {talk{age: speechless - 1}, true},
		"nothing for long":                {talk{age: speechless}, false},
		"asked, not answered":             {talk{sent: 1, sinceSent: time.Hour, sinceReceived: time.Hour}, true},
		"answered just now":               {talk{sent: 1, received: 1, sinceSent: 200 * ms, sinceReceived: 100 * ms}, true},
		"answered, quiet":                 {talk{sent: 1, received: 1, sinceSent: 400 * ms, sinceReceived: quiet}, false},
		"answered within a step, quiet":   {talk{sent: 1, received: 1, sinceSent: quiet, sinceReceived: quiet}, false},
		"asked again":                     {talk{sent: 2, received: 1, sinceSent: 400 * ms, sinceReceived: 500 * ms}, true},
		"the process spoke first":         {talk{received: 1, sinceReceived: 100 * ms}, true},
		"the process spoke first, quiet":  {talk{received: 1, sinceReceived: time.Hour}, false},
		"on its way":                      {talk{sent: 1, received: 1, sinceSent: time.Hour, sinceReceived: time.Hour, waits: true}, true},
		"the client has ended its side":   {talk{sent: 1, received: 1, sinceSent: time.Hour, sinceReceived: time.Hour, clientEnded: true}, true},
		"the process has ended its side":  {talk{sent: 1, processAnswered: true}, false},
		"both have ended what they say":   {talk{sent: 1, processAnswered: true, clientEnded: true}, false},
		"the client goes on after an end": {talk{sent: 2, received: 1, processAnswered: true, waits: true}, false},
	} {
		if got := c.talk.busy(); got != c.busy {
			t.Errorf("%s: got %v", name, got)
		}
	}
}
