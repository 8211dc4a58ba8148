package replica

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/benbjohnson/litestream"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"campusnews/archive"
	"campusnews/archive/archivetest"
	"campusnews/archive/warc"
)

// buckets gives a Store and Heads on a real server of the test's own.
func buckets(t testing.TB) (Bucket, HeadBucket) {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: t.TempDir(), NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(20 * time.Second) {
		t.Fatal("nats-server does not come up")
	}
	nc, err := nats.Connect(s.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	if err := MakeBuckets(t.Context(), js, "test", 1); err != nil {
		t.Fatal(err)
	}
	objects, heads, err := OpenBuckets(t.Context(), js, "test")
	if err != nil {
		t.Fatal(err)
	}
	return objects, heads
}

// A worker's disk, and a run on it.
type machine struct {
	t      testing.TB
	name   string
	dir    string
	keeper *Keeper
	warc   int64 // bytes of a WARC file; 0 = as ever
}

func newMachine(t testing.TB, name string, s Bucket, h HeadBucket) *machine {
	m := &machine{t: t, name: name, dir: filepath.Join(t.TempDir(), "nuc"), keeper: &Keeper{Worker: name, Store: s, Heads: h}}
	t.Cleanup(func() {
		if err := m.keeper.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return m
}

type session struct {
	*Copier
	a *archive.Archive
	m *machine
}

func (m *machine) take(fence uint64) *session {
	m.t.Helper()
	c, err := m.keeper.Take(m.t.Context(), m.dir, Run{Archive: "nuc.example", Fence: fence})
	if err != nil {
		m.t.Fatal(err)
	}
	a, err := archive.Open(m.t.Context(), m.dir, archive.Options{KeepLog: true, WARC: warc.Options{MaxBytes: m.warc}})
	if err != nil {
		m.t.Fatal(err)
	}
	if err := c.Follow(m.t.Context()); err != nil {
		m.t.Fatal(err)
	}
	return &session{c, a, m}
}

func (s *session) fill(from, to int) {
	s.m.t.Helper()
	if err := archivetest.Fill(s.m.t.Context(), s.a, from, to, true); err != nil {
		s.m.t.Fatal(err)
	}
}

func (s *session) sync() {
	s.m.t.Helper()
	if err := s.Sync(s.m.t.Context()); err != nil {
		s.m.t.Fatal(err)
	}
}

func (s *session) end() {
	s.m.t.Helper()
	if err := errors.Join(s.a.Close(), s.End(s.m.t.Context())); err != nil {
		s.m.t.Fatal(err)
	}
}

// die leaves the disk as a sudden death does, as far as one process can: nothing is sent any more.
func (s *session) die() {
	s.m.t.Helper()
	s.a.Close()
	s.close(s.m.t.Context())
}

// articles opens the archive in dir, verifies all of it and counts.
func articles(t testing.TB, dir string) int {
	t.Helper()
	a, err := archive.OpenReader(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if _, err := a.Verify(t.Context(), archive.VerifyOptions{}, func(fault string) { t.Errorf("%s: %s", dir, fault) }); err != nil {
		t.Fatal(err)
	}
	n, _, err := a.Extent(t.Context(), archive.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func restored(t testing.TB, store Bucket, heads HeadBucket) int {
	t.Helper()
	h, _, err := heads.Head(t.Context(), "nuc.example")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "restored")
	if err := Restore(t.Context(), dir, store, h); err != nil {
		t.Fatal(err)
	}
	return articles(t, dir)
}

func TestCopyFollowsAndMoves(t *testing.T) {
	store, heads := buckets(t)
	a := newMachine(t, "a", store, heads)
	b := newMachine(t, "b", store, heads)

	s := a.take(1)
	s.fill(0, 30)
	s.sync()
	if n := restored(t, store, heads); n != 30 {
		t.Errorf("in mid-run: %d articles in the copy, want 30", n)
	}
	s.fill(30, 50)
	s.end()
	if n := restored(t, store, heads); n != 50 {
		t.Errorf("after the run: %d articles in the copy, want 50", n)
	}

	// The same worker goes on, without sending everything again.
	whole := s.head.Size()
	s = a.take(2)
	s.fill(50, 53)
	s.end()
	if sent := s.Sent(); sent > whole/2 {
		t.Errorf("three articles more: %d bytes sent, of a copy of %d", sent, whole)
	}
	if n := restored(t, store, heads); n != 53 {
		t.Errorf("%d articles in the copy, want 53", n)
	}

	// It dies in mid-run, its disk with it: what was sent last is what the next one has.
	s = a.take(3)
	s.fill(53, 60)
	s.sync()
	s.fill(60, 64)
	dead := s

	s = b.take(4)
	if n := count(t, s.a); n != 60 {
		t.Errorf("on the next machine: %d articles, want the 60 of the last sync", n)
	}
	s.fill(60, 70)
	// The dead one wakes up and would go on.
	if err := dead.Sync(t.Context()); !errors.Is(err, ErrStale) {
		t.Errorf("the former holder's sync: %v, want ErrStale", err)
	}
	dead.die()
	s.end()
	if n := restored(t, store, heads); n != 70 {
		t.Errorf("%d articles in the copy, want 70", n)
	}

	// The first machine has the site again: what it has on its disk is old.
	s = a.take(5)
	if n := count(t, s.a); n != 70 {
		t.Errorf("back on the first machine: %d articles, want 70", n)
	}
	s.fill(70, 71)
	s.end()
	if n := articles(t, a.dir); n != 71 {
		t.Errorf("%d articles, want 71", n)
	}
	if _, err := b.keeper.Take(t.Context(), b.dir, Run{Archive: "nuc.example", Fence: 4}); !errors.Is(err, ErrStale) {
		t.Errorf("an older run takes it over: %v, want ErrStale", err)
	}

	// What the dead one has left in the store is swept out; then nothing lies there that the Head does not name.
	if n, _, err := Sweep(t.Context(), store, heads, time.Hour); n != 0 || err != nil {
		t.Errorf("swept %d young objects, %v", n, err)
	}
	n, bytes, err := Sweep(t.Context(), store, heads, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("swept %d objects of %d bytes", n, bytes)
	h, _, err := heads.Head(t.Context(), "nuc.example")
	if err != nil {
		t.Fatal(err)
	}
	if n, bytes, err = Verify(t.Context(), store, h, func(err error) { t.Error(err) }); err != nil {
		t.Fatal(err)
	}
	objects, err := store.objects.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d objects of %d bytes for an archive of %d bytes", n, bytes, size(t, a.dir))
	if len(objects) != n {
		t.Errorf("%d objects in the store, %d in the Head", len(objects), n)
	}
}

// Many runs of one worker leave few objects.
func TestCopyStaysSmall(t *testing.T) {
	store, heads := buckets(t)
	a := newMachine(t, "a", store, heads)
	const runs = 30
	var sent int64
	for i := range runs {
		s := a.take(uint64(i + 1))
		s.fill(2*i, 2*i+1)
		s.sync()
		s.fill(2*i+1, 2*i+2)
		s.end()
		sent += s.Sent()
	}
	if n := restored(t, store, heads); n != 2*runs {
		t.Errorf("%d articles in the copy, want %d", n, 2*runs)
	}
	h, _, err := heads.Head(t.Context(), "nuc.example")
	if err != nil {
		t.Fatal(err)
	}
	pieces := 0
	for _, f := range h.WARC {
		pieces += len(f.Pieces)
	}
	t.Logf("after %d runs: %d objects of pages, %d pieces of WARC, %d bytes of %d sent", runs, len(h.Pages), pieces, h.Size(), sent)
	if len(h.Pages) > 2*mergeFiles || pieces > 3*maxPieces {
		t.Errorf("%d objects of pages, %d pieces", len(h.Pages), pieces)
	}
}

// A worker that was started again goes on where the log was left: it does not send the database anew.
func TestRestartGoesOn(t *testing.T) {
	store, heads := buckets(t)
	a := newMachine(t, "a", store, heads)
	s := a.take(1)
	s.fill(0, 100)
	s.end()
	for i, killed := range []bool{false, true, false} {
		if killed { // in mid-run: what it had not copied is in the log
			s = a.take(uint64(10 * (i + 1)))
			s.fill(200, 202)
			s.die()
		}
		if err := a.keeper.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		a.keeper = &Keeper{Worker: "a", Store: store, Heads: heads}
		s = a.take(uint64(10*(i+1) + 1))
		s.fill(100+i, 101+i)
		s.end()
		h, _, err := heads.Head(t.Context(), "nuc.example")
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("killed %v: %d bytes sent, of a copy of %d", killed, s.Sent(), h.Size())
		if i != 1 && s.Sent() > h.Size()/4 {
			t.Errorf("%d bytes sent, of a copy of %d", s.Sent(), h.Size())
		}
	}
	if n := restored(t, store, heads); n != 105 {
		t.Errorf("%d articles in the copy, want 105", n)
	}
}

// What a disk does to a WARC file is not done to its copy.
func TestCopyOutlivesTheFile(t *testing.T) {
	store, heads := buckets(t)
	a := newMachine(t, "a", store, heads)
	s := a.take(1)
	s.fill(0, 20)
	s.end()
	const name = "campusnews-00001.warc.gz"
	path := filepath.Join(a.dir, warcName, name)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 1000); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		s = a.take(uint64(10 + i))
		for n := range 20 { // so that pieces are merged
			s.fill(100+20*i+n, 101+20*i+n)
			s.sync()
		}
		s.end()
	}
	h, _, err := heads.Head(t.Context(), "nuc.example")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "restored")
	if err := Restore(t.Context(), dir, store, h); err != nil {
		t.Fatal(err)
	}
	found, _ := filepath.Glob(filepath.Join(dir, warcName, name+".cut-*.10"))
	if len(found) != 1 {
		t.Fatalf("the copy has %q of what the file was, want one", found)
	}
	was, err := os.ReadFile(found[0])
	if err != nil || !bytes.Equal(was, whole) {
		t.Errorf("the copy has lost what the file was: %d bytes of %d (%v)", len(was), len(whole), err)
	}
	if now, err := os.ReadFile(filepath.Join(dir, warcName, name)); err != nil || len(now) > 1000 || !bytes.HasPrefix(whole, now) {
		t.Errorf("the copy of the file: %d bytes, want those whole records that are there (%v)", len(now), err)
	}
	if _, err := os.Stat(filepath.Join(dir, warcName, "campusnews-00002.warc.gz")); err != nil {
		t.Errorf("the runs after it: %v", err)
	}
}

// A database that a disk has damaged does not take the place of its copy.
func TestDamageIsNotCopied(t *testing.T) {
	store, heads := buckets(t)
	a := newMachine(t, "a", store, heads)
	s := a.take(1)
	s.fill(0, 50)
	s.sync()
	if err := s.sound(t.Context()); err != nil {
		t.Fatalf("a sound database: %v", err)
	}
	s.end()
	if err := a.keeper.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(a.dir, dbName)
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	var page, size int64
	err = db.QueryRow(`SELECT pageno, pgsize FROM dbstat WHERE name = 'articles' AND pagetype = 'leaf' ORDER BY path LIMIT 1`).Scan(&page, &size)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt(bytes.Repeat([]byte{0xff}, 100), (page-1)*size)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	s = a.take(2)
	if err := s.sound(t.Context()); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), path) {
		t.Errorf("a damaged database: got %v, want an error that names it", err)
	}
	s.die()
	if n := restored(t, store, heads); n != 50 {
		t.Errorf("%d articles in the copy, want 50", n)
	}
}

// Whatever becomes of an object, Restore says so and leaves the archive there as it was.
func TestRestoreFindsDamage(t *testing.T) {
	store, heads := buckets(t)
	a := newMachine(t, "a", store, heads)
	s := a.take(1)
	s.fill(0, 10)
	s.end()
	h, _, err := heads.Head(t.Context(), "nuc.example")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range h.Objects() {
		r, err := store.Get(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		good, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		bad := []byte(string(good))
		bad[len(bad)/2] ^= 4
		if err := store.Put(t.Context(), o, strings.NewReader(string(bad))); err != nil {
			t.Fatal(err)
		}
		found := 0
		if _, _, err := Verify(t.Context(), store, h, func(err error) {
			found++
			if !strings.Contains(err.Error(), o) {
				t.Errorf("%v does not name %s", err, o)
			}
		}); err != nil || found != 1 {
			t.Errorf("%s: %d faults, %v", o, found, err)
		}
		dir := filepath.Join(t.TempDir(), "x")
		if err := Restore(t.Context(), dir, store, h); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), o) {
			t.Errorf("restored with a damaged %s: %v", o, err)
		}
		if err := store.Delete(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		if err := Restore(t.Context(), dir, store, h); err == nil {
			t.Errorf("restored without %s", o)
		}
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("something is left in %s", dir)
		}
		if err := store.Put(t.Context(), o, strings.NewReader(string(good))); err != nil {
			t.Fatal(err)
		}
	}
	if err := Restore(t.Context(), a.dir, store, Head{Archive: "x"}); !errors.Is(err, ErrNoCopy) {
		t.Errorf("restore of nothing: %v", err)
	}
	if n := articles(t, a.dir); n != 10 {
		t.Errorf("%d articles are left", n)
	}
}

