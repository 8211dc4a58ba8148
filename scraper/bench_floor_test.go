//go:build unix

package scraper_test

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/klauspost/compress/gzip"

	"campusnews/archive/bigram"
	"campusnews/extract"
)

// BenchmarkFloor crawls a loopback site with all that a crawl does, and beside it by the bare loop of BenchmarkCrawl, which here
// keeps pages with the same libraries and nothing around them: each page is parsed once; packed by gzip at level 6, with
// one digest, into one file; one row of the page and one of the article's text, with the words of its search
// index, go into SQLite, 64 pages a transaction and synchronous=FULL, the file synced before. It has no frontier, no metadata, no records, no revisions and
// nobody who could go on after a kill. Of-floor is how many pages a second the crawl reads for each of that loop, by the clock and by
// processor time: what is left for the crawler itself to save. In November 2026, on two cores, it was 0.78 and 0.82: the loop took 1.9 to 2.2 ms a page.
func BenchmarkFloor(b *testing.B) {
	site := newBenchSite(benchArticles(b, 4000))
	srv := httptest.NewServer(site)
	defer srv.Close()
	bare(b, srv.URL, benchWorkers, nil) // so that all pages are made
	var ours, floor work
	for b.Loop() {
		before := now(b)
		n := benchCrawl(b, srv.URL, true, extract.New(), site.articles)
		ours.add(now(b).since(before), n)
		before = now(b)
		k := newKeeper(b)
		n = bare(b, srv.URL, benchWorkers, k.keep)
		k.close(n)
		floor.add(now(b).since(before), n)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ours.cpu*1000/float64(ours.pages), "cpu-ms/page")
	b.ReportMetric(floor.cpu*1000/float64(floor.pages), "floor-cpu-ms/page")
	b.ReportMetric(floor.clock/float64(floor.pages)*float64(ours.pages)/ours.clock, "of-floor")
	b.ReportMetric(floor.cpu/float64(floor.pages)*float64(ours.pages)/ours.cpu, "of-floor-cpu")
}

// A keeper keeps pages in a file and a database.
type keeper struct {
	b       *testing.B
	db      *sql.DB
	file    *os.File
	packers sync.Pool
	stmts   [3]*sql.Stmt
	kept    chan keptPage
	done    chan struct{}
}

type keptPage struct {
	address, title, body string
	packed               []byte
	digest               [sha256.Size]byte
}

func newKeeper(b *testing.B) *keeper {
	dir := b.TempDir()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "floor.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cache_size(-16384)")
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	for _, q := range []string{
		`CREATE TABLE pages (id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, at TEXT NOT NULL, size INTEGER NOT NULL, digest BLOB NOT NULL) STRICT`,
		`CREATE TABLE articles (id INTEGER PRIMARY KEY, title TEXT NOT NULL, body TEXT NOT NULL) STRICT`,
		`CREATE VIRTUAL TABLE words USING fts5 (title, body, content='', detail=none, tokenize='unicode61 remove_diacritics 0')`,
		`INSERT INTO words (words, rank) VALUES ('hashsize', 262144)`,
	} {
		if _, err := db.Exec(q); err != nil {
			b.Fatal(err)
		}
	}
	file, err := os.Create(filepath.Join(dir, "pages.gz"))
	if err != nil {
		b.Fatal(err)
	}
	k := &keeper{b: b, db: db, file: file, kept: make(chan keptPage, 64), done: make(chan struct{})}
	k.packers.New = func() any {
		z, err := gzip.NewWriterLevel(nil, 6)
		if err != nil {
			panic(err) // the level is a good one
		}
		return z
	}
	for i, q := range []string{`INSERT INTO pages VALUES (?, ?, ?, ?, ?)`, `INSERT INTO articles VALUES (?, ?, ?)`, `INSERT INTO words (rowid, title, body) VALUES (?, ?, ?)`} {
		if k.stmts[i], err = db.Prepare(q); err != nil {
			b.Fatal(err)
		}
	}
	go k.write()
	return k
}

// keep packs a page and hands it to the writer. It is called by several goroutines.
func (k *keeper) keep(address string, body []byte, doc *goquery.Document) {
	var packed bytes.Buffer
	z := k.packers.Get().(*gzip.Writer)
	defer k.packers.Put(z)
	z.Reset(&packed)
	if _, err := z.Write(body); err != nil {
		k.b.Error(err)
	}
	if err := z.Close(); err != nil {
		k.b.Error(err)
	}
	k.kept <- keptPage{address, bigram.Text(doc.Find("title").Text()), doc.Find(".v_news_content").Text(), packed.Bytes(), sha256.Sum256(packed.Bytes())}
}

func (k *keeper) write() {
	defer close(k.done)
	for id := 0; ; {
		var batch []keptPage
		for len(batch) < 64 {
			p, ok := <-k.kept
			if !ok {
				break
			}
			batch = append(batch, p)
		}
		if len(batch) == 0 {
			return
		}
		if err := k.commit(id, batch); err != nil {
			k.b.Error(err)
		}
		id += len(batch)
	}
}

func (k *keeper) commit(id int, batch []keptPage) error {
	tx, err := k.db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, p := range batch {
		id++
		if _, err := k.file.Write(p.packed); err != nil {
			return err
		}
		if _, err := tx.Stmt(k.stmts[0]).Exec(id, p.address, time.Now().Format(time.RFC3339), len(p.packed), p.digest[:]); err != nil {
			return err
		}
		if p.body == "" {
			continue
		}
		if _, err := tx.Stmt(k.stmts[1]).Exec(id, p.title, p.body); err != nil {
			return err
		}
		if _, err := tx.Stmt(k.stmts[2]).Exec(id, p.title, bigram.Text(p.body)); err != nil {
			return err
		}
	}
	if err := k.file.Sync(); err != nil {
		return err
	}
	return tx.Commit()
}

// close waits for the writer and checks that all was kept.
func (k *keeper) close(pages int) {
	close(k.kept)
	<-k.done
	var n int
	if err := k.db.QueryRow(`SELECT count(*) FROM pages`).Scan(&n); err != nil || n != pages {
		k.b.Errorf("%d pages kept, want %d: %v", n, pages, err)
	}
	if err := k.db.Close(); err != nil {
		k.b.Error(err)
	}
	if err := k.file.Close(); err != nil {
		k.b.Error(err)
	}
}
