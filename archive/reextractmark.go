package archive

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"campusnews/extract"
)

// An Extractor reads a page; *extract.Extractor is one. The same Page gives the same Result.
type Extractor interface {
	Extract(extract.Page) extract.Result
}

// markName is the file in which a reextraction notes how far it has come. It may be lost at any
// time: then the next run reads everything once more and finds what was written done.
const markName = "reextract.json"

// A mark is the content of that file.
type mark struct {
	Version string          `json:"version"`
	Site    string          `json:"site"`
	After   int64           `json:"after"` // id of the last article that is done
	Counts  ReextractReport `json:"counts"`
	Lists   ReextractReport `json:"lists"` // Fields and Rules of the counts
}

// loadMark gives the mark of a killed run with the same version and site; a zero one when there is none.
func (a *Archive) loadMark(opts Reextraction) (*mark, error) {
	data, err := os.ReadFile(filepath.Join(a.dir, markName))
	if errors.Is(err, fs.ErrNotExist) {
		return &mark{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("go on with a reextraction: %w", err)
	}
	var m mark
	if json.Unmarshal(data, &m) != nil || opts.Version == "" || m.Version != opts.Version || m.Site != opts.Site {
		return &mark{}, nil // of another program or of none: begin anew
	}
	return &m, nil
}

func (r *reextraction) resume() {
	r.after, r.done = r.mark.After, r.mark.Counts
	r.done.Resumed = r.done.Articles
	for _, f := range r.mark.Lists.Fields {
		r.counts.fields[f.Field] = f.Articles
	}
	for _, c := range r.mark.Lists.Rules {
		r.counts.count(c)
	}
}

func (a *Archive) saveMark(m mark) error {
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	path := filepath.Join(a.dir, markName)
	if err := errors.Join(os.WriteFile(path+".tmp", data, 0o666), os.Rename(path+".tmp", path)); err != nil {
		return fmt.Errorf("note how far the reextraction is: %w", err)
	}
	return nil
}

func (a *Archive) dropMark() error {
	err := os.Remove(filepath.Join(a.dir, markName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
