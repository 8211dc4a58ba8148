package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"campusnews/archive"
	"campusnews/scraper/campustest"
	"campusnews/scraper/fleet"
)

var (
	chaosSites    = flag.Int("chaos.sites", 8, "sites of TestFleetChaos")
	chaosTime     = flag.Duration("chaos.time", 15*time.Second, "how long TestFleetChaos kills, freezes and cuts off")
	chaosCompared = flag.Int("chaos.compared", 24, "how many copies TestFleetChaos compares with one machine's archives, at most")
)

// A natsCluster is three real nats-servers in this process, that can be stopped and started again.
type natsCluster struct {
	t       *testing.T
	opts    []*server.Options
	servers []*server.Server
}

func startCluster(t *testing.T, n int) *natsCluster {
	c := &natsCluster{t: t, servers: make([]*server.Server, n)}
	client, route := freePorts(t, n), freePorts(t, n)
	var routes []string
	for _, p := range route {
		routes = append(routes, fmt.Sprintf("nats://127.0.0.1:%d", p))
	}
	for i := range n {
		c.opts = append(c.opts, &server.Options{
			ServerName: fmt.Sprintf("n%d", i), Host: "127.0.0.1", Port: client[i], NoLog: true, NoSigs: true,
			JetStream: true, StoreDir: filepath.Join(t.TempDir(), fmt.Sprint(i)),
			Cluster: server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: route[i]},
			Routes:  server.RoutesFromStr(strings.Join(routes, ",")),
		})
		c.start(i)
	}
	t.Cleanup(func() {
		for i := range n {
			c.stop(i)
		}
	})
	waitUntil(t, time.Minute, "a leader of the cluster", func() bool {
		for _, s := range c.servers {
			if s.JetStreamIsLeader() && len(s.JetStreamClusterPeers()) == n {
				return true
			}
		}
		return false
	})
	return c
}

func (c *natsCluster) start(i int) {
	o := c.opts[i].Clone()
	s, err := server.NewServer(o)
	if err != nil {
		c.t.Fatal(err)
	}
	s.Start()
	c.servers[i] = s
}

func (c *natsCluster) stop(i int) {
	c.servers[i].Shutdown()
	c.servers[i].WaitForShutdown()
}

func (c *natsCluster) urls() string {
	var urls []string
	for _, o := range c.opts {
		urls = append(urls, fmt.Sprintf("nats://127.0.0.1:%d", o.Port))
	}
	return strings.Join(urls, ",")
}

func freePorts(t *testing.T, n int) (ports []int) {
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

func waitUntil(t *testing.T, limit time.Duration, what string, is func() bool) {
	t.Helper()
	deadline := time.After(limit)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("not within %s: %s", limit, what)
		}
	}
}

// A workerProcess is a real one, with a folder of its own. Each start of it introduces itself anew.
type workerProcess struct {
	t       *testing.T
	name    string
	data    string
	program string // another one than this; "" = this
	nats    string
	flags   []string // further ones
	starts  int
	cmd     *exec.Cmd
	log     *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func campusnews(t *testing.T, args ...string) *exec.Cmd {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, args...)
	cmd.Args[0] = "campusnews" // TestMain goes by it
	return cmd
}

func (w *workerProcess) start() {
	w.starts++
	w.cmd = campusnews(w.t, append([]string{"worker", "--nats", w.nats, "--data", w.data, "--id", w.name, "--slots", "4", "--copy-every", "1s", "--delay", "30ms",
		"--allow-private", "--user-agent", fmt.Sprintf("%s.%d", w.name, w.starts)}, w.flags...)...)
	if w.program != "" {
		w.cmd.Path = w.program
	}
	w.cmd.Stderr = w.log
	if err := w.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
}

func (w *workerProcess) signal(s syscall.Signal) {
	if err := w.cmd.Process.Signal(s); err != nil {
		w.t.Errorf("signal %v to %s: %v", s, w.name, err)
	}
}

func (w *workerProcess) kill() {
	w.signal(syscall.SIGKILL)
	w.cmd.Wait()
}

// A cutter passes connections on to NATS until it is told to cut them.
type cutter struct {
	listener net.Listener
	mu       sync.Mutex
	cut      bool
	open     map[net.Conn]bool
}

func startCutter(t *testing.T, to string) *cutter {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{listener: l, open: map[net.Conn]bool{}}
	t.Cleanup(func() { l.Close(); c.set(true) })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", to)
			c.mu.Lock()
			if err != nil || c.cut {
				c.mu.Unlock()
				in.Close()
				if err == nil {
					out.Close()
				}
				continue
			}
			c.open[in], c.open[out] = true, true
			c.mu.Unlock()
			for _, pair := range [2][2]net.Conn{{in, out}, {out, in}} {
				go func() {
					io.Copy(pair[0], pair[1])
					pair[0].Close()
					pair[1].Close()
				}()
			}
		}
	}()
	return c
}

