package profile

import (
	"slices"

	"campusnews/extract/systems"
)

// A Profile says how one news site is read. Only Home is required of a file;
// everything else narrows what is otherwise recognised from the pages.
type Profile struct {
	ID       string   `yaml:"id"`       // short and stable: names the site in an archive for good; lower case letters, digits, '.', '-', at most 64
	Name     string   `yaml:"name"`     // the school or unit: 中南大学
	Title    string   `yaml:"title"`    // the site as it calls itself: 中南大学新闻网
	Province string   `yaml:"province"` // province-level division, short form: 湖南, 上海, 内蒙古; "" = not said
	City     string   `yaml:"city"`     // 长沙; "" = not said, or the same as Province
	Home     string   `yaml:"home"`     // absolute http(s) address of the home page
	Hosts    []string `yaml:"hosts"`    // bare hosts the site lives on, lower case, with a port if it is not the usual one; never empty after Parse
	Paths    []string `yaml:"paths"`    // only pages whose path begins with one of these belong to the site: /cs/; nil = all
	System   string   `yaml:"system"`   // a system's name as package systems has it ("vsb"); "" = recognise it from the pages
	Since    string   `yaml:"since"`    // first day this profile is right for: 2015, 2015-09 or 2015-09-01; "" = open
	Until    string   `yaml:"until"`    // last day, same form; "" = open
	Sections Sections `yaml:"sections"` // in file order; nil = find them from the home page

	Feeds    []string `yaml:"feeds"`    // absolute http(s) addresses of RSS, Atom or JSON feeds on one of the hosts; nil = find them, unless there are sections
	Sitemaps []string `yaml:"sitemaps"` // the same of sitemaps

	Follow bool `yaml:"follow"` // go after the links of all pages on the hosts, articles too

	// Overrides are asked before the rules of the system, candidate by
	// candidate. They are compiled.
	Overrides systems.Rules `yaml:"overrides"`

	Verified bool       `yaml:"verified"` // some rule of it was checked on a saved page of the site
	Evidence []Evidence `yaml:"evidence"` // where the facts come from
	Notes    []string   `yaml:"notes"`    // for people
}

// A Section is one column of a site: its name and page 1 of its list.
type Section struct {
	Name string
	URL  string // absolute http(s), on one of the profile's hosts
}

// Sections are written in YAML as a mapping from name to address; their order
// is the file's. Names and addresses are unique.
type Sections []Section

// Evidence says where a profile's facts come from.
type Evidence struct {
	Kind string `yaml:"kind"` // one of the Evidence kinds
	Year int    `yaml:"year"` // when it was seen; 0 = not known
	Note string `yaml:"note"` // "" = nothing to add
}

// The kinds of evidence, strongest first.
const (
	EvidencePages   = "pages"   // pages of the site, saved as served
	EvidenceCrawler = "crawler" // the configuration of a public crawler that reads the site
	EvidenceSurvey  = "survey"  // a published survey of publishing systems
	EvidenceAddress = "address" // only addresses of the site were seen
)

// HasHost reports whether host (lower case, with the port if the address had
// one) belongs to the site.
func (p *Profile) HasHost(host string) bool { return slices.Contains(p.Hosts, host) }

// Section gives the section called name.
func (p *Profile) Section(name string) (Section, bool) {
	for _, s := range p.Sections {
		if s.Name == name {
			return s, true
		}
	}
	return Section{}, false
}
