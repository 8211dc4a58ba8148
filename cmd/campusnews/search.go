package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"campusnews/archive"
	"campusnews/archive/ask"
)

type searchCommand struct {
	archive string
	filterFlags
	not       []string
	relevance bool
	counts    bool
	limit     int
	offset    int
	json      bool
	color     string
}

func (c *searchCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "search [WORD...]",
		Short: "Find articles that hold all words",
		Long: `Search finds the articles whose title or text holds every WORD, newest first. Chinese words of any
length are found exactly, single characters too; traditional or simplified, full or half width, capital or small letters are all
the same. A word with blanks in it is looked for as it stands. Without a WORD, all articles are found that the flags select.

  湘雅 OR 医院      one of them
  报告 NOT 讲座     the one without the other; -讲座 says the same, behind --
  '(湘雅 OR 医院) 手术'  parentheses group; AND may stand between words and binds closer than OR
  '"first prize" OR 一等奖'  "as it stands", within a longer query
  lab*             words of letters that begin so
  title:先进        in the title or subtitle; text:先进 in the body

The number of articles found is exact, but where more than 5,000 texts would have to be read to count them (longer words, phrases):
then it is an estimate and called so, and --counts counts.`,
		Example: `  campusnews search 图书馆
  campusnews search --since 2016 --until 2018-06 湘雅 "first prize"
  campusnews search '(湘雅 OR 医院) title:手术'
  campusnews search --counts 人工智能
  campusnews search 报告 --person 黄妍 --not 讲座
  campusnews search --section 学校要闻 --since 2024`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := c.validate(args); err != nil {
				return err
			}
			return c.run(cmd.Context(), cmd.OutOrStdout(), g.env, args)
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.archive, "archive", defaultArchive, "folder of the archive")
	c.register(f)
	f.StringArrayVar(&c.not, "not", nil, "leave out articles that hold this `WORD`; may be given several times")
	f.BoolVar(&c.relevance, "relevance", false, "best match first instead of newest first")
	f.BoolVar(&c.counts, "counts", false, "say instead how many articles there are by year, site, section and source")
	f.IntVar(&c.limit, "limit", 20, "show at most `N` articles")
	f.IntVar(&c.offset, "offset", 0, "leave out the first `N` articles")
	f.BoolVar(&c.json, "json", false, "print one JSON object a line")
	f.StringVar(&c.color, "color", "auto", "mark the words with colour: auto, always or never")
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		if bad, ok := errors.AsType[*pflag.NotExistError](err); ok && bad.GetSpecifiedShortnames() != "" { // pflag names the first byte only
			word := "-" + bad.GetSpecifiedShortnames()
			return usagef("search: there is no flag %s; a word to leave out goes behind two dashes: campusnews search 报告 -- %s", word, word)
		}
		return usageError{err}
	})
	return cmd
}

func (c *searchCommand) validate(words []string) error {
	switch {
	case len(words) == 0 && !c.counts && c.filterFlags == (filterFlags{}):
		return usagef("search: name a WORD to look for, or narrow by --section, --since, --person and the like")
	case len(words) == 0 && len(c.not) > 0:
		return usagef("search: --not goes with a WORD to look for")
	case len(words) == 0 && c.relevance:
		return usagef("search: --relevance goes with a WORD to look for")
	case c.relevance && c.asOf != "":
		return usagef("search: --as-of goes by day; leave out --relevance")
	case c.limit <= 0:
		return usagef("search: --limit %d is not above zero", c.limit)
	case c.offset < 0:
		return usagef("search: --offset %d is below zero", c.offset)
	case c.color != "auto" && c.color != "always" && c.color != "never":
		return usagef("search: --color is auto, always or never, not %q", c.color)
	}
	return nil
}

func (c *searchCommand) run(ctx context.Context, w io.Writer, env Env, words []string) (err error) {
	filter, err := c.filter("search")
	if err != nil {
		return err
	}
	a, err := openReader(ctx, env, c.archive)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	q := archive.Query{Text: quoteWords(words), Not: quoteWords(c.not), Filter: filter, Limit: c.limit, Offset: c.offset, Total: !c.json, Estimate: true, Everything: len(words) == 0}
	if c.relevance {
		q.Order = archive.Relevance
	}
	var hits archive.Hits
	var facets archive.Facets
	if c.counts {
		facets, err = a.Facets(ctx, q)
	} else {
		hits, err = a.Search(ctx, q)
	}
	if errors.Is(err, archive.ErrNoTerms) {
		return usagef("search: %q holds no word to look for", strings.Join(words, " "))
	}
	if _, ok := errors.AsType[*ask.Error](err); ok {
		return usagef("%w", err)
	}
	if err != nil {
		return err
	}
	switch {
	case c.counts && c.json:
		return printCountsJSON(w, facets)
	case c.counts:
		printCounts(w, facets)
		return nil
	case c.json:
		err = printHitsJSON(w, hits)
	default:
		err = printHits(w, hits, c.offset, env.colour(c.color, env.Stdout))
	}
	if err != nil || len(hits.Hits) > 0 || c.offset > 0 {
		return err
	}
	if i := slices.IndexFunc(words, isPhrase); i >= 0 {
		fmt.Fprintf(env.Stderr, "hint: %q was looked for as it stands, blanks included; words that may stand apart are written without quotation marks: campusnews search %s\n",
			words[i], strings.Join(strings.Fields(words[i]), " "))
	}
	return tellUnknown(ctx, a, env, filter)
}

