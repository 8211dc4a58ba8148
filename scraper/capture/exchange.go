// Package capture keeps the exact bytes of HTTP exchanges: an http.RoundTripper
// that records them at the connection, and the little HTTP/1.1 it takes to read
// them again. It does not know what the bytes mean, when to ask for them, or where they are kept.
package capture

import "time"

// An Exchange is one request and its answer as they crossed the wire. A
// redirect chain is one Exchange a hop.
type Exchange struct {
	URL       string    // absolute, as requested
	Started   time.Time // UTC, when the request was begun
	Duration  time.Duration
	Remote    string // IP address of the server, without port; "" if no connection was made, or by way of a proxy
	Request   []byte // request line, headers and body as sent; what is meant for a proxy alone is left out
	Response  []byte // status line, headers and body as received, transfer and content codings untouched; no 1xx answers
	Status    int    // HTTP status; 0 if no status line arrived
	Truncated string // "" = whole; else WARC-Truncated's word: "length", "time", "disconnect", "unspecified"
	Err       error  // why it failed or was cut; nil when whole
}
