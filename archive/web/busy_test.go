package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestArticlesDoNotWaitForSearches: with every place for a search taken, searches are told to come again, and articles answered.
func TestArticlesDoNotWaitForSearches(t *testing.T) {
	r := room(t, nil)
	r.searching = newGate(0) // full, and nobody may wait
	for _, address := range []string{"/search?q=鱼", "/search.json?q=鱼", "/api/v1/search?q=鱼", "/api/v1/articles"} {
		res := get(t, r, address)
		if res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
			t.Errorf("%s: got %d, Retry-After %q", address, res.StatusCode, res.Header.Get("Retry-After"))
		}
	}
	for _, address := range []string{"/articles/1", "/", "/overview", "/captures/1", "/files/4"} {
		body(t, r, address, http.StatusOK)
	}
}

func TestGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1)
		leave, err := g.enter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		answers := make(chan error, waitersEach)
		for range waitersEach {
			go func() {
				leave, err := g.enter(t.Context())
				if err == nil {
					leave()
				}
				answers <- err
			}()
		}
		synctest.Wait()
		if _, err := g.enter(t.Context()); !errors.Is(err, errCrowded) {
			t.Errorf("one more than may wait got %v", err)
		}
		leave()
		for range waitersEach {
			if err := <-answers; err != nil {
				t.Errorf("one that waited got %v", err)
			}
		}
		if leave, err = g.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer leave()
		begun := time.Now()
		if _, err := g.enter(t.Context()); !errors.Is(err, errCrowded) || time.Since(begun) != waitMost {
			t.Errorf("got %v after %v, want errCrowded after %v", err, time.Since(begun), waitMost)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := g.enter(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("one who has left got %v", err)
		}
	})
}

func TestRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newRemembered(10000)
		for i := range 8 {
			m.put(fmt.Sprint(i), 1, i, 2000)
		}
		if _, ok := m.get("0", 1); ok || m.bytes > m.most || len(m.byKey) != m.latest.Len() {
			t.Errorf("the oldest stayed: %t; %d bytes, %d by key, %d in order", ok, m.bytes, len(m.byKey), m.latest.Len())
		}
		if v, ok := m.get("7", 1); !ok || v != 7 {
			t.Errorf("got %v, %t", v, ok)
		}
		m.put("large", 1, 0, 5000)
		if _, ok := m.get("large", 1); ok {
			t.Error("kept a value that takes half of all room")
		}
		time.Sleep(rememberedFor)
		if _, ok := m.get("7", 2); !ok {
			t.Error("a young answer was forgotten when the archive changed")
		}
		time.Sleep(time.Nanosecond)
		if _, ok := m.get("7", 1); !ok {
			t.Error("an old answer was forgotten though the archive is the same")
		}
		if _, ok := m.get("7", 2); ok {
			t.Error("an old answer outlived a change of the archive")
		}
	})
}

// TestOverviewWhileCounting: until the figures are there the page says so and asks again.
func TestOverviewWhileCounting(t *testing.T) {
	r := room(t, nil)
	if _, err := r.figures.get(t.Context()); err != nil { // the counting that New began is over
		t.Fatal(err)
	}
	block := make(chan struct{})
	r.figures = kept[figures]{room: r, good: figuresFor, make: func(ctx context.Context) (figures, error) {
		<-block
		return figures{}, nil
	}}
	res := get(t, r, "/overview", "Accept-Language", "en")
	page, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || res.Header.Get("Refresh") == "" || !strings.Contains(string(page), "is being counted") {
		t.Errorf("got %d, Refresh %q (err %v)\n%s", res.StatusCode, res.Header.Get("Refresh"), err, page)
	}
	close(block)
	if strings.Contains(body(t, r, "/overview", http.StatusOK, "Accept-Language", "en"), "is being counted") {
		t.Error("still being counted after it was")
	}
}

// TestSpool: a large file is read back from a temporary file, which is gone when it was sent.
func TestSpool(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	want := strings.Repeat("大文件", 1<<20)
	f, err := spool([]byte(want))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(f)
	if err != nil || string(got) != want {
		t.Errorf("read back %d bytes (err %v), want %d", len(got), err, len(want))
	}
	name := f.(spooled).Name()
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(name); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there (err %v)", name, err)
	}
}
