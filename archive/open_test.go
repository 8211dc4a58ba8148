package archive

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"campusnews/scraper"

	sqlite3 "modernc.org/sqlite/lib"
)

func TestOpenTwice(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	_, err := Open(t.Context(), dir, Options{})
	if !errors.Is(err, ErrLocked) {
		t.Fatalf("second open: got %v, want ErrLocked", err)
	}
	if locked, ok := errors.AsType[*LockedError](err); !ok || !strings.Contains(locked.Error(), "process ") {
		t.Errorf("second open: got %q, want the holder named", err)
	}
	r, err := OpenReader(t.Context(), dir)
	if err != nil {
		t.Fatalf("reader beside a writer: %v", err)
	}
	if _, err := r.Begin(t.Context(), CrawlInfo{}); !errors.Is(err, ErrReadOnly) {
		t.Errorf("begin on a reader: got %v, want ErrReadOnly", err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

func TestReaderSeesSavedPages(t *testing.T) {
	dir := t.TempDir() + "/with a blank # and 中文?"
	a := open(t, dir)
	c := begin(t, a)
	r, err := OpenReader(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for i := range 3 {
		save(t, c, article(i+1, noon, "题", "文"))
		if n := count(t, r, `SELECT count(*) FROM articles`); n != i+1 {
			t.Errorf("articles: got %d, want %d", n, i+1)
		}
	}
}

func TestOpenWhatIsNoArchive(t *testing.T) {
	make := func(name, script string) string {
		dir := filepath.Join(t.TempDir(), name)
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		db, err := sql.Open("sqlite", filepath.Join(dir, dbName))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(script); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	text := t.TempDir()
	if err := os.WriteFile(filepath.Join(text, dbName), []byte(strings.Repeat("this is no database\n", 100)), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, dir   string
		write, read error
	}{
		{"text", text, ErrNotArchive, ErrNotArchive},
		{"another program's", make("other", "PRAGMA application_id = 7; CREATE TABLE t (x)"), ErrNotArchive, ErrNotArchive},
		{"a database without a name", make("nameless", "CREATE TABLE t (x)"), ErrNotArchive, ErrNotArchive},
		{"newer", make("newer", "PRAGMA application_id = 0x434E4557; PRAGMA user_version = 999; CREATE TABLE t (x)"), ErrNewer, ErrNewer},
		{"older", make("older", "PRAGMA application_id = 0x434E4557; PRAGMA user_version = 0; CREATE TABLE t (x)"), nil, ErrOlder},
		{"missing", filepath.Join(t.TempDir(), "none"), nil, fs.ErrNotExist},
	} {
		if _, err := OpenReader(t.Context(), c.dir); !errors.Is(err, c.read) {
			t.Errorf("%s, reading: got %v, want %v", c.name, err, c.read)
		}
		if a, err := Open(t.Context(), c.dir, Options{}); !errors.Is(err, c.write) {
			t.Errorf("%s, writing: got %v, want %v", c.name, err, c.write)
		} else if err == nil {
			if err := a.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestPragmas(t *testing.T) {
	a := open(t, t.TempDir())
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "application_id": "1129203031", "cache_size": "-16384",
		"user_version": strconv.Itoa(latest(migrations)), "journal_size_limit": "67108864", "busy_timeout": "10000",
	} {
		var got string
		if err := a.write.conn.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s: got %s (%v), want %s", pragma, got, err, want)
		}
	}
}

// TestMigrationIsWhole: a migration that fails half-way leaves the file as it was.
func TestMigrationIsWhole(t *testing.T) {
	a := open(t, t.TempDir())
	files := fstest.MapFS{}
	names, err := fs.Glob(migrations, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(migrations, name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	newest := latest(migrations)
	broken := fmt.Sprintf("%04d_broken.sql", newest+1)
	files[broken] = &fstest.MapFile{Data: []byte("CREATE TABLE extra (x); CREATE TABLE articles (x);")}
	if err := migrate(t.Context(), a.write.conn, files, "archive.db"); err == nil || !strings.Contains(err.Error(), broken) {
		t.Errorf("broken migration: got %v, want an error that names it", err)
	}
	if n := count(t, a, `SELECT count(*) FROM sqlite_master WHERE name = 'extra'`); n != 0 {
		t.Error("half a migration stayed")
	}
	if n := count(t, a, `PRAGMA user_version`); n != newest {
		t.Errorf("user_version: got %d, want %d", n, newest)
	}
	delete(files, broken)
	files[fmt.Sprintf("%04d_gap.sql", newest+2)] = &fstest.MapFile{Data: []byte("SELECT 1")}
	if err := migrate(t.Context(), a.write.conn, files, "archive.db"); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("want number %04d", newest+1)) {
		t.Errorf("gap: got %v, want an error", err)
	}
}

// TestSchemaIsCommented: whoever opens the file in the sqlite3 shell reads what each column means. Keys and
// plain copies of the page may speak for themselves.
func TestSchemaIsCommented(t *testing.T) {
	a := open(t, t.TempDir())
	tables := 0
	err := a.eachRow(t.Context(), func(rows *sql.Rows) error {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			return err
		}
		tables++
		if !strings.Contains(text, "--") {
			t.Errorf("%s: no comment survives in its definition", name)
		}
		if strings.HasPrefix(text, "CREATE TABLE") && !strings.Contains(text, "STRICT") {
			t.Errorf("%s is not STRICT", name)
		}
		return nil
	}, `SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'articles_fts%'`)
	if err != nil || tables < 25 {
		t.Errorf("tables and views: got %d (%v), want 25 or more", tables, err)
	}
	for _, view := range []string{"versions", "articles_flat", "articles_per_month", "articles_per_section", "articles_by_person", "people",
		"articles_by_source", "articles_gone", "article_sections", "article_urls"} {
		if _, err := a.read.ExecContext(t.Context(), `SELECT * FROM `+view); err != nil {
			t.Errorf("%s: %v", view, err)
		}
	}
}

// TestReadOnlyFolder opens an archive on a medium that cannot be written to.
func TestReadOnlyFolder(t *testing.T) {
	dir := t.TempDir()
	a, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	for path, mode := range map[string]os.FileMode{filepath.Join(dir, dbName): 0o444, dir: 0o555} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { os.Chmod(dir, 0o755) })
	if os.Getuid() == 0 {
		if err := exec.Command("chattr", "+i", dir).Run(); err != nil {
			t.Skip("root writes everywhere, and this disk knows no immutable folders")
		}
		t.Cleanup(func() { exec.Command("chattr", "-i", dir).Run() })
	}
	r, err := OpenReader(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if n := count(t, r, `SELECT count(*) FROM articles`); n != 0 {
		t.Errorf("articles: got %d", n)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// TestDiskFull: a Save that finds no room changes nothing, and the archive goes on when there is room again.
func TestDiskFull(t *testing.T) {
	a := open(t, t.TempDir())
	c := begin(t, a)
	save(t, c, article(1, noon, "题", "文"))
	change(t, a, fmt.Sprintf("PRAGMA max_page_count = %d", count(t, a, "PRAGMA page_count")+4))
	saved := 1
	for ; saved < 100; saved++ {
		v := article(saved+1, noon, "题", strings.Repeat("文", 3000))
		if _, err := c.Save(t.Context(), v); err != nil {
			if resultCode(err) != sqlite3.SQLITE_FULL {
				t.Fatalf("got %v, want the disk to be full", err)
			}
			break
		}
	}
	if saved == 100 {
		t.Fatal("the disk was never full")
	}
	if n := count(t, a, `SELECT count(*) FROM articles`); n != saved {
		t.Errorf("articles: got %d, want the %d that were saved", n, saved)
	}
	change(t, a, "PRAGMA max_page_count = 1000000")
	save(t, c, article(saved+1, noon, "题", strings.Repeat("文", 3000)))
}

func TestClosed(t *testing.T) {
	a, err := Open(t.Context(), t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := begin(t, a)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Add(t.Context(), []scraper.Target{due("a", scraper.RoleHome, 0)}, false); !errors.Is(err, errClosed) {
		t.Errorf("add after close: got %v, want %v", err, errClosed)
	}
	if _, err := c.Save(t.Context(), article(1, noon, "题", "文")); err == nil {
		t.Error("save after close: got no error")
	}
	if _, err := c.Next(t.Context(), scraper.Query{Site: "csu", Now: noon}); err == nil || errors.Is(err, scraper.ErrNoneDue) {
		t.Errorf("next after close: got %v", err)
	}
}

// TestLostEnd: where a disk has lost the end of a WARC file, or all of it, the crawl goes on in another file, and verify finds what
// is missing and nothing else.
func TestLostEnd(t *testing.T) {
	for name, harm := range map[string]func(string) error{
		"cut":   func(path string) error { return os.Truncate(path, 2000) },
		"empty": func(path string) error { return os.Truncate(path, 0) },
		"gone":  os.Remove,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			a, err := Open(t.Context(), dir, Options{})
			if err != nil {
				t.Fatal(err)
			}
			c := begin(t, a)
			for n := range 5 {
				save(t, c, article(n, noon, "题目", "正文"))
			}
			if err := a.Close(); err != nil {
				t.Fatal(err)
			}
			if err := harm(filepath.Join(dir, warcName, "campusnews-00001.warc.gz")); err != nil {
				t.Fatal(err)
			}
			var log strings.Builder
			a, err = Open(t.Context(), dir, Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(log.String(), "campusnews-00001.warc.gz") {
				t.Errorf("nobody was told of the lost bytes: %s", &log)
			}
			save(t, begin(t, a), article(9, noon.AddDate(0, 0, 1), "题目", "后来"))
			var file string
			if err := a.read.QueryRow(`SELECT file FROM captures ORDER BY id DESC LIMIT 1`).Scan(&file); err != nil || file != "campusnews-00002.warc.gz" {
				t.Errorf("the next record is in %s (%v), want another file than the damaged one", file, err)
			}
			_, faults := verify(t, a)
			if len(faults) == 0 {
				t.Error("verify finds nothing wrong")
			}
			for _, f := range faults {
				if strings.Contains(f, "campusnews-00002") {
					t.Errorf("verify blames the new file: %s", f)
				}
			}
			if err := a.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}
