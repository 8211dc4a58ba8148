package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"campusnews/extract"
	"campusnews/scraper"
)

// An Article is one article in one of its versions.
type Article struct {
	ID                      int64
	Site, Key, URL, Section string
	Published               string // as the page states it; "" = not stated
	Day                     string // ISO day to sort by; "" = not known
	Title, Subtitle, Source string
	State                   scraper.State // kept, missing or gone
	GoneSince               time.Time     // UTC; zero = it is there
	FirstSeen, LastSeen     time.Time     // UTC
	Changed                 time.Time     // when the newsroom's latest change was found; zero = never changed
	Revision                int           // number of this version, 1 = first
	Revisions               int           // number of the newest
	Cause                   string        // of this version, as in Revision
	Capture                 int64         // the capture this version was taken from; 0 = none
	Charset                 string
	Credits                 []extract.Credit
	Images                  []extract.Image
	Attachments, Media      []extract.File
	Links                   []extract.Link
	Body, HTML              string
}

// A Revision is a version of an article, without its text.
type Revision struct {
	Number  int
	Seen    time.Time // UTC
	Capture int64
	Cause   string // "page" = the site changed it; "extractor" = the same bytes were read better
	Changed string // fields that differ from the version before, separated by blanks; "" for the first
}

// Find gives the id of the article that ref names, or else one of its other spellings: its id, an address under which it was seen, or its
// key. The error may be ErrNotFound. Addresses that nothing was asked at, as lists had them, are looked for last, for that reads all of them.
func (a *Archive) Find(ctx context.Context, ref string, spellings ...string) (id int64, err error) {
	refs := append([]string{ref}, spellings...)
	for _, query := range []string{
		`SELECT id FROM articles WHERE id = ?2`,
		`SELECT article FROM frontier WHERE url = ?1 AND article IS NOT NULL`,
		`SELECT article FROM captures WHERE url = ?1 AND article IS NOT NULL ORDER BY id DESC LIMIT 1`,
		`SELECT id FROM articles WHERE site IN (SELECT id FROM sites) AND key = ?1 LIMIT 1`,
		`SELECT id FROM articles WHERE url = ?1 LIMIT 1`,
		`SELECT a.id FROM list_items i JOIN articles a ON a.site = i.site AND a.key = i.key WHERE i.url = ?1 LIMIT 1`,
	} {
		for _, ref := range refs {
			number, err := strconv.ParseInt(ref, 10, 64)
			if err != nil {
				number = -1
			}
			err = a.read.QueryRowContext(ctx, query, ref, number).Scan(&id)
			if err == nil || !errors.Is(err, sql.ErrNoRows) {
				return id, err
			}
		}
	}
	return 0, fmt.Errorf("article %s: %w", ref, ErrNotFound)
}

const articleColumns = `id, site, key, url, coalesce(section, ''), coalesce(published, ''), coalesce(day, ''), coalesce(title, ''),
	coalesce(subtitle, ''), coalesce(source, ''), state, gone_since, first_seen, last_seen, changed, revision, coalesce(capture, 0), coalesce(charset, ''),
	body, coalesce(html, ''), coalesce((SELECT r.cause FROM revisions r WHERE r.article = c.id AND r.number = c.revision), ''), ` + listColumns

func scanArticle(row scanner) (Article, error) {
	var r Article
	var list [5]string
	var gone, first, last, changed sql.NullString
	err := row.Scan(&r.ID, &r.Site, &r.Key, &r.URL, &r.Section, &r.Published, &r.Day, &r.Title,
		&r.Subtitle, &r.Source, &r.State, &gone, &first, &last, &changed, &r.Revision, &r.Capture, &r.Charset,
		&r.Body, &r.HTML, &r.Cause, &list[0], &list[1], &list[2], &list[3], &list[4])
	if err != nil {
		return Article{}, err
	}
	r.Revisions, r.GoneSince, r.FirstSeen, r.LastSeen, r.Changed = r.Revision, moment(gone), moment(first), moment(last), moment(changed)
	return r, r.setLists(list)
}

