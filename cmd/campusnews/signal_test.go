package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"campusnews/scraper/campustest"
)

// promptly is how long a program that only waits may take to end. What it waits for here takes a minute or more, so that a
// busy machine does not make a failure of it.
const promptly = 20 * time.Second

// A signalled crawl is one of a site of 12 articles by the real program, which gets signals.
type signalled struct {
	t    *testing.T
	site *campustest.Site
	srv  *httptest.Server
	dir  string
	log  *lockedLog
	mu   sync.Mutex // of cmd until it has been started: the site gives signals, too
	cmd  *exec.Cmd
}

func newSignalled(t *testing.T) *signalled {
	if runtime.GOOS == "windows" {
		t.Skip("there are no such signals")
	}
	s := &signalled{t: t, site: campustest.New(time.Now, "学校要闻"), dir: filepath.Join(t.TempDir(), "archive"), log: &lockedLog{}}
	s.site.Publish("学校要闻", time.Now().AddDate(0, 0, -40), 12)
	s.srv = httptest.NewServer(s.site)
	t.Cleanup(s.srv.Close)
	return s
}

func (s *signalled) start(args ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cmd = campusnews(s.t, append([]string{"crawl", s.srv.URL + "/", "--delay", "1ms", "--archive", s.dir}, args...)...)
	s.cmd.Stderr = s.log
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { s.cmd.Process.Kill() }) // it has ended, if all is well
}

func (s *signalled) signal(sig syscall.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Errorf("%v: %v", sig, err)
	}
}

// signalOn signals again and again until what it gives is closed.
func (s *signalled) signalOn(sig syscall.Signal) (ended chan bool) {
	ended = make(chan bool)
	go func() {
		for {
			select {
			case <-ended:
				return
			case <-time.After(20 * time.Millisecond):
				s.cmd.Process.Signal(sig) // when it has ended there is nobody to be told
			}
		}
	}()
	return ended
}

// wait gives the exit status, or the signal's name, and how long that took.
func (s *signalled) wait() (status string, took time.Duration) {
	began := time.Now()
	err := s.cmd.Wait()
	took = time.Since(began)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if ws, ok := exit.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
			return ws.Signal().String(), took
		}
	} else if err != nil {
		s.t.Fatal(err)
	}
	return fmt.Sprint(s.cmd.ProcessState.ExitCode()), took
}

// wantNothingLost lets a further crawl go on without faults: all articles are there, none was asked for
// more than once by both crawls but as again says, and the archive is sound.
func (s *signalled) wantNothingLost(again map[string]int) {
	s.t.Helper()
	s.site.Mend()
	s.site.SetRobots("")
	// What failed, or was refused, comes due again.
	later := func() time.Time { return time.Now().Add(48 * time.Hour) }
	runCommandAt(s.t, later, 0, "crawl", s.srv.URL+"/", "--delay", "1ms", "--archive", s.dir, "--quiet", "--revisit", "none")
	db := openReadOnly(s.t, s.dir)
	if got := texts(s.t, db, "SELECT count(*) FROM articles WHERE state = 'kept'"); got[0] != "12" {
		s.t.Errorf("%s articles after a further crawl, want 12", got[0])
	}
	for path, n := range s.site.Audit().Repeats() {
		if s.site.IsArticle(path) && n > 1+again[path] {
			s.t.Errorf("%s was asked for %d times, want %d at most", path, n, 1+again[path])
		}
	}
	runCommand(s.t, 0, "verify", "--archive", s.dir)
}

// The first signal ends a crawl that only waits, whatever it waits for, and nothing is lost.
func TestSignalWhileWaiting(t *testing.T) {
	hour := time.Now().UTC().Hour()
	closed := fmt.Sprintf("%02d:00-%02d:00", (hour+6)%24, (hour+8)%24)
	const third = "/info/1001/1003.htm"
	tests := []struct {
		name   string
		args   []string
		robots string
		fault  func(http.ResponseWriter, *http.Request) bool // of the third article, once
		asked  int                                           // the signal comes when so many pages were asked for; 0 = when the log says that it waits
		status string
		again  map[string]int
	}{
		{"Retry-After", nil, "", campustest.Status(429, "Retry-After", "200"), 1, "130", map[string]int{third: 1}},
		{"Retry-After of a site that is down", nil, "", campustest.Status(503, "Retry-After", "200"), 1, "130", map[string]int{third: 1}},
		{"Crawl-delay", nil, "User-agent: *\nCrawl-delay: 60\n", nil, 0, "130", nil},
		{"back-off", nil, "", campustest.Status(500), 12, "130", map[string]int{third: 1}},
		{"the night", []string{"--window", closed, "--timezone", "UTC"}, "", nil, 0, "130", nil},
		{"the next run", []string{"--every", "6h"}, "", nil, 12, "0", nil},
		{"the first run of a schedule", []string{"--cron", "0 3 1 1 *"}, "", nil, 0, "0", nil},
	}
	for _, tt := range tests {
		for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
			t.Run(tt.name+" "+sig.String(), func(t *testing.T) {
				t.Parallel()
				s := newSignalled(t)
				s.site.SetRobots(tt.robots)
				waits := make(chan bool)
				var once sync.Once
				ready := func() { once.Do(func() { close(waits) }) }
				var mu sync.Mutex
				articles := 0
				s.site.Break(campustest.Fault{On: func(p string) bool { return s.site.IsArticle(p) || p == "/robots.txt" }, Do: func(_ http.ResponseWriter, r *http.Request) bool {
					if r.URL.Path == "/robots.txt" {
						if tt.robots != "" {
							ready()
						}
						return false
					}
					mu.Lock()
					defer mu.Unlock()
					articles++
					if tt.asked > 1 && articles == tt.asked {
						ready()
					}
					return false
				}})
				if tt.fault != nil {
					s.site.Break(campustest.Fault{On: campustest.Only(third), Do: campustest.Times(1, func(w http.ResponseWriter, r *http.Request) bool {
						mu.Lock()
						articles++
						mu.Unlock()
						if tt.asked == 1 {
							ready()
						}
						return tt.fault(w, r)
					})})
				}
				if tt.asked == 0 && tt.robots == "" {
					s.log.then = func(line string) {
						if strings.Contains(line, "campusnews: 1 site, ") {
							ready()
						}
					}
				}
				s.start(tt.args...)
				<-waits
				s.signal(sig)
				status, took := s.wait()
				if status != tt.status || took > promptly {
					t.Errorf("ended with %s after %v, want %s and at once\n%s", status, took, tt.status, s.log)
				}
				s.wantNothingLost(tt.again)
			})
		}
	}
}

