package replay

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"campusnews/archive/warc"
	"campusnews/scraper/capture"
)

// maxBlock bounds a record's block that is answered with.
const maxBlock = 256 << 20

// A warcSet answers with the newest capture of an address in WARC files.
type warcSet struct {
	files    []*warcFile
	captures map[string][]saved // by address without scheme; newest first
	byID     map[string]saved   // responses and resources, for revisits
	byDigest map[string]saved   // the same by payload digest
}

type warcFile struct {
	file    *os.File
	size    int64
	readers sync.Pool // of *warc.Reader
}

// saved says where a capture stands.
type saved struct {
	file   int32
	secure bool // https
	kind   byte // 'r'esponse, re's'ource, 'v' revisit of the same payload, 'n' revisit by a 304
	offset int64
	skip   int64
	date   int64  // Unix, nanoseconds
	refers string // revisits: the original's record id, else its address and date
	digest string // of the payload
}

func openWARC(paths ...string) (_ *Source, err error) {
	slices.Sort(paths)
	w := &warcSet{captures: map[string][]saved{}, byID: map[string]saved{}, byDigest: map[string]saved{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.close())
		}
	}()
	count := map[string]int{}
	var damage error
	records := 0
	for i, p := range paths {
		f, err := os.Open(p)
		if err != nil {
			return nil, fmt.Errorf("replay: %w", err)
		}
		st, err := f.Stat()
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		wf := &warcFile{file: f, size: st.Size()}
		wf.readers.New = func() any { return warc.NewReader(wf.file, wf.size) }
		w.files = append(w.files, wf)
		n, err := w.index(int32(i), count)
		var d *warc.DamageError
		if errors.As(err, &d) {
			damage = fmt.Errorf("replay %s: %w", p, err) // what is behind it was read all the same
		} else if err != nil {
			return nil, fmt.Errorf("replay %s: %w", p, err)
		}
		records += n
	}
	if records == 0 {
		return nil, errors.Join(fmt.Errorf("replay %s: no captures in it", strings.Join(paths, " ")), damage)
	}
	for _, list := range w.captures {
		slices.SortStableFunc(list, func(a, b saved) int { return cmp.Compare(b.date, a.date) })
	}
	hosts := make([]string, 0, len(count))
	for h := range count {
		hosts = append(hosts, h)
	}
	slices.SortFunc(hosts, func(a, b string) int { return cmp.Or(count[b]-count[a], strings.Compare(a, b)) })
	return &Source{pages: w, hosts: hosts}, nil
}

// index takes in a file's captures. The error is the first damage, after the whole file was read, or one of the disk.
func (w *warcSet) index(file int32, count map[string]int) (n int, err error) {
	r := warc.NewReader(w.files[file].file, w.files[file].size)
	var damage error
	for {
		rec, err := r.Next()
		var d *warc.DamageError
		switch {
		case err == io.EOF:
			return n, damage
		case errors.As(err, &d):
			damage = cmp.Or(damage, err)
			continue
		case err != nil:
			return n, err
		}
		s := saved{file: file, offset: rec.Offset, skip: rec.Skip, date: unixNano(rec.Date()), digest: rec.Header.Get("WARC-Payload-Digest")}
		switch rec.Type() {
		case "response":
			if !rec.IsHTTP() {
				continue // DNS and the like
			}
			s.kind = 'r'
		case "resource":
			s.kind = 's'
		case "revisit":
			s.kind = 'v'
			if strings.HasSuffix(rec.Header.Get("WARC-Profile"), "/server-not-modified") {
				s.kind = 'n'
			}
			s.refers = rec.Header.Get("WARC-Refers-To")
		default:
			continue
		}
		u, err := url.Parse(rec.URL())
		if err != nil || u.Scheme != "http" && u.Scheme != "https" {
			continue
		}
		s.secure = u.Scheme == "https"
		target := u.EscapedPath()
		if u.RawQuery != "" {
			target += "?" + u.RawQuery
		}
		k := addressKey(u.Host, target)
		w.captures[k] = append(w.captures[k], s)
		if s.kind == 'r' || s.kind == 's' {
			w.byID[rec.ID()] = s
			if s.digest != "" && rec.Header.Get("WARC-Truncated") == "" {
				w.byDigest[s.digest] = s
			}
		}
		count[bareHost(u.Host)]++
		n++
	}
}

