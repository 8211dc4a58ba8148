package archive

import (
	"archive/zip"
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"path/filepath"
	"strconv"
	"time"

	"campusnews/archive/warc"
)

// WACZOptions say what a WACZ says of itself.
type WACZOptions struct {
	Title    string
	Software string    // "campusnews 1.0"
	Created  time.Time // zero = now
}

// cdxBlock is how many lines of the index are packed together: a reader fetches one such block to find an address.
const cdxBlock = 1024

// WriteWACZ packs the whole archive as WACZ 1.1.1 (specs.webrecorder.net): the WARC
// files as they are, an index of their captures, the list of pages, and a datapackage with the digests
// of all. ReplayWeb.page and pywb open it. It may run while another process writes: what is
// captured after it began is not in it.
func (a *Archive) WriteWACZ(ctx context.Context, w io.Writer, opts WACZOptions) error {
	if opts.Created.IsZero() {
		opts.Created = a.now()
	}
	p := &waczPacker{zip: zip.NewWriter(w), created: opts.Created.UTC()}
	var index []byte
	for _, part := range []func() error{
		func() (err error) { index, err = p.index(ctx, a); return err },
		func() error {
			return p.add("indexes/index.idx", zip.Deflate, func(w io.Writer) error { _, err := w.Write(index); return err })
		},
		func() error { return p.pages(ctx, a) },
		func() error { return p.evidence(ctx, a) },
		func() error { return p.describe(opts) },
		p.zip.Close,
	} {
		if err := part(); err != nil {
			return fmt.Errorf("wacz: %w", err)
		}
	}
	return nil
}

// A waczPacker writes the parts one after the other and remembers their digests.
type waczPacker struct {
	zip       *zip.Writer
	created   time.Time
	resources []waczResource
	main      string // address to begin with
	mainStamp string
}

type waczResource struct {
	Name  string `json:"name"`
	Path  string `json:"path"`
	Hash  string `json:"hash"`
	Bytes int64  `json:"bytes"`
}

type measured struct {
	w    io.Writer
	hash hash.Hash
	n    int64
}

func (m *measured) Write(p []byte) (int, error) {
	n, err := m.w.Write(p)
	m.hash.Write(p[:n])
	m.n += int64(n)
	return n, err
}

func (p *waczPacker) add(path string, method uint16, write func(io.Writer) error) error {
	w, err := p.zip.CreateHeader(&zip.FileHeader{Name: path, Method: method, Modified: p.created})
	if err != nil {
		return err
	}
	m := &measured{w: w, hash: sha256.New()}
	if err := write(m); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	p.resources = append(p.resources, waczResource{filepath.Base(path), path, "sha256:" + hex.EncodeToString(m.hash.Sum(nil)), m.n})
	return nil
}

// index writes the CDXJ in packed blocks, and gives the list of the blocks.
func (p *waczPacker) index(ctx context.Context, a *Archive) (blocks []byte, err error) {
	const name = "index.cdx.gz"
	blocks = []byte(`!meta 0 {"format":"cdxj-gzip-1.0","filename":"` + name + `"}` + "\n")
	err = p.add("indexes/"+name, zip.Store, func(w io.Writer) error {
		m := &measured{w: w, hash: sha256.New()}
		gz := gzip.NewWriter(m)
		var first cdxKey
		var start int64
		lines := 0
		end := func() error {
			if lines == 0 {
				return nil
			}
			if err := gz.Close(); err != nil {
				return err
			}
			blocks = fmt.Appendf(blocks, "%s %s {\"offset\":%d,\"length\":%d,\"digest\":\"sha256:%x\",\"filename\":%q}\n", first.key, first.stamp, start, m.n-start, m.hash.Sum(nil), name)
			start, lines = m.n, 0
			m.hash.Reset()
			gz.Reset(m)
			return nil
		}
		err := a.eachCDXJ(ctx, "", func(k cdxKey, line []byte) error {
			if lines == 0 {
				first = k
			}
			lines++
			_, err := gz.Write(line)
			if err == nil && lines == cdxBlock {
				err = end()
			}
			return err
		})
		return errors.Join(err, end())
	})
	return blocks, err
}

