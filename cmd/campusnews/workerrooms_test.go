package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"campusnews/archive"
	"campusnews/archive/archivetest"
	"campusnews/archive/replica"
	"campusnews/archive/warc"
)

// A page whose WARC file has left the worker is shown as it was archived all the same: what holds it is fetched from the copy. Without that the
// room says where the bytes are; what the copy has lost is a fault.
func TestAsArchivedFetchedBack(t *testing.T) {
	f := newTestFleet(t, 5*time.Second)
	dir := filepath.Join(t.TempDir(), "csu")
	k := &replica.Keeper{Worker: "w", Store: f.copies, Heads: f.heads}
	defer k.Close(t.Context())
	c, err := k.Take(t.Context(), dir, replica.Run{Archive: "csu", Fence: 1})
	if err != nil {
		t.Fatal(err)
	}
	a, err := archive.Open(t.Context(), dir, archive.Options{KeepLog: true, WARC: warc.Options{MaxBytes: 24 << 10}})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(c.Follow(t.Context()), archivetest.Fill(t.Context(), a, 0, 40, true), a.Close(), c.End(t.Context())); err != nil {
		t.Fatal(err)
	}
	if freed, err := k.PutAway(t.Context(), "csu", dir, math.MaxInt64); err != nil || freed == 0 {
		t.Fatalf("%d bytes put away, %v", freed, err)
	}
	room := func(s *replica.Shelf) (get func(path string) (int, string), done func()) {
		o := &openArchives{dir: func(string) string { return dir }, now: time.Now, log: slog.New(slog.DiscardHandler), mon: &workerMonitor{}, shelf: s}
		h, done, err := o.open(t.Context(), "csu")
		if err != nil {
			t.Fatal(err)
		}
		return func(path string) (int, string) {
			w := httptest.NewRecorder()
			req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/sites/csu"+path, nil)
			req.Header.Set("Accept-Language", "en")
			h.ServeHTTP(w, req)
			body, err := io.ReadAll(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			return w.Code, string(body)
		}, done
	}
	r, err := archive.OpenReader(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	list, err := r.CapturesOf(t.Context(), 1, 1)
	if err != nil || len(list) == 0 {
		t.Fatalf("captures of an article: %v", err)
	}
	article, err := r.Article(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	page := fmt.Sprintf("/web/%sif_/%s", list[0].Started.UTC().Format("20060102150405"), list[0].URL)

	get, done := room(nil)
	if code, body := get(page); code != http.StatusServiceUnavailable || !strings.Contains(body, "only in the copy") {
		t.Errorf("without fetching: %d\n%s", code, body)
	}
	done()
	shelf, err := replica.NewShelf(filepath.Join(t.TempDir(), "shelf"), 1<<20, f.copies, f.heads)
	if err != nil {
		t.Fatal(err)
	}
	get, done = room(shelf)
	defer done()
	if code, body := get(page); code != http.StatusOK || !strings.Contains(body, article.Title) {
		t.Errorf("fetched back: %d, without %q\n%s", code, article.Title, body)
	}
	h, _, err := f.heads.Head(t.Context(), "csu")
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range h.WARC {
		if err := f.copies.Delete(t.Context(), w.Pieces[0].Object); err != nil {
			t.Fatal(err)
		}
	}
	other, err := r.CapturesOf(t.Context(), 30, 1)
	if err != nil || len(other) == 0 {
		t.Fatalf("captures of an article: %v", err)
	}
	if code, body := get(fmt.Sprintf("/web/%sif_/%s", other[0].Started.UTC().Format("20060102150405"), other[0].URL)); code != http.StatusInternalServerError {
		t.Errorf("lost in the copy: %d\n%s", code, body)
	}
}
