package main

import (
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"campusnews/scraper/campustest"
)

// A crawl that may not ask anything because its host is to be left alone says until when, ends with status 3, and so do
// status and status --url; after that time it is done as any other.
func TestRetryAfterIsTold(t *testing.T) {
	site := campustest.New(time.Now, "学校要闻")
	site.Publish("学校要闻", time.Now().AddDate(0, 0, -40), 3)
	srv := httptest.NewServer(site)
	defer srv.Close()
	dir := filepath.Join(t.TempDir(), "archive")
	crawl := []string{"crawl", srv.URL + "/", "--archive", dir, "--delay", "1ms"}
	site.Break(campustest.Fault{On: campustest.Only("/info/1001/1002.htm"), Do: campustest.Status(503, "Retry-After", "7200")})
	runCommand(t, 3, crawl...)
	site.Mend()
	site.TakeAudit()

	in := func(d time.Duration) func() time.Time { return func() time.Time { return time.Now().Add(d) } }
	if out := runCommandAt(t, in(time.Hour), 3, crawl...); !strings.Contains(out, "was left alone: it asked to be left alone until ") {
		t.Errorf("the summary says nothing of it:\n%s", out)
	}
	if n := len(site.TakeAudit().Requests); n > 0 {
		t.Errorf("%d requests within the time", n)
	}
	if out := runCommandAt(t, in(time.Hour), 0, "status", "--archive", dir); !strings.Contains(out, "it asked to be left alone until ") {
		t.Errorf("status says nothing of it:\n%s", out)
	}
	for address, want := range map[string]string{
		"/info/1001/1002.htm": "host        asked to be left alone until ",
		"/robots.txt":         "its host asked to be left alone until then (Retry-After)",
	} {
		if out := runCommandAt(t, in(time.Hour), 0, "status", "--archive", dir, "--url", srv.URL+address); !strings.Contains(out, want) {
			t.Errorf("status --url %s: want %q in\n%s", address, want, out)
		}
		if out := runCommandAt(t, in(3*time.Hour), 0, "status", "--archive", dir, "--url", srv.URL+address); strings.Contains(out, "host        asked") {
			t.Errorf("status --url %s still says so after the time:\n%s", address, out)
		}
	}
	runCommandAt(t, in(3*time.Hour), 0, crawl...)
}