func (c *cutter) set(cut bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = cut
	if cut {
		for conn := range c.open {
			conn.Close()
		}
		clear(c.open)
	}
}

// A chaosSite is a site of its own on a loopback address of its own.
type chaosSite struct {
	*campustest.Site
	id   string
	home string
}

func startChaosSite(t *testing.T, i int) *chaosSite {
	s := &chaosSite{Site: campustest.New(time.Now, "学校要闻", "综合新闻"), id: fmt.Sprintf("s%03d", i)}
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	s.Publish("学校要闻", day, 30+i%7)
	s.Publish("综合新闻", day.AddDate(0, -1, 0), 20)
	l, err := net.Listen("tcp", fmt.Sprintf("127.7.%d.%d:0", i/200, i%200+1))
	if err != nil {
		t.Skipf("no loopback addresses of one's own: %v", err)
	}
	srv := &httptest.Server{Listener: l, Config: &http.Server{Handler: s}}
	srv.Start()
	t.Cleanup(srv.Close)
	s.home = srv.URL + "/"
	return s
}

func (s *chaosSite) profile() string {
	u := strings.TrimSuffix(s.home, "/")
	return fmt.Sprintf("id: %s\nhome: %s\nsections:\n  学校要闻: %s/lm1.htm\n  综合新闻: %s/lm2.htm\n", s.id, s.home, u, u)
}

