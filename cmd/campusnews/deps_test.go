package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// mayImport says which packages of this module the code (not the tests) of each of the four may
// use, beside its own sub-packages. Only cmd knows everybody.
var mayImport = map[string][]string{
	"campusnews/extract": {},
	"campusnews/scraper": {"campusnews/extract"},
	"campusnews/archive": {"campusnews/extract", "campusnews/scraper"},
	"campusnews/cmd":     {"campusnews/extract", "campusnews/scraper", "campusnews/archive"},
}

// pure are the standard packages that package extract must do without: network, disk, clock, SQL, log.
var pure = []string{"net/http", "os", "os/exec", "database/sql", "log", "log/slog"}

// direct are the modules that go.mod may require directly, and what each is for.
var direct = map[string]string{
	"github.com/klauspost/compress":            "gzip in half the time of the standard library's",
	"github.com/andybalholm/brotli":            "unpacks what servers send packed so",
	"github.com/gocolly/colly/v2":              "the fetch layer",
	"github.com/PuerkitoBio/goquery":           "selections over a parsed page",
	"github.com/andybalholm/cascadia":          "the selectors of goquery, compiled once",
	"golang.org/x/net":                         "HTML parser, charsets",
	"golang.org/x/text":                        "encodings, width folding",
	"golang.org/x/term":                        "is it a terminal",
	"golang.org/x/sync":                        "bounded groups of goroutines",
	"golang.org/x/sys":                         "file locks",
	"modernc.org/sqlite":                       "SQLite without cgo",
	"modernc.org/libc":                         "hands SQLite the memory for its page cache; comes with it",
	"github.com/spf13/cobra":                   "the command line",
	"github.com/spf13/pflag":                   "the flags of cobra's commands",
	"github.com/goccy/go-yaml":                 "profiles, with the place of every error",
	"github.com/temoto/robotstxt":              "robots.txt, the parser that colly brings",
	"github.com/jedib0t/go-pretty/v6":          "tables that know how wide Chinese is",
	"github.com/aymanbagabas/go-udiff":         "unified diffs",
	"github.com/rogpeppe/go-internal":          "tests only: scripts of commands",
	"github.com/parquet-go/parquet-go":         "Parquet files",
	"github.com/mmcdole/gofeed":                "RSS, Atom and JSON feeds, as people write them",
	"github.com/tdewolff/parse/v2":             "tokens of CSS",
	"github.com/nats-io/nats.go":               "the fleet: schedules, queues, leases on NATS JetStream",
	"github.com/nats-io/nkeys":                 "what is in credentials files of NATS; comes with nats.go",
	"github.com/nats-io/jwt/v2":                "tests only: operators and accounts of NATS",
	"github.com/benbjohnson/litestream":        "copies a database by its log, page by page",
	"github.com/superfly/ltx":                  "the files that Litestream makes of pages",
	"github.com/nats-io/nats-server/v2":        "tests only: real servers and clusters in one process",
	"github.com/chromedp/chromedp":             "tests only: uses the reading room in a browser",
	"github.com/chromedp/cdproto":              "tests only: what chromedp's commands and events are made of",
	"github.com/gorilla/css":                   "tests only: a second opinion on what is an address in CSS",
	"github.com/microcosm-cc/bluemonday":       "tests only: a second opinion on clean HTML",
	"github.com/santhosh-tekuri/jsonschema/v6": "tests only: JSON held against a schema",
}

type listedPackage struct {
	ImportPath string
	Imports    []string
	Module     *struct{ Path string }
}

func goList(t *testing.T, args ...string) []byte {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list"}, args...)...).Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list %v: %v\n%s", args, err, exit.Stderr)
		}
		t.Fatalf("go list %v: %v", args, err)
	}
	return out
}

func TestArrowsBetweenPackages(t *testing.T) {
	dec := json.NewDecoder(bytes.NewReader(goList(t, "-json=ImportPath,Imports", "campusnews/...")))
	seen := map[string]int{}
	for {
		var p listedPackage
		if err := dec.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		owner := ownerOf(p.ImportPath)
		allowed, known := mayImport[owner]
		if !known {
			t.Errorf("%s lies in none of the four packages", p.ImportPath)
			continue
		}
		seen[owner]++
		for _, i := range p.Imports {
			if owner == "campusnews/extract" && slices.Contains(pure, i) && exceptions[p.ImportPath+" "+i] == "" {
				t.Errorf("%s imports %s: extract is pure", p.ImportPath, i)
			}
			if to := ownerOf(i); strings.HasPrefix(i, "campusnews/") && to != owner && !slices.Contains(allowed, to) && exceptions[p.ImportPath+" "+i] == "" {
				t.Errorf("%s imports %s: that arrow is not allowed", p.ImportPath, i)
			}
		}
	}
	for owner := range mayImport {
		if seen[owner] == 0 {
			t.Errorf("no package listed below %s: this test tested nothing", owner)
		}
	}
}

// exceptions are the single imports that cross the lines above, each with its reason.
var exceptions = map[string]string{
	"campusnews/scraper/replay campusnews/archive/warc": "saved pages come in WARC files, too; archive/warc is a file format and knows no archive",
}

// ownerOf gives the one of the four packages that an import path belongs to.
func ownerOf(path string) string {
	parts := strings.SplitN(path, "/", 3)
	if len(parts) < 2 {
		return path
	}
	return parts[0] + "/" + parts[1]
}

func TestDirectDependencies(t *testing.T) {
	out := goList(t, "-m", "-f", "{{if not .Indirect}}{{.Path}}{{end}}", "all")
	n := 0
	for path := range strings.FieldsSeq(string(out)) {
		if path == "campusnews" {
			continue
		}
		n++
		if direct[path] == "" {
			t.Errorf("go.mod requires %s directly: add it to the list in this test with what it is for, or do without", path)
		}
	}
	if n == 0 {
		t.Fatal("go list names no direct dependency: this test tested nothing")
	}
}