// Article gives the newest version of an article. The error may be ErrNotFound.
func (a *Archive) Article(ctx context.Context, id int64) (Article, error) {
	r, err := scanArticle(a.read.QueryRowContext(ctx, `SELECT `+articleColumns+` FROM articles c WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return Article{}, fmt.Errorf("article %d: %w", id, ErrNotFound)
	}
	if err != nil {
		return Article{}, fmt.Errorf("article %d: %w", id, err)
	}
	return r, nil
}

func (r *Article) setLists(list [5]string) error {
	var c content
	err := c.setLists(list)
	r.Credits, r.Images, r.Attachments, r.Media, r.Links = c.Credits, c.Images, c.Files, c.Media, c.Links
	return err
}

// ArticleAt gives a version of an article by its number. The error may be ErrNotFound.
func (a *Archive) ArticleAt(ctx context.Context, id int64, revision int) (Article, error) {
	r, err := a.Article(ctx, id)
	if err != nil || revision == r.Revision {
		return r, err
	}
	var list [5]string
	r.Section, r.Published, r.Title, r.Subtitle, r.Source, r.HTML = "", "", "", "", "", ""
	err = a.read.QueryRowContext(ctx, `SELECT t.url, coalesce(t.section, ''), coalesce(t.published, ''), coalesce(t.title, ''), coalesce(t.subtitle, ''),
		coalesce(t.source, ''), t.body, coalesce(t.html, ''), r.number, r.cause, coalesce(r.capture, 0), t.credits, t.images, t.attachments, t.media, t.links
		FROM revisions r JOIN revision_texts t ON t.revision = r.id WHERE r.article = ? AND r.number = ?`, id, revision).Scan(
		&r.URL, &r.Section, &r.Published, &r.Title, &r.Subtitle, &r.Source, &r.Body, &r.HTML, &r.Revision, &r.Cause, &r.Capture,
		&list[0], &list[1], &list[2], &list[3], &list[4])
	if errors.Is(err, sql.ErrNoRows) {
		return Article{}, fmt.Errorf("article %d has no version %d, the newest is %d: %w", id, revision, r.Revisions, ErrNotFound)
	}
	if err != nil {
		return Article{}, fmt.Errorf("revision %d of article %d: %w", revision, id, err)
	}
	return r, r.setLists(list)
}

// Revisions gives an article's versions, first one first.
func (a *Archive) Revisions(ctx context.Context, id int64) ([]Revision, error) {
	var list []Revision
	err := a.eachRow(ctx, func(rows *sql.Rows) error {
		var r Revision
		var seen sql.NullString
		err := rows.Scan(&r.Number, &seen, &r.Capture, &r.Cause, &r.Changed)
		r.Seen = moment(seen)
		list = append(list, r)
		return err
	}, `SELECT number, seen, coalesce(capture, 0), cause, coalesce(changed, '') FROM revisions WHERE article = ? ORDER BY number`, id)
	return list, err
}

// An Event is one time that an article vanished or came back.
type Event struct {
	Seen    time.Time // UTC
	Event   string    // "missing", "gone" or "returned"
	Capture int64     // the evidence; 0 = none
}

// Events gives what became of an article, first event first; nil if it was always there.
func (a *Archive) Events(ctx context.Context, id int64) ([]Event, error) {
	var list []Event
	err := a.eachRow(ctx, func(rows *sql.Rows) error {
		var e Event
		var seen sql.NullString
		err := rows.Scan(&seen, &e.Event, &e.Capture)
		e.Seen = moment(seen)
		list = append(list, e)
		return err
	}, `SELECT seen, event, coalesce(capture, 0) FROM events WHERE article = ? ORDER BY id`, id)
	return list, err
}

// A Standing is all that the archive knows of an address.
type Standing struct {
	Target   scraper.Target
	Article  int64     // what it brought; 0 = no article
	Captures []Capture // newest first, at most 20
	Rows     []ListRow // what lists say of it, oldest first, at most 20
	Opened   time.Time // when its site was first looked at, UTC
	Waits    time.Time // its host asked to be left alone until then, UTC; zero = it did not
	Running  int64     // the run that is at work on its site and may have it in hand; 0 = none
}

// A ListRow is a row of a list as it was first seen.
type ListRow struct {
	Section   string // column of the list; "" = none
	URL       string
	Title     string
	Date      string    // ISO day; "" = not stated
	FirstSeen time.Time // UTC
}

// Explain says how an address stands in the frontier of each site that knows it. It also looks for the address
// with the other scheme. The error is ErrNotFound when no frontier knows it.
func (a *Archive) Explain(ctx context.Context, address string) ([]Standing, error) {
	var list []Standing
	err := a.eachRow(ctx, func(rows *sql.Rows) error {
		var s Standing
		var err error
		s.Target, err = scanTarget(rows, &s.Article)
		list = append(list, s)
		return err
	}, `SELECT `+targetColumns+`, coalesce(article, 0) FROM frontier WHERE url IN (?1, replace(?1, 'http://', 'https://'), replace(?1, 'https://', 'http://'))
		OR site IN (SELECT id FROM sites) AND key = ?1 OR id IN
		(SELECT f.id FROM list_items i JOIN frontier f ON f.site = i.site AND f.key = i.key WHERE i.url = ?1)`, address)
	if err != nil {
		return nil, fmt.Errorf("explain %s: %w", address, err)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("address %s: %w", address, ErrNotFound)
	}
	for i := range list {
		if err := a.circumstances(ctx, &list[i]); err != nil {
			return nil, fmt.Errorf("explain %s: %w", address, err)
		}
	}
	return list, nil
}

// circumstances fills in what stands in other tables than the frontier.
func (a *Archive) circumstances(ctx context.Context, s *Standing) (err error) {
	if s.Captures, err = a.CapturesAt(ctx, s.Target.URL, 20); err != nil {
		return err
	}
	if u, err := url.Parse(s.Target.URL); err == nil && u.Host != "" {
		if s.Waits, err = a.waits(ctx, strings.ToLower(u.Host)); err != nil {
			return err
		}
	}
	err = a.eachRow(ctx, func(rows *sql.Rows) error {
		var r ListRow
		var seen sql.NullString
		err := rows.Scan(&r.Section, &r.URL, &r.Title, &r.Date, &seen)
		r.FirstSeen = moment(seen)
		s.Rows = append(s.Rows, r)
		return err
	}, `SELECT coalesce(section, ''), url, coalesce(title, ''), coalesce(date, ''), first_seen FROM list_items WHERE site = ? AND key = ? ORDER BY id LIMIT 20`,
		s.Target.Site, s.Target.Key)
	if err != nil {
		return err
	}
	var opened sql.NullString
	err = a.read.QueryRowContext(ctx, `SELECT (SELECT min(first_seen) FROM frontier WHERE site = ?1 AND role IN (?2, ?3) AND depth = 0 AND due IS NOT NULL),
		coalesce((SELECT max(id) FROM crawls WHERE status = 'running' AND instr(' ' || sites || ' ', ' ' || ?1 || ' ')), 0)`,
		s.Target.Site, int(scraper.RoleHome), int(scraper.RoleSection)).Scan(&opened, &s.Running)
	s.Opened = moment(opened)
	return err
}

// A SiteStatus is a site with figures of what the archive has of it.
type SiteStatus struct {
	Site                          Site
	Articles, Gone, Missing       int
	Versions                      int       // of all articles together
	FirstDay, LastDay             string    // ISO days; "" = none
	LastCapture                   time.Time // that had an article; zero unless LastCaptures was asked
	Targets, Due, Failed, Refused int       // of the frontier; Due = due at the given time; Failed = could not be had when last asked for
	Absent                        int       // of the frontier, too: not there when last asked for, and not gone
	NextDue                       time.Time
}

// Sites gives all sites with figures as of now, by id. It reads indexes and narrow tables, no article's row.
func (a *Archive) Sites(ctx context.Context, now time.Time) ([]SiteStatus, error) {
	var list []SiteStatus
	err := a.eachRow(ctx, func(rows *sql.Rows) error {
		var s SiteStatus
		var next sql.NullString
		err := rows.Scan(&s.Site.ID, &s.Site.Name, &s.Site.URL, &s.Site.System, &s.Site.Profile, &s.Articles, &s.Gone, &s.Missing, &s.Versions, &s.FirstDay, &s.LastDay,
			&s.Targets, &s.Due, &s.Failed, &s.Absent, &s.Refused, &next)
		s.NextDue = moment(next)
		list = append(list, s)
		return err
	}, `SELECT s.id, coalesce(s.name, ''), coalesce(s.url, ''), coalesce(s.system, ''), coalesce(p.text, ''), coalesce(n, 0), coalesce(gone, 0), coalesce(missing, 0),
			coalesce(n, 0) + coalesce(later, 0), coalesce(first, ''), coalesce(last, ''), coalesce(targets, 0), coalesce(due, 0), coalesce(failed, 0), coalesce(absent, 0), coalesce(refused, 0), next
		FROM sites s
		LEFT JOIN profiles p ON p.site = s.id
		LEFT JOIN (SELECT site, count(*) AS n, min(day) AS first, max(day) AS last FROM articles INDEXED BY articles_section GROUP BY site) a ON a.site = s.id
		LEFT JOIN (SELECT site, sum(state = 'gone') AS gone, sum(state = 'missing') AS missing FROM articles INDEXED BY articles_state WHERE state <> 'kept' GROUP BY site) l ON l.site = s.id
		LEFT JOIN (SELECT c.site, count(*) AS later FROM revisions r CROSS JOIN articles c INDEXED BY articles_sorting ON c.id = r.article WHERE r.number > 1 GROUP BY c.site) v ON v.site = s.id
		LEFT JOIN (SELECT site, count(*) AS targets, sum(due <= ?) AS due, sum(failures > 0) AS failed, sum(missing_count > 0 AND state <> 'gone') AS absent, sum(state = 'refused') AS refused,
			min(due) AS next FROM frontier GROUP BY site) f ON f.site = s.id
		ORDER BY s.id`, stamp(now))
	if err != nil {
		return nil, fmt.Errorf("list sites: %w", err)
	}
	return list, nil
}

// LastCaptures tells when each site's articles were seen last. It goes through the rows of all: some 10 µs an article.
func (a *Archive) LastCaptures(ctx context.Context, sites []SiteStatus) error {
	at := map[string]time.Time{}
	err := a.eachRow(ctx, func(rows *sql.Rows) error {
		var site string
		var last sql.NullString
		err := rows.Scan(&site, &last)
		at[site] = moment(last)
		return err
	}, `SELECT site, max(last_seen) FROM articles GROUP BY site`)
	if err != nil {
		return fmt.Errorf("list sites: %w", err)
	}
	for i := range sites {
		sites[i].LastCapture = at[sites[i].Site.ID]
	}
	return nil
}
