package memento

import (
	"bytes"
	"html/template"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// A frameText is what stands in the frame where no captured page can.
type frameText struct {
	Text    string
	Address string // as text
	Name    string // of a file
	Type    string
	Size    int64 // bytes; 0 = not known
	Exact   string
}

// The frame has no style but its own: it is shown within pages of whatever look.
var framePage = template.Must(template.New("frame").Parse(`<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>{{or .Name .Text}}</title>
<style>
:root{color-scheme:light dark}
body{font:16px/1.7 system-ui,"Noto Sans CJK SC",sans-serif;max-width:40em;margin:15vh auto 0;padding:0 1.5em;text-align:center}
p{margin:.6em 0;overflow-wrap:anywhere}
a{display:inline-block;margin-top:.6em;padding:.5em 1.2em;border:1px solid;border-radius:.4em;text-decoration:none;color:inherit}
</style></head><body>
{{with .Text}}<p>{{.}}</p>{{end}}
{{with .Name}}<p><strong>{{.}}</strong></p>{{end}}
{{if .Type}}<p>{{.Type}}{{if .Size}} · {{.Size}} bytes{{end}}</p>{{end}}
{{with .Address}}<p>{{.}}</p>{{end}}
{{with .Exact}}<a href="{{.}}" target="_top">原文件 · file as received</a>{{end}}
</body></html>
`))

func (h *Handler) fileText(s shownCapture) frameText {
	t := frameText{Type: mediaType(s.capture.Capture, s.held), Size: s.held.PayloadLength, Exact: h.opts.Base + pathTo(formExact, s.capture, s.address)}
	before, _, _ := strings.Cut(s.address, "?")
	t.Name = path.Base(before)
	return t
}

// plain answers with a page of our own for the frame.
func (h *Handler) plain(w http.ResponseWriter, status int, t frameText) {
	var b bytes.Buffer
	if err := framePage.Execute(&b, t); err != nil {
		http.Error(w, t.Text, http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Security-Policy", FramePolicy)
	w.Header().Set("X-Frame-Options", "SAMEORIGIN")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	w.Write(b.Bytes())
}