// TestFleetChaos has real workers crawl loopback sites by the schedules of a cluster of three nats-servers, and meanwhile
// kills workers, freezes them for longer than their leases and wakes them, stops servers, the leader too, and cuts a
// worker off. No site is ever visited by two, none is left out, and what each copy holds in the end is what one
// machine's crawl holds.
func TestFleetChaos(t *testing.T) {
	if testing.Short() {
		t.Skip("minutes of many processes")
	}
	const lease = 3 * time.Second
	ctx := t.Context()
	cluster := startCluster(t, 3)
	env := append(os.Environ(), "NATS_URL="+cluster.urls())
	run := func(args ...string) string {
		t.Helper()
		cmd := campusnews(t, args...)
		cmd.Env = env
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		if err := cmd.Run(); err != nil {
			t.Fatalf("campusnews %s: %v\n%s", strings.Join(args, " "), err, &errs)
		}
		return out.String()
	}
	run("fleet", "init", "--replicas", "3", "--lease", lease.String())
	dir := t.TempDir()
	var sites []*chaosSite
	add := []string{"fleet", "add", "--every", "10s"}
	for i := range *chaosSites {
		s := startChaosSite(t, i)
		file := filepath.Join(dir, s.id+".yaml")
		if err := os.WriteFile(file, []byte(s.profile()), 0o666); err != nil {
			t.Fatal(err)
		}
		sites, add = append(sites, s), append(add, file)
	}
	run(add...)
	nc, err := nats.Connect(cluster.urls(), nats.MaxReconnects(-1), nats.ReconnectWait(100*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	f, err := fleet.Open(ctx, nc, "")
	if err != nil {
		t.Fatal(err)
	}

	cut := startCutter(t, fmt.Sprintf("127.0.0.1:%d", cluster.opts[0].Port))
	var workers []*workerProcess
	for i := range 4 {
		w := &workerProcess{t: t, name: fmt.Sprintf("w%d", i), data: filepath.Join(dir, fmt.Sprintf("w%d", i)), nats: cluster.urls(), log: &lockedBuffer{}}
		if i == 3 {
			w.nats = "nats://" + cut.listener.Addr().String()
		}
		w.start()
		defer func() { w.cmd.Process.Kill(); w.cmd.Wait() }()
		workers = append(workers, w)
	}
	defer func() {
		if t.Failed() {
			for _, w := range workers {
				t.Logf("%s said:\n%s", w.name, w.log)
			}
		}
	}()

	counts := map[string]int{}
	pause := func(d time.Duration) {
		timer := time.NewTimer(d)
		defer timer.Stop()
		<-timer.C
	}
	for end := time.Now().Add(*chaosTime); time.Now().Before(end); {
		pause(time.Duration(500+rand.IntN(1500)) * time.Millisecond)
		w := workers[rand.IntN(len(workers))]
		switch rand.IntN(4) {
		case 0:
			counts["killed"]++
			w.kill()
			w.start()
		case 1:
			counts["frozen"]++
			w.signal(syscall.SIGSTOP)
			pause(lease + lease/2)
			w.signal(syscall.SIGCONT)
		case 2:
			i := rand.IntN(3)
			if counts["servers"]%2 == 0 { // every other time the one that leads
				for j, s := range cluster.servers {
					if s.JetStreamIsStreamLeader("$G", "campusnews_runs") {
						i = j
					}
				}
			}
			counts["servers"]++
			cluster.stop(i)
			pause(2 * time.Second)
			cluster.start(i)
		case 3:
			counts["cut off"]++
			cut.set(true)
			pause(lease + lease/2)
			cut.set(false)
		}
	}
	t.Logf("%v", counts)

	// Then peace, and two runs more of each site; who has had them is paused, and makes room for the others.
	target, through := map[string]int{}, map[string]bool{}
	said := time.Now()
	waitUntil(t, 5*time.Minute+time.Duration(len(sites))*3*time.Second, "two runs more of each site", func() bool {
		states, err := f.States(ctx)
		if err != nil {
			return false
		}
		for _, s := range states {
			if s.SetAside {
				if err := f.Resume(ctx, s.Site); err != nil {
					return false
				}
			}
			if _, known := target[s.Site]; !known {
				target[s.Site] = s.Runs + 2
			}
			if !through[s.Site] && s.Runs >= target[s.Site] && !s.Running && s.Ending == fleet.EndDone {
				if err := f.Pause(ctx, s.Site); err != nil {
					return false
				}
				through[s.Site] = true
			}
		}
		if time.Since(said) > 20*time.Second {
			said = time.Now()
			runs, running := 0, 0
			for _, s := range states {
				runs += s.Runs
				if s.Running {
					running++
				}
			}
			t.Logf("%d of %d sites have had two runs more; %d runs in all, %d sites were ever begun, %d under way", len(through), len(sites), runs, len(states), running)
		}
		return len(through) == len(sites)
	})
	waitUntil(t, time.Minute, "all runs have ended", func() bool {
		states, err := f.States(ctx)
		return err == nil && !slices.ContainsFunc(states, func(s fleet.State) bool { return s.Running })
	})
	for _, w := range workers {
		w.signal(syscall.SIGTERM)
		if err := w.cmd.Wait(); err != nil {
			t.Errorf("worker %s, told to end: %v", w.name, err)
		}
	}

	for _, s := range sites {
		if err := oneAtATime(s.Audit()); err != nil {
			t.Errorf("site %s: %v", s.id, err)
		}
	}
	sample := sites[:min(len(sites), *chaosCompared)]
	t.Logf("%d of %d copies are compared with one machine's archives", len(sample), len(sites))
	for _, s := range sample {
		copied, alone := filepath.Join(dir, "copy-"+s.id), filepath.Join(dir, "alone-"+s.id)
		run("fleet", "restore", s.id, copied)
		run("verify", "--archive", copied)
		run("crawl", filepath.Join(dir, s.id+".yaml"), "--archive", alone, "--allow-private", "--delay", "1ms", "--quiet", "--user-agent", "alone")
		if got, want := articleRows(t, copied), articleRows(t, alone); !slices.Equal(got, want) {
			t.Errorf("site %s: %d articles in the copy, %d in one machine's archive; the first that differs: %s", s.id, len(got), len(want), firstDifference(got, want))
		}
	}
}

// oneAtATime says whether two visitors were at the site at once. A run begins with robots.txt: whoever asks for anything
// must have been the last to ask for that.
func oneAtATime(a campustest.Audit) error {
	if len(a.Requests) == 0 {
		return fmt.Errorf("never visited")
	}
	if a.Parallel > 1 {
		return fmt.Errorf("%d requests at once", a.Parallel)
	}
	at := ""
	for _, r := range a.Requests {
		if r.Path == "/robots.txt" {
			at = r.Agent
		}
		if r.Agent != at {
			return fmt.Errorf("%s asks for %s at %s while %s is there", r.Agent, r.Path, r.Begun.Format("15:04:05.000"), at)
		}
	}
	return nil
}

// articleRows gives what an archive says of each article, but for the times of looks.
func articleRows(t *testing.T, dir string) []string {
	t.Helper()
	a, err := archive.OpenReader(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	var rows []string
	err = a.EachArticle(context.Background(), archive.Walk{}, func(r archive.Article) error {
		rows = append(rows, fmt.Sprintf("%s|%s|%s|%s|%s|%s|%s|%v", r.Key, r.URL, r.Section, r.Title, r.Published, r.State, r.Body, r.Credits))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(rows)
	return rows
}

func firstDifference(a, b []string) string {
	for i := range max(len(a), len(b)) {
		switch {
		case i >= len(a):
			return "missing: " + b[i][:min(80, len(b[i]))]
		case i >= len(b):
			return "too many: " + a[i][:min(80, len(a[i]))]
		case a[i] != b[i]:
			return a[i][:min(80, len(a[i]))] + " / " + b[i][:min(80, len(b[i]))]
		}
	}
	return "none"
}
