package generic

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// element makes an element node with children.
func element(name atom.Atom, attrs ...string) *html.Node {
	n := &html.Node{Type: html.ElementNode, DataAtom: name, Data: name.String()}
	for i := 0; i+1 < len(attrs); i += 2 {
		n.Attr = append(n.Attr, html.Attribute{Key: attrs[i], Val: attrs[i+1]})
	}
	return n
}

func text(s string) *html.Node { return &html.Node{Type: html.TextNode, Data: s} }

// TestHostile reads trees made to be slow. They are built by hand, for the
// parser refuses to nest that deep.
func TestHostile(t *testing.T) {
	const many = 100_000
	cases := []struct {
		name  string
		build func(body *html.Node)
	}{
		{"nested boxes", func(body *html.Node) {
			at := body
			for range many {
				n := element(atom.Div, "class", "content")
				at.AppendChild(n)
				at = n
			}
			at.AppendChild(text("深处有一句话，说的是没有尽头的盒子。"))
		}},
		{"nested links", func(body *html.Node) {
			at := body
			for range many {
				n := element(atom.A, "href", "info/1001/1.htm")
				n.AppendChild(text("2020-01-01 一条新闻的标题"))
				at.AppendChild(n)
				at = n
			}
		}},
		{"nested headings", func(body *html.Node) {
			at := body
			for range many {
				n := element(atom.H1)
				n.AppendChild(text("新闻标题很长"))
				at.AppendChild(n)
				at = n
			}
		}},
		{"attributes", func(body *html.Node) {
			n := element(atom.A, "href", "/x")
			for range many {
				n.Attr = append(n.Attr, html.Attribute{Key: "class", Val: strings.Repeat("x-content ", 2)})
			}
			n.AppendChild(text("一条有很多属性的链接"))
			body.AppendChild(n)
		}},
		{"table", func(body *html.Node) {
			table := element(atom.Table)
			body.AppendChild(table)
			for range many / 10 {
				tr := element(atom.Tr)
				for range 5 {
					td := element(atom.Td)
					td.AppendChild(text("2019-03-04 12345"))
					tr.AppendChild(td)
				}
				table.AppendChild(tr)
			}
		}},
		{"rows", func(body *html.Node) {
			ul := element(atom.Ul)
			body.AppendChild(ul)
			for range many / 5 {
				li, a := element(atom.Li), element(atom.A, "href", "info/1001/1.htm")
				a.AppendChild(text("关于某某事项的通知和说明"))
				li.AppendChild(a)
				li.AppendChild(text("2019-03-04"))
				ul.AppendChild(li)
			}
		}},
		{"one long line", func(body *html.Node) {
			body.AppendChild(text(strings.Repeat("来源：2019年3月4日，", 2*many)))
		}},
	}
	base, _ := url.Parse("http://www.example.edu.cn/info/1001/2.htm")
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			doc, root, head, body := &html.Node{Type: html.DocumentNode}, element(atom.Html), element(atom.Head), element(atom.Body)
			title := element(atom.Title)
			title.AppendChild(text("新闻标题很长-学院"))
			doc.AppendChild(root)
			root.AppendChild(head)
			head.AppendChild(title)
			root.AppendChild(body)
			c.build(body)
			begun := time.Now()
			p := Read(doc, base)
			p.Verdict()
			p.Article()
			p.List()
			// With ten times as many of everything the slowest took ten seconds on
			// two shared cores; a quadratic step would take hours.
			if took := time.Since(begun); took > 60*time.Second {
				t.Errorf("got %v, want less than a minute", took)
			}
			t.Logf("%v for %d elements and %d blocks", time.Since(begun), len(p.elems), len(p.blocks))
		})
	}
}
