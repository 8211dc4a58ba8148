package web

import (
	"net/http"
	"net/url"

	"campusnews/archive"
	"campusnews/archive/memento"
)

// framed is what a frame with a captured page may do; the page's own policy says the same.
const framed = "allow-same-origin allow-top-navigation-by-user-activation"

// archivedData is what the page around a capture shows.
type archivedData struct {
	memento.View
	Sandbox string
	Same    bool // the bytes are those of an earlier capture
}

// newMemento makes the view of captured pages, in pages of ours.
func (r *Room) newMemento() *memento.Handler {
	return memento.New(r.archive, memento.Options{
		Render: r.archived, Base: r.opts.Base,
		Fault: func(req *http.Request, err error) {
			r.opts.Log.Error("capture cannot be shown", "path", req.URL.Path, "err", err)
		},
	})
}

func (r *Room) archived(w http.ResponseWriter, req *http.Request, v memento.View) {
	// The query belongs to the captured address: nothing in it is a choice of the visitor's.
	plain := req.Clone(req.Context())
	plain.URL = &url.URL{Path: memento.Prefix}
	title := text(languageOf(plain), "archived")
	if v.Address != "" {
		title += " · " + v.Address
	}
	r.show(w, plain, v.Status, "archived", view{
		Title: title, Class: "archived", Fixed: true, Data: archivedData{View: v, Sandbox: framed, Same: v.Capture.SameAs != 0},
	})
}

// archivedPath is where a capture, or the one that a pointer leads to, is shown as it was; "" for one without an answer.
func archivedPath(c any) string {
	switch c := c.(type) {
	case archive.Capture:
		return memento.Path(c)
	case *archive.Capture:
		return memento.Path(*c)
	}
	return ""
}