// The second signal ends the program at once, whatever is under way; what was stored stays, and only the page in hand is asked for again.
func TestSecondSignal(t *testing.T) {
	const third = "/info/1001/1003.htm"
	for name, args := range map[string][]string{"once": nil, "every six hours": {"--every", "6h"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSignalled(t)
			hangs, gone := make(chan bool), make(chan bool)
			s.site.Break(campustest.Fault{On: campustest.Only(third), Do: func(_ http.ResponseWriter, r *http.Request) bool {
				close(hangs)
				<-r.Context().Done()
				close(gone)
				return true
			}})
			s.start(args...)
			<-hangs
			s.signal(syscall.SIGTERM)
			// The first one lets the page in hand go on for ten seconds. The program is done with it when it takes another as the system does.
			ended := s.signalOn(syscall.SIGTERM)
			status, took := s.wait()
			close(ended)
			if status != "terminated" || took > 5*time.Second {
				t.Errorf("ended with %s after %v, want terminated and at once\n%s", status, took, s.log)
			}
			<-gone
			s.wantNothingLost(map[string]int{third: 1})
		})
	}
}

// A shell script starts what it leaves in the background with SIGINT ignored. The second one ends the program at once there, too.
func TestSecondSignalInTheBackground(t *testing.T) {
	s := newSignalled(t)
	hangs := make(chan bool)
	var once sync.Once
	s.site.Break(campustest.Fault{On: campustest.Prefix("/info/"), Do: func(_ http.ResponseWriter, r *http.Request) bool {
		once.Do(func() { close(hangs) })
		<-r.Context().Done()
		return true
	}})
	direct := campusnews(t)
	program := filepath.Join(t.TempDir(), "campusnews")
	if err := os.Symlink(direct.Path, program); err != nil {
		t.Fatal(err)
	}
	s.cmd = exec.Command("sh", "-c", `trap "" INT; exec "$0" "$@"`, program, "crawl", s.srv.URL+"/", "--delay", "1ms", "--archive", s.dir)
	s.cmd.Stderr = s.log
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.cmd.Process.Kill() }) // it has ended, if all is well
	<-hangs
	s.signal(syscall.SIGINT)
	ended := s.signalOn(syscall.SIGINT)
	status, took := s.wait()
	close(ended)
	if status != "130" || took > 5*time.Second {
		t.Errorf("ended with %s after %v, want 130 and at once\n%s", status, took, s.log)
	}
}

// A page that is on its way when the first signal comes is waited for and kept; the program does not begin another one.
func TestSignalDrains(t *testing.T) {
	t.Parallel()
	const third = "/info/1001/1003.htm"
	s := newSignalled(t)
	told := make(chan bool)
	s.log.then = func(line string) {
		if strings.Contains(line, "told to end") {
			close(told)
		}
	}
	s.site.Break(campustest.Fault{On: campustest.Only(third), Do: campustest.Times(1, func(http.ResponseWriter, *http.Request) bool {
		s.signal(syscall.SIGTERM)
		<-told
		return false
	})})
	s.start("--every", "6h")
	if status, took := s.wait(); status != "0" || took > promptly {
		t.Errorf("ended with %s after %v, want 0\n%s", status, took, s.log)
	}
	if asked := s.site.Audit().Requests; asked[len(asked)-1].Path != third {
		t.Errorf("%s was asked for after the signal", asked[len(asked)-1].Path)
	}
	db := openReadOnly(t, s.dir)
	if got := texts(t, db, "SELECT count(*) FROM articles WHERE url LIKE '%"+third+"'"); got[0] != "1" {
		t.Error("the page under way was not kept")
	}
	s.wantNothingLost(nil)
}
