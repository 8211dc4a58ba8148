package replay

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// A folder is saved pages as files.
type folder struct {
	root *os.Root
	host string           // of the files that lie as path alone; "" = any
	tree *tree            // those files
	of   map[string]*tree // files that lie as host/path, by host
	list map[string]entry // by host + key, as the list says
}

// A tree is the files below one host's root, by name with percent-encoding taken off.
type tree struct {
	files map[string]string // clean path with a leading slash -> name below the folder's root
	lower map[string]string // the same in lower case: many campus servers do not tell case apart
	dirs  map[string]bool
}

func newTree() *tree {
	return &tree{map[string]string{}, map[string]string{}, map[string]bool{}}
}

func (t *tree) add(p, name string) {
	p = unescape(p)
	if old, ok := t.files[p]; !ok || name < old {
		t.files[p] = name
	}
	low := strings.ToLower(p)
	if old, ok := t.lower[low]; !ok || name < old {
		t.lower[low] = name
	}
	for dir := path.Dir(p); !t.dirs[dir]; dir = path.Dir(dir) {
		t.dirs[dir] = true
	}
}

func openFolder(name string) (_ *Source, err error) {
	name, err = filepath.Abs(name)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, root.Close())
		}
	}()
	f := &folder{root: root, tree: newTree(), of: map[string]*tree{}}
	if err := f.walk(); err != nil {
		return nil, fmt.Errorf("replay %s: %w", name, err)
	}
	listHosts, err := f.readLists(name)
	if err != nil {
		return nil, err
	}
	switch base := strings.ToLower(filepath.Base(name)); {
	case len(listHosts) > 0:
		f.host = listHosts[0]
	case isHostName(base):
		f.host = base
	}
	hosts := listHosts
	if len(listHosts) == 0 && f.host != "" && len(f.tree.files) > 0 {
		hosts = []string{f.host}
	}
	byHost := make([]string, 0, len(f.of))
	for h := range f.of {
		byHost = append(byHost, h)
	}
	slices.SortFunc(byHost, func(a, b string) int {
		if d := len(f.of[b].files) - len(f.of[a].files); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	for _, h := range byHost {
		if !slices.Contains(hosts, h) {
			hosts = append(hosts, h)
		}
	}
	return &Source{pages: f, hosts: hosts}, nil
}

// walk takes in all files. Links are left out: they could lead anywhere.
func (f *folder) walk() error {
	return fs.WalkDir(f.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !d.Type().IsRegular() {
			return nil
		}
		first, rest, below := strings.Cut(name, "/")
		if h := dirHost(first); below && h != "" {
			if f.of[h] == nil {
				f.of[h] = newTree()
			}
			f.of[h].add("/"+rest, name)
			return nil
		}
		f.tree.add("/"+name, name)
		return nil
	})
}

// dirHost gives the host that a folder's name says, "" for none. wget writes a
// port as host:8080, or host+8080 where a colon cannot be.
func dirHost(name string) string {
	name = strings.ToLower(name)
	host, port := name, ""
	for _, sep := range []string{":", "+"} {
		if h, p, ok := strings.Cut(name, sep); ok {
			host, port = h, p
		}
	}
	if strings.Trim(port, "0123456789") != "" || !isHostName(host) {
		return ""
	}
	if port != "" {
		return bareHost(host + ":" + port)
	}
	return host
}

// isHostName says whether a name is that of a host and not merely has a dot in it.
func isHostName(name string) bool {
	if name == "localhost" || net.ParseIP(name) != nil {
		return true
	}
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-.") != "" || strings.Contains(name, "..") || strings.HasPrefix(name, ".") {
		return false
	}
	suffix, icann := publicsuffix.PublicSuffix(name)
	switch suffix {
	case "example", "test", "invalid", "localhost": // RFC 2606, section 2: what made-up sites are called
		icann = true
	}
	return icann && suffix != name && strings.HasSuffix(name, "."+suffix)
}

func (f *folder) close() error { return f.root.Close() }

func (f *folder) find(_ bool, host, target string) (answer, bool, error) {
	host = bareHost(host)
	p, query, hasQuery := key(target)
	if e, ok := f.list[listKey(host, p, query, hasQuery)]; ok {
		a, err := f.read(e.file, p, e.kind)
		if !errors.Is(err, fs.ErrNotExist) {
			return a, err == nil, err
		}
	}
	t := f.of[host]
	if t == nil && (f.host == "" || f.host == host) {
		t = f.tree
	}
	if t == nil {
		return answer{}, false, nil
	}
	name, ok := t.find(p, query, hasQuery)
	if !ok {
		if to, ok := t.folderOf(p, hasQuery); ok {
			return answer{location: to}, true, nil
		}
		return answer{}, false, nil
	}
	a, err := f.read(name, p, "")
	if errors.Is(err, fs.ErrNotExist) {
		return answer{}, false, nil // removed since
	}
	return a, err == nil, err
}

// folderOf says where a server sends one who asks for a folder without its slash.
func (t *tree) folderOf(p string, hasQuery bool) (string, bool) {
	if hasQuery || strings.HasSuffix(p, "/") || !t.dirs[p] {
		return "", false
	}
	if _, ok := t.find(p+"/", "", false); !ok {
		return "", false
	}
	return escapePath(p) + "/", true
}

func (f *folder) read(name, p, kind string) (answer, error) {
	file, err := f.root.Open(name)
	if errors.Is(err, os.ErrClosed) {
		return answer{}, errClosed
	}
	if err != nil {
		return answer{}, err
	}
	defer file.Close()
	st, err := file.Stat()
	if err != nil {
		return answer{}, err
	}
	if !st.Mode().IsRegular() {
		return answer{}, fs.ErrNotExist
	}
	body := make([]byte, st.Size())
	n, err := io.ReadFull(file, body)
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return answer{}, err
	}
	body = body[:n]
	if kind == "" {
		kind = mediaType(p, name, body)
	}
	sum := sha256.Sum256(body) // a file's time differs from clone to clone
	return answer{body: body, kind: kind, etag: `"` + hex.EncodeToString(sum[:12]) + `"`}, nil
}
