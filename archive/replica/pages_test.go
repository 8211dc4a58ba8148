package replica

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/benbjohnson/litestream"
	"github.com/nats-io/nats.go/jetstream"
)

// What restoreDB makes is byte by byte what Litestream's own way to restore makes, which reads the whole database afterwards.
func TestRestoreAsLitestream(t *testing.T) {
	store, heads := buckets(t)
	m := newMachine(t, "a", store, heads)
	levels := map[int]bool{}
	for run := range 34 { // so many that files of pages have been merged
		s := m.take(uint64(run + 1))
		s.fill(3*run, 3*run+3)
		s.end()
		if run%11 > 0 {
			continue
		}
		h, _, err := heads.Head(t.Context(), "nuc.example")
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range h.Pages {
			levels[p.Level] = true
		}
		dir := t.TempDir()
		ours, theirs := filepath.Join(dir, "ours"), filepath.Join(dir, "theirs")
		if err := restoreDB(t.Context(), ours, store, h); err != nil {
			t.Fatal(err)
		}
		o := litestream.NewRestoreOptions()
		o.OutputPath, o.IntegrityCheck = theirs, litestream.IntegrityCheckQuick
		db := litestream.NewDB(theirs)
		db.SetLogger(slog.New(slog.DiscardHandler))
		c := &client{store: store, archive: h.Archive, lineage: h.Lineage, pages: h.Pages}
		if err := litestream.NewReplicaWithClient(db, c).Restore(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		got, want := read(t, ours), read(t, theirs)
		if !bytes.Equal(got, want) {
			t.Fatalf("after %d runs: %d bytes differ from Litestream's %d", run+1, len(got), len(want))
		}
	}
	if !levels[0] || !levels[1] {
		t.Errorf("files of levels %v only: nothing was merged", levels)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A frail Store breaks every object off after so many bytes, a half more each time.
type frail struct {
	Store
	mu     sync.Mutex
	after  int64
	broken atomic.Int64
}

func (f *frail) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	r, err := f.Store.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	f.broken.Add(1)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.after = f.after * 3 / 2
	return &frailObject{ReadCloser: r, left: f.after}, nil
}

type frailObject struct {
	io.ReadCloser
	left int64
}

func (o *frailObject) Read(b []byte) (int, error) {
	if o.left == 0 {
		return 0, errors.New("broken off")
	}
	n, err := o.ReadCloser.Read(b[:min(int64(len(b)), o.left)])
	o.left -= int64(n)
	return n, err
}

// Where objects are broken off, reading goes on; where one gives nothing more, its error is told.
func TestRestoreGoesOn(t *testing.T) {
	store, heads := buckets(t)
	m := newMachine(t, "a", store, heads)
	s := m.take(1)
	s.fill(0, 60)
	s.end()
	h, _, err := heads.Head(t.Context(), "nuc.example")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range h.Objects() {
		var want, got bytes.Buffer
		r, err := store.Get(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(&want, r)
		if err = errors.Join(err, r.Close()); err != nil {
			t.Fatal(err)
		}
		digest := newMeter(bytes.NewReader(want.Bytes()))
		if _, err := io.Copy(io.Discard, digest); err != nil {
			t.Fatal(err)
		}
		f := &frail{Store: store, after: 4000}
		if err := fetch(t.Context(), &got, f, name, n, digest.sum()); err != nil || !bytes.Equal(got.Bytes(), want.Bytes()) {
			t.Errorf("%s, broken off %d times: %d bytes of %d, %v", name, f.broken.Load(), got.Len(), n, err)
		}
		if n > 8000 && f.broken.Load() < 3 {
			t.Errorf("%s of %d bytes was asked for %d times: nothing was broken off", name, n, f.broken.Load())
		}
	}
	f := &frail{Store: store} // never gives a byte
	if err := Restore(t.Context(), filepath.Join(t.TempDir(), "x"), f, h); err == nil || !strings.Contains(err.Error(), "broken off") {
		t.Errorf("restored from objects without bytes: %v", err)
	}
}

// An object may take longer than the library's time for one request, as long as something comes.
func TestSlowObject(t *testing.T) {
	store, _ := buckets(t)
	const size = 1 << 20
	if err := store.Put(t.Context(), "slow", bytes.NewReader(make([]byte, size))); err != nil {
		t.Fatal(err)
	}
	js, err := jetstream.New(store.conn, jetstream.WithDefaultTimeout(200*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	patient, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	hasty, _, err := OpenBuckets(patient, js, "test")
	if err != nil {
		t.Fatal(err)
	}
	r, err := hasty.Get(t.Context(), "slow")
	if err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	begun, n := time.Now(), 0
	for part := make([]byte, size/32); ; <-tick.C {
		m, err := io.ReadFull(r, part)
		n += m
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("after %s and %d bytes: %v", time.Since(begun), n, err)
		}
	}
	if took := time.Since(begun); n != size || took < 400*time.Millisecond {
		t.Errorf("%d bytes in %s: nothing was tested", n, took)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// What comes in many small parts, as pages from a pipe, is sent in few messages.
func TestPutFillsMessages(t *testing.T) {
	store, _ := buckets(t)
	data := bytes.Repeat([]byte("0123456789"), 100_000)
	if err := store.Put(t.Context(), "parts", iotest.OneByteReader(bytes.NewReader(data))); err != nil {
		t.Fatal(err)
	}
	info, err := store.objects.GetInfo(t.Context(), "parts")
	if err != nil {
		t.Fatal(err)
	}
	if want := uint32(len(data)/objectChunk + 1); info.Chunks != want {
		t.Errorf("%d messages for %d bytes, want %d", info.Chunks, info.Size, want)
	}
}
