package replay

import (
	"net/url"
	"path"
	"slices"
	"strings"
)

// indexNames are what servers show for a folder, in the order they are looked for.
var indexNames = []string{
	"index.html", "index.htm", "index.shtml", "index.jsp", "index.php", "index.asp", "index.aspx",
	"default.html", "default.htm", "default.asp", "default.aspx", "main.htm", "main.html",
	"index.jsp.html", "index.php.html", "index.asp.html", "index.aspx.html",
}

// static are the endings of addresses whose query does not choose the page: it
// is there to get round caches. Without the query they are still the same file.
var static = []string{
	".htm", ".html", ".shtml", ".css", ".js", ".json", ".xml", ".txt", ".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".svg", ".ico",
	".woff", ".woff2", ".ttf", ".eot", ".otf", ".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".zip", ".rar", ".7z",
	".mp3", ".mp4", ".flv", ".swf", ".wmv", ".avi", ".vsb.css",
}

// find gives the file for a decoded path and query. The names are those that
// wget writes (query behind "?", or "@" for systems that have no "?" in names;
// with .html added by --adjust-extension) and those of copiers that keep .htm and .html apart from what was asked.
func (t *tree) find(p, query string, hasQuery bool) (string, bool) {
	if hasQuery {
		base := p
		if strings.HasSuffix(p, "/") {
			for _, index := range indexNames {
				if name, ok := t.withQuery(p+index, query); ok {
					return name, true
				}
			}
		} else if name, ok := t.withQuery(base, query); ok {
			return name, true
		}
		if !strings.HasSuffix(p, "/") && !slices.Contains(static, strings.ToLower(path.Ext(p))) {
			return "", false
		}
	}
	if strings.HasSuffix(p, "/") {
		for _, index := range indexNames {
			if name, ok := t.file(p + index); ok {
				return name, true
			}
		}
		return "", false
	}
	if name, ok := t.file(p); ok {
		return name, true
	}
	for _, twin := range twins(p) {
		if name, ok := t.file(twin); ok {
			return name, true
		}
	}
	return "", false
}

// twins are other names under which copiers save a page.
func twins(p string) []string {
	switch strings.ToLower(path.Ext(p)) {
	case ".htm":
		return []string{p + "l"}
	case ".html":
		return []string{p[:len(p)-1]}
	}
	return []string{p + ".html", p + ".htm"}
}

func (t *tree) withQuery(p, query string) (string, bool) {
	for _, mark := range []string{"?", "@"} {
		for _, ending := range []string{"", ".html", ".htm"} {
			if name, ok := t.file(p + mark + query + ending); ok {
				return name, true
			}
		}
	}
	return "", false
}

func (t *tree) file(p string) (string, bool) {
	if name, ok := t.files[p]; ok {
		return name, true
	}
	name, ok := t.lower[strings.ToLower(p)]
	return name, ok
}

func escapePath(p string) string { return (&url.URL{Path: p}).EscapedPath() }
