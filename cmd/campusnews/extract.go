package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/spf13/cobra"

	"campusnews/extract"
)

// maxPage is the largest file that extract reads, in bytes. Pages of news
// sites are far below; what is larger is a mistake or a trap.
const maxPage = 64 << 20

type extractCommand struct {
	url      string
	manifest string
	site     string
	generic  bool
	json     bool
}

func (c *extractCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "extract [--url URL] FILE... | --manifest FILE.jsonl",
		Short: "Say what saved pages say",
		Long: `Extract reads saved pages and prints the article or the list that each one holds.

With --manifest the pages are named by a JSON Lines file: each line has "file", relative to the
manifest, and "url". A page that cannot be read is a line with its reason; it never ends the run, but
the exit status is then 3.
FILE may be - for standard input.`,
		Example: `  campusnews extract --url http://news.csu.edu.cn/info/1002/127015.htm page.html
  campusnews extract --json --manifest pages.jsonl > articles.jsonl`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := c.validate(args); err != nil {
				return err
			}
			return c.run(cmd.Context(), cmd.OutOrStdout(), g, args)
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.url, "url", "", "address of the page, for relative links and identity")
	f.StringVar(&c.manifest, "manifest", "", "JSON Lines file that names the pages")
	f.StringVar(&c.site, "site", "", "profile whose rules are tried first: a built-in name or a YAML file")
	f.BoolVar(&c.generic, "generic", false, "do not recognise publishing systems; use the generic extractors alone")
	f.BoolVar(&c.json, "json", false, "print one JSON object a line")
	return cmd
}

func (c *extractCommand) validate(args []string) error {
	switch {
	case c.manifest == "" && len(args) == 0:
		return usagef("extract: name a FILE or a --manifest")
	case c.manifest != "" && (len(args) > 0 || c.url != ""):
		return usagef("extract: --manifest names the pages; leave out FILE and --url")
	case c.url != "" && len(args) > 1:
		return usagef("extract: --url is the address of one FILE, not of %d", len(args))
	}
	return nil
}

// A savedPage is one line of a manifest.
type savedPage struct {
	File        string `json:"file"` // as named
	URL         string `json:"url"`
	ContentType string `json:"content_type"`

	path string // where File lies; "-" = standard input
	bad  error  // why the manifest's line cannot be used
}

func (c *extractCommand) run(ctx context.Context, w io.Writer, g *global, args []string) error {
	x, err := newExtractor(c.site, c.generic)
	if err != nil {
		return err
	}
	print := printResult
	if c.json {
		print = printResultJSON
	}
	out := bufio.NewWriterSize(w, 64<<10)
	var unread atomic.Int64
	read := func(p savedPage) extract.Result {
		r, ok := readSaved(g.env, x, p)
		if !ok {
			unread.Add(1)
		}
		return r
	}
	emit := func(p savedPage, r extract.Result) error { return print(out, p.File, r) }

	if c.manifest != "" {
		err = c.runManifest(ctx, read, emit)
	} else {
		pages := make(chan savedPage)
		go func() {
			defer close(pages)
			for _, a := range args {
				select {
				case pages <- savedPage{File: a, URL: c.url, path: a}:
				case <-ctx.Done():
					return
				}
			}
		}()
		err = inOrder(ctx, pages, read, emit)
	}
	if err = errors.Join(err, out.Flush()); err == nil && unread.Load() > 0 {
		err = errPart // each stands among the results with its reason
	}
	return err
}

func (c *extractCommand) runManifest(ctx context.Context, read func(savedPage) extract.Result, emit func(savedPage, extract.Result) error) error {
	f, err := os.Open(c.manifest)
	if err != nil {
		return fmt.Errorf("manifest: %w", err)
	}
	defer f.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	pages := make(chan savedPage)
	scanned := make(chan error, 1)
	go func() {
		defer close(pages)
		scanned <- scanManifest(ctx, f, c.manifest, pages)
	}()
	err = inOrder(ctx, pages, read, emit)
	cancel()
	if serr := <-scanned; err == nil {
		err = serr
	}
	return err
}

