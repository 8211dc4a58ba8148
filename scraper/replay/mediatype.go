package replay

import (
	"bytes"
	"net/http"
	"path"
	"strings"
)

// mediaTypes are what campus servers say for an ending: no charset, which they
// leave to the page. The table is ours so that every machine says the same.
var mediaTypes = map[string]string{
	".htm": "text/html", ".html": "text/html", ".shtml": "text/html", ".xhtml": "application/xhtml+xml",
	".jsp": "text/html", ".php": "text/html", ".asp": "text/html", ".aspx": "text/html", ".do": "text/html", ".action": "text/html", ".psp": "text/html",
	".css": "text/css", ".js": "application/javascript", ".json": "application/json", ".xml": "text/xml", ".rss": "application/rss+xml",
	".atom": "application/atom+xml", ".txt": "text/plain", ".csv": "text/csv",
	".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".bmp": "image/bmp", ".webp": "image/webp",
	".svg": "image/svg+xml", ".ico": "image/x-icon",
	".woff": "font/woff", ".woff2": "font/woff2", ".ttf": "font/ttf", ".otf": "font/otf", ".eot": "application/vnd.ms-fontobject",
	".pdf": "application/pdf", ".doc": "application/msword", ".xls": "application/vnd.ms-excel", ".ppt": "application/vnd.ms-powerpoint",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	".zip":  "application/zip", ".rar": "application/x-rar-compressed", ".7z": "application/x-7z-compressed", ".gz": "application/x-gzip",
	".mp3": "audio/mpeg", ".mp4": "video/mp4", ".flv": "video/x-flv", ".swf": "application/x-shockwave-flash", ".wmv": "video/x-ms-wmv", ".avi": "video/x-msvideo",
}

// mediaType guesses from the address, then the file's name, then the first bytes.
func mediaType(p, name string, body []byte) string {
	for _, s := range []string{p, name} {
		if kind, ok := mediaTypes[strings.ToLower(path.Ext(s))]; ok {
			return kind
		}
	}
	start := bytes.TrimLeft(bytes.TrimPrefix(body[:min(len(body), 512)], []byte("\ufeff")), " \t\r\n")
	if bytes.HasPrefix(start, []byte("<?xml")) {
		return "text/xml"
	}
	if bytes.HasPrefix(start, []byte("<")) {
		return "text/html"
	}
	kind, _, _ := strings.Cut(http.DetectContentType(body), ";")
	return kind
}
