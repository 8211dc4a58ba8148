package web

import (
	"container/list"
	"sync"
	"time"
)

// Limits on what is remembered of searches. While a crawl writes, an answer may be rememberedFor old.
const (
	rememberedBytes = 16 << 20
	rememberedFor   = 5 * time.Second
)

// Remembered are the answers to the latest searches, of one generation of the archive or not older than rememberedFor.
type remembered struct {
	mu     sync.Mutex
	most   int        // bytes
	bytes  int        // of all values, about
	latest *list.List // of *answer, the one asked for last in front
	byKey  map[string]*list.Element
}

type answer struct {
	key        string
	value      any
	bytes      int
	generation int64
	made       time.Time
}

func newRemembered(most int) *remembered {
	return &remembered{most: most, latest: list.New(), byKey: map[string]*list.Element{}}
}

// get gives the value under key; false = there is none that is still good.
func (m *remembered) get(key string, generation int64) (any, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.byKey[key]
	if e == nil {
		return nil, false
	}
	a := e.Value.(*answer)
	if a.generation != generation && time.Since(a.made) > rememberedFor {
		m.drop(e)
		return nil, false
	}
	m.latest.MoveToFront(e)
	return a.value, true
}

// put keeps a value of so many bytes, and lets those go that were not asked for longest. Nobody may change it any more.
func (m *remembered) put(key string, generation int64, value any, bytes int) {
	bytes += len(key) + 200 // of what holds it
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.byKey[key]; e != nil {
		m.drop(e)
	}
	if bytes > m.most/4 {
		return // one answer shall not push out all others
	}
	m.byKey[key] = m.latest.PushFront(&answer{key, value, bytes, generation, time.Now()})
	for m.bytes += bytes; m.bytes > m.most; {
		m.drop(m.latest.Back())
	}
}

func (m *remembered) drop(e *list.Element) {
	a := m.latest.Remove(e).(*answer)
	delete(m.byKey, a.key)
	m.bytes -= a.bytes
}
