package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"campusnews/archive"
	"campusnews/archive/replica"
	"campusnews/scraper/fleet"
)

type workerCommand struct {
	nats   natsFlags
	crawl  crawlCommand // who one is to the sites, and how they are reached
	data   string
	id     string
	labels string
	slots  int
	copies time.Duration
	listen string
	disk   disk
	shelf  quota
}

func (c *workerCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "worker",
		Short: "Crawl the sites of a fleet",
		Long: `Worker takes runs of a fleet's sites as they come due and crawls them, each into an archive of its own below --data, copied to
NATS as the run goes on. What a machine's sudden death can cost is what was crawled since the last copy: --copy-every and
the time that takes. Several workers on one machine need a folder each.

With --disk or --keep-warc=false the evidence need not stay here: a WARC file that nothing is added to any more goes once every byte of its copy has
been read back and compared. Whoever reads a captured page of it has the part of the copy that holds it fetched back. With --sites, or near --disk, a worker takes no further sites and leaves them to others.

The first signal ends the runs under way, which other workers then go on with, and the worker; a second one ends it at once.`,
		Example: `  campusnews worker --nats nats://10.0.0.5:4222 --data /var/lib/campusnews
  campusnews worker --labels campus=csu --data /data`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.run(cmd.Context(), g)
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.data, "data", "campusnews-data", "folder for the archives, one below it for each site; its own for each worker")
	f.StringVar(&c.id, "id", "", "`NAME` of the worker, unique and the same after a restart (default that of the host, with a number kept in --data)")
	f.StringVar(&c.labels, "labels", "", "`LABELS` of the worker, for sites that need them: campus=csu, several with commas between")
	f.IntVar(&c.slots, "slots", 4, "crawl up to `N` sites at the same time")
	f.IntVar(&c.disk.sites, "sites", 0, "take no further site with `N` archives here (default as many as come)")
	f.Var(&c.disk.bytes, "disk", "`SIZE` that the archives may take, as 50G: beyond nine tenths copied WARC files go from here, and no further site is taken")
	f.BoolVar(&c.disk.keep, "keep-warc", true, "keep WARC files here that are copied")
	c.shelf = 256 << 20
	f.Var(&c.shelf, "fetched", "`SIZE` that evidence may take which is fetched back from the copy while somebody reads it")
	f.StringVar(&c.listen, "listen", "", "serve /metrics and /healthz at this `ADDRESS`, as 127.0.0.1:9178")
	timeVar(f, &c.copies, "copy-every", 10*time.Second, "copy what is new each `TIME` during a run")
	f.StringVar(&c.crawl.userAgent, "user-agent", "", "how to introduce oneself (default campusnews/VERSION with the contact)")
	f.StringVar(&c.crawl.contact, "contact", "", "address or URL where the sites' people reach you; part of the user agent")
	timeVar(f, &c.crawl.web.delay, "delay", time.Second, "least time between two requests to a host; robots.txt may ask for more")
	f.BoolVar(&c.crawl.web.allowPrivate, "allow-private", false, "connect to addresses outside the public internet, too, as on a campus network")
	c.nats.register(f)
	return cmd
}

// workerCacheKB is how much of all its databases a worker keeps in memory: of those it crawls, copies and searches together, however many there
// are.
const workerCacheKB = 32768

