package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	readingroom "campusnews/archive/web"
	"campusnews/scraper/fleet"
)

// startNATS runs one real nats-server in this process.
func startNATS(t testing.TB) string {
	t.Helper()
	s, err := server.NewServer(&server.Options{ServerName: "n", Host: "127.0.0.1", Port: -1, NoLog: true, NoSigs: true, JetStream: true, StoreDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(20 * time.Second) {
		t.Fatal("nats-server does not come up")
	}
	return s.ClientURL()
}

// A testFleet is a fleet with real workers and loopback sites.
type testFleet struct {
	t   *testing.T
	url string
	dir string
	*fleetSession
}

func newTestFleet(t *testing.T, lease time.Duration) *testFleet {
	f := &testFleet{t: t, url: startNATS(t), dir: t.TempDir()}
	f.run("fleet", "init", "--lease", lease.String())
	var err error
	c := natsFlags{url: f.url}
	if f.fleetSession, err = c.open(t.Context(), &global{env: Env{Stdout: os.Stdout, Stderr: os.Stderr, Getenv: func(string) string { return "" }, Now: time.Now}}, "test"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

// run runs a command of the program and gives what it said.
func (f *testFleet) run(args ...string) string {
	f.t.Helper()
	cmd := campusnews(f.t, args...)
	cmd.Env = append(os.Environ(), "NATS_URL="+f.url)
	out, err := cmd.CombinedOutput()
	if err != nil {
		f.t.Fatalf("campusnews %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// add adds a loopback site.
func (f *testFleet) add(s *chaosSite, flags ...string) {
	f.t.Helper()
	file := filepath.Join(f.dir, s.id+".yaml")
	if err := os.WriteFile(file, []byte(s.profile()), 0o666); err != nil {
		f.t.Fatal(err)
	}
	f.run(append([]string{"fleet", "add", "--every", "1h", file}, flags...)...)
}

func (f *testFleet) worker(name string, flags ...string) *workerProcess {
	f.t.Helper()
	w := &workerProcess{t: f.t, name: name, data: filepath.Join(f.dir, name), nats: f.url, log: &lockedBuffer{}, flags: flags}
	w.start()
	f.t.Cleanup(func() {
		w.cmd.Process.Kill()
		w.cmd.Wait()
		if f.t.Failed() {
			f.t.Logf("%s said:\n%s", name, w.log)
		}
	})
	return w
}

// crawl has sites crawled now and waits for the end.
func (f *testFleet) crawl(sites ...string) {
	f.t.Helper()
	for _, id := range sites {
		before, err := f.State(f.t.Context(), id)
		if err != nil {
			f.t.Fatal(err)
		}
		f.run("fleet", "run", id)
		waitUntil(f.t, time.Minute, "a run of "+id, func() bool {
			s, err := f.State(f.t.Context(), id)
			if err == nil && s.Ending == fleet.EndFailed {
				f.t.Fatalf("run of %s: %s", id, s.Error)
			}
			return err == nil && s.Runs > before.Runs && !s.Running && s.Ended.After(before.Ended)
		})
	}
}

// One reading room over the archives of two workers: a search finds what both have, pages of each archive come from its worker with
// links that hold, and what does not answer is named.
func TestFleetReadingRoom(t *testing.T) {
	f := newTestFleet(t, 2*time.Second)
	homes := map[string]string{}
	for i, at := range []string{"a", "a", "b"} {
		s := startChaosSite(t, i)
		f.add(s, "--needs", "at="+at)
		homes[s.id] = s.home
	}
	f.worker("wa", "--labels", "at=a")
	b := f.worker("wb", "--labels", "at=b")
	f.crawl("s000", "s001", "s002")

	room, err := readingroom.NewHall(readingroom.Options{Version: "test", Now: time.Now}, fleetArchives{f.fleetSession})
	if err != nil {
		t.Fatal(err)
	}
	defer room.Close()
	srv := httptest.NewServer(room)
	defer srv.Close()
	noRedirect := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	get := func(path string, want int) string {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept-Language", "en")
		res, err := noRedirect.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatalf("GET %s: %v", path, err)
		}
		if res.StatusCode != want {
			t.Fatalf("GET %s: %d, want %d\n%s", path, res.StatusCode, want, body)
		}
		if to := res.Header.Get("Location"); to != "" {
			return to
		}
		return string(body)
	}
	has := func(page string, words ...string) {
		t.Helper()
		for _, w := range words {
			if !strings.Contains(page, w) {
				t.Errorf("the page does not say %q:\n%s", w, page)
			}
		}
	}

	type found struct {
		Total, Archives int
		Silent          []string
		Hits            []struct{ Site, Title, Path string }
	}
	search := func(query string) (r found) {
		t.Helper()
		if err := json.Unmarshal([]byte(get("/search.json?"+query, 200)), &r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	all := search("")
	// 50, 51 and 52 articles: see startChaosSite.
	if all.Total != 153 || all.Archives != 3 || len(all.Silent) != 0 || len(all.Hits) != 20 {
		t.Fatalf("all articles: got %d of %d archives, %v silent, %d hits; want 153 of 3", all.Total, all.Archives, all.Silent, len(all.Hits))
	}
	seen := map[string]bool{}
	for page := 1; page <= 8; page++ {
		for _, h := range search(fmt.Sprintf("page=%d", page)).Hits {
			if seen[h.Path] {
				t.Errorf("%s stands on two pages", h.Path)
			}
			seen[h.Path] = true
		}
	}
	if len(seen) != 153 {
		t.Errorf("%d articles on all pages, want 153", len(seen))
	}
	has(get("/", 200), "153 articles", "3 sites", `href="/sites/s00`)
	has(get("/search?site=s002", 200), "52 articles", `href="/sites/s002/articles/`)
	has(get("/search?q=%22", 400), "closed")
	has(get("/overview", 200), ">153<", `href="/sites/s001/overview"`)
	has(get("/health", 200), "wa", "wb", "s002", "done", "50 new")

	// Pages of one archive: every link of ours stays below it, and leads somewhere.
	article := all.Hits[0].Path
	site := strings.Join(strings.Split(article, "/")[:3], "/")
	page := get(article, 200)
	has(page, all.Hits[0].Title, `rel="up" href="/"`)
	links := regexp.MustCompile(`(?:href|src|action)="(/[^"]*)"`).FindAllStringSubmatch(page, -1)
	if len(links) < 10 {
		t.Fatalf("only %d links", len(links))
	}
	for _, l := range links {
		to := strings.ReplaceAll(l[1], "&amp;", "&")
		if to != "/" && !strings.HasPrefix(to, site+"/") {
			t.Errorf("%s leads out of %s", to, site)
		}
		if strings.Contains(to, "/web/") {
			shown := get(get(to, 302), 200) // by way of the address that says no more than it has to
			frame := regexp.MustCompile(`<iframe[^>]* src="([^"]+)"`).FindStringSubmatch(shown)
			if frame == nil || !strings.HasPrefix(frame[1], site+"/web/") {
				t.Fatalf("no frame below %s: %v", site, frame)
			}
			has(get(strings.ReplaceAll(frame[1], "&amp;", "&"), 200), all.Hits[0].Title)
			continue
		}
		get(to, 200)
	}
	if to := get(site, 302); to != site+"/" {
		t.Errorf("%s leads to %s", site, to)
	}
	if to := get(site+"/web/2020/"+homes[strings.TrimPrefix(site, "/sites/")]+"lm1.htm", 302); !strings.HasPrefix(to, site+"/web/2") {
		t.Errorf("a capture leads to %s", to)
	}
	has(get(site+"/health", 200), "Run")
	has(get(site+"/api/v1/stats", 200), `"articles"`)
	get("/sites/none/", 404)
	get("/sites/..%2f..%2fetc/", 404)

	// A worker that is frozen: what it holds is named, the rest is found.
	b.signal(syscall.SIGSTOP)
	defer b.signal(syscall.SIGCONT)
	if r := search(""); r.Total != 101 || r.Archives != 3 || fmt.Sprint(r.Silent) != "[s002]" {
		t.Errorf("with a frozen worker: got %d, %v of %d silent; want 101 and s002 of 3", r.Total, r.Silent, r.Archives)
	}
	has(get("/search", 200), "1 of 3 archives did not answer:", "s002")
	has(get("/sites/s002/", 503), "on worker wb, which does not answer", "campusnews fleet restore s002 DIR")
	b.signal(syscall.SIGCONT)
	waitUntil(t, time.Minute, "the worker is back", func() bool { return len(search("").Silent) == 0 })
	get("/sites/s002/", 200)
}
