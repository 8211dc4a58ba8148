//go:build linux

package warc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// The tests below run parts of themselves as processes of their own, under limits or to be killed.
func TestMain(m *testing.M) {
	switch dir := os.Getenv("WARC_CHILD_DIR"); os.Getenv("WARC_CHILD") {
	case "full":
		os.Exit(fillDisk(dir))
	case "kill":
		os.Exit(writeForever(dir))
	}
	os.Exit(m.Run())
}

// child runs this test binary again in one of the modes above.
func child(mode, dir string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "WARC_CHILD="+mode, "WARC_CHILD_DIR="+dir)
	cmd.Stderr = os.Stderr
	return cmd
}

const diskSize = 40_000

// fillDisk writes until the file may not grow, then makes room and writes on.
func fillDisk(dir string) int {
	fail := func(format string, args ...any) int {
		fmt.Fprintf(os.Stderr, format+"\n", args...)
		return 1
	}
	limit := func(n uint64) error {
		return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: n, Max: 1 << 40})
	}
	if err := limit(diskSize); err != nil {
		return fail("setrlimit: %v", err)
	}
	w, err := Open(dir, Options{Name: "full"})
	if err != nil {
		return fail("%v", err)
	}
	written := 0
	for ; written < 10_000; written++ {
		if _, err = w.WriteExchange(page(written), Revisits{}); err != nil {
			break
		}
	}
	if !errors.Is(err, syscall.EFBIG) || written < 10 {
		return fail("after %d pages: %v, want a full disk", written, err)
	}
	if pos, err := w.WriteExchange(page(1), Revisits{}); err == nil || pos != (Position{}) {
		return fail("a second try on the full disk: %+v, %v", pos, err)
	}
	if err := limit(1 << 40); err != nil {
		return fail("setrlimit: %v", err)
	}
	if _, err := w.WriteExchange(page(written), Revisits{}); err != nil {
		return fail("with room again: %v", err)
	}
	if err := w.Close(); err != nil {
		return fail("close: %v", err)
	}
	fmt.Println(written + 1)
	return 0
}

func TestDiskFull(t *testing.T) {
	dir := t.TempDir()
	out, err := child("full", dir).Output()
	if err != nil {
		t.Fatal(err)
	}
	written, err := strconv.Atoi(string(bytes.TrimSpace(out)))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Verify(filepath.Join(dir, "full-00001.warc.gz"), func(p Problem) { t.Error(p) })
	if err != nil || s.Records["response"] != written || s.Records["request"] != written {
		t.Errorf("got %+v, err %v; want %d of each", s.Records, err, written)
	}
}

// writeForever acknowledges each page on standard output after Sync.
func writeForever(dir string) int {
	w, err := Open(dir, Options{Name: "kill", MaxBytes: 30_000})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	for n := 0; ; n++ {
		pos, err := w.WriteExchange(page(n), Revisits{})
		if err == nil {
			err = w.Sync()
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		fmt.Println(pos.File, pos.Offset)
	}
}

// A writer killed at any moment loses nothing it acknowledged, and the next one goes on in whole files.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	acknowledged := 0
	for round := range 10 {
		cmd := child("kill", dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		type place struct {
			file   string
			offset int64
		}
		var last []place
		for n := 0; n < 20+7*round; n++ {
			var p place
			if _, err := fmt.Fscanln(out, &p.file, &p.offset); err != nil {
				t.Fatal(err)
			}
			last = append(last, p)
		}
		cmd.Process.Kill()
		io.Copy(io.Discard, out)
		cmd.Wait()
		w, err := Open(dir, Options{Name: "kill", MaxBytes: 30_000})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		for n, p := range last {
			rec, block, err := Load(filepath.Join(dir, p.file), p.offset, 1<<20)
			if err != nil || rec.Type() != "response" || !bytes.Equal(block, page(n).Response) {
				t.Fatalf("round %d: page %d, acknowledged at %s %d: %v", round, n, p.file, p.offset, err)
			}
		}
		acknowledged += len(last)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.warc.gz"))
	if err != nil || len(files) < 3 {
		t.Fatalf("files %v, err %v", files, err)
	}
	responses := 0
	for _, f := range files {
		s, err := Verify(f, func(p Problem) { t.Errorf("%s: %v", f, p) })
		if err != nil {
			t.Fatal(err)
		}
		responses += s.Records["response"]
	}
	if responses < acknowledged {
		t.Errorf("%d responses in the files, %d were acknowledged", responses, acknowledged)
	}
}
