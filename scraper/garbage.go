package scraper

import (
	"runtime/debug"
	"sync"
)

// A sitemap as long as the protocol allows becomes 30 MB of addresses, which are in hand until they are stored, and as much garbage again.
// While one is read, or one that has more than manyItems is stored, garbage is collected when there is a quarter of what is in use: each time is some
// milliseconds' work.
const (
	manyBytes = 128 << 10 // packed it may be
	manyItems = 5000
	gcPercent = 25
)

// often says how many runs of this process want garbage collected often, and what held before the first of them.
var often struct {
	sync.Mutex
	runs, before int
}

// collectOften has garbage collected often until the function is called, unless it is collected more often anyway, or never.
func collectOften() (enough func()) {
	often.Lock()
	defer often.Unlock()
	if often.runs++; often.runs == 1 {
		if often.before = debug.SetGCPercent(gcPercent); often.before < gcPercent {
			debug.SetGCPercent(often.before)
		}
	}
	debug.FreeOSMemory() // what came before
	return func() {
		often.Lock()
		defer often.Unlock()
		if often.runs--; often.runs == 0 {
			debug.FreeOSMemory() // else as much again may be used before garbage is collected the next time
			debug.SetGCPercent(often.before)
		}
	}
}
