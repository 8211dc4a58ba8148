package fleet

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"
)

// A recorder is a Runner that keeps a book of who was where, and finds two at one site.
type recorder struct {
	book   *book
	worker string
	full   string
	run    func(ctx context.Context, s Site, g Grant) (Ending, error) // nil = done at once
}

type book struct {
	mu    sync.Mutex
	at    map[string]string // site or address → worker
	runs  []string          // "site worker", in order
	fault string
}

func (r *recorder) Archives() int                                { return 0 }
func (r *recorder) Disk() int64                                  { return 0 }
func (r *recorder) Full() string                                 { return r.full }
func (r *recorder) Addresses(_ context.Context, s Site) []string { return s.Hosts }
func (r *recorder) Run(ctx context.Context, s Site, g Grant) (Ending, error) {
	keys := append([]string{s.ID}, s.Hosts...)
	r.book.mu.Lock()
	for _, k := range keys {
		if other := r.book.at[k]; other != "" {
			r.book.fault = fmt.Sprintf("%s and %s are both at %s", other, r.worker, k)
		}
		r.book.at[k] = r.worker
	}
	r.book.runs = append(r.book.runs, s.ID+" "+r.worker)
	r.book.mu.Unlock()
	defer func() {
		r.book.mu.Lock()
		defer r.book.mu.Unlock()
		for _, k := range keys {
			delete(r.book.at, k)
		}
	}()
	if r.run != nil {
		return r.run(ctx, s, g)
	}
	return Ending{Status: EndDone}, nil
}

func (b *book) count(line string) (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.runs {
		if r == line {
			n++
		}
	}
	return n
}

func (b *book) all() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.runs)
}

func newBook(t *testing.T) *book {
	b := &book{at: map[string]string{}}
	t.Cleanup(func() {
		if b.fault != "" {
			t.Error(b.fault)
		}
	})
	return b
}

// crew starts a worker; stop ends it as a signal would and waits.
func startWorker(t *testing.T, f *Fleet, r Runner, o Options) (stop func()) {
	t.Helper()
	w, err := NewWorker(f, r, o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := w.Work(ctx); err != nil {
			t.Errorf("worker %s: %v", o.ID, err)
		}
	}()
	stop = func() { cancel(); <-done }
	t.Cleanup(stop)
	return stop
}

func site(id, host string) Site {
	return Site{ID: id, Profile: "home: http://" + host + "/", Hosts: []string{host}, Rhythm: Rhythm{Every: time.Hour}}
}

func put(t *testing.T, f *Fleet, sites ...Site) {
	t.Helper()
	for _, s := range sites {
		if err := f.PutSite(ctxOf(t), s); err != nil {
			t.Fatal(err)
		}
	}
}

// Where more comes due than can be crawled, all sites have their turn: what comes due again while it waits does not go to the end of the queue.
func TestNobodyWaitsForEver(t *testing.T) {
	f, _ := newFleet(t, Settings{LeaseTTL: 5 * time.Second}, 1)
	b := newBook(t)
	const sites = 12
	for i := range sites {
		s := site(fmt.Sprintf("s%02d", i), fmt.Sprintf("127.0.0.%d", i+2))
		s.Rhythm.Every = time.Second
		put(t, f, s)
	}
	startWorker(t, f, &recorder{book: b, worker: "w", run: func(ctx context.Context, _ Site, _ Grant) (Ending, error) {
		sleep(ctx, 300*time.Millisecond)
		return Ending{Status: EndDone}, nil
	}}, Options{ID: "w", Slots: 1})
	eventually(t, 45*time.Second, "three turns of every site", func() bool {
		for i := range sites {
			if b.count(fmt.Sprintf("s%02d w", i)) < 3 {
				return false
			}
		}
		return true
	})
	// Whoever had the most runs is at most a turn or two ahead.
	for i := range sites {
		if n := b.count(fmt.Sprintf("s%02d w", i)); n > 5 {
			t.Errorf("s%02d had %d runs when another had three", i, n)
		}
	}
}

