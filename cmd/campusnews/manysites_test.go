package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"campusnews/scraper/campustest"
	"campusnews/scraper/schedule"
)

// A host is a campus site at an address of its own. Every tenth one of a set is faulty.
type host struct {
	*campustest.Site
	name  string // "site007"
	fault string // "" = it is sound
	addr  string
	srv   http.Server
	down  func() // makes it refuse connections
}

// Faults that a site may have from its first request on. A minute is longer than the crawler waits for an answer.
var siteFaults = []struct {
	name string
	do   func(h *host) campustest.Fault
}{
	{"never answers", func(*host) campustest.Fault { return campustest.Fault{Do: untilGone} }},
	{"is slow", func(*host) campustest.Fault {
		return campustest.Fault{Do: func(_ http.ResponseWriter, r *http.Request) bool { return wait(r, 20*time.Second) }}
	}},
	{"wants a script run", func(*host) campustest.Fault { return campustest.Fault{Do: campustest.Challenge} }},
	{"forbids", func(*host) campustest.Fault { return campustest.Fault{Do: campustest.Status(403)} }},
	{"asks to wait", func(*host) campustest.Fault {
		return campustest.Fault{Do: campustest.Status(503, "Retry-After", "300")}
	}},
	{"cuts answers", func(*host) campustest.Fault { return campustest.Fault{Do: campustest.Cut} }},
	{"cuts connections", func(*host) campustest.Fault { return campustest.Fault{Do: campustest.Reset} }},
	{"disappears", func(h *host) campustest.Fault {
		return campustest.Fault{On: h.IsArticle, Do: func(http.ResponseWriter, *http.Request) bool { go h.down(); return false }}
	}},
	{"has a robots.txt that never comes", func(*host) campustest.Fault {
		return campustest.Fault{On: campustest.Only("/robots.txt"), Do: untilGone}
	}},
	{"sends a byte a second", func(*host) campustest.Fault { return campustest.Fault{Do: drip} }},
}

// untilGone answers nothing until the client gives up.
func untilGone(_ http.ResponseWriter, r *http.Request) bool {
	<-r.Context().Done()
	return true
}

// wait lets time pass before the answer; true = the client did not wait for it.
func wait(r *http.Request, d time.Duration) bool {
	select {
	case <-r.Context().Done():
		return true
	case <-time.After(d):
		return false
	}
}

func drip(w http.ResponseWriter, r *http.Request) bool {
	for !wait(r, time.Second) {
		io.WriteString(w, "x") // an error here means the client has gone
		http.NewResponseController(w).Flush()
	}
	return true
}

