package archivetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"campusnews/archive"
	"campusnews/scraper"
)

// Folder is the environment variable that names a folder in which Open keeps its corpora from one run to the next.
const Folder = "CAMPUSNEWS_CORPUS"

// Fill adds articles from+1 to n to an archive, in this order, so that in one that was empty an article's id is its
// number. It takes about 1 ms of processor time an article, with evidence about 4.
func Fill(ctx context.Context, a *archive.Archive, from, n int, evidence bool) (err error) {
	c, err := a.Begin(ctx, archive.CrawlInfo{Sites: Sites(), Program: "archivetest", Started: Began})
	if err != nil {
		return err
	}
	// Made side by side, saved in order. Later looks follow every chunk of first ones, by rising id:
	// an index that is written out of order is written in many small pieces.
	const batch, chunk = 512, 8192
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	batches := make(chan chan [][]scraper.Visit, runtime.GOMAXPROCS(0))
	go func() {
		defer close(batches)
		for first := from + 1; first <= n; first += batch {
			ready := make(chan [][]scraper.Visit, 1)
			select {
			case batches <- ready:
			case <-ctx.Done():
				return
			}
			go func() {
				var visits [][]scraper.Visit
				for i := first; i <= min(n, first+batch-1); i++ {
					visits = append(visits, Visits(i, evidence))
				}
				ready <- visits
			}()
		}
	}()
	saved := from
	var later []scraper.Visit
	for ready := range batches {
		var first []scraper.Visit
		for _, v := range <-ready {
			first, later = append(first, v[0]), append(later, v[1:]...)
		}
		if _, err := c.SaveAll(ctx, first); err != nil {
			return err
		}
		if saved += len(first); saved == n || (saved-from)%chunk == 0 {
			if _, err := c.SaveAll(ctx, later); err != nil {
				return err
			}
			later = nil
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return c.End(ctx, archive.Ending{Status: archive.StatusDone, Ended: Began.AddDate(0, 6, 0), Counts: archive.Counts{New: int64(n - from)}})
}

// Write makes a corpus of n articles in dir, or adds to the one there what it lacks.
func Write(ctx context.Context, dir string, n int, evidence bool) (err error) {
	a, err := archive.Open(ctx, dir, archive.Options{CacheKB: 65536})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	have, _, err := a.Extent(ctx, archive.Filter{})
	if err != nil || have >= n {
		return err
	}
	return Fill(ctx, a, have, n, evidence)
}

// Open opens, for reading, a corpus of n articles without evidence. It is made anew in a folder of the test's own, or once and
// for all in $CAMPUSNEWS_CORPUS/<n> if that variable is set.
func Open(tb testing.TB, n int) *archive.Archive {
	tb.Helper()
	dir := tb.TempDir()
	if kept := os.Getenv(Folder); kept != "" {
		dir = filepath.Join(kept, strconv.Itoa(n))
	}
	a, err := archive.OpenReader(tb.Context(), dir)
	if err == nil { // else none is there yet, or one of an older format
		// Several may read a kept corpus at a time; only one that must be made or brought up to date is opened for writing.
		if have, _, err := a.Extent(tb.Context(), archive.Filter{}); err != nil || have < n {
			if err := errors.Join(err, a.Close()); err != nil {
				tb.Fatal(err)
			}
			a = nil
		}
	}
	if a == nil {
		if err := Write(tb.Context(), dir, n, false); err != nil {
			tb.Fatal(fmt.Errorf("corpus of %d articles in %s: %w", n, dir, err))
		}
		if a, err = archive.OpenReader(tb.Context(), dir); err != nil {
			tb.Fatal(err)
		}
	}
	tb.Cleanup(func() {
		if err := a.Close(); err != nil {
			tb.Error(err)
		}
	})
	return a
}