// unixNano is 0 for a date that could not be read.
func unixNano(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func addressKey(host, target string) string {
	p, query, hasQuery := key(target)
	return listKey(bareHost(host), p, query, hasQuery)
}

func (w *warcSet) close() error {
	var err error
	for _, f := range w.files {
		err = errors.Join(err, f.file.Close())
	}
	return err
}

// find gives the newest capture of the scheme asked for, else of the other one.
func (w *warcSet) find(secure bool, host, target string) (answer, bool, error) {
	list := w.captures[addressKey(host, target)]
	for _, same := range []bool{true, false} {
		for _, s := range list {
			if (s.secure == secure) != same {
				continue
			}
			raw, ok, err := w.response(s)
			if err != nil {
				return answer{}, false, err
			}
			if ok {
				return rawAnswer(raw), true, nil
			}
		}
	}
	return answer{}, false, nil
}

// response gives a capture as the bytes of a response; ok is false when it
// cannot stand for one: a revisit whose original is elsewhere, a bare 304.
func (w *warcSet) response(s saved) (raw []byte, ok bool, err error) {
	kind, block, err := w.block(s)
	if err != nil {
		return nil, false, err
	}
	switch s.kind {
	case 's':
		head := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", oneLine(kind), len(block))
		return append([]byte(head), block...), true, nil
	case 'r':
		head, _ := capture.Split(block)
		return block, capture.HeadStatus(head) != 304, nil
	}
	orig, found := w.byID[s.refers]
	if !found && s.digest != "" {
		orig, found = w.byDigest[s.digest]
	}
	if !found {
		return nil, false, nil
	}
	_, whole, err := w.block(orig)
	if err != nil {
		return nil, false, err
	}
	if orig.kind == 's' {
		return w.response(orig)
	}
	if s.kind == 'n' || len(block) == 0 {
		return whole, true, nil
	}
	// This visit's head and the original's payload, with the framing of neither.
	head, _ := capture.Split(block)
	payload, _ := capture.Payload(whole)
	return reframe(head, payload), true, nil
}

// block reads a capture's block and its record's content type.
func (w *warcSet) block(s saved) (kind string, block []byte, err error) {
	f := w.files[s.file]
	r := f.readers.Get().(*warc.Reader)
	defer f.readers.Put(r)
	r.SeekTo(s.offset)
	for {
		rec, err := r.Next()
		if errors.Is(err, os.ErrClosed) {
			return "", nil, errClosed
		}
		if err != nil {
			return "", nil, fmt.Errorf("%s: %w", f.file.Name(), err)
		}
		if rec.Skip < s.skip {
			continue
		}
		block, err := rec.ReadBlock(maxBlock)
		if err != nil {
			return "", nil, fmt.Errorf("%s at %d: %w", f.file.Name(), s.offset, err)
		}
		return rec.Header.Get("Content-Type"), block, nil
	}
}

// rawAnswer makes recorded bytes fit to be sent. They go out as they are,
// unless they were never on an HTTP/1.1 wire in this form: the version of a
// browser's capture, chunks that were taken off while their label was kept.
func rawAnswer(raw []byte) answer {
	head, body := capture.Split(raw)
	status := capture.HeadStatus(head)
	if bytes.HasPrefix(head, []byte("HTTP/2")) || bytes.HasPrefix(head, []byte("HTTP/3")) {
		_, rest, _ := bytes.Cut(raw, []byte(" "))
		raw = append([]byte("HTTP/1.1 "), rest...)
		head, body = capture.Split(raw)
	}
	payload, whole := capture.Payload(raw)
	chunked := capture.IsChunked(head)
	if chunked && len(body) > 0 && len(payload) == len(body) {
		raw = reframe(head, payload)
		head, body = capture.Split(raw)
		chunked = false
	}
	a := answer{raw: raw, etag: capture.HeadValue(head, "ETag"), modified: capture.HeadValue(head, "Last-Modified")}
	if status != 200 {
		a.etag, a.modified = "", "" // validators are of a page, not of an error
	}
	length, err := strconv.ParseInt(capture.HeadValue(head, "Content-Length"), 10, 64)
	switch {
	case !bytes.HasPrefix(head, []byte("HTTP/1.1 ")):
	case status == 204 || status == 304:
		a.keep = len(body) == 0
	case chunked:
		a.keep = whole && bytes.HasSuffix(body, []byte("\n0\r\n\r\n")) || string(body) == "0\r\n\r\n"
	default:
		a.keep = err == nil && length == int64(len(body))
	}
	return a
}

// reframe gives head and payload with a Content-Length in place of any other framing.
func reframe(head, payload []byte) []byte {
	out := make([]byte, 0, len(head)+len(payload)+40)
	for line := range bytes.Lines(head) {
		name, _, _ := bytes.Cut(line, []byte(":"))
		if len(bytes.TrimSpace(line)) == 0 || strings.EqualFold(string(name), "Transfer-Encoding") || strings.EqualFold(string(name), "Content-Length") {
			continue
		}
		out = append(out, bytes.TrimRight(line, "\r\n")...)
		out = append(out, "\r\n"...)
	}
	out = append(out, "Content-Length: "...)
	out = strconv.AppendInt(out, int64(len(payload)), 10)
	out = append(out, "\r\n\r\n"...)
	return append(out, payload...)
}

// headOf is what a HEAD request gets of a response.
func headOf(raw []byte) []byte {
	head, _ := capture.Split(raw)
	return head
}
