package memento

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"campusnews/archive"
	"campusnews/archive/memento/rewrite"
	"campusnews/extract/charset"
	"campusnews/scraper/capture"
)

// FramePolicy is the Content-Security-Policy of a captured page: pictures, style and frames from the archive, and nothing that acts. The sandbox
// never allows scripts. It allows the page its own origin because without one the browser would send it no
// credentials and refuse it fonts; with scripts forbidden the origin gives it no power. A click may lead the whole window elsewhere in the archive.
const FramePolicy = "sandbox allow-same-origin allow-top-navigation-by-user-activation; default-src 'none'; img-src 'self' data:; media-src 'self'; " +
	"font-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"

// exactPolicy is that of bytes as received: nothing of them may do anything.
const exactPolicy = "sandbox; default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

// part answers with a captured body: rewritten for the frame, or exact.
func (h *Handler) part(w http.ResponseWriter, r *http.Request, q query) error {
	if r.Header.Get("Sec-Fetch-Site") == "cross-site" && r.Header.Get("Sec-Fetch-Mode") != "navigate" {
		http.Error(w, "other sites may not use what is archived here", http.StatusForbidden)
		return nil
	}
	embedded := q.form != formFrame && q.form != formExact
	f, err := h.asked(r.Context(), q, embedded)
	if err != nil {
		return err
	}
	p, address := f.capture, q.address
	if q.form != formExact && redirects(p.Capture) {
		to, end, target, dead, err := h.follow(r.Context(), address, p, embedded)
		if err != nil {
			return err
		}
		if dead {
			if embedded {
				return archive.ErrNotFound
			}
			h.plain(w, http.StatusOK, frameText{Text: "此处曾转向，目标未存档 · a redirect whose target is not archived", Address: target})
			return nil
		}
		p, address = end, to
	}
	if !embedded && (!q.names(p) || address != q.address) {
		h.redirect(w, pathTo(q.form, p, address))
		return nil
	}
	c := p.Capture
	held, err := h.holder(r.Context(), c)
	if err != nil {
		return err
	}
	b, err := h.open(r.Context(), held)
	if err != nil {
		return err
	}
	head := w.Header()
	head.Set("Memento-Datetime", c.Started.UTC().Format(http.TimeFormat))
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("X-Frame-Options", "DENY")
	head.Set("Cross-Origin-Resource-Policy", "same-origin")
	head.Set("Cross-Origin-Opener-Policy", "same-origin")
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("Cache-Control", "private, max-age=3600")
	if !q.whole {
		head.Set("Cache-Control", "private, no-cache")
	}
	if embedded {
		head.Set("Link", linkOriginal(address))
	} else if err := h.link(r, head, address, f); err != nil {
		return errors.Join(err, b.Close())
	}
	if q.form == formExact {
		err = h.exact(w, r, c, held, address, b)
	} else {
		err = h.shown(w, r, q, shownCapture{p, held, address}, b)
	}
	return errors.Join(err, b.Close())
}

// status is what the site answered; a 304 stands for the answer it refers to.
func status(c, held archive.Capture) int {
	s := c.Status
	if s == http.StatusNotModified {
		s = held.Status
	}
	if s < 200 || s > 599 || s == http.StatusNoContent || s == http.StatusResetContent || s == http.StatusNotModified || s >= 300 && s < 400 {
		return http.StatusOK // a browser would act on it, or show nothing
	}
	return s
}

// mediaType is the type that a capture states, in lower case without parameters, "" for none that can be read.
func mediaType(c, held archive.Capture) string {
	kind := c.ContentType
	if c.Status == http.StatusNotModified || kind == "" {
		kind = held.ContentType
	}
	kind, _, _ = strings.Cut(kind, ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	if !plainType.MatchString(kind) {
		return ""
	}
	return kind
}

var plainType = regexp.MustCompile(`^[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,80}$`)

// exact sends a body as received, content coding and all: its digest is the capture's.
func (h *Handler) exact(w http.ResponseWriter, r *http.Request, c, held archive.Capture, address string, b *body) error {
	head := w.Header()
	kind := mediaType(c, held)
	if kind == "" {
		kind = "application/octet-stream"
	}
	if strings.HasPrefix(kind, "text/") { // the charset is what the page says it is, true or not
		if _, params, err := mime.ParseMediaType(c.ContentType); err == nil && plainType.MatchString("charset/"+strings.ToLower(params["charset"])) {
			kind += "; charset=" + params["charset"]
		}
	}
	head.Set("Content-Type", kind)
	head.Set("Content-Security-Policy", exactPolicy)
	if !inline(kind) {
		head.Set("Content-Disposition", disposition(address))
	}
	if coding := strings.ToLower(b.coding()); coding != "" {
		if coding == "gzip" || coding == "br" || coding == "deflate" {
			head.Set("Content-Encoding", coding)
		}
		head.Set("X-Archive-Orig-Content-Encoding", oneLine(coding))
	}
	return h.send(w, r, c, held, b)
}

// inline says whether a browser may show exact bytes of a type: what it can show without doing anything.
func inline(kind string) bool {
	return strings.HasPrefix(kind, "text/") || strings.HasPrefix(kind, "image/") || strings.HasPrefix(kind, "audio/") || strings.HasPrefix(kind, "video/")
}

// disposition names a file as its address does.
func disposition(address string) string {
	name := "file"
	if u, err := url.Parse(address); err == nil {
		if base := path.Base(u.Path); base != "/" && base != "." {
			name = base
		}
	}
	name = strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f || c == '/' || c == '\\' || c == '"' {
			return '_'
		}
		return c
	}, strings.ToValidUTF8(name, "_"))
	if s := mime.FormatMediaType("attachment", map[string]string{"filename": name}); s != "" {
		return s
	}
	return "attachment"
}

