package warc

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"campusnews/scraper/capture"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 123456789, time.UTC)

func exchange(url, head, body string) capture.Exchange {
	status := 0
	fmt.Sscanf(head, "HTTP/1.1 %d", &status)
	return capture.Exchange{
		URL: url, Started: noon, Remote: "192.0.2.7", Status: status,
		Request:  []byte("GET / HTTP/1.1\r\nHost: news.example.edu\r\n\r\n"),
		Response: []byte(head + "\r\n\r\n" + body),
	}
}

func page(n int) capture.Exchange {
	body := strings.Repeat(fmt.Sprintf("<p>第%d篇</p>", n), 50)
	return exchange(fmt.Sprintf("http://news.example.edu/info/%d.htm", n),
		fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d", len(body)), body)
}

func openWriter(t *testing.T, dir string, opts Options) *Writer {
	t.Helper()
	if opts.Name == "" {
		opts.Name = "news"
	}
	opts.Now = func() time.Time { return noon }
	w, err := Open(dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

func mustWrite(t *testing.T, w *Writer, x capture.Exchange, rv Revisits, fields ...Field) Position {
	t.Helper()
	pos, err := w.WriteExchange(x, rv, fields...)
	if err != nil {
		t.Fatal(err)
	}
	return pos
}

// memberAt reads the one gzip member that a position names and nothing beyond it.
func memberAt(t *testing.T, dir string, pos Position) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, pos.File))
	if err != nil {
		t.Fatal(err)
	}
	if pos.Offset+pos.Length > int64(len(b)) {
		t.Fatalf("position %d+%d is beyond the file's %d bytes", pos.Offset, pos.Length, len(b))
	}
	gz, err := gzip.NewReader(bytes.NewReader(b[pos.Offset : pos.Offset+pos.Length]))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(gz)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "WARC/1.1\r\n"); n != 1 {
		t.Fatalf("the member holds %d records, want 1", n)
	}
	return string(text)
}

func TestWriteExchangePosition(t *testing.T) {
	dir := t.TempDir()
	w := openWriter(t, dir, Options{Info: Info{Software: "campusnews/test", Operator: "a@b.example"}})
	x := page(1)
	pos := mustWrite(t, w, x, Revisits{}, Field{"via", "http://news.example.edu/\r\nWARC-Type: evil"})
	if pos.File != "news-00001.warc.gz" || pos.Type != "response" || pos.URL != x.URL || pos.PayloadSize != 700 {
		t.Errorf("got %+v", pos)
	}
	if want := time.Date(2026, 11, 23, 12, 0, 0, 123e6, time.UTC); !pos.Date.Equal(want) {
		t.Errorf("date: got %v, want %v", pos.Date, want)
	}
	text := memberAt(t, dir, pos)
	for _, want := range []string{
		"WARC-Type: response\r\n", "WARC-Record-ID: " + pos.RecordID + "\r\n", "WARC-Date: 2026-11-23T12:00:00.123Z\r\n",
		"WARC-Target-URI: http://news.example.edu/info/1.htm\r\n", "WARC-IP-Address: 192.0.2.7\r\n",
		"WARC-Block-Digest: " + Digest(x.Response) + "\r\n", "WARC-Payload-Digest: " + pos.PayloadDigest + "\r\n",
		"Content-Length: " + fmt.Sprint(len(x.Response)) + "\r\n\r\n" + string(x.Response) + "\r\n\r\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the record lacks %q:\n%s", want, text)
		}
	}
}

