package sitemap

import (
	"bytes"
	"io"
)

// maxRun is how much text, attribute or comment between two angle brackets is read: the decoder
// holds a token whole, and a hostile file is one token of many megabytes.
const maxRun = 64 << 10

// shortRuns reads XML text without what stands between two angle brackets beyond maxRun bytes.
type shortRuns struct {
	text []byte
	run  int // bytes given since the last bracket
}

func (r *shortRuns) ReadByte() (byte, error) {
	if r.run >= maxRun {
		i := bytes.IndexAny(r.text, "<>")
		if i < 0 {
			i = len(r.text)
		}
		r.text, r.run = r.text[i:], 0
	}
	if len(r.text) == 0 {
		return 0, io.EOF
	}
	c := r.text[0]
	r.text = r.text[1:]
	if r.run++; c == '<' || c == '>' {
		r.run = 0
	}
	return c, nil
}

// Read is what a reader of XML must have; the decoder reads byte by byte.
func (r *shortRuns) Read(p []byte) (int, error) {
	for n := range p {
		c, err := r.ReadByte()
		if err != nil {
			if n > 0 {
				err = nil
			}
			return n, err
		}
		p[n] = c
	}
	return len(p), nil
}
