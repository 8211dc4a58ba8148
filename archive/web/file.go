package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strconv"
	"strings"
)

// pictures are the types that are shown in place; SVG, which can carry scripts, is not among them.
var pictures = map[string]bool{"image/jpeg": true, "image/png": true, "image/gif": true, "image/webp": true, "image/bmp": true, "image/avif": true, "image/x-icon": true}

// file sends the bytes of a capture. Only what is a picture by its own bytes (not by what the server said) is sent as such;
// all else is a file to save, of no type that a browser would open, under a policy that would let it do nothing.
func (r *Room) file(w http.ResponseWriter, req *http.Request) error {
	id, err := strconv.ParseInt(req.PathValue("capture"), 10, 64)
	if err != nil || id < 1 {
		return errNothing
	}
	c, err := r.archive.Capture(req.Context(), id)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "private, max-age=31536000, immutable")
	if c.PayloadDigest != "" && unchanged(w, req, strconv.Quote(strings.Map(plain, c.PayloadDigest))) {
		return nil
	}
	kind, content, err := r.fileOf(req.Context(), id)
	if err != nil {
		return err
	}
	defer content.Close()
	if !pictures[kind] {
		kind = "application/octet-stream"
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": fileName(c.URL)}))
	}
	h.Set("Content-Type", kind)
	http.ServeContent(w, req, "", c.Started, content) // ranges, HEAD
	return nil
}

// How many files are read from the archive at a time, and up to which size one is sent from memory. A visitor on a slow line takes
// long, and a file may have 64 MiB: larger ones wait for him in a temporary file.
const (
	filesRead  = 2
	fromMemory = 1 << 20
)

// fileOf gives the bytes of a capture and the type that they show.
func (r *Room) fileOf(ctx context.Context, id int64) (kind string, content io.ReadSeekCloser, err error) {
	select {
	case r.reading <- struct{}{}:
		defer func() { <-r.reading }()
	case <-ctx.Done():
		return "", nil, ctx.Err()
	}
	p, err := r.archive.Page(ctx, id)
	if err != nil {
		return "", nil, err
	}
	kind = sniff(p.Body)
	if len(p.Body) > fromMemory {
		if f, err := spool(p.Body); err == nil {
			return kind, f, nil
		}
		r.opts.Log.Warn("a large file is sent from memory: no temporary file can be written", "capture", id, "bytes", len(p.Body))
	}
	return kind, inMemory{bytes.NewReader(p.Body)}, nil
}

type inMemory struct{ *bytes.Reader }

func (inMemory) Close() error { return nil }

// A spooled file goes when it is closed.
type spooled struct{ *os.File }

func (s spooled) Close() error { return errors.Join(s.File.Close(), os.Remove(s.Name())) }

func spool(b []byte) (io.ReadSeekCloser, error) {
	f, err := os.CreateTemp("", "campusnews-*")
	if err != nil {
		return nil, err
	}
	s := spooled{f}
	if _, err := f.Write(b); err == nil {
		if _, err = f.Seek(0, io.SeekStart); err == nil {
			return s, nil
		}
	}
	return nil, errors.Join(errors.New("write "+f.Name()), s.Close())
}

// sniff gives the type that the bytes themselves show.
func sniff(b []byte) string {
	if len(b) > 12 && string(b[4:12]) == "ftypavif" {
		return "image/avif"
	}
	kind, _, _ := strings.Cut(http.DetectContentType(b), ";")
	return kind
}

// plain keeps what may stand in an ETag.
func plain(r rune) rune {
	if r > ' ' && r < 0x7f && r != '"' && r != '\\' {
		return r
	}
	return -1
}
