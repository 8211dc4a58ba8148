package fleet

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// How a run went, as a Runner says.
const (
	EndDone        = "done"
	EndPart        = "part"        // something was left undone: a host blocked, pages that failed
	EndInterrupted = "interrupted" // told to end; somebody should go on
	EndFailed      = "failed"
	EndRefused     = "refused" // this worker cannot make the run, another one may: the archive is of a newer program, the disk is full
)

// An Ending is how a run went.
type Ending struct {
	Status  string   // EndDone, …
	Note    string   // in a line, for people: "12 new, 1 changed, 182 requests"
	Blocked []string // hosts that refused, in order
}

// A Grant is what a run may rely on while it lasts.
type Grant struct {
	Fence uint64       // goes with everything that is written elsewhere: a greater one wins
	Home  string       // worker that held the site before; "" = nobody, the archive is new
	Check func() error // wraps ErrLost as soon as the run has no right to go on; for the moment before each request and write
}

// A Runner does what a worker is there for.
type Runner interface {
	// Run crawls the site until it is through or ctx ends. ctx ends with ErrLost as its cause when
	// the lease is lost: then nothing may be written any more that others could read. An
	// error means that the run failed; a site that answers nothing is no error.
	Run(ctx context.Context, s Site, g Grant) (Ending, error)

	// Addresses gives the network addresses of the site's hosts, as far as they are known: they
	// are leased with the site, so that a server has one visitor at a time.
	Addresses(ctx context.Context, s Site) []string

	// Archives is how many sites' archives the worker holds.
	Archives() int

	// Disk is how many bytes these take.
	Disk() int64

	// Full says why the worker takes no site that it does not hold already; "" = it does.
	Full() string
}

// Options say how a worker works. The zero value of a field means its default.
type Options struct {
	ID      string // unique in the fleet and the same after a restart: the archives in the worker's folder go by it
	Host    string // of the machine
	Folder  string // there, its own
	Version string // of the program
	Format  int    // newest format of archives that it knows, for others to see; 0 = not told
	Labels  Labels
	Slots   int // sites crawled at the same time; 0 = 4
	Log     *slog.Logger
}

// defaultSlots is small: a site makes about one request a second, and two cores extract a hundred pages in one.
const defaultSlots = 4

// A Worker takes runs and does them.
type Worker struct {
	fleet  *Fleet
	opts   Options
	runner Runner

	mu       sync.Mutex
	busy     []string
	leases   map[string]*Lease // of the sites it is at
	counts   counts
	draining bool
	started  time.Time
	slots    chan struct{} // one element a free slot
	running  sync.WaitGroup
}

// NewWorker makes a worker of the fleet.
func NewWorker(f *Fleet, r Runner, o Options) (*Worker, error) {
	if !isToken(strings.ReplaceAll(o.ID, ".", "-")) {
		return nil, fmt.Errorf("worker id %q: want letters, digits, dots, - and _", o.ID)
	}
	if o.Slots == 0 {
		o.Slots = defaultSlots
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	w := &Worker{fleet: f, opts: o, runner: r, started: time.Now().UTC(), slots: make(chan struct{}, o.Slots), leases: map[string]*Lease{}, counts: counts{runs: map[string]int{}}}
	for range o.Slots {
		w.slots <- struct{}{}
	}
	return w, nil
}

// Work takes runs until ctx ends; then those under way are told to end, and are given back for others
// to go on with. It returns when they have ended. Trouble with the server is waited out. The error wraps ErrTaken when another worker
// has the same id.
func (w *Worker) Work(ctx context.Context) error {
	if err := w.fleet.alone(ctx, w.opts.ID, w.opts.Host, w.opts.Folder); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	take, err := w.listen(ctx)
	if err != nil {
		return err
	}
	var background sync.WaitGroup
	alive, dead := context.WithCancel(context.WithoutCancel(ctx))
	background.Go(func() { w.beats(alive) })
	w.take(ctx)
	w.mu.Lock()
	w.draining = true
	w.mu.Unlock()
	w.beatNow(alive)
	err = take.Unsubscribe()
	w.running.Wait()
	dead()
	background.Wait()
	bye, cancel := context.WithTimeout(context.WithoutCancel(ctx), w.fleet.LeaseTTL/2)
	defer cancel()
	return errors.Join(err, w.fleet.crew.Purge(bye, token(w.opts.ID)))
}

// take asks the queues for runs, one for each free slot.
func (w *Worker) take(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.slots:
		}
		msg, err := w.next(ctx)
		if err != nil {
			w.slots <- struct{}{}
			if ctx.Err() != nil {
				return
			}
			w.opts.Log.Warn("no runs can be asked for", "err", err)
			sleep(ctx, time.Second)
			continue
		}
		j := w.fleet.job(string(msg.Data()), msg.Reply(), 1, msg.Headers().Get(nextHeader), time.Time{})
		if md, err := msg.Metadata(); err == nil {
			j.delivered, j.due = md.NumDelivered, md.Timestamp
		}
		w.running.Go(func() {
			defer func() { w.slots <- struct{}{} }()
			w.handle(ctx, j, true)
		})
	}
}