func TestWriteExchangeShapes(t *testing.T) {
	chunked := exchange("http://a.example/c", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked", "5;x=y\r\nhello\r\n3\r\n, w\r\n0\r\n\r\n")
	plain := exchange("http://a.example/p", "HTTP/1.1 200 OK\r\nContent-Length: 8", "hello, w")
	cut := exchange("http://a.example/t", "HTTP/1.1 200 OK\r\nContent-Length: 99", "hello, w")
	cut.Truncated, cut.Err = "disconnect", io.ErrUnexpectedEOF
	notModified := exchange("http://a.example/p", "HTTP/1.1 304 Not Modified\r\nETag: x", "")
	failed := capture.Exchange{URL: "http://a.example/f", Started: noon, Request: []byte("GET / HTTP/1.1\r\n\r\n"), Err: io.EOF}
	nothing := capture.Exchange{URL: "http://a.example/n", Started: noon, Err: io.EOF}
	headless := exchange("http://a.example/h", "HTTP/1.1 200 OK\r\nContent-", "")
	headless.Response, headless.Truncated, headless.Err = []byte("HTTP/1.1 200 OK\r\nContent-"), "disconnect", io.ErrUnexpectedEOF
	same := Digest([]byte("hello, w"))
	original := Original{RecordID: "<urn:uuid:1>", URL: "http://a.example/原", Date: noon, PayloadDigest: same}
	seen := Revisits{SamePayload: func(d string) (Original, bool) { return original, d == same }, NotModified: &original}
	for _, c := range []struct {
		name   string
		x      capture.Exchange
		rv     Revisits
		kind   string
		digest string
		want   []string
		not    string
	}{
		{"chunked", chunked, Revisits{}, "response", same, []string{"5;x=y\r\nhello"}, "WARC-Truncated"},
		{"identical", plain, seen, "revisit", same, []string{"WARC-Profile: " + ProfileIdentical, "WARC-Truncated: length",
			"WARC-Refers-To: <urn:uuid:1>", "WARC-Refers-To-Target-URI: http://a.example/%E5%8E%9F", "WARC-Refers-To-Date: 2026-11-23T12:00:00.123Z", "HTTP/1.1 200 OK"}, "hello"},
		{"cut answers are never a revisit", cut, seen, "response", same, []string{"WARC-Truncated: disconnect", "hello, w"}, "Profile"},
		{"304 of a known page", notModified, seen, "revisit", same, []string{"WARC-Profile: " + ProfileNotModified, "HTTP/1.1 304"}, "WARC-Truncated"},
		{"304 of an unknown page", notModified, Revisits{}, "response", Digest(nil), nil, "Profile"},
		{"cut in the head", headless, seen, "response", "", []string{"Content-Type: application/octet-stream", "WARC-Truncated: disconnect"}, "Payload"},
		{"no answer", failed, seen, "request", "", nil, "Concurrent"},
		{"nothing sent", nothing, seen, "", "", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			w := openWriter(t, dir, Options{})
			pos := mustWrite(t, w, c.x, c.rv)
			if pos.Type != c.kind || pos.PayloadDigest != c.digest {
				t.Fatalf("got %q %q, want %q %q", pos.Type, pos.PayloadDigest, c.kind, c.digest)
			}
			if c.kind == "" {
				return
			}
			text := memberAt(t, dir, pos)
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("the record lacks %q:\n%s", want, text)
				}
			}
			if c.not != "" && strings.Contains(text, c.not) {
				t.Errorf("the record has %q:\n%s", c.not, text)
			}
		})
	}
}