func (c *workerCommand) run(ctx context.Context, g *global) (err error) {
	labels, err := fleet.ParseLabels(c.labels)
	switch {
	case err != nil:
		return usagef("worker: --labels: %v", err)
	case c.slots < 1:
		return usagef("worker: --slots %d: want one at least", c.slots)
	case c.disk.sites < 0:
		return usagef("worker: --sites %d: want one at least", c.disk.sites)
	case c.copies < time.Second:
		return usagef("worker: --copy-every %s: want a second or more", c.copies)
	}
	defaults := &crawlCommand{}
	defaults.cobra(g)
	c.crawl.ask, c.crawl.again, c.crawl.quiet = defaults.ask, defaults.again, true
	if err := c.crawl.validate(g.env); err != nil {
		return err
	}
	if err := os.MkdirAll(c.data, 0o777); err != nil {
		return err
	}
	folder, err := filepath.Abs(c.data)
	if err != nil {
		return err
	}
	release, err := archive.Lock(filepath.Join(c.data, "worker.lock"), g.env.Now())
	if locked, ok := errors.AsType[*archive.LockedError](err); ok {
		return hint(fmt.Errorf("worker: --data %s is in use by %s", c.data, cmp.Or(locked.Holder, "another process")), "each worker wants a folder of its own")
	}
	if err != nil {
		return fmt.Errorf("worker: --data: %w", err)
	}
	defer func() { err = errors.Join(err, release()) }()
	host, err := os.Hostname()
	if err != nil {
		host = "host"
	}
	if c.id == "" {
		if c.id, err = keptID(c.data, host); err != nil {
			return err
		}
	}
	s, err := c.nats.openPatiently(ctx, g, "worker "+c.id)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := archive.LimitCache(workerCacheKB); err != nil {
		g.log().Debug("more memory than need be", "err", err)
	}
	c.disk.data = c.data
	mon := &workerMonitor{disk: &c.disk, nc: s.nc, lease: s.LeaseTTL}
	r := &siteRunner{
		fleet: s.Fleet, disk: &c.disk, mon: mon,
		g: g, crawl: &c.crawl, data: c.data, every: c.copies,
		open:   &openArchives{now: g.env.Now, log: g.log(), mon: mon},
		keeper: &replica.Keeper{Worker: c.id, Store: s.copies, Heads: s.heads, Log: g.log(), Lean: c.disk.lean},
	}
	r.open.dir = r.dir
	if r.open.shelf, err = replica.NewShelf(filepath.Join(c.data, "fetched"), int64(c.shelf), s.copies, s.heads); err != nil {
		return err
	}
	w, err := fleet.NewWorker(s.Fleet, r, fleet.Options{ID: c.id, Host: host, Folder: folder, Version: version(), Format: archive.Format(), Labels: labels, Slots: c.slots, Log: g.log()})
	if err != nil {
		return usagef("worker: --id: %v", err)
	}
	mon.worker = w.Status
	if c.listen != "" {
		l, err := listenTo(ctx, c.listen, monitored(mon.health, mon.metrics))
		if err != nil {
			return fmt.Errorf("worker: --listen: %w", err)
		}
		defer func() { err = errors.Join(err, l.close()) }()
		fmt.Fprintf(g.env.Stderr, "metrics at http://%s/metrics\n", l.address)
	}
	if err := errors.Join(r.answerSearch(ctx, s.Fleet, c.id), s.AnswerVisits(ctx, c.id, version(), r.open.open)); err != nil {
		return err
	}
	fmt.Fprintf(g.env.Stderr, "worker %s of fleet %s: archives in %s; the first SIGINT or SIGTERM ends the runs under way, a second one ends it at once\n", c.id, s.Name, c.data)
	var upgrades sync.WaitGroup
	upgrades.Go(func() { r.bringUp(ctx) })
	if err = w.Work(ctx); errors.Is(err, fleet.ErrTaken) {
		err = hint(err, "--id gives this one another name")
	}
	upgrades.Wait()
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	return errors.Join(err, r.keeper.Close(closing))
}

// keptID gives the worker's name, made when its folder was first used.
func keptID(data, host string) (string, error) {
	path := filepath.Join(data, "worker.id")
	b, err := os.ReadFile(path)
	if err == nil {
		return strings.TrimSpace(string(b)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", r) {
			return r
		}
		return '-'
	}, host)
	id := fmt.Sprintf("%s-%x", name, time.Now().UnixNano()&0xffffff)
	return id, os.WriteFile(path, []byte(id+"\n"), 0o666)
}
