package archive

import (
	"strings"
	"time"
)

// A Filter selects articles by what is known of them besides their words: for searches, exports and
// whoever lists articles. The zero value of a field does not restrict.
type Filter struct {
	Site     string
	Section  string // any of the columns in which the article was seen
	From, To string // ISO days, both included; "2016" and "2016-07" mean the whole year or month
	Source   string // the unit or medium named as 来源, whole
	Person   string // somebody whom the article credits, in any role
	Files    bool   // only with attachments
	Changed  bool   // only those that the newsroom changed
	Gone     bool   // only those that are missing or gone
	Words    string // only those that a search for this finds, see Query.Text; ParseWords says beforehand whether it can be understood

	// AsOf shows the archive as it was known at that moment, and all above says of it then: articles not
	// seen yet are left out, others have the text and the state that they had. Zero = now.
	AsOf time.Time
}

// restrict calls add for each condition, on a row of f.table() called c.
func (f Filter) restrict(add func(condition string, values ...any)) {
	asOf := !f.AsOf.IsZero()
	if f.Words != "" {
		m, err := compile(f.Words, "")
		if err == nil && m != nil && m.match != "" && !asOf {
			add(`c.id IN (SELECT rowid FROM `+m.table+` WHERE `+m.table+` MATCH ?)`, m.match)
		}
		if asOf || m == nil || !m.exact {
			add(wordsFitName+`(?, c.title, c.subtitle, c.body)`, f.Words)
		}
	}
	if f.Site != "" {
		add(`c.site = ?`, f.Site)
	}
	if f.Section != "" && asOf {
		add(`(c.section = ? OR EXISTS (SELECT 1 FROM list_items i WHERE i.site = c.site AND i.key = c.key AND i.section = ? AND i.first_seen <= ?))`,
			f.Section, f.Section, stamp(f.AsOf))
	} else if f.Section != "" {
		add(`(c.section = ? OR EXISTS (SELECT 1 FROM list_items i JOIN articles x ON x.site = i.site AND x.key = i.key WHERE x.id = c.id AND i.section = ?))`,
			f.Section, f.Section)
	}
	if f.From != "" {
		add(`c.day >= ?`, f.From)
	}
	if f.To != "" {
		add(`substr(c.day, 1, ?) <= ?`, len(f.To), f.To)
	}
	if f.Source != "" {
		add(`c.source = ?`, f.Source)
	}
	if f.Person != "" && asOf {
		add(`EXISTS (SELECT 1 FROM json_each(c.credits) p WHERE p.value ->> 'name' = ?)`, f.Person)
	} else if f.Person != "" {
		add(`EXISTS (SELECT 1 FROM credits p WHERE p.article = c.id AND p.name = ?)`, f.Person)
	}
	if f.Files && asOf {
		add(`json_array_length(c.attachments) > 0`)
	} else if f.Files {
		add(`EXISTS (SELECT 1 FROM attachments f WHERE f.article = c.id)`)
	}
	if f.Changed {
		add(`c.changed IS NOT NULL`)
	}
	if f.Gone {
		add(`c.state <> 'kept'`)
	}
}

// conditions are restrict's joined by AND; true if there are none.
func (f Filter) conditions() (where string, args []any) {
	list := []string{`true`}
	f.restrict(func(condition string, values ...any) { list, args = append(list, condition), append(args, values...) })
	return strings.Join(list, ` AND `), args
}
