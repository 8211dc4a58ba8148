package scraper

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"campusnews/extract"
)

// Many sites answer 200 and a page of their own for an address that has nothing. How such a page looks
// is learned from the site: a run that finds an article's address to show something else than the
// article asks the host once for an address that nobody has written, and compares. The answer is kept
// as evidence and stands for a week, for later runs, too.
//
// Where the site says 404, or a page that the reader knows for an error, there is nothing to learn.

// absentFor is how long the answer to a made-up address is taken to stand.
const absentFor = 7 * day

// absentKey is the identity of a host's made-up address in the frontier.
func absentKey(host string) string { return absentPrefix + host }

// absentPrefix begins what no key of an address begins with.
const absentPrefix = "absent "

// A portrait is a page as far as it tells one that is there from one that is not.
type portrait struct {
	kind  extract.Kind
	led   string // where a redirect led to; "" = it did not
	title string // without what is not letters
	text  map[string]bool
	bare  bool // no picture, file or date that would make an article of it
}

// portraitOf paints a page that was asked for as asked.
func portraitOf(p extract.Page, res *extract.Result, asked string) *portrait {
	t := &portrait{kind: res.Kind, bare: true}
	if p.URL != asked {
		t.led = p.URL
	}
	title, text := "", ""
	if a := res.Article; a != nil {
		title, text = a.Title, a.Body
		t.bare = a.Published == "" && len(a.Images)+len(a.Files)+len(a.Media) == 0
	} else {
		title, text = extract.Text(p)
	}
	t.title, t.text = letters(title), shingles(letters(text))
	return t
}

// alike says whether two pages of a site are the same but for numbers, dates and a few words.
func (t *portrait) alike(o *portrait) bool {
	if t.led != "" && t.led == o.led {
		return true // both asked for one page and got another: the home page, most often
	}
	if t.kind != o.kind || t.title != o.title || t.bare != o.bare {
		return false
	}
	if !t.bare { // a notice may be dressed as an article, but no site has the same article at an address that nobody has written
		return t.kind == extract.KindArticle && len(t.text) > 20 && similar(t.text, o.text) >= 0.95
	}
	if t.kind == extract.KindArticle {
		return similar(t.text, o.text) >= 0.8
	}
	return similar(t.text, o.text) >= 0.9 // the menus are the same on all pages
}

// letters leaves out what differs from one notice to the next: digits, and what is neither letter nor digit.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// shingles gives all runs of three letters.
func shingles(s string) map[string]bool {
	r := []rune(s)
	all := make(map[string]bool, len(r))
	for i := 0; i+3 <= len(r); i++ {
		all[string(r[i:i+3])] = true
	}
	return all
}

// similar is the share of what either has that both have; 1 when neither has anything.
func similar(a, b map[string]bool) float64 {
	both := 0
	for s := range a {
		if b[s] {
			both++
		}
	}
	if all := len(a) + len(b) - both; all > 0 {
		return float64(both) / float64(all)
	}
	return 1
}

// doubtful says whether a page that came for an article's address may be the site's way to say that it
// is not there: it is no article, or not the one that the list names.
func doubtful(t Target, l look) bool {
	switch t.Role {
	case RoleArticle, RoleRevisit, RoleWalk, RolePart:
	default:
		return false
	}
	if l.outcome != outcomeKept || l.result == nil {
		return false
	}
	if l.result.Kind != extract.KindArticle {
		return true
	}
	have, want := letters(l.result.Article.Title), letters(t.Title)
	// Lists cut titles, and pages put words around them.
	return want == "" || have == "" || !strings.Contains(have, want) && !strings.Contains(want, have)
}

// unmask makes a look a missing one if what came is what the host answers for an address that nobody
// has written. The error is ctx's or the store's.
func (r *run) unmask(ctx context.Context, t Target, l *look) error {
	if why, err := r.astray(ctx, t, *l); err != nil || why != "" {
		if why != "" {
			l.outcome, l.why, l.result = outcomeMissing, why, nil
		}
		return err
	}
	if !doubtful(t, *l) {
		return nil
	}
	asked := t.URL
	if l.twin != "" {
		asked = l.twin
	}
	absent, err := r.absentOf(ctx, asked, false)
	if err != nil {
		return err
	}
	now := sync.OnceValue(func() *portrait { return portraitOf(l.page, l.result, asked) }) // for it the page is parsed again
	found := absent != nil && now().alike(absent)
	if !found && l.result.Kind == extract.KindArticle && letters(t.Title) != "" {
		// Another article than the list names. On a day of maintenance all addresses have the same one, and what the site
		// answered some days ago says nothing of it.
		before, err := r.before(ctx, t)
		if err != nil {
			return err
		}
		if before != nil && before.title != now().title {
			if absent, err = r.absentOf(ctx, asked, true); err != nil {
				return err
			}
			found = absent != nil && now().alike(absent)
		}
	}
	if found {
		l.outcome, l.soft, l.why, l.result = outcomeMissing, true, "soft 404: the page that the site answers for an address with nothing", nil
	}
	return nil
}

// before is the page that a target that is there answered with last, read from the archive; nil = it is not there, or not known.
func (r *run) before(ctx context.Context, t Target) (*portrait, error) {
	if t.State != StateKept {
		return nil, nil
	}
	p, ok, err := r.store.Answer(ctx, t.Site, t.Key)
	if err != nil || !ok {
		return nil, err
	}
	res := r.reader.Extract(p)
	return portraitOf(p, &res, t.URL), nil
}