// oneLine makes a captured value safe as a header's.
func oneLine(s string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' {
			return '?'
		}
		return c
	}, s[:min(len(s), 100)])
}

// A shownCapture is a capture on its way to a frame.
type shownCapture struct {
	capture placed
	held    archive.Capture // that has the bytes
	address string
}

// shown answers with a body as a browser is to show it.
func (h *Handler) shown(w http.ResponseWriter, r *http.Request, q query, s shownCapture, b *body) error {
	w.Header().Set("Content-Security-Policy", FramePolicy)
	w.Header().Set("X-Frame-Options", "SAMEORIGIN")
	kind := mediaType(s.capture.Capture, s.held)
	if q.form == formSheet && kind != "text/html" {
		kind = "text/css"
	}
	switch {
	case kind == "", strings.HasPrefix(kind, "text/"), kind == "application/xhtml+xml", strings.HasSuffix(kind, "json"), strings.HasSuffix(kind, "javascript"), strings.HasSuffix(kind, "xml") && kind != "image/svg+xml":
	case strings.HasPrefix(kind, "image/"), strings.HasPrefix(kind, "audio/"), strings.HasPrefix(kind, "video/"), strings.HasPrefix(kind, "font/"), q.form != formFrame:
		return h.stream(w, r, s, b, kind)
	default:
		h.plain(w, status(s.capture.Capture, s.held), h.fileText(s))
		return nil
	}
	// What is rewritten is in memory: so many at once, and the others wait.
	select {
	case h.working <- struct{}{}:
		defer func() { <-h.working }()
	case <-r.Context().Done():
		return r.Context().Err()
	}
	content, err := b.content()
	if errors.Is(err, capture.ErrTooLarge) {
		t := h.fileText(s)
		t.Text = "此页过大，不予改写 · too large to be shown"
		h.plain(w, http.StatusOK, t)
		return nil
	}
	if err != nil {
		return err
	}
	if found := sniffed(content, kind); found != kind {
		if kind = found; !strings.HasPrefix(kind, "image/") && !strings.HasPrefix(kind, "text/") && q.form == formFrame {
			h.plain(w, status(s.capture.Capture, s.held), h.fileText(s))
			return nil
		}
	}
	if strings.HasPrefix(kind, "text/") || strings.HasPrefix(kind, "application/") {
		content, _ = charset.Decode(content, s.held.ContentType)
	}
	base, err := url.Parse(s.address)
	if err != nil {
		return err
	}
	switch kind {
	case "text/html", "application/xhtml+xml":
		kind, content = "text/html; charset=utf-8", rewrite.HTML(content, base, h.addresses(r.Context(), s.capture.Started))
	case "text/css":
		kind, content = "text/css; charset=utf-8", rewrite.CSS(content, base, h.addresses(r.Context(), s.capture.Started))
	default:
		if strings.HasPrefix(kind, "text/") || strings.HasPrefix(kind, "application/") {
			kind = "text/plain; charset=utf-8" // XML could name a style sheet that is a program
		}
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(content)))
	w.WriteHeader(status(s.capture.Capture, s.held))
	if r.Method != http.MethodHead {
		w.Write(content) // an error is a visitor who has left
	}
	return nil
}

// stream sends what needs no rewriting.
func (h *Handler) stream(w http.ResponseWriter, r *http.Request, s shownCapture, b *body, kind string) error {
	head := w.Header()
	head.Set("Content-Type", kind)
	if coding := strings.ToLower(b.coding()); coding == "gzip" || coding == "br" || coding == "deflate" {
		head.Set("Content-Encoding", coding)
	}
	return h.send(w, r, s.capture.Capture, s.held, b)
}

// sniffed corrects a type that the bytes belie: pictures and files that servers call pages, and what has no type.
func sniffed(content []byte, kind string) string {
	found, _, _ := strings.Cut(http.DetectContentType(content), ";")
	switch {
	case kind == "" && found == "text/xml":
		return "text/plain"
	case kind == "":
		return found
	case strings.HasPrefix(found, "text/"), found == "application/octet-stream":
		return kind
	}
	return found
}

// addresses says where a page captured at a moment finds what it names. Of pictures, style sheets and frames it is looked
// up whether they are there; where not, the page does without and the browser need not ask.
func (h *Handler) addresses(ctx context.Context, at time.Time) rewrite.Address {
	forms := map[rewrite.Use]form{rewrite.Frame: formFrame, rewrite.Image: formImage, rewrite.Sheet: formSheet}
	known := map[string]placed{}
	return func(use rewrite.Use, absolute string) string {
		bare, fragment, _ := strings.Cut(absolute, "#")
		address, err := canonical(bare)
		if err != nil {
			return ""
		}
		if fragment != "" {
			fragment = "#" + fragment
		}
		if use == rewrite.Link {
			return h.opts.Base + pathAt(formPage, at, address) + fragment
		}
		c, ok := known[address]
		if !ok && len(known) < maxParts {
			if f, err := h.near(ctx, address, at, true); err == nil && (rank(f.capture.Capture) < 2 || use == rewrite.Frame) {
				c = f.capture
			}
			known[address] = c
		}
		if c.ID == 0 {
			return ""
		}
		return h.opts.Base + pathTo(forms[use], c, address) + fragment
	}
}
