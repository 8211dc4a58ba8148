package web

import (
	"bytes"
	"mime"
	"net/http"
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
	p, err := r.archive.Page(req.Context(), id)
	if err != nil {
		return err
	}
	kind := sniff(p.Body)
	if !pictures[kind] {
		kind = "application/octet-stream"
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": fileName(c.URL)}))
	}
	h.Set("Content-Type", kind)
	http.ServeContent(w, req, "", c.Started, bytes.NewReader(p.Body)) // ranges, HEAD
	return nil
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