// next waits for a run in one of the queues that the worker's labels fit.
func (w *Worker) next(ctx context.Context) (jetstream.Msg, error) {
	for turn := 0; ; turn++ {
		pools, err := w.pools(ctx)
		if err != nil {
			return nil, err
		}
		for i := range pools {
			// Each queue comes first in turn; the last one is waited at.
			c := pools[(i+turn)%len(pools)]
			wait := time.Second
			if i+1 < len(pools) {
				wait = 50 * time.Millisecond
			}
			msg, err := c.Next(jetstream.FetchMaxWait(wait))
			switch {
			case err == nil:
				return msg, nil
			case ctx.Err() != nil:
				return nil, ctx.Err()
			case !errors.Is(err, nats.ErrTimeout) && !errors.Is(err, jetstream.ErrNoMessages):
				return nil, err
			}
		}
		if len(pools) == 0 {
			sleep(ctx, time.Second)
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
}

// pools gives the queues for the worker.
func (w *Worker) pools(ctx context.Context) ([]jetstream.Consumer, error) {
	var pools []jetstream.Consumer
	list := w.fleet.runs.ListConsumers(ctx)
	for info := range list.Info() {
		needs, err := ParseLabels(info.Config.Metadata[poolLabels])
		if err != nil || !w.opts.Labels.Fit(needs) {
			continue
		}
		c, err := w.fleet.runs.Consumer(ctx, info.Name)
		if err != nil {
			return nil, err
		}
		pools = append(pools, c)
	}
	return pools, list.Err()
}

// A job is a run that the worker has been given and must answer for.
type job struct {
	site      string
	delivered uint64    // how often it was handed out, this time included
	reply     string    // where the queue waits for an answer
	due       time.Time // by the server's clock; zero = not known
	next      string    // when the schedule fires again, as the server says; "" = it does not
	nc        *nats.Conn
}

func (f *Fleet) job(site, reply string, delivered uint64, next string, due time.Time) job {
	return job{site: site, delivered: delivered, reply: reply, next: next, due: due, nc: f.nc}
}

func (j job) answer(verb string) error { return j.nc.Publish(j.reply, []byte(verb)) }

// nextHeader is where the server says in a run that is due when the one after it will be (ADR-51).
const nextHeader = "Nats-Schedule-Next"

// What can be said of a job: the server's protocol for messages of a work queue.
const (
	verbDone    = "+ACK"
	verbWorking = "+WPI"
	verbAgain   = "-NAK"
)

func verbLater(d time.Duration) string { return fmt.Sprintf(`-NAK {"delay": %d}`, d.Nanoseconds()) }

// handle does a job, or says who does.
func (w *Worker) handle(ctx context.Context, j job, mayHandOver bool) {
	log := w.opts.Log.With("site", j.site)
	say := func(verb string) {
		if err := j.answer(verb); err != nil {
			log.Warn("the queue was not told", "err", err) // it hands the run out again in time
		}
	}
	again := verbLater(w.fleet.LeaseTTL / 4)
	site, err := w.fleet.Site(ctx, j.site)
	if errors.Is(err, ErrNoSite) || err == nil && site.Paused {
		say(verbDone)
		return
	}
	var state State
	if err == nil {
		state, err = w.fleet.State(ctx, j.site)
	}
	if err != nil {
		log.Warn("a run is put off", "err", err)
		say(again)
		return
	}
	if state.SetAside || state.made(j.due) {
		say(verbDone)
		return
	}
	if mayHandOver && w.handOver(ctx, j, state) {
		return
	}
	if full := w.runner.Full(); full != "" && state.Home != w.opts.ID {
		log.Info("a site is left to others", "why", full)
		say(verbLater(w.fleet.LeaseTTL / 2))
		return
	}

	keys := []string{siteKey(j.site)}
	for _, a := range w.runner.Addresses(ctx, site) {
		keys = append(keys, addressKey(a))
	}
	lease, err := w.fleet.acquire(ctx, w.opts.ID, keys)
	if err != nil {
		if !errors.Is(err, ErrHeld) {
			log.Warn("a run is put off", "err", err)
		} else {
			log.Debug("a run is put off", "err", err)
		}
		say(again)
		return
	}
	defer lease.Release(ctx)
	w.setBusy(j.site, lease)
	defer w.setBusy(j.site, nil)
	ended := make(chan struct{})
	defer close(ended)
	go w.stillAt(j, ended)

	if state, err = w.begin(lease, site, j); err != nil {
		log.Warn("a run is put off", "err", err)
		say(again)
		return
	}
	if state.SetAside {
		log.Error("site set aside: its runs failed or took their worker with them", "failures", state.Failures)
		say(verbDone)
		return
	}
	ending, err := w.runner.Run(lease.Context(), site, Grant{Fence: lease.Fence, Home: state.Home, Check: lease.Check})
	if lost := lease.Check(); lost != nil {
		log.Error("lease lost in mid-run; another worker goes on", "err", lost)
		w.count(func(c *counts) { c.lost++ })
		return // not ours to say anything any more
	}
	if nerr := w.end(ctx, lease, state, ending, err); nerr != nil {
		log.Warn("how the run ended was not noted", "err", nerr)
	}
	if err != nil && ending.Status != EndInterrupted && ending.Status != EndRefused {
		ending.Status = EndFailed
	}
	w.count(func(c *counts) { c.runs[ending.Status]++ })
	switch ending.Status {
	case EndInterrupted:
		say(verbAgain)
		return
	case EndRefused:
		log.Warn("run refused; another worker may make it", "why", ending.Note)
		say(verbLater(w.fleet.LeaseTTL))
		return
	}
	say(verbDone)
}

// begin notes that the run has begun. The State that comes back is that of the runs before, with SetAside
// when there shall be no further one.
func (w *Worker) begin(l *Lease, site Site, j job) (State, error) {
	var before State
	upto := j.due
	if m, err := w.fleet.runs.GetLastMsgForSubject(l.Context(), w.fleet.dueSubject(site.Needs.pool(), site.ID)); err == nil && m.Time.After(upto) {
		upto = m.Time
	}
	_, err := w.fleet.changeState(l.Context(), j.site, l.Fence, func(s *State) {
		if s.Running {
			s.Failures++ // the run before took its worker with it
		}
		s.SetAside = s.Failures >= setAsideAfter
		before = *s
		s.Running = false
		if s.SetAside {
			return
		}
		s.Fence, s.Running, s.Home, s.Began = l.Fence, true, w.opts.ID, time.Now().UTC()
		s.Runs++
		if upto.After(s.Upto) {
			s.Upto = upto.UTC()
		}
		if next, err := time.Parse(time.RFC3339, j.next); err == nil { // a run that somebody asked for knows of none
			s.Next = next.UTC()
		}
	})
	return before, err
}

// end notes how the run went.
func (w *Worker) end(ctx context.Context, l *Lease, before State, e Ending, failure error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), w.fleet.LeaseTTL/2)
	defer cancel()
	_, err := w.fleet.changeState(ctx, before.Site, l.Fence, func(s *State) {
		s.Running, s.Ended, s.Ending, s.Note, s.Error, s.Blocked = false, time.Now().UTC(), e.Status, e.Note, "", e.Blocked
		switch {
		case e.Status == EndRefused:
			s.Home = before.Home // who has the archive to go on with
		case failure != nil && e.Status != EndInterrupted:
			s.Ending, s.Error = EndFailed, failure.Error()
			s.Failures++
			s.SetAside = s.Failures >= setAsideAfter
		case e.Status != EndInterrupted:
			s.Failures = 0
		}
	})
	return err
}

