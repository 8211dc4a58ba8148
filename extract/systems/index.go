package systems

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// An Index is what one walk over a page found for a Plan, all in page order.
type Index struct {
	Doc      *html.Node
	Count    int          // of elements
	Anchors  []*html.Node // <a href>
	Scripts  []string     // the text of inline scripts
	Sources  []string     // addresses of script, link and img elements
	Comments []string
	Metas    []*html.Node
	Title    string // the text of <title>, as written
	Base     string // href of <base>, "" = none
	Body     *html.Node

	plan  *Plan
	found [][]*html.Node
	all   []*html.Node // once they were needed
}

// Walk indexes a parsed page.
func (p *Plan) Walk(doc *html.Node) *Index {
	ix := &Index{Doc: doc, plan: p, found: make([][]*html.Node, p.slots), Anchors: make([]*html.Node, 0, 64)}
	walk(doc, func(n *html.Node) {
		if n.Type == html.ElementNode {
			ix.element(n)
		} else {
			ix.Comments = append(ix.Comments, n.Data)
		}
	})
	return ix
}

// walk visits the elements and comments of a page in order, but for what is in
// templates, foreign content and elements that hold no markup. It goes by parent
// pointers: a page can be as deep as it likes.
func walk(doc *html.Node, visit func(*html.Node)) {
	for n := doc; n != nil; {
		down := n.FirstChild
		switch n.Type {
		case html.ElementNode:
			if n.Namespace != "" {
				down = nil
				break
			}
			visit(n)
			switch n.DataAtom {
			case atom.Template, atom.Script, atom.Style, atom.Noscript, atom.Iframe, atom.Noframes, atom.Textarea, atom.Xmp:
				down = nil
			}
		case html.CommentNode:
			visit(n)
		}
		if down != nil {
			n = down
			continue
		}
		for n != nil && n != doc && n.NextSibling == nil {
			n = n.Parent
		}
		if n == nil || n == doc {
			return
		}
		n = n.NextSibling
	}
}

func (ix *Index) element(n *html.Node) {
	ix.Count++
	p := ix.plan
	if n.DataAtom != 0 {
		if !p.tagHints[byte(n.DataAtom>>8)] {
		} else if slot, ok := p.tags[n.DataAtom]; ok {
			ix.found[slot] = append(ix.found[slot], n)
		}
	} else if slot, ok := p.odd[n.Data]; ok {
		ix.found[slot] = append(ix.found[slot], n)
	}
	for i := range n.Attr {
		a := &n.Attr[i]
		switch a.Key {
		case "id":
			if slot, ok := p.ids[a.Val]; ok {
				ix.found[slot] = append(ix.found[slot], n)
			}
			for j, prefix := range p.prefixes {
				if strings.HasPrefix(a.Val, prefix) {
					slot := p.prefixSlots[j]
					ix.found[slot] = append(ix.found[slot], n)
				}
			}
		case "class":
			for rest := a.Val; rest != ""; {
				var name string
				name, rest = nextWord(rest)
				if name == "" || p.classHints[name[0]]&(1<<(len(name)&63)) == 0 {
					continue
				}
				if slot, ok := p.classes[name]; ok {
					if f := ix.found[slot]; len(f) == 0 || f[len(f)-1] != n {
						ix.found[slot] = append(f, n)
					}
				}
			}
		case "src":
			if n.DataAtom == atom.Script {
				ix.Sources = append(ix.Sources, a.Val)
			}
		case "href":
			switch n.DataAtom {
			case atom.A:
				ix.Anchors = append(ix.Anchors, n)
			case atom.Link:
				ix.Sources = append(ix.Sources, a.Val)
			case atom.Base:
				if ix.Base == "" {
					ix.Base = a.Val
				}
			}
		}
	}
	switch n.DataAtom {
	case atom.Script:
		if c := n.FirstChild; c != nil {
			ix.Scripts = append(ix.Scripts, c.Data)
		}
	case atom.Meta:
		ix.Metas = append(ix.Metas, n)
	case atom.Title:
		if c := n.FirstChild; c != nil && ix.Title == "" {
			ix.Title = c.Data
		}
	case atom.Body:
		if ix.Body == nil {
			ix.Body = n
		}
	}
}

// nextWord cuts the first word off s, which is separated by HTML white space.
func nextWord(s string) (word, rest string) {
	i := 0
	for i < len(s) && s[i] <= ' ' {
		i++
	}
	j := i
	for j < len(s) && s[j] > ' ' {
		j++
	}
	return s[i:j], s[j:]
}

// Elements gives all elements, but those in templates and foreign content.
func (ix *Index) Elements() []*html.Node {
	if ix.all == nil {
		all := make([]*html.Node, 0, ix.Count)
		walk(ix.Doc, func(n *html.Node) {
			if n.Type == html.ElementNode {
				all = append(all, n)
			}
		})
		ix.all = all
	}
	return ix.all
}