func TestRotationAndReopening(t *testing.T) {
	dir := t.TempDir()
	w := openWriter(t, dir, Options{MaxBytes: 4000})
	files := map[string]bool{}
	for n := range 40 {
		files[mustWrite(t, w, page(n), Revisits{}).File] = true
	}
	if len(files) < 3 {
		t.Fatalf("got %d files, want at least 3", len(files))
	}
	for f := range files {
		st, err := os.Stat(filepath.Join(dir, f))
		if err != nil || st.Size() > 4000+2000 {
			t.Errorf("%s: %v bytes, err %v", f, st.Size(), err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.WriteExchange(page(1), Revisits{}); !errors.Is(err, errClosed) {
		t.Errorf("write after close: got %v, want %v", err, errClosed)
	}
	before := len(files)
	w = openWriter(t, dir, Options{MaxBytes: 4000})
	if w.Repaired() != nil {
		t.Errorf("a cleanly closed file was repaired: %+v", w.Repaired())
	}
	files[mustWrite(t, w, page(99), Revisits{}).File] = true
	if len(files) > before+1 {
		t.Errorf("got %d files, want at most one more than %d", len(files), before)
	}
}

func TestRotate(t *testing.T) {
	dir := t.TempDir()
	w := openWriter(t, dir, Options{})
	var files []string
	for range 2 {
		files = append(files, mustWrite(t, w, page(1), Revisits{}).File)
		if err := w.Rotate(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	w = openWriter(t, dir, Options{})
	if err := w.Rotate(); err != nil { // before anything was written
		t.Fatal(err)
	}
	files = append(files, mustWrite(t, w, page(1), Revisits{}).File)
	if got, want := strings.Join(files, " "), "news-00001.warc.gz news-00002.warc.gz news-00003.warc.gz"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A crash may leave any prefix of what was being written.
func TestReopenAfterCrash(t *testing.T) {
	dir := t.TempDir()
	w := openWriter(t, dir, Options{})
	first := mustWrite(t, w, page(1), Revisits{})
	last := mustWrite(t, w, page(2), Revisits{})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(filepath.Join(dir, last.File))
	if err != nil {
		t.Fatal(err)
	}
	cuts := 0
	// The last bytes of a member are its length's zeros, which zeros on the disk would complete.
	for size := last.Offset + 1; size < last.Offset+last.Length-4; size += 7 {
		crashed := t.TempDir()
		path := filepath.Join(crashed, last.File)
		tail := whole[:size]
		if size%2 == 0 { // some file systems leave zeros where data never arrived
			tail = append(tail[:size:size], make([]byte, 512)...)
		}
		if err := os.WriteFile(path, tail, 0o666); err != nil {
			t.Fatal(err)
		}
		w := openWriter(t, crashed, Options{})
		r := w.Repaired()
		if r == nil || r.Size != last.Offset || r.Cut != int64(len(tail))-last.Offset {
			t.Fatalf("cut at %d: got %+v, want the file cut to %d", size, r, last.Offset)
		}
		if kept, err := os.ReadFile(filepath.Join(crashed, r.Kept)); err != nil || !bytes.Equal(kept, tail[last.Offset:]) {
			t.Fatalf("cut at %d: %d bytes were put aside, err %v", size, len(kept), err)
		}
		pos := mustWrite(t, w, page(3), Revisits{})
		memberAt(t, crashed, first)
		memberAt(t, crashed, pos)
		cuts++
	}
	if cuts == 0 {
		t.Fatal("no cut was tried")
	}
}

func TestConcurrentWrites(t *testing.T) {
	dir := t.TempDir()
	w := openWriter(t, dir, Options{MaxBytes: 20000})
	var wg sync.WaitGroup
	got := make([][]Position, 4)
	for g := range got {
		wg.Go(func() {
			for n := range 50 {
				pos, err := w.WriteExchange(page(g*1000+n), Revisits{})
				if err != nil {
					t.Error(err)
					return
				}
				got[g] = append(got[g], pos)
			}
		})
	}
	wg.Wait()
	for g := range got {
		for n, pos := range got[g] {
			if want := string(page(g*1000 + n).Response); !strings.Contains(memberAt(t, dir, pos), want) {
				t.Fatalf("page %d of writer %d is not at its position", n, g)
			}
		}
	}
}

func TestTargetURI(t *testing.T) {
	for in, want := range map[string]string{
		"http://a.example/x?y=1#top":        "http://a.example/x?y=1",
		"http://a.example/新闻 1.htm":         "http://a.example/%E6%96%B0%E9%97%BB%201.htm",
		"http://新闻.example:8080/a":          "http://xn--efvy88h.example:8080/a",
		"http://a.example/\r\nWARC-Type: x": "http://a.example/%0D%0AWARC-Type:%20x",
		"http://a.example/<a>%41":           "http://a.example/%3Ca%3E%41",
		"http://a.example/\xff":             "http://a.example/%FF",
	} {
		if got := TargetURI(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
