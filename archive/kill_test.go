package archive

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"campusnews/scraper"
)

const killEnv = "CAMPUSNEWS_KILL_TEST" // "first DIR": save articles from number first on until killed

func TestMain(m *testing.M) {
	if dir := os.Getenv(tempEnv); dir != "" {
		if err := writeAndSearch(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if first, dir, ok := strings.Cut(os.Getenv(killEnv), " "); ok {
		if err := saveUntilKilled(first, dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	if from, into, ok := strings.Cut(os.Getenv(mergeEnv), "\n"); ok {
		if err := mergeTelling(from, into, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// saveUntilKilled saves from four goroutines and prints the number of each article once Save has returned.
func saveUntilKilled(first, dir string) error {
	from, err := strconv.Atoi(first)
	if err != nil {
		return err
	}
	ctx := context.Background()
	a, err := Open(ctx, dir, Options{})
	if err != nil {
		return err
	}
	c, err := a.Begin(ctx, CrawlInfo{})
	if err != nil {
		return err
	}
	var number atomic.Int64
	number.Store(int64(from))
	var mu sync.Mutex // one line at a time
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				n := int(number.Add(1) - 1)
				if _, err := c.Save(ctx, killVisit(n)); err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
				mu.Lock()
				fmt.Println(n)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return nil
}

// killVisit touches every table that a page can touch.
func killVisit(n int) scraper.Visit {
	v := article(n, noon, fmt.Sprintf("题目%d", n), strings.Repeat("正文第一段，", n%300)+"完")
	v.Result.Article.Parts = []string{v.Target.URL + "?2"}
	v.Found = []scraper.Target{due(fmt.Sprint("found", n), scraper.RoleAsset, 0)}
	v.Listed = []scraper.Listed{{Key: v.Target.Key, URL: v.Target.URL, Title: "题", Date: "2016-07-22"}}
	return v
}

var kills = flag.Int("kills", 20, "processes to kill in TestKill")

// TestKill kills a process in the midst of saving, again and again on the same archive: what was acknowledged
// is there, and of the rest there is the whole page or nothing.
func TestKill(t *testing.T) {
	rounds := *kills
	if testing.Short() {
		rounds = 3
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(7, 7))
	acknowledged := map[int]bool{}
	last, died := 0, 0
	for range rounds {
		cmd := exec.Command(exe, "-test.run=^$")
		cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d %s", killEnv, last+1, dir))
		var complaint strings.Builder
		cmd.Stderr = &complaint
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines, acks := bufio.NewScanner(out), 0
		for stop := 1 + r.IntN(60); lines.Scan(); acks++ {
			n, err := strconv.Atoi(lines.Text())
			if err != nil {
				t.Fatalf("got line %q", lines.Text())
			}
			acknowledged[n] = true
			last = max(last, n)
			if acks == stop { // and whatever it prints until the signal arrives counts too
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := cmd.Wait(); err == nil || err.Error() != "signal: killed" {
			t.Fatalf("got %v after %d pages, want killed: %s", err, acks, complaint.String())
		}
		died++
		last += 4 // pages in flight may have been kept without a word
		checkKilled(t, dir, acknowledged)
	}
	a := open(t, dir)
	if n := count(t, a, `SELECT count(*) FROM crawls WHERE status = 'died'`); n != died {
		t.Errorf("died crawls: got %d, want %d", n, died)
	}
	t.Logf("%d pages acknowledged in %d killed processes", len(acknowledged), died)
}

func checkKilled(t *testing.T, dir string, acknowledged map[int]bool) {
	t.Helper()
	a, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}()
	damage, err := a.Check(t.Context())
	if err != nil || len(damage) > 0 {
		t.Fatalf("check: %v, %v", damage, err)
	}
	have := map[int]bool{}
	rows, err := a.read.QueryContext(t.Context(), `SELECT key FROM articles`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			t.Fatal(err)
		}
		n, _ := strconv.Atoi(strings.TrimPrefix(key, "vsb:"))
		have[n] = true
	}
	for n := range acknowledged {
		if !have[n] {
			t.Errorf("article %d was acknowledged and is lost", n)
		}
	}
	for what, each := range map[string]string{
		"credits": `SELECT count(*) / 2 FROM credits`, "images": `SELECT count(*) FROM images`, "attachments": `SELECT count(*) FROM attachments`,
		"links": `SELECT count(*) FROM links`, "parts": `SELECT count(*) / 2 FROM parts`, "revisions": `SELECT count(*) FROM revisions`,
		"captures": `SELECT count(*) FROM captures WHERE article IS NOT NULL`, "lists": `SELECT count(*) FROM listings`,
		"list rows": `SELECT count(*) FROM list_items`, "frontier": `SELECT count(*) FROM frontier WHERE state = 'kept' AND article IS NOT NULL`,
		"found": `SELECT count(*) FROM frontier WHERE state = 'new'`, "index": `SELECT count(*) FROM articles_fts WHERE articles_fts MATCH '"题目"*'`,
	} {
		if n := count(t, a, each); n != len(have) {
			t.Errorf("%s of %d pages, want %d", what, n, len(have))
		}
	}
}
