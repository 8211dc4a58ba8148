package postings

import (
	"slices"
	"sync"
)

// Bounds of a Cache: at 1,000,000 rows a set takes 125 KB, and 32 are kept.
const (
	maxKept      = 256
	maxKeptBytes = 4 << 20
)

// A Cache keeps the rows of the words that were looked up last, as long as the index stays as it is: whoever turns a page, changes the order or wants counts
// beside the hits asks for the same words again. The zero value is an empty one. It is of one index, and may be used from several goroutines.
type Cache struct {
	mu    sync.Mutex
	state string // the list of segments, which nothing is written without: it counts the pages written
	sets  map[Word]*keptSet
	turn  int64
	bytes int
}

type keptSet struct {
	rows Set
	turn int64 // of the last use
}

// get gives the rows of a word in an index of that state. The set is the caller's.
func (c *Cache) get(state string, w Word) (Set, bool) {
	if c == nil {
		return nil, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	k := c.sets[w]
	if k == nil || c.state != state {
		return nil, false
	}
	c.turn++
	k.turn = c.turn
	return slices.Clone(k.rows), true
}

// put keeps a copy of the rows, and lets go of those that were not wanted for longest.
func (c *Cache) put(state string, w Word, rows Set) {
	size := 8 * len(rows)
	if c == nil || size > maxKeptBytes {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sets == nil || c.state != state {
		c.state, c.sets, c.bytes = state, map[Word]*keptSet{}, 0
	}
	c.drop(w)
	for len(c.sets) >= maxKept || c.bytes+size > maxKeptBytes {
		oldest, turn := Word{}, c.turn+1
		for other, k := range c.sets {
			if k.turn < turn {
				oldest, turn = other, k.turn
			}
		}
		c.drop(oldest)
	}
	c.turn++
	c.sets[w] = &keptSet{slices.Clone(rows), c.turn}
	c.bytes += size
}

func (c *Cache) drop(w Word) {
	if k := c.sets[w]; k != nil {
		c.bytes -= 8 * len(k.rows)
		delete(c.sets, w)
	}
}