// stillAt tells the queue, until the job has ended, that somebody is at it.
func (w *Worker) stillAt(j job, ended <-chan struct{}) {
	tick := time.NewTicker(w.fleet.LeaseTTL / 3)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return
		case <-tick.C:
			_ = j.answer(verbWorking) // what is not heard is told again
		}
	}
}

// setBusy notes the lease by which the worker is at a site, nil when it is there no more.
func (w *Worker) setBusy(site string, l *Lease) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i, found := slices.BinarySearch(w.busy, site)
	switch {
	case l != nil && !found:
		w.busy = slices.Insert(w.busy, i, site)
		w.leases[site] = l
	case l == nil && found:
		w.busy = slices.Delete(w.busy, i, i+1)
		delete(w.leases, site)
	}
}

// beats tells the fleet again and again that the worker is alive.
func (w *Worker) beats(ctx context.Context) {
	tick := time.NewTicker(w.fleet.LeaseTTL / 4)
	defer tick.Stop()
	for {
		w.beatNow(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (w *Worker) beatNow(ctx context.Context) {
	w.mu.Lock()
	m := Member{
		ID: w.opts.ID, Host: w.opts.Host, Folder: w.opts.Folder, Version: w.opts.Version, Format: w.opts.Format, Labels: w.opts.Labels, Slots: w.opts.Slots,
		Busy: slices.Clone(w.busy), Draining: w.draining, Started: w.started,
	}
	w.mu.Unlock()
	m.Archives, m.Disk, m.Full = w.runner.Archives(), w.runner.Disk(), w.runner.Full()
	ctx, cancel := context.WithTimeout(ctx, w.fleet.LeaseTTL/4)
	defer cancel()
	switch err := w.fleet.beat(ctx, m); {
	case err == nil:
		w.count(func(c *counts) { c.beat = time.Now() })
	case ctx.Err() == nil:
		w.opts.Log.Warn("no beat", "err", err)
	}
}

// sleep waits for d or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
