package archive

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Readers of whom there is always one do not let the write-ahead log grow for ever, though each is there while others write.
func TestLogUnderReaders(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 130 MiB")
	}
	dir := t.TempDir()
	a := open(t, dir)
	begin(t, a)
	ctx, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		var conns [2]*sql.Conn
		for i := range conns {
			conn, err := a.read.Conn(context.Background())
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			conns[i] = conn
		}
		do := func(conn *sql.Conn, statement string) {
			if _, err := conn.ExecContext(context.Background(), statement); err != nil {
				t.Error(err)
			}
		}
		do(conns[1], "BEGIN")
		for i := 0; ; i = 1 - i { // one begins before the other ends
			do(conns[i], "BEGIN")
			var n int
			if err := conns[i].QueryRowContext(context.Background(), `WITH RECURSIVE c(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM c WHERE i < 20000) SELECT (SELECT count(*) FROM articles) + count(*) FROM c`).Scan(&n); err != nil {
				t.Error(err)
			}
			do(conns[1-i], "ROLLBACK")
			if ctx.Err() != nil {
				do(conns[i], "ROLLBACK")
				return
			}
		}
	})
	most := int64(0)
	text := make([]byte, 1<<19)
	for i := range 130 { // of a mebibyte each
		if err := a.write.do(t.Context(), func(tx *tx) error {
			return tx.exec(`INSERT OR REPLACE INTO profiles (site, text, seen) SELECT id, ?, '' FROM sites`, fmt.Sprintf("%d%x", i, text))
		}); err != nil {
			t.Error(err)
		}
		if info, err := os.Stat(filepath.Join(dir, dbName+"-wal")); err == nil {
			most = max(most, info.Size())
		}
	}
	stop()
	wg.Wait()
	t.Logf("the log had %d MiB at most", most>>20)
	if most > 110<<20 {
		t.Errorf("the log grew to %d MiB of 130 written, want about 64", most>>20)
	}
}

// A reader who stays is told of: nothing else can be done about the log that he keeps.
func TestLogUnderOneReader(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 180 MiB")
	}
	var log strings.Builder
	a, err := Open(t.Context(), t.TempDir(), Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	begin(t, a)
	reader, err := a.read.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := reader.QueryRow(`SELECT count(*) FROM articles`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	text := make([]byte, 1<<19)
	write := func() {
		t.Helper()
		for i := range 90 { // of a mebibyte each
			if err := a.write.do(t.Context(), func(tx *tx) error {
				return tx.exec(`INSERT OR REPLACE INTO profiles (site, text, seen) SELECT id, ?, '' FROM sites`, fmt.Sprintf("%d%x", i, text))
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	write()
	if n := strings.Count(log.String(), "another program goes on reading"); n != 1 {
		t.Errorf("told %d times, want once, of the second time in vain: %s", n, &log)
	}
	if err := reader.Rollback(); err != nil {
		t.Fatal(err)
	}
	log.Reset()
	write()
	if log.Len() > 0 {
		t.Errorf("told when nobody reads any more: %s", &log)
	}
}