// The server keeps the times; a site that needs a label goes to workers that have it; a changed
// rhythm counts, a removed site is not crawled any more.
func TestScheduleOnServer(t *testing.T) {
	f, _ := newFleet(t, Settings{LeaseTTL: 2 * time.Second}, 1)
	b := newBook(t)
	s, inside := site("plain.example.edu", "127.0.0.2"), site("inside", "127.0.0.3")
	s.Rhythm, inside.Rhythm = Rhythm{Every: time.Second}, Rhythm{Cron: "* * * * *", Zone: "Asia/Shanghai"}
	inside.Needs = Labels{"campus": "csu"}
	put(t, f, s, inside)
	startWorker(t, f, &recorder{book: b, worker: "out"}, Options{ID: "out"})
	startWorker(t, f, &recorder{book: b, worker: "in"}, Options{ID: "in", Labels: Labels{"campus": "csu", "disk": "big"}})
	eventually(t, 30*time.Second, "three runs each second", func() bool { return b.count("plain.example.edu out")+b.count("plain.example.edu in") >= 3 })
	if err := f.RunNow(ctxOf(t), "inside"); err != nil {
		t.Fatal(err)
	}
	eventually(t, 30*time.Second, "a run within the campus", func() bool { return b.count("inside in") > 0 })
	if n := b.count("inside out"); n > 0 {
		t.Errorf("a worker without the label crawled %d times", n)
	}
	eventually(t, 30*time.Second, "the run is noted", func() bool {
		st, err := f.State(ctxOf(t), "inside")
		return err == nil && st.Ending == EndDone && !st.Running && st.Home == "in" && st.Fence > 0
	})
	if err := f.RemoveSite(ctxOf(t), s.ID); err != nil {
		t.Fatal(err)
	}
	if err := f.RunNow(ctxOf(t), s.ID); !errors.Is(err, ErrNoSite) {
		t.Errorf("run of a removed site: %v", err)
	}
	info, err := f.runs.Info(ctxOf(t))
	if err != nil {
		t.Fatal(err)
	}
	if info.State.NumSubjects > 2 { // the other site's schedule, and its run if one is due just now
		t.Errorf("%d subjects left", info.State.NumSubjects)
	}
}

