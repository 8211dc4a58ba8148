package archive

import (
	"context"
	"fmt"
	"os"
)

// Where there is always somebody who reads, however briefly, SQLite never comes to begin its log anew by itself: it would
// have to find nobody who still needs what is in it. From longLog on, which is where SQLite cuts it to, it is asked to wait for those
// who are reading just now, for restPatience at most, and if that was in vain once more when the log has grown by a quarter. Readers
// of 0.2 s each, of whom there was always one, left 153 MiB of log after 150 MiB were written, and this 64: it waited for them 0.4 and 1.1 s.
const (
	longLog      = 64 << 20
	logStride    = 16 << 20
	restPatience = "2000"
	busyPatience = "10000"
)

// renewLog has the log begun anew when it is too long, and tells when somebody reads on and on who keeps it from that. The callers have their
// answers already; who comes next waits.
func (w *writer) renewLog(ctx context.Context) {
	if w.keepLog || w.pages == nil || w.broken != nil {
		return
	}
	info, err := os.Stat(w.pages.path)
	if err != nil || info.Size() <= longLog {
		w.anew = 0
		return
	}
	if info.Size() < w.anew {
		return
	}
	again := w.anew > 0 // the last time was in vain
	w.anew = info.Size() + max(logStride, info.Size()/4)
	if _, err := w.conn.ExecContext(ctx, "PRAGMA busy_timeout = "+restPatience); err != nil {
		return // the log is as it was
	}
	var busy, pages, moved int64
	err = w.conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(RESTART)").Scan(&busy, &pages, &moved)
	if err == nil && busy != 0 && again {
		w.long(info.Size())
	}
	if _, err := w.conn.ExecContext(ctx, "PRAGMA busy_timeout = "+busyPatience); err != nil {
		w.broken = fmt.Errorf("set busy_timeout: %w", err) // nothing of the kind has been seen; it would give up too soon for ever
	}
}
