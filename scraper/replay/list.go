package replay

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// An entry is what a list says of one address.
type entry struct{ file, kind string }

func listKey(host, p, query string, hasQuery bool) string {
	k := host + p
	if hasQuery {
		k += "?" + query
	}
	return k
}

// readLists reads urls.tsv in the folder and <folder>.urls.tsv beside it, each
// if it is there. It gives the hosts they name, the one with most addresses first.
func (f *folder) readLists(name string) ([]string, error) {
	f.list = map[string]entry{}
	count := map[string]int{}
	for _, list := range []string{filepath.Join(name, "urls.tsv"), filepath.Clean(name) + ".urls.tsv"} {
		file, err := os.Open(list)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("replay: %w", err)
		}
		err = errors.Join(f.readList(file, count), file.Close())
		if err != nil {
			return nil, fmt.Errorf("replay: %s%w", list, err)
		}
	}
	hosts := make([]string, 0, len(count))
	for h := range count {
		hosts = append(hosts, h)
	}
	slices.SortFunc(hosts, func(a, b string) int {
		if d := count[b] - count[a]; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return hosts, nil
}

// readList takes in a list's lines. Empty ones and those that begin with # are
// passed over. An error begins with ":" and the number of the line.
func (f *folder) readList(r io.Reader, count map[string]int) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	n := 0
	for lines.Scan() {
		n++
		line := strings.TrimPrefix(strings.TrimRight(lines.Text(), "\r"), "\ufeff")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		columns := strings.Split(line, "\t")
		if len(columns) < 2 || len(columns) > 3 {
			return fmt.Errorf(":%d: %d columns, want address, file and content type", n, len(columns))
		}
		u, err := url.Parse(strings.TrimSpace(columns[0]))
		if err != nil || u.Host == "" {
			return fmt.Errorf(":%d: %q is no absolute address", n, columns[0])
		}
		name := path.Clean(strings.TrimPrefix(columns[1], "./"))
		if !fs.ValidPath(name) {
			return fmt.Errorf(":%d: file %q is outside the folder", n, columns[1])
		}
		e := entry{file: name}
		if len(columns) == 3 {
			e.kind = oneLine(strings.TrimSpace(columns[2]))
		}
		host := bareHost(u.Host)
		target := u.EscapedPath()
		if u.RawQuery != "" {
			target += "?" + u.RawQuery
		}
		p, query, hasQuery := key(target)
		f.list[listKey(host, p, query, hasQuery)] = e
		count[host]++
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf(":%d: %w", n+1, err)
	}
	return nil
}
