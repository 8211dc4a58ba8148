package systems

import "golang.org/x/net/html"

// Value makes c's value of an element: its attribute, or the text that text
// gives, cut down to what Match keeps. "" = it does not answer.
func (c *Candidate) Value(n *html.Node, text func(*html.Node) string) string {
	v := ""
	if c.Attr != "" {
		for _, a := range n.Attr {
			if a.Key == c.Attr {
				v = a.Val
			}
		}
	} else {
		v = text(n)
	}
	return c.Cut(v)
}

// Cut gives what Match keeps of v; "" if v does not match.
func (c *Candidate) Cut(v string) string {
	if c.match == nil {
		return v
	}
	m := c.match.FindStringSubmatch(v)
	if m == nil {
		return ""
	}
	for _, g := range m[1:] {
		if g != "" {
			return g
		}
	}
	if len(m) > 1 {
		return ""
	}
	return m[0]
}

// Search gives the first group (or the whole) of the first place where the
// candidate's Script or URL expression matches s.
func (c *Candidate) Search(s string) (string, bool) {
	if c.program == nil {
		return "", false
	}
	m := c.program.FindStringSubmatch(s)
	if m == nil {
		return "", false
	}
	for _, g := range m[1:] {
		if g != "" {
			return c.Cut(g), true
		}
	}
	return c.Cut(m[0]), true
}

// SearchAll gives the first group of every match of the candidate's Script in
// s, at most limit of them.
func (c *Candidate) SearchAll(s string, limit int) []string {
	if c.program == nil || c.Script == "" {
		return nil
	}
	var all []string
	for _, m := range c.program.FindAllStringSubmatch(s, limit) {
		all = append(all, m[len(m)-1])
	}
	return all
}
