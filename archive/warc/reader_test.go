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
	"testing"

	"campusnews/scraper/capture"
)

// writeSample writes one of each shape and gives the exchanges, their positions and the file.
func writeSample(t testing.TB, dir string) ([]capture.Exchange, []Position, string) {
	t.Helper()
	w, err := Open(dir, Options{Name: "sample", Info: Info{Software: "campusnews/test", Robots: "obeyed"}})
	if err != nil {
		t.Fatal(err)
	}
	cut := exchange("http://a.example/cut", "HTTP/1.1 200 OK\r\nContent-Length: 99", "hello")
	cut.Truncated, cut.Err = "disconnect", io.ErrUnexpectedEOF
	xs := []capture.Exchange{
		page(1), page(2),
		exchange("http://a.example/chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"),
		exchange("http://a.example/packed", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip", string(pack("hello"))),
		cut,
		exchange("http://a.example/新闻", "HTTP/1.1 301 Moved\r\nLocation: /\r\nContent-Length: 0", ""),
		page(1), // a revisit of the first
	}
	seen := map[string]Original{}
	var at []Position
	for i, x := range xs {
		pos, err := w.WriteExchange(x, Revisits{SamePayload: func(d string) (Original, bool) { o, ok := seen[d]; return o, ok && i == 6 }}, Field{"n", fmt.Sprint(i)})
		if err != nil {
			t.Fatal(err)
		}
		seen[pos.PayloadDigest] = Original{RecordID: pos.RecordID, URL: pos.URL, Date: pos.Date}
		at = append(at, pos)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return xs, at, filepath.Join(dir, at[0].File)
}

func pack(s string) []byte {
	var b bytes.Buffer
	gz := gzip.NewWriter(&b)
	io.WriteString(gz, s)
	gz.Close()
	return b.Bytes()
}

func unpackAll(t testing.TB, b []byte) []byte {
	t.Helper()
	gz, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(gz)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// The same records come out however the file is packed.
func TestReaderForms(t *testing.T) {
	_, at, path := writeSample(t, t.TempDir())
	ours, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	plain := unpackAll(t, ours)
	for name, b := range map[string][]byte{
		"a member a record":    ours,
		"not packed":           plain,
		"one member":           pack(string(plain)),
		"bare line feeds":      bytes.ReplaceAll(plain, []byte("WARC/1.1\r\n"), []byte("WARC/1.1\n")),
		"brackets round URIs":  bytes.ReplaceAll(plain, []byte("WARC-Target-URI: http://a.example/chunked"), []byte("WARC-Target-URI: <http://a.example/chunked>")),
		"one line end between": bytes.ReplaceAll(plain, []byte("\r\n\r\nWARC/"), []byte("\r\nWARC/")),
	} {
		t.Run(name, func(t *testing.T) {
			r := NewReader(bytes.NewReader(b), int64(len(b)))
			var kinds []string
			for {
				rec, err := r.Next()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				kinds = append(kinds, rec.Type())
				if rec.URL() == "http://a.example/chunked" && rec.Type() == "response" {
					content, err := rec.ReadContent(100)
					if err != nil || string(content) != "hello" {
						t.Errorf("content: got %q, err %v", content, err)
					}
				}
				if rec.Date().IsZero() || rec.ID() == "" {
					t.Errorf("%s has no date or id", rec.Type())
				}
			}
			if want := 1 + 3*len(at); len(kinds) != want {
				t.Errorf("got %d records, want %d: %v", len(kinds), want, kinds)
			}
		})
	}
}

func TestLoad(t *testing.T) {
	xs, at, path := writeSample(t, t.TempDir())
	for i, pos := range at {
		rec, block, err := Load(path, pos.Offset, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		want := xs[i].Response
		if pos.Type == "revisit" {
			want, _ = capture.Split(want)
		}
		if !bytes.Equal(block, want) || rec.ID() != pos.RecordID || rec.URL() != pos.URL || !rec.Date().Equal(pos.Date) {
			t.Errorf("%s: got %q", pos.URL, block)
		}
	}
	if _, _, err := Load(path, at[0].Offset, 10); !errors.Is(err, capture.ErrTooLarge) {
		t.Errorf("a block over the limit: got %v", err)
	}
	if _, _, err := Load(path, at[0].Offset+1, 1<<20); err == nil {
		t.Error("an offset between records gave a record")
	}
	whole, _ := os.ReadFile(path)
	whole[at[1].Offset+at[1].Length-8] ^= 1 // the checksum
	bad := filepath.Join(t.TempDir(), "bad.warc.gz")
	if err := os.WriteFile(bad, whole, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Load(bad, at[1].Offset, 1<<20); !errors.Is(err, gzip.ErrChecksum) {
		t.Errorf("a wrong checksum: got %v", err)
	}
}

func verify(t *testing.T, b []byte) ([]Problem, Summary) {
	t.Helper()
	var problems []Problem
	s, err := NewReader(bytes.NewReader(b), int64(len(b))).Verify(func(p Problem) { problems = append(problems, p) })
	if err != nil {
		t.Fatal(err)
	}
	return problems, s
}

// Whatever byte of a file is changed, something says so, and what is whole behind it is still read.
func TestVerifyFindsEveryFlip(t *testing.T) {
	_, at, path := writeSample(t, t.TempDir())
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Verify(path, func(p Problem) { t.Error(p) }); err != nil {
		t.Error(err)
	}
	problems, s := verify(t, whole)
	if len(problems) != 0 || s.Records["response"] != 6 || s.Records["revisit"] != 1 || s.Records["request"] != 7 || s.Digests < 20 {
		t.Fatalf("a sound file: got %v, %+v", problems, s)
	}
	missed := 0
	for i := at[0].Offset; i < int64(len(whole)); i += 7 {
		flipped := bytes.Clone(whole)
		flipped[i] ^= byte(1 << (i % 8))
		problems, s := verify(t, flipped)
		var span Span
		for _, pos := range at {
			if pos.Span.Offset <= i {
				span = pos.Span
			}
		}
		if err := VerifySpan(bytes.NewReader(flipped), span); err == nil {
			t.Fatalf("byte %d: its span is said to be sound", i)
		}
		if len(problems) == 0 {
			missed++ // in a gzip header or padding: the span alone tells
		}
		if n := len(problems); n > 12 || s.Records["request"] < 5 {
			t.Errorf("byte %d: one flip made %d problems and left %d requests", i, n, s.Records["request"])
		}
	}
	if missed > len(whole)/70 {
		t.Errorf("%d flips are seen by the span's digest only", missed)
	}
	for _, pos := range at {
		if err := VerifySpan(bytes.NewReader(whole), pos.Span); err != nil {
			t.Errorf("%s: %v", pos.URL, err)
		}
	}
}

func TestVerifyReports(t *testing.T) {
	_, at, path := writeSample(t, t.TempDir())
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	plain := string(unpackAll(t, whole))
	for _, c := range []struct {
		name, old, new, want string
	}{
		{"payload digest", "WARC-Payload-Digest: " + at[2].PayloadDigest, "WARC-Payload-Digest: " + Digest(nil), "payload does not have"},
		{"block digest", "WARC-Block-Digest: " + at[2].BlockDigest, "WARC-Block-Digest: sha1:" + strings.Repeat("A", 32), "block does not have"},
		{"no such algorithm", "WARC-Block-Digest: " + at[2].BlockDigest, "WARC-Block-Digest: rot13:abc", "not known"},
		{"no id", "WARC-Record-ID: " + at[2].RecordID, "X: y", "0 fields WARC-Record-ID"},
		{"id twice", "WARC-Record-ID: " + at[2].RecordID, "WARC-Record-ID: " + at[1].RecordID, "twice"},
		{"date", "WARC-Date: " + at[2].Date.Format(DateFormat), "WARC-Date: yesterday", "date"},
		{"line ends", "\r\n\r\nWARC/1.1\r\nWARC-Type: request", "\r\n\r\n\r\nWARC/1.1\r\nWARC-Type: request", "line ends"},
		{"cut", plain[len(plain)-20:], "", "EOF"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bad := strings.Replace(plain, c.old, c.new, 1)
			if bad == plain {
				t.Fatal("nothing was changed")
			}
			problems, _ := verify(t, []byte(bad))
			if len(problems) == 0 || !strings.Contains(problems[0].String(), c.want) {
				t.Errorf("got %v, want %q", problems, c.want)
			}
		})
	}
}

func TestReaderDamage(t *testing.T) {
	_, at, path := writeSample(t, t.TempDir())
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	holed := bytes.Clone(whole)
	clear(holed[at[1].Offset+20 : at[2].Offset+20])
	for name, b := range map[string][]byte{"a hole": holed, "a hole, not packed": append(append([]byte(nil), unpackAll(t, whole)[:900]...), unpackAll(t, whole)[1500:]...)} {
		r := NewReader(bytes.NewReader(b), int64(len(b)))
		damages, records := 0, 0
		for {
			_, err := r.Next()
			var d *DamageError
			if err == io.EOF {
				break
			} else if errors.As(err, &d) {
				damages++
			} else if err != nil {
				t.Fatal(err)
			} else {
				records++
			}
		}
		if damages == 0 || damages > 2 || records < 15 {
			t.Errorf("%s: got %d damages and %d records of 22", name, damages, records)
		}
	}
}

// FuzzReader holds the reader to these: it ends, it never gives a record with an
// error, it moves forward, and it says the same twice.
func FuzzReader(f *testing.F) {
	_, _, path := writeSample(f, f.TempDir())
	ours, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	plain := unpackAll(f, ours)
	f.Add(ours)
	f.Add(plain[:2500])
	f.Add(pack(string(plain[:4000])))
	f.Add([]byte("WARC/1.0\r\nContent-Length: 3\r\n\r\nabc\r\n\r\n"))
	f.Add([]byte("WARC/1.0\nWARC-Type: response\n x\nContent-Type: application/http\nContent-Length: 99999999999\n\nHTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nffffffff\nx"))
	f.Fuzz(func(t *testing.T, b []byte) {
		read := func() string {
			var log strings.Builder
			r := NewReader(bytes.NewReader(b), int64(len(b)))
			lastOffset, lastSkip := int64(-1), int64(-1)
			for n := 0; ; n++ {
				if n > len(b)+1000 && n > 1<<16 {
					t.Fatalf("%d steps over %d bytes", n, len(b))
				}
				rec, err := r.Next()
				if err != nil {
					if rec != nil {
						t.Fatal("a record and an error")
					}
					fmt.Fprintln(&log, err)
					var d *DamageError
					if errors.As(err, &d) {
						continue
					}
					return log.String()
				}
				if rec.Offset < lastOffset || rec.Offset == lastOffset && rec.Skip <= lastSkip {
					t.Fatalf("record at %d+%d after %d+%d", rec.Offset, rec.Skip, lastOffset, lastSkip)
				}
				lastOffset, lastSkip = rec.Offset, rec.Skip
				content, err := rec.ReadContent(1 << 16)
				if int64(len(content)) > 1<<16 {
					t.Fatalf("content of %d bytes", len(content))
				}
				fmt.Fprintln(&log, rec.Offset, rec.Skip, rec.Type(), rec.URL(), Digest(content), err)
			}
		}
		if first, second := read(), read(); first != second {
			t.Errorf("read twice:\n%s\n%s", first, second)
		}
	})
}

// TestRepairStepsOverDamage: a record that the disk damaged is not the end of the file while whole records follow it.
func TestRepairStepsOverDamage(t *testing.T) {
	dir := t.TempDir()
	w, err := Open(dir, Options{Name: "t"})
	if err != nil {
		t.Fatal(err)
	}
	var at []Position
	for n := range 5 {
		pos, err := w.WriteExchange(page(n), Revisits{})
		if err != nil {
			t.Fatal(err)
		}
		at = append(at, pos)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, at[0].File)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		data []byte
		cut  int64
	}{
		{"head of a record", flipped(data, at[2].Offset), 0},
		{"within a record", flipped(data, at[2].Offset+at[2].Length/2), 0},
		{"and a cut last one", flipped(data, at[2].Offset+at[2].Length/2)[:at[4].Offset+9], 9},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), at[0].File)
			if err := os.WriteFile(path, tc.data, 0o666); err != nil {
				t.Fatal(err)
			}
			if r, err := RepairTail(path); err != nil || r.Cut != tc.cut {
				t.Errorf("got %+v (%v), want %d bytes cut", r, err, tc.cut)
			}
		})
	}
}

func flipped(data []byte, at int64) []byte {
	data = bytes.Clone(data)
	data[at] ^= 0xff
	return data
}