// scanManifest sends the pages that the manifest r, called name, lists. A line that is no JSON
// object becomes a page that says so; a manifest without lines is an error.
func scanManifest(ctx context.Context, r io.Reader, name string, pages chan<- savedPage) error {
	lines := bufio.NewReaderSize(r, 64<<10)
	dir := filepath.Dir(name)
	for n, seen := 1, 0; ; n++ {
		line, err := lines.ReadBytes('\n')
		if n == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		if text := bytes.TrimSpace(line); len(text) > 0 {
			seen++
			var p savedPage
			if bad := json.Unmarshal(text, &p); bad != nil {
				p = savedPage{File: fmt.Sprintf("%s:%d", name, n), bad: fmt.Errorf("%s:%d: %w", name, n, bad)}
			} else if p.File == "" {
				p = savedPage{File: fmt.Sprintf("%s:%d", name, n), bad: fmt.Errorf("%s:%d: no \"file\"", name, n)}
			}
			p.path = filepath.Join(dir, filepath.FromSlash(p.File))
			select {
			case pages <- p:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if err == io.EOF {
			if seen == 0 {
				return fmt.Errorf("manifest %s names no page", name)
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("manifest %s: %w", name, err)
		}
	}
}

// readSaved reads one saved page. What goes wrong is in the result, never an error; ok is false
// when there was no page to read: a file that is not there, a manifest's line that names none.
func readSaved(env Env, x *extract.Extractor, p savedPage) (r extract.Result, ok bool) {
	err := p.bad
	var body []byte
	if err == nil {
		body, err = readFile(env, p.path)
	}
	if err != nil {
		return extract.Result{Kind: extract.KindError, URL: p.URL, Reason: err.Error()}, false
	}
	return x.Extract(extract.Page{URL: p.URL, ContentType: p.ContentType, Body: body}), true
}

// readFile reads a file, or standard input for "-", of at most maxPage bytes.
func readFile(env Env, path string) ([]byte, error) {
	r := env.Stdin
	var size int64
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil {
			if info.IsDir() {
				return nil, fmt.Errorf("%s is a folder", path)
			}
			size = info.Size()
		}
		r = f
	}
	var body bytes.Buffer
	body.Grow(int(min(size, maxPage)) + bytes.MinRead) // with which the end is found
	if _, err := body.ReadFrom(io.LimitReader(r, maxPage+1)); err != nil {
		return nil, err
	}
	if body.Len() > maxPage {
		return nil, fmt.Errorf("%s is larger than %d MiB", path, maxPage>>20)
	}
	return body.Bytes(), nil
}

// inOrder reads pages on all cores and emits the results in the order of the pages. It holds a
// bounded number of them. The error is emit's first, or ctx's.
func inOrder(ctx context.Context, pages <-chan savedPage, read func(savedPage) extract.Result, emit func(savedPage, extract.Result) error) error {
	type job struct {
		page   savedPage
		result chan extract.Result
	}
	workers := runtime.GOMAXPROCS(0)
	jobs := make(chan job)
	queue := make(chan job, 2*workers)
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	for range workers {
		wg.Go(func() {
			for j := range jobs {
				j.result <- read(j.page)
			}
		})
	}
	wg.Go(func() {
		defer close(jobs)
		defer close(queue)
		for {
			var p savedPage
			var ok bool
			select {
			case p, ok = <-pages:
			case <-ctx.Done():
			}
			if !ok {
				return
			}
			j := job{p, make(chan extract.Result, 1)}
			select {
			case queue <- j:
			case <-ctx.Done():
				return
			}
			jobs <- j
		}
	})
	for j := range queue {
		if err := emit(j.page, <-j.result); err != nil {
			return err
		}
	}
	return ctx.Err()
}