func count(t testing.TB, a *archive.Archive) int {
	t.Helper()
	n, _, err := a.Extent(t.Context(), archive.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func size(t testing.TB, dir string) (n int64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(path, metaName) || strings.HasSuffix(path, "-wal") {
			return err
		}
		i, err := d.Info()
		n += i.Size()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A machine that takes a site over sends the database whole once: it stays as it was sent when the files after it are merged.
func TestTakenOverIsSentOnce(t *testing.T) {
	store, heads := buckets(t)
	a := newMachine(t, "a", store, heads)
	s := a.take(1)
	s.fill(0, 60)
	s.end()
	b := newMachine(t, "b", store, heads)
	for run := range mergeFiles + 2 {
		s := b.take(uint64(run + 2))
		s.fill(60+run, 61+run)
		s.end()
	}
	h, _, err := heads.Head(t.Context(), "nuc.example")
	if err != nil {
		t.Fatal(err)
	}
	merged := false
	for _, p := range h.Pages {
		merged = merged || p.Level == 1 && p.From == firstTransaction+1
		if p.Level != litestream.SnapshotLevel && p.From == firstTransaction {
			t.Errorf("the first file is sent again: %+v", p)
		}
	}
	if !slices.ContainsFunc(h.Pages, isFirst) || !merged {
		t.Errorf("pages: %+v; want the first whole, and those after it merged", h.Pages)
	}
	if err := b.keeper.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.keeper = &Keeper{Worker: "b", Store: store, Heads: heads} // started again
	s = b.take(100)
	s.fill(60+mergeFiles+2, 61+mergeFiles+2)
	s.end()
	if sent := s.Sent(); sent > h.Size()/3 {
		t.Errorf("%d bytes sent after a restart, of a copy of %d", sent, h.Size())
	}
	if n := restored(t, store, heads); n != 61+mergeFiles+2 {
		t.Errorf("%d articles in the copy", n)
	}
}
