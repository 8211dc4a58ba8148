package archive

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"

	"campusnews/scraper"
)

const mergeEnv = "CAMPUSNEWS_MERGE_TEST" // "FROM\nINTO": merge, and print a line for each word of progress

func mergeTelling(from, into string, to io.Writer) error {
	ctx := context.Background()
	a, err := Open(ctx, into, Options{})
	if err != nil {
		return err
	}
	_, err = a.Merge(ctx, from, MergeOptions{Progress: func(what string, done, total int) { fmt.Fprintln(to, what, done, total) }})
	return errors.Join(err, a.Close())
}

// TestMergeKilled kills merges at random moments, then lets one come through: what they leave is what an undisturbed one makes.
func TestMergeKilled(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	fill := func(dir string, first, last int, body string) {
		a := unchecked(t, dir)
		c := begin(t, a)
		for n := first; n <= last; n++ {
			v := killVisit(n)
			v.Result.Article.Body += body
			at := noon.AddDate(0, 0, n%7)
			if body != "" {
				at = at.AddDate(0, 0, 30)
			}
			v.Time, v.Target.LastVisit, v.Exchanges[0].Started = at, at, at
			if n%20 > 0 {
				v.Listed = nil
			}
			v.Found = []scraper.Target{due(fmt.Sprint("found", n), scraper.RoleAsset, 0)}
			save(t, c, v)
		}
		closing(t, a)
	}
	from, into, undisturbed := t.TempDir(), t.TempDir(), t.TempDir()
	fill(into, 1, 150, "")
	fill(from, 100, 500, "改")
	if err := os.CopyFS(undisturbed, os.DirFS(into)); err != nil {
		t.Fatal(err)
	}
	if err := mergeTelling(from, undisturbed, io.Discard); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 3))
	const kills = 5
	killed := 0
	for round := 0; ; round++ {
		cmd := exec.Command(exe, "-test.run=^$")
		cmd.Env = append(os.Environ(), mergeEnv+"="+from+"\n"+into)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines, said := bufio.NewScanner(out), 0
		for stop := r.IntN(20); lines.Scan(); said++ {
			if said == stop && round < kills {
				if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
					t.Fatal(err)
				}
			}
		}
		if _, err := io.Copy(io.Discard, out); err != nil && !errors.Is(err, os.ErrClosed) {
			t.Fatal(err)
		}
		err = cmd.Wait()
		if err == nil && round >= kills {
			break
		}
		if err == nil {
			continue // it was through before the signal came
		}
		if err.Error() != "signal: killed" {
			t.Fatalf("got %v after %d words", err, said)
		}
		killed++
	}
	if killed < kills/2 {
		t.Errorf("only %d merges were killed", killed)
	}
	got, want := open(t, into), open(t, undisturbed)
	if g, w := told(t, got), told(t, want); !maps.Equal(g, w) {
		for key := range w {
			if g[key] != w[key] {
				t.Fatalf("after %d kills: %s: got %s\nwant %s", killed, key, g[key], w[key])
			}
		}
		t.Errorf("after %d kills: got %d articles, want %d", killed, len(g), len(w))
	}
	for _, table := range []string{"crawls", "captures", "articles", "revisions", "events", "frontier", "list_items", "listings", "parts", "images", "links"} {
		if g, w := count(t, got, "SELECT count(*) FROM "+table), count(t, want, "SELECT count(*) FROM "+table); g != w || w == 0 && table != "events" && table != "images" && table != "links" {
			t.Errorf("%s after %d kills: got %d rows, want %d", table, killed, g, w)
		}
	}
	if _, faults := verify(t, got); len(faults) > 0 {
		t.Errorf("verify: %q", faults)
	}
	t.Logf("%d merges killed", killed)
}