// serveMany serves n sites, each of two sections, from listeners that listen gives, and writes a profile for each.
// A host's down ends what its listener gives.
func serveMany(t *testing.T, n int, listen func(i int) net.Listener) (hosts []*host, profiles []string) {
	dir := t.TempDir()
	for i := range n {
		l := listen(i)
		h := &host{Site: campustest.New(time.Now, "学校要闻", "综合新闻"), name: fmt.Sprintf("site%03d", i), addr: l.Addr().String()}
		if i%2 == 1 {
			h.System = campustest.WebPlus
		}
		h.Publish("学校要闻", time.Now().AddDate(0, 0, -40), 2)
		h.Publish("综合新闻", time.Now().AddDate(0, 0, -40), 1)
		h.srv.Handler = h
		h.down = func() { h.srv.Close() }
		if i%10 == 9 {
			f := siteFaults[i/10%len(siteFaults)]
			h.fault = f.name
			h.Break(f.do(h))
		}
		profile := filepath.Join(dir, h.name+".yaml")
		text := fmt.Sprintf("id: %s\nhome: http://%s/\ntitle: %s\nsections:\n  学校要闻: http://%s%s\n  综合新闻: http://%s%s\n",
			h.name, h.addr, h.name, h.addr, h.SectionPath("学校要闻"), h.addr, h.SectionPath("综合新闻"))
		if err := os.WriteFile(profile, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		hosts, profiles = append(hosts, h), append(profiles, profile)
		go h.srv.Serve(l) // until Close
	}
	return hosts, profiles
}

// A timetable is when runs would begin if none took any time: what a scheduler of the same jobs does that have nothing to do.
type timetable struct {
	mu    sync.Mutex
	begin map[string][]time.Time
}

// keep runs until ctx ends.
func (tt *timetable) keep(ctx context.Context, t *testing.T, hosts []*host, every time.Duration) {
	tt.begin = map[string][]time.Time{}
	var s *schedule.Scheduler
	var jobs []schedule.Job
	for _, h := range hosts {
		jobs = append(jobs, schedule.Job{Name: h.name, Spec: schedule.Every(every), Run: func(context.Context) error {
			tt.mu.Lock()
			defer tt.mu.Unlock()
			for _, st := range s.Status() {
				if st.Name == h.name {
					tt.begin[h.name] = append(tt.begin[h.name], st.Next) // when it was due, however late this one is
				}
			}
			return nil
		}})
	}
	s, err := schedule.New(jobs, schedule.Options{})
	if err != nil {
		t.Error(err)
		return
	}
	s.Run(ctx)
}

// lateness gives, for each run of a sound site that came due before end, how long after its time the site was first asked.
// A site's first run is due when the program begins.
func lateness(t *testing.T, h *host, due []time.Time, every time.Duration, end time.Time) (late []time.Duration) {
	var runs []time.Time
	for _, r := range h.Audit().Requests {
		if r.Path == "/robots.txt" { // once a run, before all else
			runs = append(runs, r.Begun)
		}
	}
	if len(runs) == 0 {
		t.Errorf("%s was never asked", h.name)
		return nil
	}
	last := runs[0]
	for _, at := range due {
		if at.Before(last.Add(every/2)) || at.After(end) {
			continue // by then its first run had only begun
		}
		i := slices.IndexFunc(runs, func(run time.Time) bool { return !run.Before(at) })
		if i < 0 || runs[i].Sub(at) > every/2 {
			t.Errorf("%s was due at %v and not asked", h.name, at)
			continue
		}
		late = append(late, runs[i].Sub(at))
		last = runs[i]
	}
	return late
}

// wantOnTime checks the sound sites' audits and gives how late their runs began, sorted.
func wantOnTime(t *testing.T, hosts []*host, tt *timetable, every time.Duration, end time.Time) []time.Duration {
	var all []time.Duration
	for _, h := range hosts {
		audit := h.Audit()
		if audit.Parallel > 1 {
			t.Errorf("%s: %d requests at once", h.name, audit.Parallel)
		}
		if h.fault != "" {
			t.Logf("%s %s: asked %d times", h.name, h.fault, len(audit.Requests))
			continue
		}
		if n := audit.Count(h.IsArticle); n < len(h.Live()) {
			t.Errorf("%s: %d articles asked for, want its %d", h.name, n, len(h.Live()))
		}
		all = append(all, lateness(t, h, tt.begin[h.name], every, end)...)
	}
	slices.Sort(all)
	return all
}

// A pipeListener takes connections from dialers in the same process, without the network.
type pipeListener struct {
	addr   string
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipeListener(i int) *pipeListener {
	return &pipeListener{addr: fmt.Sprintf("127.0.1.%d:80", i), conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error   { l.once.Do(func() { close(l.closed) }); return nil }
func (l *pipeListener) Addr() net.Addr { return pipeAddr(l.addr) }

type pipeAddr string

func (pipeAddr) Network() string  { return "pipe" }
func (a pipeAddr) String() string { return string(a) }

func (l *pipeListener) dial(ctx context.Context) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case l.conns <- theirs:
		return ours, nil
	case <-l.closed:
		return nil, syscall.ECONNREFUSED
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// sitesAsked is what CAMPUSNEWS_SITES says, 0 = nothing.
func sitesAsked() int {
	n, err := strconv.Atoi(os.Getenv("CAMPUSNEWS_SITES"))
	if err != nil {
		return 0
	}
	return n
}

// A day of one process that crawls many sites every six hours, a tenth of them faulty, each in its own way. Time is
// synctest's and connections are pipes, so that what is late is late for a reason of the program's making, not of a busy machine.
// CAMPUSNEWS_SITES says how many; see TestManySitesLive for the network and the clock on the wall.
func TestManySites(t *testing.T) {
	n := sitesAsked()
	if n == 0 {
		n = 100
	}
	dir := filepath.Join(campustest.TempDir(t), "archive")
	synctest.Test(t, func(t *testing.T) {
		const every, length = 6 * time.Hour, 24 * time.Hour
		listeners := map[string]*pipeListener{}
		hosts, profiles := serveMany(t, n, func(i int) net.Listener {
			l := newPipeListener(i)
			listeners[l.addr] = l
			return l
		})
		log := &lockedLog{}
		env := Env{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: log, Getenv: func(string) string { return "" }, Now: time.Now,
			Dial: func(ctx context.Context, _, addr string) (net.Conn, error) { return listeners[addr].dial(ctx) }}
		ctx, cancel := context.WithTimeout(t.Context(), length)
		defer cancel()
		var tt timetable
		var wg sync.WaitGroup
		wg.Go(func() { tt.keep(ctx, t, hosts, every) })
		if code := Main(ctx, append([]string{"crawl", "--every", every.String(), "--archive", dir}, profiles...), env); code != 0 {
			t.Errorf("status %d:\n%s", code, log)
		}
		wg.Wait()
		late := wantOnTime(t, hosts, &tt, every, time.Now().Add(-time.Minute))
		if len(late) < 2*n || late[len(late)-1] > time.Second {
			t.Errorf("of %d runs of sound sites the latest began %v after its time, want %d and a second at most", len(late), late[max(0, len(late)-1):], 2*n)
		}
		for _, h := range hosts {
			h.srv.Close()
		}
	})
}

// Hosts that never answer hold up no other, however many they are: a crawl of once begins with all sites.
func TestHangingSites(t *testing.T) {
	dir := filepath.Join(campustest.TempDir(t), "archive")
	synctest.Test(t, func(t *testing.T) {
		const hanging = 30
		listeners := map[string]*pipeListener{}
		hosts, profiles := serveMany(t, hanging+1, func(i int) net.Listener {
			l := newPipeListener(i)
			listeners[l.addr] = l
			return l
		})
		for _, h := range hosts[:hanging] {
			h.Break(campustest.Fault{Do: untilGone})
		}
		log := &lockedLog{}
		env := Env{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: log, Getenv: func(string) string { return "" }, Now: time.Now,
			Dial: func(ctx context.Context, _, addr string) (net.Conn, error) { return listeners[addr].dial(ctx) }}
		began := time.Now()
		if code := Main(t.Context(), append([]string{"crawl", "--quiet", "--archive", dir}, profiles...), env); code != exitPart {
			t.Errorf("status %d, want %d:\n%s", code, exitPart, log)
		}
		took := time.Since(began)
		sound := hosts[hanging].Audit().Requests
		if len(sound) == 0 || sound[len(sound)-1].Ended.Sub(began) > 20*time.Second {
			t.Errorf("the sound site was asked %d times, the last time %v after the beginning; want its 6 pages within seconds", len(sound), sound[max(0, len(sound)-1):])
		}
		if took < 50*time.Second || took > 3*time.Minute {
			t.Errorf("the crawl took %v, want about the time-out of one request", took)
		}
		for _, h := range hosts {
			h.srv.Close()
		}
	})
}

// The same with the program as it is, over the network, on the clock on the wall: each of CAMPUSNEWS_SITES hosts on an
// address of its own in 127.0.0.0/8, crawled every minute for five. It says how late sound sites were
// asked and what memory the program took. How late they may be depends on the machine: only a run left out is an error.
func TestManySitesLive(t *testing.T) {
	n := sitesAsked()
	if n == 0 {
		t.Skip("takes five minutes: CAMPUSNEWS_SITES=200 runs it")
	}
	dir := filepath.Join(t.TempDir(), "archive")
	const every, length = time.Minute, 5 * time.Minute
	hosts, profiles := serveMany(t, n, func(i int) net.Listener {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.%d.%d:0", 1+i/250, 1+i%250))
		if err != nil {
			t.Skipf("no addresses of their own for many hosts: %v", err)
		}
		return l
	})
	log := &lockedLog{}
	cmd := campusnews(t, append([]string{"crawl", "--every", every.String(), "--archive", dir}, profiles...)...)
	cmd.Stderr = log
	ctx, cancel := context.WithTimeout(t.Context(), length)
	defer cancel()
	var tt timetable
	var wg sync.WaitGroup
	wg.Go(func() { tt.keep(ctx, t, hosts, every) })
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	if peak, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid)); err == nil {
		for line := range strings.Lines(string(peak)) {
			if strings.HasPrefix(line, "VmHWM") || strings.HasPrefix(line, "Threads") {
				t.Log(strings.Join(strings.Fields(line), " "))
			}
		}
	}
	end := time.Now()
	cmd.Process.Signal(syscall.SIGTERM) // it has not ended: Wait says so otherwise
	if err := cmd.Wait(); err != nil {
		t.Errorf("told to end: %v\n%s", err, log)
	}
	t.Logf("told to end, it ended after %v", time.Since(end).Round(time.Millisecond))
	late := wantOnTime(t, hosts, &tt, every, end.Add(-every/2))
	if len(late) < 2*n {
		t.Fatalf("%d runs of sound sites, want %d", len(late), 2*n)
	}
	t.Logf("%d runs of sound sites began late by %v (median), %v (99 of 100), %v (the latest)", len(late), late[len(late)/2], late[len(late)*99/100], late[len(late)-1])
	for _, h := range hosts {
		h.srv.Close()
	}
	runCommand(t, 0, "verify", "--archive", dir)
}