// quoteWords joins words so that those with blanks stay together, unless they are written in the language of searches.
func quoteWords(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		if isPhrase(word) {
			word = `"` + word + `"`
		}
		quoted[i] = word
	}
	return strings.Join(quoted, " ")
}

// isPhrase says that a word is looked for as it stands, with the blanks in it.
func isPhrase(word string) bool {
	return strings.ContainsAny(word, " \t") && !isQuery.MatchString(word)
}

// isQuery finds what makes of several words more than a phrase: an operator, a quotation mark, a parenthesis, a minus or a field.
var isQuery = regexp.MustCompile(`(^|\s)(AND|OR|NOT)(\s|$)|["“”„＂()（）]|(^|\s)([-－−]\S|(title|text|标题|正文)[:：])`)

func printHits(w io.Writer, hits archive.Hits, offset int, colour bool) error {
	var b strings.Builder
	for _, h := range hits.Hits {
		day := h.Day
		if day == "" {
			day = "no date   "
		}
		fmt.Fprintf(&b, "%s  %s  [%d]\n", day, marked(h.Title, h.TitleMarks, colour), h.ID)
		var where []string
		for _, s := range []string{h.Section, h.Source, h.URL} {
			if s != "" {
				where = append(where, printable(s))
			}
		}
		if h.State != "kept" {
			where = append(where, h.State)
		}
		fmt.Fprintf(&b, "            %s\n", strings.Join(where, " · "))
		if h.Snippet.Text != "" {
			fmt.Fprintf(&b, "            %s\n", marked(h.Snippet.Text, h.Snippet.Marks, colour))
		}
	}
	switch n := len(hits.Hits); {
	case hits.Total == 0:
		b.WriteString("no article found\n")
	case n == 0:
		fmt.Fprintf(&b, "nothing behind the first %d: %s\n", offset, count(hits.Total, "article"))
	case hits.About:
		fmt.Fprintf(&b, "%d to %d of about %s; --counts reads all of them and says exactly\n", offset+1, offset+n, count(rounded(hits.Total), "article"))
	case n < hits.Total:
		fmt.Fprintf(&b, "%d to %d of %s\n", offset+1, offset+n, count(hits.Total, "article"))
	default:
		fmt.Fprintf(&b, "%s\n", count(n, "article"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// rounded keeps the first two digits of an estimate.
func rounded(n int) int {
	unit := 1
	for n/unit >= 100 {
		unit *= 10
	}
	return (n + unit/2) / unit * unit
}

// marked sets the marks of a text off: by colour, or else by brackets.
func marked(s string, marks [][2]int, colour bool) string {
	open, closing := "【", "】"
	if colour {
		open, closing = bold+red, plain
	}
	var b strings.Builder
	at := 0
	for _, m := range marks {
		b.WriteString(printable(s[at:m[0]]))
		b.WriteString(open)
		b.WriteString(printable(s[m[0]:m[1]]))
		b.WriteString(closing)
		at = m[1]
	}
	b.WriteString(printable(s[at:]))
	return b.String()
}

// hitJSON is a hit as --json prints it. Marks are byte offsets, [start, end).
type hitJSON struct {
	ID           int64    `json:"id"`
	Site         string   `json:"site"`
	Section      string   `json:"section"`
	URL          string   `json:"url"`
	Title        string   `json:"title"`
	TitleMarks   [][2]int `json:"title_marks"`
	Published    string   `json:"published"`
	Day          string   `json:"day"`
	Source       string   `json:"source"`
	State        string   `json:"state"`
	Snippet      string   `json:"snippet"`
	SnippetMarks [][2]int `json:"snippet_marks"`
}

func printHitsJSON(w io.Writer, hits archive.Hits) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, h := range hits.Hits {
		if err := enc.Encode(hitJSON{h.ID, h.Site, h.Section, h.URL, h.Title, notNil(h.TitleMarks), h.Published, h.Day,
			h.Source, h.State, h.Snippet.Text, notNil(h.Snippet.Marks)}); err != nil {
			return err
		}
	}
	return nil
}

// notNil gives an empty slice for nil, so that JSON has [] and not null.
func notNil[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
