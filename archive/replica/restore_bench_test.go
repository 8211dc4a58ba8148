package replica

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"campusnews/archive"
	"campusnews/archive/archivetest"
)

// BenchmarkRestore copies an archive of CAMPUSNEWS_ARTICLES articles (default 2,000; with CAMPUSNEWS_EVIDENCE=1 also the pages that they were read
// from) to a real nats-server, and makes an archive of the copy at a worker that has none. Server and worker are processes of their
// own, on this machine.
//
//	CAMPUSNEWS_CORPUS=DIR CAMPUSNEWS_ARTICLES=100000 go test ./archive/replica -run XXX -bench BenchmarkRestore -benchtime 1x -timeout 30m
//
// It reports for the copying and for the restoring the seconds, the megabytes of archive a second and the most memory of worker and server;
// the limit is the same objects fetched one after the other into files, with nothing done to them but what the NATS library does.
func BenchmarkRestore(b *testing.B) {
	corpus := filepath.Join(b.TempDir(), "corpus")
	if err := os.MkdirAll(corpus, 0o777); err != nil {
		b.Fatal(err)
	}
	articles, evidence := 2000, os.Getenv("CAMPUSNEWS_EVIDENCE") != ""
	if s := os.Getenv("CAMPUSNEWS_ARTICLES"); s != "" {
		var err error
		if articles, err = strconv.Atoi(s); err != nil {
			b.Fatal(err)
		}
	}
	name := strconv.Itoa(articles)
	if evidence {
		name += "-evidence"
	}
	if kept := filepath.Join(os.Getenv(archivetest.Folder), name); os.Getenv(archivetest.Folder) != "" {
		if _, err := os.Stat(kept); err == nil {
			if err := os.CopyFS(corpus, os.DirFS(kept)); err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := archivetest.Write(b.Context(), corpus, articles, evidence); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		dir := b.TempDir()
		mb := float64(size(b, corpus)) / 1e6
		b.ReportMetric(mb, "archive-MB")
		measure := func(what string, args ...string) float64 {
			b.Helper()
			s, url := startRole(b, "serve", filepath.Join(dir, "nats"))
			w, said := startRole(b, append([]string{what, url}, args...)...)
			if err := w.Wait(); err != nil {
				b.Fatalf("%s: %v", what, err)
			}
			seconds, mib, ok := strings.Cut(said, " ")
			took, err := strconv.ParseFloat(seconds, 64)
			if !ok || err != nil {
				b.Fatalf("%s says %q", what, said)
			}
			worker, err := strconv.ParseFloat(mib, 64)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(took, what+"-s")
			b.ReportMetric(mb/took, what+"-MB/s")
			b.ReportMetric(worker, what+"-MiB")
			b.ReportMetric(peak(strconv.Itoa(s.Process.Pid)), what+"-server-MiB")
			if err := errors.Join(s.Process.Signal(os.Interrupt), s.Wait()); err != nil {
				b.Fatal(err)
			}
			return took
		}
		measure("copy", corpus)
		limit := measure("fetch", filepath.Join(dir, "fetched"))
		restored := filepath.Join(dir, "restored")
		b.ReportMetric(limit/measure("restore", restored), "of-limit")
		a, err := archive.OpenReader(b.Context(), restored)
		if err != nil {
			b.Fatal(err)
		}
		n, _, err := a.Extent(b.Context(), archive.Filter{})
		if err = errors.Join(err, a.Close()); err != nil || n != articles {
			b.Fatalf("%d articles in the restored archive, want %d (err %v)", n, articles, err)
		}
	}
	b.ReportMetric(0, "ns/op")
}

// roleVariable holds, for a process that this test has started, what it is there for.
const roleVariable = "CAMPUSNEWS_REPLICA_ROLE"

func TestMain(m *testing.M) {
	role := os.Getenv(roleVariable)
	if role == "" {
		os.Exit(m.Run())
	}
	if err := play(role, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// startRole starts a process that plays a role, and gives its first line.
func startRole(tb testing.TB, args ...string) (*exec.Cmd, string) {
	tb.Helper()
	exe, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command(exe, args[1:]...)
	cmd.Env = append(os.Environ(), roleVariable+"="+args[0])
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = cmd.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		tb.Fatalf("%s: %v", args[0], errors.Join(err, cmd.Wait()))
	}
	return cmd, strings.TrimSpace(line)
}

// play serves until it is interrupted, its address in its only line; or does one thing, and then tells the seconds and the most MiB that it took.
func play(role string, args []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if role == "serve" {
		s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: args[0], NoLog: true, NoSigs: true})
		if err != nil {
			return err
		}
		s.Start()
		if !s.ReadyForConnections(20 * time.Second) {
			return errors.New("nats-server does not come up")
		}
		fmt.Println(s.ClientURL())
		<-ctx.Done()
		s.Shutdown()
		s.WaitForShutdown()
		return nil
	}
	nc, err := nats.Connect(args[0])
	if err != nil {
		return err
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	if err := MakeBuckets(ctx, js, "test", 1); err != nil {
		return err
	}
	objects, heads, err := OpenBuckets(ctx, js, "test")
	if err != nil {
		return err
	}
	begin := time.Now()
	switch role {
	case "copy":
		err = copyWhole(ctx, objects, heads, args[1])
	case "fetch":
		err = fetchPlain(ctx, objects, heads, args[1])
	case "restore":
		var h Head
		if h, _, err = heads.Head(ctx, "corpus"); err == nil {
			err = Restore(ctx, args[1], objects, h)
		}
	}
	if err != nil {
		return err
	}
	_, err = fmt.Printf("%.3f %.1f\n", time.Since(begin).Seconds(), peak("self"))
	return err
}

// copyWhole makes the first copy of an archive.
func copyWhole(ctx context.Context, objects Bucket, heads HeadBucket, dir string) error {
	k := &Keeper{Worker: "a", Store: objects, Heads: heads}
	c, err := k.Take(ctx, dir, Run{Archive: "corpus", Fence: 1})
	if err != nil {
		return err
	}
	a, err := archive.Open(ctx, dir, archive.Options{KeepLog: true})
	if err != nil {
		return err
	}
	return errors.Join(c.Follow(ctx), a.Close(), c.End(ctx), k.Close(ctx))
}

// fetchPlain fetches the objects of a copy into files.
func fetchPlain(ctx context.Context, objects Bucket, heads HeadBucket, dir string) error {
	h, _, err := heads.Head(ctx, "corpus")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Hour)
	defer cancel()
	for i, name := range h.Objects() {
		r, err := objects.objects.Get(ctx, name)
		if err != nil {
			return err
		}
		w, err := os.Create(filepath.Join(dir, strconv.Itoa(i)))
		if err != nil {
			return err
		}
		_, err = io.Copy(w, r)
		if err = errors.Join(err, r.Close(), w.Sync(), w.Close()); err != nil {
			return err
		}
	}
	return nil
}

// peak is the most memory that a process has held, MiB; 0 where the system does not say.
func peak(process string) (mib float64) {
	b, err := os.ReadFile("/proc/" + process + "/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if kb, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			_, _ = fmt.Sscan(kb, &mib)
		}
	}
	return mib / 1024
}
