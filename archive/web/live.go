package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"campusnews/archive"
)

// Live progress: one poller for all who watch, which looks while somebody does. The crawl is another process; what it
// has done is what the archive's tables say, and each look reads the rows that have come since the last.
const (
	pollEvery   = time.Second
	maxWatchers = 100
	beatEvery   = 15 * time.Second // a comment is sent so often when nothing happens, so that nobody between cuts the line
)

// A watch tells all watchers what the runs under way have done.
type watch struct {
	mu       sync.Mutex
	watchers map[chan []byte]bool
	latest   []byte // what was last told; nil = the poller does not run
}

// A progressJSON is a run under way as /live tells it.
type progressJSON struct {
	Crawl    int64          `json:"crawl"`
	Sites    []string       `json:"sites"`
	Started  time.Time      `json:"started"`
	Latest   *time.Time     `json:"latest"` // null = no request yet
	URL      string         `json:"url"`
	Requests int            `json:"requests"`
	Failed   int            `json:"failed"`
	Articles int            `json:"articles"`
	Bytes    int64          `json:"bytes"`
	By       map[string]int `json:"by"`
}

func asProgressJSON(p *archive.Progress) progressJSON {
	out := progressJSON{p.Crawl, notNil(p.Sites), p.Started, nil, p.URL, p.Requests, p.Failed, p.Articles, p.Bytes, p.By}
	if !p.Latest.IsZero() {
		out.Latest = &p.Latest
	}
	return out
}

func notNil[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// live answers with server-sent events (HTML standard, 9.2): one each time that something has changed.
func (r *Room) live(w http.ResponseWriter, req *http.Request) error {
	told, ok := r.subscribe()
	if !ok {
		return &statusError{status: http.StatusServiceUnavailable, key: "error.crowded"}
	}
	defer r.unsubscribe(told)
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx would keep it back
	rc := http.NewResponseController(w)
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	for {
		var err error
		select {
		case <-req.Context().Done():
			return nil
		case <-r.ctx.Done():
			return nil
		case b := <-told:
			_ = rc.SetWriteDeadline(time.Now().Add(2 * beatEvery)) // where it is not supported, nothing writes for ever either
			_, err = fmt.Fprintf(w, "data: %s\n\n", b)
		case <-beat.C:
			_ = rc.SetWriteDeadline(time.Now().Add(2 * beatEvery))
			_, err = fmt.Fprint(w, ":\n\n")
		}
		if err == nil {
			err = rc.Flush()
		}
		if err != nil {
			return nil // the watcher has left
		}
	}
}

// subscribe begins to watch; false = there are too many.
func (r *Room) subscribe() (chan []byte, bool) {
	r.watch.mu.Lock()
	defer r.watch.mu.Unlock()
	if len(r.watch.watchers) >= maxWatchers {
		return nil, false
	}
	told := make(chan []byte, 1)
	if r.watch.watchers == nil {
		r.watch.watchers = map[chan []byte]bool{}
	}
	r.watch.watchers[told] = true
	if r.watch.latest != nil {
		told <- r.watch.latest
		return told, true
	}
	r.watch.latest = []byte("[]")
	return told, r.spawn(r.poll)
}

func (r *Room) unsubscribe(told chan []byte) {
	r.watch.mu.Lock()
	defer r.watch.mu.Unlock()
	delete(r.watch.watchers, told)
}

// poll looks until nobody watches any more.
func (r *Room) poll(ctx context.Context) {
	runs := map[int64]*archive.Progress{}
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for first := true; ; first = false {
		b, err := r.look(ctx, runs)
		if err != nil && ctx.Err() == nil {
			r.opts.Log.Warn("no progress", "err", err)
		}
		if !r.tell(b, first) {
			return
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
		if ctx.Err() != nil {
			r.tell(nil, false)
			return
		}
	}
}

// look brings the runs under way up to date and gives them as JSON; nil when that failed.
func (r *Room) look(ctx context.Context, runs map[int64]*archive.Progress) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, maxAnswer)
	defer cancel()
	under, err := r.archive.Running(ctx)
	if err != nil {
		return nil, err
	}
	list := []progressJSON{}
	for _, p := range under {
		if known := runs[p.Crawl]; known != nil {
			p = known
		}
		runs[p.Crawl] = p
		if err := r.archive.Follow(ctx, p); err != nil {
			return nil, err
		}
		list = append(list, asProgressJSON(p))
	}
	return json.Marshal(list)
}

// tell gives news to the watchers; to one that has not taken the last yet, the newest alone. False = nobody watches any more.
func (r *Room) tell(b []byte, always bool) bool {
	r.watch.mu.Lock()
	defer r.watch.mu.Unlock()
	if len(r.watch.watchers) == 0 {
		r.watch.latest = nil
		return false
	}
	if b == nil || !always && string(b) == string(r.watch.latest) {
		return true
	}
	r.watch.latest = b
	for told := range r.watch.watchers {
		select {
		case <-told:
		default:
		}
		told <- b
	}
	return true
}