// Many sites, some on one address, on workers that come and go: each is crawled, none by two at a time.
func TestOneOwner(t *testing.T) {
	f, _ := newFleet(t, Settings{LeaseTTL: time.Second}, 1)
	b := newBook(t)
	const n = 40
	for i := range n {
		put(t, f, site(fmt.Sprintf("s%02d", i), fmt.Sprintf("127.0.1.%d", i/2))) // two on each address
	}
	work := func(ctx context.Context, _ Site, g Grant) (Ending, error) {
		sleep(ctx, 20*time.Millisecond)
		return Ending{Status: EndDone}, g.Check()
	}
	var stops []func()
	for _, id := range []string{"a", "b", "c"} {
		stops = append(stops, startWorker(t, f, &recorder{book: b, worker: id, run: work}, Options{ID: id}))
	}
	for i := range n {
		if err := f.RunNow(ctxOf(t), fmt.Sprintf("s%02d", i)); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, 30*time.Second, "half the sites", func() bool { return b.all() >= n/2 })
	stops[0]()
	eventually(t, 60*time.Second, "all sites", func() bool {
		states, err := f.States(ctxOf(t))
		ended := 0
		for _, s := range states {
			if s.Ending == EndDone {
				ended++
			}
		}
		return err == nil && ended == n
	})
	crew, err := f.Crew(ctxOf(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(crew) != 2 || crew[0].ID != "b" {
		t.Errorf("crew %v, want b and c", crew)
	}
}

// Runs go to the worker that has the archive, whoever asks the queue.
func TestAffinity(t *testing.T) {
	f, _ := newFleet(t, Settings{LeaseTTL: 2 * time.Second}, 1)
	b := newBook(t)
	put(t, f, site("x", "127.0.0.2"))
	stop := startWorker(t, f, &recorder{book: b, worker: "home"}, Options{ID: "home"})
	run := func(want int) {
		t.Helper()
		if err := f.RunNow(ctxOf(t), "x"); err != nil {
			t.Fatal(err)
		}
		eventually(t, 20*time.Second, "a run", func() bool {
			s, err := f.State(ctxOf(t), "x")
			return err == nil && s.Runs == want && !s.Running
		})
	}
	run(1)
	for _, id := range []string{"o1", "o2", "o3"} {
		startWorker(t, f, &recorder{book: b, worker: id}, Options{ID: id})
	}
	for i := range 10 {
		run(2 + i)
	}
	if n := b.count("x home"); n != 11 {
		t.Errorf("%d of 11 runs at home: %v", n, b.runs)
	}
	stop()
	run(12)
	if n := b.count("x home"); n != 11 {
		t.Error("a run at a worker that is gone")
	}
}

// A run that is told to end is gone on with by another worker at once; one that fails again and again is set aside.
func TestInterruptedAndPoisoned(t *testing.T) {
	f, _ := newFleet(t, Settings{LeaseTTL: time.Second}, 1)
	b := newBook(t)
	put(t, f, site("x", "127.0.0.2"), site("bad", "127.0.0.3"))
	wait := func(ctx context.Context, s Site, g Grant) (Ending, error) {
		<-ctx.Done()
		return Ending{Status: EndInterrupted}, ctx.Err()
	}
	stop := startWorker(t, f, &recorder{book: b, worker: "a", run: wait}, Options{ID: "a"})
	if err := f.RunNow(ctxOf(t), "x"); err != nil {
		t.Fatal(err)
	}
	eventually(t, 20*time.Second, "a run", func() bool { return b.count("x a") == 1 })
	fail := func(_ context.Context, s Site, _ Grant) (Ending, error) {
		if s.ID == "bad" {
			return Ending{Status: EndFailed}, errors.New("no room on the disk")
		}
		return Ending{Status: EndDone}, nil
	}
	startWorker(t, f, &recorder{book: b, worker: "b", run: fail}, Options{ID: "b"})
	stop()
	eventually(t, 20*time.Second, "the run goes on elsewhere", func() bool { return b.count("x b") == 1 })
	for i := range setAsideAfter {
		if err := f.RunNow(ctxOf(t), "bad"); err != nil {
			t.Fatal(err)
		}
		eventually(t, 20*time.Second, "a failure", func() bool {
			s, err := f.State(ctxOf(t), "bad")
			return err == nil && s.Failures == i+1 && !s.Running
		})
	}
	s, err := f.State(ctxOf(t), "bad")
	if err != nil || !s.SetAside || s.Error != "no room on the disk" {
		t.Fatalf("state %+v, err %v; want it set aside", s, err)
	}
	if err := f.RunNow(ctxOf(t), "bad"); err != nil {
		t.Fatal(err)
	}
	eventually(t, 20*time.Second, "the run is thrown away", func() bool {
		info, err := f.runs.Info(ctxOf(t))
		return err == nil && info.State.Msgs == 2 // the schedules
	})
	if n := b.count("bad b"); n != setAsideAfter {
		t.Errorf("%d runs", n)
	}
	if err := f.Resume(ctxOf(t), "bad"); err != nil {
		t.Fatal(err)
	}
	if s, err = f.State(ctxOf(t), "bad"); err != nil || s.SetAside {
		t.Errorf("after resume: %+v, %v", s, err)
	}
}

// Two workers of one id would be one to the fleet: the second is refused, unless the first was it, in the same folder, before it died.
func TestOneOfEachID(t *testing.T) {
	f, _ := newFleet(t, Settings{LeaseTTL: 3 * time.Second}, 1)
	startWorker(t, f, still{}, Options{ID: "w", Host: "h1", Folder: "/data"})
	eventually(t, 10*time.Second, "a beat", func() bool { _, alive := f.member(ctxOf(t), "w"); return alive })
	second, err := NewWorker(f, still{}, Options{ID: "w", Host: "h2", Folder: "/data"})
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Work(ctxOf(t)); !errors.Is(err, ErrTaken) {
		t.Errorf("a second worker of the same id: %v", err)
	}
	// One that is not heard of any more makes room, and so does one that was this one.
	for _, gone := range []Member{{ID: "x", Host: "h1", Folder: "/other"}, {ID: "y", Host: "h1", Folder: "/data"}} {
		if err := f.beat(ctxOf(t), gone); err != nil {
			t.Fatal(err)
		}
		if err := f.alone(ctxOf(t), gone.ID, "h1", "/data"); err != nil {
			t.Errorf("after %+v: %v", gone, err)
		}
	}
}

// A run that one worker cannot make is no failure of the site: another one makes it.
func TestRefused(t *testing.T) {
	f, _ := newFleet(t, Settings{LeaseTTL: time.Second}, 1)
	b := newBook(t)
	put(t, f, site("x", "127.0.0.2"))
	refuse := func(context.Context, Site, Grant) (Ending, error) {
		return Ending{Status: EndRefused, Note: "archive was written by a newer campusnews"}, nil
	}
	startWorker(t, f, &recorder{book: b, worker: "old", run: refuse}, Options{ID: "old"})
	if err := f.RunNow(ctxOf(t), "x"); err != nil {
		t.Fatal(err)
	}
	eventually(t, 20*time.Second, "two refusals", func() bool { return b.count("x old") >= 2 })
	startWorker(t, f, &recorder{book: b, worker: "new"}, Options{ID: "new"})
	eventually(t, 30*time.Second, "the run", func() bool {
		s, err := f.State(ctxOf(t), "x")
		return err == nil && s.Ending == EndDone && s.Home == "new" && s.Failures == 0
	})
}
