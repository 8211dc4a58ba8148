package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"campusnews/scraper/fleet"
)

// A quota is a number of bytes of a disk, written with a binary unit: 50G. 0 = no bound.
type quota int64

func (q *quota) String() string {
	if *q == 0 {
		return ""
	}
	return strings.ReplaceAll(size(int64(*q)), " ", "")
}

// Set implements pflag.Value.
func (q *quota) Set(text string) error {
	digits := strings.TrimSuffix(strings.TrimSuffix(strings.ToUpper(text), "B"), "I")
	unit := int64(0)
	if n := len(digits); n > 0 {
		unit = map[byte]int64{'M': 1 << 20, 'G': 1 << 30, 'T': 1 << 40}[digits[n-1]]
		digits = digits[:n-1]
	}
	n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 32)
	if err != nil || unit == 0 || n < 1 || n > math.MaxInt64/unit {
		return errors.New("want a size such as 500M, 50G or 2T")
	}
	*q = quota(n * unit)
	return nil
}

// Type implements pflag.Value.
func (q *quota) Type() string { return "size" }

const (
	segmentBytes = 64 << 20  // of a WARC file where files are to go once they are copied
	scarce       = 1 << 30   // bytes left on the disk below which no new site is taken
	exhausted    = 128 << 20 // bytes left below which nothing is crawled
	usedFor      = time.Minute
)

// A disk is what a worker's archives take, and may.
type disk struct {
	data  string
	sites int   // archives, at most; 0 = no bound
	bytes quota // of them, at most
	keep  bool  // WARC files stay when they are copied, as long as bytes allows

	mu       sync.Mutex
	used     int64
	archives int
	counted  time.Time // zero = never
	busy     map[string]*sync.Mutex
}

// of locks a site's folder: a run is at it, or it is tidied.
func (d *disk) of(site string) *sync.Mutex {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.busy == nil {
		d.busy = map[string]*sync.Mutex{}
	}
	if d.busy[site] == nil {
		d.busy[site] = new(sync.Mutex)
	}
	return d.busy[site]
}

// count gives what the archives take and how many there are, as of a minute ago at most; anew when fresh.
func (d *disk) count(fresh bool) (used int64, archives int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !fresh && time.Since(d.counted) < usedFor {
		return d.used, d.archives
	}
	d.used, d.archives, d.counted = 0, 0, time.Now()
	_ = filepath.WalkDir(filepath.Join(d.data, "sites"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return nil // files come and go meanwhile
		}
		if info, err := e.Info(); err == nil {
			d.used += info.Size()
		}
		if e.Name() == "archive.db" {
			d.archives++
		}
		return nil
	})
	return d.used, d.archives
}

// full says why no site is taken that is not here already.
func (d *disk) full() string {
	used, archives := d.count(false)
	left, known := freeSpace(d.data)
	switch {
	case d.sites > 0 && archives >= d.sites:
		return fmt.Sprintf("it has %s, of --sites %d", count(archives, "archive"), d.sites)
	case d.bytes > 0 && used >= int64(d.bytes)/20*19:
		return fmt.Sprintf("its archives take %s, of --disk %s", size(used), size(int64(d.bytes)))
	case known && left < scarce:
		return fmt.Sprintf("its disk has %s left", size(left))
	}
	return ""
}

// Archives implements fleet.Runner.
func (r *siteRunner) Archives() int {
	_, n := r.disk.count(false)
	return n
}

// Disk implements fleet.Runner.
func (r *siteRunner) Disk() int64 {
	used, _ := r.disk.count(false)
	return used
}

// Full implements fleet.Runner.
func (r *siteRunner) Full() string { return r.disk.full() }

// segment is how large a WARC file becomes; 0 = as ever.
func (d *disk) segment() int64 {
	if d.keep && d.bytes == 0 {
		return 0
	}
	return segmentBytes
}

// lean says whether a copy of so many bytes is taken without the WARC files that nothing is added to any more.
func (d *disk) lean(copied int64) bool {
	used, _ := d.count(false)
	return !d.keep || d.bytes > 0 && used+copied > int64(d.bytes)/10*8
}

// tidy frees disk after a run of a site: its copied WARC files go if they are not to be kept, and where the archives take more than they
// may, archives that other workers have taken over, and then the copied WARC files of the others, that of the oldest run first. Nothing
// goes whose copy has not been read back.
func (r *siteRunner) tidy(ctx context.Context, site string) {
	if !r.disk.keep {
		r.putAway(ctx, site, math.MaxInt64)
	}
	used, _ := r.disk.count(true)
	if r.disk.bytes == 0 || used < int64(r.disk.bytes)/10*9 {
		return
	}
	free := used - int64(r.disk.bytes)/10*8
	states, err := r.fleet.States(ctx)
	if err != nil {
		r.g.log().Warn("disk is not tidied", "err", err)
		return
	}
	slices.SortFunc(states, func(a, b fleet.State) int { return a.Began.Compare(b.Began) })
	for _, others := range []bool{true, false} {
		for _, s := range states {
			if free <= 0 || ctx.Err() != nil {
				break
			}
			if _, err := os.Stat(filepath.Join(r.dir(s.Site), "archive.db")); err != nil || (s.Home != r.keeper.Worker) != others {
				continue
			}
			if others {
				free -= r.removeOld(ctx, s.Site)
			} else {
				free -= r.putAway(ctx, s.Site, free)
			}
		}
	}
	r.disk.count(true)
}

// putAway removes copied WARC files of a site that nobody is at.
func (r *siteRunner) putAway(ctx context.Context, site string, free int64) int64 {
	busy := r.disk.of(site)
	if !busy.TryLock() {
		return 0
	}
	defer busy.Unlock()
	freed, err := r.keeper.PutAway(ctx, site, r.dir(site), free)
	if err != nil && ctx.Err() == nil {
		r.g.log().Error("WARC files stay here", "site", site, "err", err)
	}
	return freed
}

// removeOld removes an archive that another worker has taken over from the copy: what is here is older than that.
func (r *siteRunner) removeOld(ctx context.Context, site string) int64 {
	busy := r.disk.of(site)
	if !busy.TryLock() {
		return 0
	}
	defer busy.Unlock()
	h, _, err := r.keeper.Heads.Head(ctx, site)
	if err != nil || h.Worker == "" || h.Worker == r.keeper.Worker || len(h.Pages) == 0 {
		return 0 // nobody has it whole but us
	}
	used := folderSize(r.dir(site))
	if err := errors.Join(r.keeper.Forget(ctx, r.dir(site)), os.RemoveAll(r.dir(site))); err != nil {
		r.g.log().Warn("an old archive stays", "site", site, "err", err)
		return 0
	}
	r.g.log().Info("an archive that another worker has taken over is removed", "site", site, "worker", h.Worker, "bytes", used)
	return used
}

func folderSize(dir string) (n int64) {
	_ = filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			if info, err := e.Info(); err == nil {
				n += info.Size()
			}
		}
		return nil
	})
	return n
}
