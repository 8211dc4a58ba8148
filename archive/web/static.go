package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed static
var staticFiles embed.FS

// A static serves the files of static/, each below the start of its digest, so that a browser may
// keep it for ever and still has the new one after an update.
type static struct {
	files map[string][]byte // by address
	at    map[string]string // address by name
}

func loadStatic() (*static, error) {
	s := &static{files: map[string][]byte{}, at: map[string]string{}}
	err := fs.WalkDir(staticFiles, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := staticFiles.ReadFile(name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(b)
		base := strings.TrimPrefix(name, "static/")
		address := "/static/" + hex.EncodeToString(sum[:6]) + "/" + base
		s.files[address], s.at[base] = b, address
		return nil
	})
	return s, err
}

func (s *static) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	b, ok := s.files[req.URL.Path]
	if !ok {
		http.NotFound(w, req)
		return
	}
	w.Header().Set("Content-Type", mimeOf(req.URL.Path))
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	if req.Method != http.MethodHead {
		_, _ = w.Write(b)
	}
}

// mimeOf does not ask the machine's own table, which differs.
func mimeOf(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return mime.TypeByExtension(path.Ext(name))
}
