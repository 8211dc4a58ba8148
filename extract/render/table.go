package render

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// table writes a table of data as rows of cells, and dissolves one that only
// arranges the page: with a table inside, with a single column, or with cells
// as long as articles.
func (w *writer) table(n *html.Node, depth int) {
	w.breakLine()
	if !isData(n) {
		w.html.blockBreak()
		w.layout(n, depth)
		w.breakLine()
		w.html.blockBreak()
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode && c.DataAtom == atom.Caption {
			w.node(c, depth+1)
		}
	}
	w.html.open("table", "")
	w.sections(n, depth)
	w.breakLine()
	w.html.close()
}

// sections writes the rows of a data table.
func (w *writer) sections(n *html.Node, depth int) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		switch c.DataAtom {
		case atom.Tbody, atom.Thead, atom.Tfoot:
			if depth < maxDepth && !Hidden(c) {
				w.sections(c, depth+1)
			}
		case atom.Tr:
			w.node(c, depth+1)
		}
	}
}

// layout writes the content of a dissolved table, each cell as a block.
func (w *writer) layout(n *html.Node, depth int) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode || depth > maxDepth || Hidden(c) {
			continue
		}
		switch c.DataAtom {
		case atom.Tbody, atom.Thead, atom.Tfoot:
			w.layout(c, depth+1)
		case atom.Tr:
			if w.opts.Skip == nil || !w.opts.Skip(c) {
				w.layout(c, depth+1)
			}
		default:
			w.node(c, depth+1)
		}
	}
}

// tableRow writes a row of a data table as one line, cells separated by TAB. A
// row with one cell keeps the lines of that cell.
func (w *writer) tableRow(n *html.Node, depth int) {
	w.breakLine()
	w.html.open("tr", "")
	single := cells(n) <= 1
	first := true
	if !single {
		w.row++
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode || c.DataAtom != atom.Td && c.DataAtom != atom.Th {
			w.node(c, depth+1)
			continue
		}
		if Hidden(c) || w.opts.Skip != nil && w.opts.Skip(c) {
			continue
		}
		if !first && !single {
			w.space = false
			if !w.newline && len(w.text) > 0 {
				w.tabs++
			}
		}
		first = false
		attrs := ""
		for _, key := range [...]string{"colspan", "rowspan"} {
			if v, ok := number(attr(c, key), 1000); ok && v != "1" && v != "0" {
				attrs += " " + key + `="` + v + `"`
			}
		}
		w.html.open(c.Data, attrs)
		w.children(c, depth+1)
		w.html.close()
	}
	if !single {
		w.row--
	}
	w.breakLine()
	w.html.close()
}

// cells counts the cells of a row.
func cells(tr *html.Node) int {
	count := 0
	for c := tr.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode && (c.DataAtom == atom.Td || c.DataAtom == atom.Th) {
			count++
		}
	}
	return count
}

// longCell is the length in bytes from which a cell is no datum but a text
// (about 500 Han characters), when the table has no more than four cells.
const longCell = 1500

// isData says that a table holds data: no table inside, and a row of two cells
// or more. With at most four cells, one of them may not be as long as an article.
func isData(table *html.Node) bool {
	rows, wide, all := 0, false, 0
	nested := false
	longest := 0
	var walk func(n *html.Node, depth int) int
	walk = func(n *html.Node, depth int) (size int) {
		if depth > maxDepth {
			return 0
		}
		for c := n.FirstChild; c != nil && !nested; c = c.NextSibling {
			switch c.Type {
			case html.TextNode:
				size += len(c.Data)
			case html.ElementNode:
				switch c.DataAtom {
				case atom.Table:
					nested = true
				case atom.Tr:
					rows++
					if count := cells(c); count > 1 {
						wide = true
						all += count
					} else {
						all++
					}
					walk(c, depth+1)
				case atom.Td, atom.Th:
					longest = max(longest, walk(c, depth+1))
				default:
					size += walk(c, depth+1)
				}
			}
		}
		return size
	}
	walk(table, 0)
	return !nested && wide && rows > 0 && (all > 4 || longest < longCell)
}
