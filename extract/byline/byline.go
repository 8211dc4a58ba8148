// Package byline reads the lines in which Chinese news pages say who wrote,
// photographed, edited and checked an article, where it comes from and when it
// was published. It works on strings and knows nothing of HTML.
package byline

// The roles a credit can have.
const (
	Author       = "author"
	Editor       = "editor"
	Photographer = "photographer"
	Reviewer     = "reviewer"
	Proofreader  = "proofreader"
	Publisher    = "publisher" // the account that put the page up; not an author
)

// A Credit is one role of one person or unit.
type Credit struct {
	Role string `json:"role"` // one of the constants above
	Name string `json:"name"` // as a person would write it: 黄妍, not 黄 妍
}
