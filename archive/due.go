package archive

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"campusnews/scraper"
)

// Leases say which targets somebody has in hand. They are kept in memory: they end with the process, and with the
// lock no other process gives any. With them stands what is due next, read from the frontier some rows in advance.
type leases struct {
	mu    sync.Mutex
	out   map[lease]bool
	ahead map[dueKey]*ahead
}

type lease struct{ site, key string }

// A dueKey names one order in which targets become due.
type dueKey struct {
	site    string
	role    scraper.Role
	section string
	all     bool // targets of all sections; section is "" then
}

// An ahead is the beginning of one such order. It holds no leased target. So long as
// what is added to the frontier comes behind its last one it stays right; what does not makes it stale.
type ahead struct {
	now     time.Time // targets due at or before, as asked for
	targets []dueTarget
	more    bool // others may follow in the frontier
	stale   bool
	size    int // how many to read next time
}

type dueTarget struct {
	scraper.Target
	id int64
}

// How many targets are read in advance: few at first and after the order has changed, then more and more.
const (
	leastAhead = 4
	mostAhead  = 64
)

// A dueNote is a change of the frontier by a transaction, as it concerns what is due.
type dueNote struct {
	site, key string // key "" = any of the site
	role      scraper.Role
	section   string
	due       time.Time // zero = not due
	what      dueChange
}

type dueChange int

const (
	dueNew   dueChange = iota // the frontier did not know it
	duePut                    // it has become so
	dueMoved                  // something of it has changed, and its role is not at hand
)

// note takes in what a transaction that is on disk has changed.
func (l *leases) note(changes []dueNote) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, n := range changes {
		l.take(n)
	}
}

func (l *leases) take(n dueNote) {
	due := n.due.Truncate(time.Millisecond) // as the frontier has it
	for k, a := range l.ahead {
		if k.site != n.site || a.stale {
			continue
		}
		if n.what == dueMoved || n.what == duePut && a.has(n.key) {
			a.stale = true
			continue
		}
		if k.role != n.role || !k.all && k.section != n.section || due.IsZero() || due.After(a.now.Truncate(time.Millisecond)) {
			continue
		}
		if n.what == dueNew && (len(a.targets) == 0 || !due.Before(a.targets[len(a.targets)-1].Due)) {
			a.more = true // its id is the highest: it comes last of those due at the same time
			continue
		}
		a.stale = true
	}
}

func (a *ahead) has(key string) bool {
	for i := range a.targets {
		if a.targets[i].Key == key {
			return true
		}
	}
	return false
}

// drop ends a lease; t is the target as the frontier has it now.
func (l *leases) drop(t scraper.Target) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.out, lease{t.Site, t.Key})
	l.take(dueNote{t.Site, t.Key, t.Role, t.Section, t.Due, duePut}) // nobody saw it while it was leased
}

// Next implements scraper.Store.
func (c *Crawl) Next(ctx context.Context, q scraper.Query) (scraper.Target, error) {
	if c.a.write == nil {
		return scraper.Target{}, ErrReadOnly
	}
	l := &c.a.leases
	l.mu.Lock()
	defer l.mu.Unlock()
	roles := q.Roles
	if roles == nil {
		roles = []scraper.Role{scraper.RoleHome, scraper.RoleSection, scraper.RoleList, scraper.RolePart,
			scraper.RoleArticle, scraper.RoleRevisit, scraper.RoleAsset, scraper.RoleWalk, scraper.RoleFeed, scraper.RoleRequisite}
	}
	var best *ahead
	for _, role := range roles {
		if best != nil && role > best.targets[0].Role {
			continue // Roles need not be in order
		}
		sections := q.Sections
		if sections == nil {
			sections = []string{""}
		}
		for _, section := range sections {
			a, err := c.a.lookAhead(ctx, dueKey{q.Site, role, section, q.Sections == nil}, q.Now)
			if err != nil {
				return scraper.Target{}, fmt.Errorf("find the next target: %w", err)
			}
			if len(a.targets) > 0 && (best == nil || a.targets[0].before(best.targets[0])) {
				best = a
			}
		}
	}
	if best == nil {
		return scraper.Target{}, scraper.ErrNoneDue
	}
	t := best.targets[0].Target
	best.targets = best.targets[1:]
	if l.out == nil {
		l.out = map[lease]bool{}
	}
	l.out[lease{t.Site, t.Key}] = true
	return t, nil
}

func (t dueTarget) before(o dueTarget) bool {
	return t.Role < o.Role || t.Role == o.Role && (t.Due.Before(o.Due) || t.Due.Equal(o.Due) && t.id < o.id)
}

// lookAhead gives the beginning of an order, with a target if there is one that is not leased. The lock on leases is held.
func (a *Archive) lookAhead(ctx context.Context, k dueKey, now time.Time) (*ahead, error) {
	l := &a.leases
	for other := range l.ahead { // what is leased from one must not stand in another
		if other.site == k.site && other.role == k.role && other.all != k.all {
			delete(l.ahead, other)
		}
	}
	h := l.ahead[k]
	switch {
	case h == nil:
		h = &ahead{size: leastAhead}
		if l.ahead == nil {
			l.ahead = map[dueKey]*ahead{}
		}
		l.ahead[k] = h
	case h.stale || !h.now.Equal(now):
		h.size = leastAhead
	case len(h.targets) > 0 || !h.more:
		return h, nil
	default:
		h.size = min(2*h.size, mostAhead)
	}
	h.stale = true // until it has been read whole
	var err error
	if h.targets, h.more, err = a.readDue(ctx, k, now, h.size); err != nil {
		return nil, err
	}
	h.now, h.stale = now, false
	return h, nil
}

// readDue reads the first targets of an order that are not leased, and says whether there may be more.
// It reads a row for each lease at most besides, however large the frontier is. The query has no LIMIT:
// SQLite compiles a statement anew each time a limit is bound to it.
func (a *Archive) readDue(ctx context.Context, k dueKey, now time.Time, most int) (list []dueTarget, more bool, err error) {
	query := `SELECT ` + targetColumns + `, id FROM frontier WHERE site = ?1 AND role = ?2 AND due <= ?3 ORDER BY due, id`
	args := []any{k.site, int(k.role), stamp(now)}
	if !k.all {
		query = `SELECT ` + targetColumns + `, id FROM frontier WHERE site = ?1 AND role = ?2 AND due <= ?3 AND section = ?4 ORDER BY due, id`
		args = append(args, k.section)
	}
	stmt, err := a.prepared(ctx, query)
	if err != nil {
		return nil, false, err
	}
	rows, err := stmt.QueryContext(brief(ctx), args...)
	if err != nil {
		return nil, false, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if len(list) == most {
			return list, true, nil
		}
		var d dueTarget
		if d.Target, err = scanTarget(rows, &d.id); err != nil {
			return nil, false, err
		}
		if !a.leases.out[lease{d.Site, d.Key}] {
			list = append(list, d)
		}
	}
	return list, false, rows.Err()
}

// Release implements scraper.Store. The frontier's row was never touched, so nothing has to be written.
func (c *Crawl) Release(_ context.Context, t scraper.Target) error {
	l := &c.a.leases
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.out, lease{t.Site, t.Key})
	l.take(dueNote{site: t.Site, what: dueMoved})
	return nil
}
