package generic

// A List is one page of a list of articles.
type List struct {
	Items   []Item
	Next    string // absolute address of the next (older) page; "" = none
	Page    int    // 0 = not said
	Pages   int
	Total   int
	Section string
}

// An Item is one row of a list.
type Item struct {
	URL   string `json:"url"` // absolute
	Title string `json:"title"`
	Date  string `json:"date,omitempty"` // ISO 8601 day, "" = not stated
}

// List finds the list of articles.
func (p *Page) List() (List, bool) { return List{}, false }
