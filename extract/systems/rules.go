package systems

import (
	"fmt"
	"regexp"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"
	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// Rules say where a page keeps what. Every field is an ordered list of
// candidates: the first that answers gives the value, and its place in the list
// is the value's provenance. A site profile overrides a system with the same
// type; its candidates are asked before the system's.
type Rules struct {
	Article ArticleRules `yaml:"article,omitempty"`
	List    ListRules    `yaml:"list,omitempty"`
}

// ArticleRules find the parts of an article. Selectors are matched against the
// whole page.
type ArticleRules struct {
	Title     []Candidate `yaml:"title,omitempty"`
	Subtitle  []Candidate `yaml:"subtitle,omitempty"`
	Meta      []Candidate `yaml:"meta,omitempty"`      // the line with source, authors, date; read by the byline grammar
	Published []Candidate `yaml:"published,omitempty"` // asked before the meta line
	Source    []Candidate `yaml:"source,omitempty"`    // asked before the meta line
	Author    []Candidate `yaml:"author,omitempty"`    // asked before the meta line
	Section   []Candidate `yaml:"section,omitempty"`
	Body      []Candidate `yaml:"body,omitempty"`
	Files     []Candidate `yaml:"files,omitempty"` // regions outside of the body that hold attachments
	Parts     []Candidate `yaml:"parts,omitempty"` // links to the further pages of an article, beside those its addresses show
	// Players are expressions over the inline scripts of the body; the first group
	// is the address of what a player plays. A PDF is an attachment, too.
	Players []Candidate `yaml:"players,omitempty"`
	Skip    []Candidate `yaml:"skip,omitempty"` // what is left out of the body; all of them apply
}

// ListRules find the rows of a list. Row, link, title and date are matched
// within the scope and within the row.
type ListRules struct {
	Scope []Candidate `yaml:"scope,omitempty"` // where the rows stand; none = the whole page
	Rows  []Candidate `yaml:"rows,omitempty"`  // the rows; all that match, unless pick says otherwise
	Link  []Candidate `yaml:"link,omitempty"`  // within a row; none = the first link that has a title
	Title []Candidate `yaml:"title,omitempty"` // within a row; none = the link's title attribute or text
	Date  []Candidate `yaml:"date,omitempty"`  // within a row; none = any date the row shows
	Next  []Candidate `yaml:"next,omitempty"`  // the link to the older page
	Total []Candidate `yaml:"total,omitempty"` // the number of rows of all pages
	Pages []Candidate `yaml:"pages,omitempty"` // the number of pages
	Skip  []Candidate `yaml:"skip,omitempty"`  // what holds no rows; all of them apply
	// Records are expressions over inline scripts; the first group of every match
	// is the HTML of a row. They are for lists that a script unpacks.
	Records []Candidate `yaml:"records,omitempty"`
}

// A Candidate is one way to a value. In YAML a plain string is its selector.
// Exactly one of CSS, Find, Script and URL is set.
type Candidate struct {
	CSS    string `yaml:"css,omitempty"`    // elements that match this selector (CSS level 4 as cascadia knows it)
	Find   string `yaml:"find,omitempty"`   // a locator of the engine by name, see Locators
	Script string `yaml:"script,omitempty"` // RE2 over inline scripts; its first group is the value
	URL    string `yaml:"url,omitempty"`    // RE2 over the page's address without scheme; its first group is the value

	Pick  string `yaml:"pick,omitempty"`  // which of the elements: "first" (default), "last", "innermost", "longest", "all"
	Attr  string `yaml:"attr,omitempty"`  // the value is this attribute, not the text
	Match string `yaml:"match,omitempty"` // RE2 the value must match; its first group, if it has one, becomes the value

	sel     goquery.Matcher
	key     key
	program *regexp.Regexp // of Script or URL
	match   *regexp.Regexp
}

// Locators are the names that Candidate.Find knows, with what they find.
var Locators = map[string]string{
	"titled":     "the block before the body that says what <title> begins with",
	"heading":    "the last heading before the body",
	"between":    "the lines between title and body, if they read like a meta line",
	"head":       "the line nearest to the body, before it, that reads like a meta line",
	"document":   "<title> without the site's name",
	"breadcrumb": "the last link of the line 当前位置",
}

// Picks are the values that Candidate.Pick knows; "" is "first".
var Picks = []string{"first", "last", "innermost", "longest", "all"}

// plain has the fields of a Candidate and none of its methods.
type plain Candidate

// UnmarshalYAML reads a candidate and compiles its expressions. Errors carry
// the line and column in the file.
func (c *Candidate) UnmarshalYAML(node ast.Node) error {
	if s, ok := node.(ast.ScalarNode); ok {
		text, isString := s.GetValue().(string)
		if !isString {
			return &yaml.SyntaxError{Message: "a candidate is a selector or a map", Token: node.GetToken()}
		}
		*c = Candidate{CSS: text}
	} else if err := yaml.NodeToValue(node, (*plain)(c), yaml.Strict()); err != nil {
		return err
	}
	if err := c.Compile(); err != nil {
		return &yaml.SyntaxError{Message: err.Error(), Token: node.GetToken()}
	}
	return nil
}

// MarshalYAML writes a bare selector as a string.
func (c Candidate) MarshalYAML() (any, error) {
	if c.CSS != "" && c.Pick == "" && c.Attr == "" && c.Match == "" {
		return c.CSS, nil
	}
	return plain(c), nil
}

// Compile checks a candidate that was not read from YAML and makes it ready.
func (c *Candidate) Compile() error {
	set := 0
	for _, s := range [...]string{c.CSS, c.Find, c.Script, c.URL} {
		if s != "" {
			set++
		}
	}
	if set != 1 {
		return fmt.Errorf("a candidate has exactly one of css, find, script and url, this has %d", set)
	}
	if c.CSS != "" {
		sel, err := cascadia.ParseGroup(c.CSS)
		if err != nil {
			return fmt.Errorf("selector %q: %w", c.CSS, err)
		}
		c.sel, c.key = group(sel), keyOf(c.CSS)
	}
	if c.Find != "" && Locators[c.Find] == "" {
		return fmt.Errorf("no locator is named %q", c.Find)
	}
	switch c.Pick {
	case "", "first", "last", "innermost", "longest", "all":
	default:
		return fmt.Errorf("pick is first, last, innermost, longest or all, not %q", c.Pick)
	}
	var err error
	if c.Script+c.URL != "" {
		if c.program, err = regexp.Compile(c.Script + c.URL); err != nil {
			return err
		}
	}
	if c.Match != "" {
		if c.match, err = regexp.Compile(c.Match); err != nil {
			return err
		}
	}
	return nil
}

// Fields gives the candidate lists by name ("article.title", "list.rows"), for
// those who check or count rules.
func (r *Rules) Fields() map[string]*[]Candidate {
	return map[string]*[]Candidate{
		"article.title": &r.Article.Title, "article.subtitle": &r.Article.Subtitle, "article.meta": &r.Article.Meta,
		"article.published": &r.Article.Published, "article.source": &r.Article.Source, "article.author": &r.Article.Author,
		"article.section": &r.Article.Section, "article.body": &r.Article.Body, "article.files": &r.Article.Files,
		"article.parts": &r.Article.Parts, "article.players": &r.Article.Players, "article.skip": &r.Article.Skip,
		"list.scope": &r.List.Scope, "list.rows": &r.List.Rows, "list.link": &r.List.Link, "list.title": &r.List.Title,
		"list.date": &r.List.Date, "list.next": &r.List.Next, "list.skip": &r.List.Skip,
		"list.total": &r.List.Total, "list.pages": &r.List.Pages, "list.records": &r.List.Records,
	}
}

// Compile makes rules ready that were not read from YAML. The error names the
// field and the candidate.
func (r *Rules) Compile() error {
	for name, list := range r.Fields() {
		for i := range *list {
			if err := (*list)[i].Compile(); err != nil {
				return fmt.Errorf("%s[%d]: %w", name, i, err)
			}
		}
	}
	return nil
}

// Empty says that no field has a candidate.
func (r *Rules) Empty() bool {
	for _, list := range r.Fields() {
		if len(*list) > 0 {
			return false
		}
	}
	return true
}