// astray says why a page is not what the target has been so far; "" = it may be. A hub or list that shows an article, or a
// list's further page that shows no rows, has a notice in its place; an article that leads to the home page or to a list has
// been taken away. All of them are looked at again as what is missing is, and what came in their place is kept as evidence only.
// A list that shows an article for two weeks is one from then on.
func (r *run) astray(ctx context.Context, t Target, l look) (why string, err error) {
	if l.outcome != outcomeKept || l.result == nil {
		return "", nil
	}
	kind := l.result.Kind
	switch t.Role {
	case RoleList:
		if kind == extract.KindArticle || kind == extract.KindOther && len(l.result.ItemLinks) == 0 {
			return "no list in the place of a list's further page", nil
		}
	case RoleHome, RoleSection:
		const notice = "an article in the place of a list"
		if kind != extract.KindArticle {
			return "", nil
		}
		switch {
		case t.State == StateMissing && (t.Role == RoleSection || t.LastError == notice):
			if t.MissingCount+1 >= goneVisits && r.cfg.Now().Sub(t.MissingSince) >= goneAfter {
				return "", nil // it is one
			}
			return notice, nil
		case t.State != StateKept:
			return "", nil
		}
		before, err := r.before(ctx, t)
		if err != nil || before == nil || before.kind == extract.KindArticle {
			return "", err
		}
		if t.Role == RoleHome && t.Depth > 0 && before.kind != extract.KindList {
			return "", nil // a column's single page, or a short one, that says more now
		}
		return notice, nil
	case RoleArticle, RoleRevisit, RoleWalk:
		if kind == extract.KindArticle || l.url == t.URL || l.url == l.twin {
			return "", nil
		}
		key := r.reader.Key(l.url)
		if key == t.Key {
			return "", nil
		}
		if key == r.reader.Key(r.cfg.Site.Home) {
			return "soft 404: leads to the home page", nil
		}
		to, ok, err := r.store.Lookup(ctx, t.Site, key)
		if err != nil || !ok || to.Role > RoleList {
			return "", err
		}
		return "soft 404: leads to a list", nil
	}
	return "", nil
}

// An absence is what a host answers for a made-up address.
type absence struct {
	page  *portrait // nil = an honest 404, or it cannot be told
	today bool      // it was asked for in this run
}

// absentOf gives what the host answers for an address that nobody has written; nil = an honest 404, or it
// cannot be told. It asks the host if the archive has no answer of this week, or, with today, none of this run.
func (r *run) absentOf(ctx context.Context, address string, today bool) (*portrait, error) {
	host := hostOf(address)
	key := absentKey(host)
	for r.asking[key] {
		r.turned.Wait()
	}
	if known, ok := r.absent[host]; ok && (!today || known.today) {
		return known.page, nil
	}
	r.asking[key] = true
	defer func() {
		delete(r.asking, key)
		r.turned.Broadcast()
	}()
	t, ok, err := r.store.Lookup(ctx, r.cfg.Site.ID, key)
	if err != nil {
		return nil, err
	}
	var now absence
	if age := r.cfg.Now().Sub(t.LastVisit); !today && ok && t.State != StateFailed && age >= 0 && age < absentFor {
		now.page, err = r.before(ctx, t)
	} else {
		now.today = true
		now.page, err = r.askAbsent(ctx, key, address)
	}
	if err != nil {
		return nil, err
	}
	r.absent[host] = now
	return now.page, nil
}

// askAbsent asks the host, with the manners of any other request, and stores the answer.
func (r *run) askAbsent(ctx context.Context, key, like string) (*portrait, error) {
	t := Target{Site: r.cfg.Site.ID, Key: key, URL: madeUp(like, r.cfg.Now()), State: StateNew, FirstSeen: r.cfg.Now().UTC()}
	if t.URL == "" {
		return nil, nil
	}
	l, err := r.lookAt(ctx, t)
	if err != nil || len(l.exchanges) == 0 {
		return nil, err
	}
	v := Visit{Reason: ReasonProbe, Target: t, Exchanges: l.exchanges, Time: r.cfg.Now().UTC()}
	v.Target.Role, v.Target.LastVisit, v.Target.Visits = RoleAsset, v.Time, 1
	var p *portrait
	switch {
	case l.outcome == outcomeKept && l.result != nil:
		v.Target.State = StateKept
		p = portraitOf(l.page, l.result, t.URL)
	case l.outcome == outcomeKept, l.outcome == outcomeMissing, l.outcome == outcomeRefused:
		v.Target.State, v.Target.LastError = StateMissing, l.why
	default:
		v.Target.State, v.Target.LastError, v.Target.Failures = StateFailed, l.why, 1
	}
	r.report.count(v)
	_, err = r.save(context.WithoutCancel(ctx), v)
	return p, err
}

var digitRun = regexp.MustCompile(`\d+`)

// madeUp gives an address of the same make as like that nothing stands at: its last number is another one,
// greater than any site's and still one of 32 bits, and a different one on each day. "" if like is no address.
func madeUp(like string, now time.Time) string {
	u, err := url.Parse(withoutFragment(like))
	if err != nil {
		return ""
	}
	sum := sha256.Sum256([]byte(u.Host + now.UTC().Format(time.DateOnly)))
	number := strconv.FormatUint(9e8+binary.BigEndian.Uint64(sum[:])%1e8, 10)
	replaceLast := func(s *string) bool {
		all := digitRun.FindAllStringIndex(*s, -1)
		if all == nil {
			return false
		}
		at := all[len(all)-1]
		*s = (*s)[:at[0]] + number + (*s)[at[1]:]
		return true
	}
	u.RawPath = ""
	if !replaceLast(&u.RawQuery) && !replaceLast(&u.Path) {
		u.Path = path.Join("/", path.Dir(u.Path), number+path.Ext(u.Path))
	}
	return u.String()
}
