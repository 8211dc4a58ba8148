// Package capture keeps the exact bytes of HTTP exchanges.
package capture

import "time"

// An Exchange is one request and its answer as they crossed the wire. A
// redirect chain is one Exchange a hop.
type Exchange struct {
	URL       string    // absolute, as requested
	Started   time.Time // UTC, when the request was begun
	Duration  time.Duration
	Remote    string // IP address of the peer, without port; "" if no connection was made
	Request   []byte // request line, headers and body as sent
	Response  []byte // status line, headers and body as received, transfer and content codings untouched
	Status    int    // HTTP status; 0 if no status line arrived
	Truncated string // "" = whole; else WARC-Truncated's word: "length", "time", "disconnect", "unspecified"
	Err       error  // why it failed or was cut; nil when whole
}
