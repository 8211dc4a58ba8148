package archive

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

const tempEnv = "CAMPUSNEWS_TEMP_TEST" // folder in which to write and search

// writeAndSearch does what makes SQLite want temporary files: a savepoint that is taken back after many changes, and a sort.
func writeAndSearch(dir string) (err error) {
	ctx := context.Background()
	a, err := Open(ctx, dir, Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	c, err := a.Begin(ctx, CrawlInfo{})
	if err != nil {
		return err
	}
	for n := range 40 {
		if _, err := c.Save(ctx, article(n+1, noon, fmt.Sprint("题", n), strings.Repeat("文", 5000))); err != nil {
			return err
		}
	}
	no := errors.New("no")
	err = a.write.do(ctx, func(t *tx) error { return errors.Join(t.exec("UPDATE articles SET body = body || 'x'"), no) })
	if !errors.Is(err, no) || strings.Contains(err.Error(), "I/O") {
		return fmt.Errorf("savepoint: %w", err)
	}
	var n int
	return a.read.QueryRowContext(ctx, `WITH RECURSIVE s(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM s WHERE i < 40000)
		SELECT count(*) FROM (SELECT i FROM s ORDER BY hex(randomblob(200)) LIMIT -1 OFFSET 1)`).Scan(&n)
}
