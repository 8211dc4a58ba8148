package browser

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"campusnews/archive"
	"campusnews/scraper"
	"campusnews/scraper/capture"
)

// A served is the program at work on the archive of all tests.
type served struct {
	url  string // http://127.0.0.1:PORT
	dir  string
	stop func() error
}

var serving = sync.OnceValues(serveFixture)

// changedPage is the page whose text the newsroom changes between the two crawls of the fixture.
const (
	changedPage = "news.csu.edu.cn/info/1002/128731.htm"
	changedFrom = "球磨机。这是材料1304班的“深夜实验台”"
	changedTo   = "行星球磨机。这是材料1304班的“不眠实验台”"
)

// hostilePage is one whose title attacks whoever shows it.
const (
	hostilePage  = "news.csu.edu.cn/info/1002/122415.htm"
	hostileTitle = `&lt;script&gt;window.hit=1&lt;/script&gt;&lt;img src=x onerror=window.hit=2&gt;`
)

// serveFixture builds the program, crawls the fixture site twice, with a change in between, adds the style sheets that
// its pages name, and serves the archive.
func serveFixture() (_ *served, err error) {
	work, err := os.MkdirTemp("", "campusnews-browser-")
	if err != nil {
		return nil, err
	}
	s := &served{dir: filepath.Join(work, "archive"), stop: func() error { return os.RemoveAll(work) }}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.stop())
		}
	}()
	program, site := filepath.Join(work, "campusnews"), filepath.Join(work, "site")
	if err := run("go", "build", "-o", program, "campusnews/cmd/campusnews"); err != nil {
		return nil, err
	}
	if err := os.CopyFS(site, os.DirFS("../../../testdata/csu")); err != nil {
		return nil, err
	}
	title, err := titleOf(filepath.Join(site, hostilePage))
	if err != nil {
		return nil, err
	}
	if err := edit(filepath.Join(site, hostilePage), title, hostileTitle); err != nil {
		return nil, err
	}
	crawl := []string{"crawl", "csu", "--replay", site, "--fast", "--quiet", "--archive", s.dir}
	if err := run(program, crawl...); err != nil {
		return nil, err
	}
	if err := edit(filepath.Join(site, changedPage), changedFrom, changedTo); err != nil {
		return nil, err
	}
	if err := makeDue(s.dir); err != nil {
		return nil, err
	}
	if err := run(program, crawl...); err != nil {
		return nil, err
	}
	if err := addRequisites(s.dir); err != nil {
		return nil, err
	}
	return s, s.serve(program)
}

func run(name string, args ...string) error {
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w\n%s", filepath.Base(name), args[0], err, out)
	}
	return nil
}

func titleOf(file string) (string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	_, rest, ok := strings.Cut(string(b), `<DIV class="subTitle2"><SPAN>`)
	title, _, closed := strings.Cut(rest, "</SPAN>")
	if !ok || !closed {
		return "", fmt.Errorf("%s: no title where the template has it", file)
	}
	return `<DIV class="subTitle2"><SPAN>` + title, nil
}

// edit replaces a text that a file must hold.
func edit(file, old, to string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if strings.HasPrefix(old, "<DIV") {
		to = old[:strings.LastIndexByte(old, '>')+1] + to
	}
	if !strings.Contains(string(b), old) {
		return fmt.Errorf("%s does not hold %q", file, old)
	}
	return os.WriteFile(file, []byte(strings.ReplaceAll(string(b), old, to)), 0o666)
}

// makeDue lets the time come at which the changed article is looked at again.
func makeDue(dir string) (err error) {
	db, err := sql.Open("sqlite", filepath.Join(dir, "archive.db"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	_, err = db.Exec(`UPDATE frontier SET role = ?, due = '2020-01-01T00:00:00.000Z' WHERE url = 'https://' || ?`, scraper.RoleRevisit, changedPage)
	return err
}

// addRequisites keeps what the fixture's pages look like: a crawl does not ask for it.
func addRequisites(dir string) (err error) {
	ctx := context.Background()
	a, err := archive.Open(ctx, dir, archive.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	c, err := a.Begin(ctx, archive.CrawlInfo{Sites: []archive.Site{{ID: "csu"}}, Program: "test"})
	if err != nil {
		return err
	}
	kinds := map[string]string{".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png"}
	files, err := filepath.Glob("testdata/requisites/*/*")
	if err != nil || len(files) == 0 {
		return fmt.Errorf("no requisites (err %v)", err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		now := time.Now().UTC()
		address := "https://news.csu.edu.cn/" + filepath.Base(filepath.Dir(file)) + "/" + filepath.Base(file)
		if _, err := c.Save(ctx, scraper.Visit{
			Reason: scraper.ReasonAsset, Time: now,
			Target: scraper.Target{Site: "csu", Key: address, URL: address, Role: scraper.RoleAsset, State: scraper.StateKept, Visits: 1, LastVisit: now},
			Exchanges: []capture.Exchange{{
				URL: address, Started: now, Duration: time.Millisecond, Remote: "127.0.0.1", Status: 200, Request: []byte("GET / HTTP/1.1\r\nHost: news.csu.edu.cn\r\n\r\n"),
				Response: fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", kinds[filepath.Ext(file)], len(b), b),
			}},
		}); err != nil {
			return err
		}
	}
	return c.End(ctx, archive.Ending{Status: archive.StatusDone, Counts: archive.Counts{Requests: int64(len(files))}})
}

// serve starts the program and waits for it to say where it answers.
func (s *served) serve(program string) error {
	cmd := exec.Command(program, "serve", "--archive", s.dir, "--listen", "127.0.0.1:0")
	out, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	remove := s.stop
	s.stop = func() error {
		return errors.Join(cmd.Process.Signal(os.Interrupt), ignoreExit(cmd.Wait()), remove())
	}
	lines := bufio.NewReader(out)
	said := ""
	for s.url == "" {
		line, err := lines.ReadString('\n')
		if err != nil {
			return fmt.Errorf("serve ended: %s", said)
		}
		said += line
		if _, rest, ok := strings.Cut(line, "http://"); ok {
			s.url = "http://" + strings.TrimRight(rest, "/\n")
		}
	}
	go io.Copy(io.Discard, lines) // until it ends
	res, err := http.Get(s.url + "/")
	if err != nil {
		return err
	}
	return res.Body.Close()
}

// ignoreExit forgets the status of a program that was told to end.
func ignoreExit(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil
	}
	return err
}

func TestMain(m *testing.M) {
	code := m.Run()
	if s := started; s != nil {
		if err := s.stop(); err != nil {
			fmt.Fprintln(os.Stderr, "stop:", err)
			code = max(code, 1)
		}
	}
	stopBrowser()
	os.Exit(code)
}

// started is what serving gave, once it did.
var started *served

// fixture gives the program at work.
func fixture(t *testing.T) *served {
	t.Helper()
	s, err := serving()
	if err != nil {
		t.Fatal(err)
	}
	started = s
	return s
}
