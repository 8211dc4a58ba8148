package memento

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"campusnews/archive"
)

// A bodySeeker reads a captured body from any byte on, for http.ServeContent. A record is packed as a whole, so to go forward is to
// read what lies between, and to go back is to begin anew: little of it is in memory, however long it is.
type bodySeeker struct {
	again func() (*body, error) // opens the body anew
	held  archive.Capture
	body  *body
	read  int64 // of body
	at    int64 // where the next Read begins
	err   error // the first of the file, not io.EOF
}

func (s *bodySeeker) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += s.at
	case io.SeekEnd:
		offset += s.held.PayloadLength
	}
	if offset < 0 {
		return 0, errors.New("seek before the begin of a body")
	}
	s.at = offset
	return offset, nil
}

func (s *bodySeeker) Read(p []byte) (int, error) {
	if s.at >= s.held.PayloadLength {
		return 0, io.EOF
	}
	n, err := s.reading(p)
	if err != nil && err != io.EOF && s.err == nil {
		s.err = err
	}
	return n, err
}

func (s *bodySeeker) reading(p []byte) (int, error) {
	if s.read > s.at {
		fresh, err := s.again()
		if err != nil {
			return 0, err
		}
		err = s.body.Close()
		*s.body, s.read = *fresh, 0 // whoever closes the body closes this one
		if err != nil {
			return 0, err
		}
	}
	skipped, err := io.CopyN(io.Discard, s.body.data, s.at-s.read)
	if s.read += skipped; err != nil {
		return 0, err
	}
	n, err := s.body.data.Read(p)
	s.read += int64(n)
	s.at = s.read
	return n, err
}

// send answers with a body as received, or with the range of it that is asked for, as players of films do to go to a
// place in them. Its content coding, if any, is in the header already. Once it has begun an error can only be told by breaking off.
func (h *Handler) send(w http.ResponseWriter, r *http.Request, c, held archive.Capture, b *body) error {
	s := &bodySeeker{again: func() (*body, error) { return h.open(r.Context(), held) }, held: held, body: b}
	if code := status(c, held); code != http.StatusOK || held.PayloadLength <= 0 {
		w.WriteHeader(code)
		if r.Method != http.MethodHead {
			_, s.err = io.Copy(w, b.data)
		}
	} else {
		if strings.Contains(r.Header.Get("Range"), ",") { // each range back would be a reading from the begin
			r = r.Clone(r.Context())
			r.Header.Del("Range")
		}
		if held.PayloadDigest != "" {
			w.Header().Set("ETag", `"`+strings.ReplaceAll(oneLine(held.PayloadDigest), `"`, "")+`"`)
		}
		if w.Header().Get("Content-Encoding") != "" && r.Header.Get("Range") == "" { // ServeContent says it without one only
			w.Header().Set("Content-Length", strconv.FormatInt(held.PayloadLength, 10))
		}
		http.ServeContent(w, r, "", time.Time{}, s)
	}
	if s.err != nil && r.Context().Err() == nil {
		h.opts.Fault(r, s.err)
		panic(http.ErrAbortHandler)
	}
	return nil
}
