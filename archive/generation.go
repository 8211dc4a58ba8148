package archive

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
)

// A watcher is a reading connection that tells whether anything was committed since it last looked.
type watcher struct {
	mu   sync.Mutex
	conn *sql.Conn // nil = nobody has asked yet
}

// Generation is a number that stays the same as long as nobody writes to the archive, this process or another. To ask takes
// microseconds. Numbers of two openings of an archive have nothing to do with each other.
func (a *Archive) Generation(ctx context.Context) (n int64, err error) {
	a.watcher.mu.Lock()
	defer a.watcher.mu.Unlock()
	if a.watcher.conn == nil {
		// PRAGMA data_version means something within one connection alone, so one is set aside.
		if a.watcher.conn, err = a.read.Conn(ctx); err != nil {
			return 0, fmt.Errorf("watch the archive: %w", err)
		}
	}
	if err := a.watcher.conn.QueryRowContext(brief(ctx), `PRAGMA data_version`).Scan(&n); err != nil {
		return 0, fmt.Errorf("watch the archive: %w", err)
	}
	return n, nil
}

func (w *watcher) close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.conn == nil {
		return nil
	}
	return w.conn.Close()
}
