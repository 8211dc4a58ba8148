package memento

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"campusnews/archive"
)

// origin is scheme and host as the visitor wrote them, with the Base: time maps need whole addresses. The server checks the host.
func (h *Handler) origin(r *http.Request) string {
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	return scheme + r.Host + h.opts.Base
}

func linkOriginal(address string) string { return "<" + inLink(address) + `>; rel="original"` }

// inLink escapes what would end an address in angle brackets; canonical addresses hold none of it but by a path spelled oddly.
func inLink(address string) string {
	return strings.NewReplacer("<", "%3C", ">", "%3E", `"`, "%22", " ", "%20", "\r", "%0D", "\n", "%0A").Replace(address)
}

// ends are an address's first and last capture, ID 0 = none.
func (h *Handler) ends(ctx context.Context, address string) (list [2]placed, err error) {
	_, first, err := h.a.CapturesNear(ctx, spellings(address), time.Unix(0, 0), around)
	if err != nil {
		return list, err
	}
	last, _, err := h.a.CapturesNear(ctx, spellings(address), endOfTime, around)
	if err != nil {
		return list, err
	}
	if len(first) > 0 {
		list[0] = place(first[0], first, address)
	}
	if n := len(last); n > 0 {
		list[1] = place(last[n-1], last, address)
	}
	return list, nil
}

// link sets the Link header of a memento, RFC 7089 section 4.
func (h *Handler) link(r *http.Request, head http.Header, address string, f found) error {
	ends, err := h.ends(r.Context(), address)
	if err == nil {
		h.setLink(head, r, address, f, ends)
	}
	return err
}

func (h *Handler) setLink(head http.Header, r *http.Request, address string, f found, ends [2]placed) {
	o := h.origin(r)
	list := []string{
		linkOriginal(address),
		fmt.Sprintf(`<%s%stimegate/%s>; rel="timegate"`, o, Prefix, inLink(address)),
		fmt.Sprintf(`<%s%s>; rel="timemap"; type="application/link-format"`, o, inLink(pathTimeMap("link", address))),
	}
	add := func(rel string, c placed) {
		if c.ID != 0 {
			list = append(list, fmt.Sprintf(`<%s%s>; rel="%s"; datetime="%s"`, o, inLink(pathTo(formPage, c, address)), rel, c.Started.UTC().Format(http.TimeFormat)))
		}
	}
	if ends[0].ID == ends[1].ID {
		add("first last memento", ends[0])
	} else {
		add("first memento", ends[0])
	}
	if f.previous.ID != ends[0].ID {
		add("prev memento", f.previous)
	}
	if f.capture.ID != ends[0].ID && f.capture.ID != ends[1].ID {
		add("memento", f.capture)
	}
	if f.next.ID != ends[1].ID {
		add("next memento", f.next)
	}
	if ends[1].ID != ends[0].ID {
		add("last memento", ends[1])
	}
	head.Set("Link", strings.Join(list, ", "))
}

// timeGate leads to the capture nearest to Accept-Datetime, or to the latest.
func (h *Handler) timeGate(w http.ResponseWriter, r *http.Request, q query) error {
	w.Header().Set("Vary", "Accept-Datetime")
	var at time.Time
	if s := r.Header.Get("Accept-Datetime"); s != "" {
		var err error
		if at, err = http.ParseTime(s); err != nil {
			http.Error(w, `Accept-Datetime is to be a date like "Fri, 22 Jul 2016 09:30:00 GMT"`, http.StatusBadRequest)
			return nil
		}
	}
	f, err := h.near(r.Context(), q.address, at, false)
	if err != nil {
		return err
	}
	if err := h.link(r, w.Header(), q.address, f); err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	h.redirect(w, pathTo(formPage, f.capture, q.address))
	return nil
}

// timeMap lists all captures of an address: as links (RFC 7089 section 5), or as JSON with the same facts.
func (h *Handler) timeMap(w http.ResponseWriter, r *http.Request, q query) error {
	ends, err := h.ends(r.Context(), q.address)
	if err != nil {
		return err
	}
	if ends[0].ID == 0 {
		return archive.ErrNotFound
	}
	if q.form == formTimeMapLink {
		w.Header().Set("Content-Type", "application/link-format")
	} else {
		w.Header().Set("Content-Type", "application/json")
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "private, no-cache")
	if r.Method == http.MethodHead {
		return nil
	}
	out := bufio.NewWriter(w) // it keeps its error: a visitor who has left
	if q.form == formTimeMapLink {
		err = h.linkMap(out, r, q.address, ends)
	} else {
		err = h.jsonMap(out, r, q.address)
	}
	if err != nil {
		return err
	}
	out.Flush()
	return nil
}

func (h *Handler) linkMap(out *bufio.Writer, r *http.Request, address string, ends [2]placed) error {
	o, date := h.origin(r), func(t time.Time) string { return t.UTC().Format(http.TimeFormat) }
	fmt.Fprintf(out, "<%s>; rel=\"original\",\n<%s%stimegate/%s>; rel=\"timegate\",\n", inLink(address), o, Prefix, inLink(address))
	fmt.Fprintf(out, "<%s%s>; rel=\"self\"; type=\"application/link-format\"; from=\"%s\"; until=\"%s\"", o, inLink(pathTimeMap("link", address)), date(ends[0].Started), date(ends[1].Started))
	err := h.eachOf(r.Context(), address, func(c placed) error {
		rel := "memento"
		switch {
		case c.ID == ends[0].ID && c.ID == ends[1].ID:
			rel = "first last memento"
		case c.ID == ends[0].ID:
			rel = "first memento"
		case c.ID == ends[1].ID:
			rel = "last memento"
		}
		_, err := fmt.Fprintf(out, ",\n<%s%s>; rel=\"%s\"; datetime=\"%s\"", o, inLink(pathTo(formPage, c, address)), rel, date(c.Started))
		return err
	})
	out.WriteString("\n")
	return err
}

// A jsonMoment is a capture in a time map in JSON.
type jsonMoment struct {
	Datetime string `json:"datetime"` // RFC 3339, UTC
	URI      string `json:"uri"`
	Status   int    `json:"status"`
	Type     string `json:"type,omitempty"`
	Digest   string `json:"digest,omitempty"`
}

func (h *Handler) jsonMap(out *bufio.Writer, r *http.Request, address string) error {
	o := h.origin(r)
	text := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			panic(err) // strings and numbers
		}
		return string(b)
	}
	fmt.Fprintf(out, `{"original_uri":%s,"timegate_uri":%s,"timemap_uri":{"link_format":%s,"json_format":%s},"mementos":[`, text(address),
		text(o+Prefix+"timegate/"+address), text(o+pathTimeMap("link", address)), text(o+pathTimeMap("json", address)))
	first := true
	err := h.eachOf(r.Context(), address, func(c placed) error {
		if !first {
			out.WriteString(",")
		}
		first = false
		_, err := out.WriteString("\n" + text(jsonMoment{c.Started.UTC().Format(time.RFC3339), o + pathTo(formPage, c, address), c.Status, mediaType(c.Capture, c.Capture), c.PayloadDigest}))
		return err
	})
	out.WriteString("\n]}\n")
	return err
}