// A waczPage is a line of pages.jsonl.
type waczPage struct {
	ID    string `json:"id"`
	URL   string `json:"url"`
	TS    string `json:"ts"`
	Title string `json:"title,omitempty"`
}

// pages lists what a person begins with: lists of articles, then the articles.
func (p *waczPacker) pages(ctx context.Context, a *Archive) error {
	return p.add("pages/pages.jsonl", zip.Deflate, func(w io.Writer) error {
		out := bufio.NewWriter(w)
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(map[string]string{"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}); err != nil {
			return err
		}
		for _, query := range []string{
			`SELECT c.id, c.url, c.started, coalesce(l.section, '') FROM listings l JOIN captures c ON c.id = l.capture
				WHERE c.status = 200 AND l.id IN (SELECT max(id) FROM listings GROUP BY site, url) ORDER BY l.id`,
			`SELECT c.id, c.url, c.started, coalesce(a.title, '') FROM articles a JOIN captures c ON c.id = a.capture ORDER BY a.day DESC, a.id`,
		} {
			err := a.eachRow(ctx, func(rows *sql.Rows) error {
				var id int64
				var page waczPage
				if err := rows.Scan(&id, &page.URL, &page.TS, &page.Title); err != nil {
					return err
				}
				page.ID = strconv.FormatInt(id, 10)
				if p.main == "" {
					p.main, p.mainStamp = page.URL, page.TS
				}
				return enc.Encode(page)
			}, query)
			if err != nil {
				return err
			}
		}
		return out.Flush()
	})
}

// evidence packs the WARC files, each as far as captures name it.
func (p *waczPacker) evidence(ctx context.Context, a *Archive) error {
	type file struct {
		name string
		end  int64
	}
	var files []file
	if err := a.eachRow(ctx, func(rows *sql.Rows) error {
		var f file
		err := rows.Scan(&f.name, &f.end)
		files = append(files, f)
		return err
	}, `SELECT file, max(offset + coalesce(packed_length, length)) FROM captures WHERE file IS NOT NULL GROUP BY file ORDER BY file`); err != nil {
		return err
	}
	for _, f := range files {
		err := p.add("archive/"+filepath.Base(f.name), zip.Store, func(w io.Writer) (err error) {
			in, err := warc.OpenHere(filepath.Join(a.WARCDir(), filepath.Base(f.name)))
			if err != nil {
				return err
			}
			defer in.Close() // only read
			n, err := io.Copy(w, io.NewSectionReader(readerAt{ctx, in}, 0, f.end))
			if err == nil && n < f.end {
				err = io.ErrUnexpectedEOF
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// describe writes datapackage.json and its own digest.
func (p *waczPacker) describe(opts WACZOptions) error {
	b, err := json.MarshalIndent(struct {
		Profile   string         `json:"profile"`
		Version   string         `json:"wacz_version"`
		Title     string         `json:"title,omitempty"`
		Software  string         `json:"software,omitempty"`
		Created   string         `json:"created"`
		Main      string         `json:"mainPageUrl,omitempty"`
		MainDate  string         `json:"mainPageDate,omitempty"`
		Resources []waczResource `json:"resources"`
	}{"data-package", "1.1.1", opts.Title, opts.Software, p.created.Format(time.RFC3339), p.main, p.mainStamp, p.resources}, "", "  ")
	if err != nil {
		return err
	}
	if err := p.add("datapackage.json", zip.Deflate, func(w io.Writer) error { _, err := w.Write(b); return err }); err != nil {
		return err
	}
	own := p.resources[len(p.resources)-1]
	digest, err := json.Marshal(map[string]string{"path": own.Path, "hash": own.Hash})
	if err != nil {
		return err
	}
	return p.add("datapackage-digest.json", zip.Deflate, func(w io.Writer) error { _, err := w.Write(digest); return err })
}
