package extract

import (
	"campusnews/extract/charset"
	"campusnews/extract/render"
	"campusnews/extract/systems"
)

// Text gives a page's title, as in its head, and all text that a reader sees of it, menus and all, one
// block a line. Both are "" for what is no page. It does not ask what the page is.
func Text(p Page) (title, text string) {
	decoded, _ := charset.Decode(p.Body, p.ContentType)
	if notHTML(p, decoded) != "" {
		return "", ""
	}
	doc, err := parse(shortened(decoded))
	if err != nil {
		return "", ""
	}
	ix := new(systems.Plan).Walk(doc)
	if ix.Body != nil {
		text = render.Text(ix.Body)
	}
	return render.Squeeze(ix.Title), text
}
