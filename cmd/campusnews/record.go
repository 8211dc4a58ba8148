package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"campusnews/extract"
	"campusnews/extract/profile"
	"campusnews/scraper"
)

type recordCommand struct {
	site    string
	note    string
	generic bool
	web     webFlags
}

func (c *recordCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "record [--site SITE] URL... DIR",
		Short: "Make replay cases from live or saved pages",
		Long: `Record fetches each URL, politely, and makes a case of it in a folder of its own below DIR:
source.html (the bytes as served), origin.json and want.json. What want.json says is what the page
gave today: read it against the page before you rely on it.`,
		Example: `  campusnews record --site csu http://news.csu.edu.cn/info/1002/127015.htm testdata/cases
  campusnews record --replay saved/ http://news.example.edu.cn/info/1/2.htm cases`,
		Args: cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := c.web.validate(); err != nil {
				return err
			}
			n := len(args) - 1
			return c.run(cmd.Context(), cmd.OutOrStdout(), g, args[:n], args[n])
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.site, "site", "", "profile to read the pages with: a built-in name or a YAML file")
	f.StringVar(&c.note, "note", "", "what the cases show and on what terms they are kept")
	f.BoolVar(&c.generic, "generic", false, "do not recognise publishing systems; use the generic extractors alone")
	c.web.register(f)
	return cmd
}

func (c *recordCommand) run(ctx context.Context, w io.Writer, g *global, addresses []string, dir string) (err error) {
	var hosts []string
	for _, a := range addresses {
		u, err := url.Parse(a)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return usagef("record: %q is no http address; DIR comes last", a)
		}
		hosts = append(hosts, u.Host)
	}
	x, err := newExtractor(c.site, c.generic)
	if err != nil {
		return err
	}
	web, err := c.web.open(g.env, hosts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, web.Close()) }()
	browser, err := newBrowser(g, web, &c.web, profileOf(addresses), x)
	if err != nil {
		return err
	}
	failed := 0
	for _, a := range addresses {
		name, err := c.record(ctx, g.env, browser, x, a, dir)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			failed++
			fmt.Fprintf(g.env.Stderr, "campusnews: record %s: %v\n", a, err)
			continue
		}
		fmt.Fprintln(w, name)
	}
	switch {
	case failed == len(addresses):
		return fmt.Errorf("record: none of %d pages could be had", failed)
	case failed > 0:
		return errPart
	}
	return nil
}

// record makes the case of one page and gives its folder.
func (c *recordCommand) record(ctx context.Context, env Env, b *scraper.Browser, x *extract.Extractor, address, dir string) (string, error) {
	page, _, err := b.Get(ctx, address)
	if err != nil {
		return "", err
	}
	o := origin{URL: page.URL, Status: page.Status, Site: c.site, Generic: c.generic, Note: c.note,
		Fetched: env.Now().UTC().Format(time.RFC3339)}
	if page.ContentType != "" {
		o.Headers = map[string]string{"Content-Type": page.ContentType}
	}
	text, err := json.MarshalIndent(o, "", "  ")
	if err != nil {
		return "", err
	}
	want, err := wantJSON(x.Extract(page))
	if err != nil {
		return "", err
	}
	folder := filepath.Join(dir, slug(page.URL))
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	return folder, errors.Join(
		writeFile(filepath.Join(folder, "source.html"), page.Body),
		writeFile(filepath.Join(folder, "origin.json"), append(text, '\n')),
		writeFile(filepath.Join(folder, "want.json"), want),
	)
}

// profileOf is the profile of a site of which only some addresses are known.
func profileOf(addresses []string) *profile.Profile {
	p := &profile.Profile{ID: "pages", Home: addresses[0]}
	for _, a := range addresses {
		if u, err := url.Parse(a); err == nil {
			p.Hosts = append(p.Hosts, u.Host)
		}
	}
	return p
}

// newBrowser makes a browser for the hosts of a profile.
func newBrowser(g *global, web *web, flags *webFlags, p *profile.Profile, r scraper.Reader) (*scraper.Browser, error) {
	cfg := scraper.Default()
	cfg.Site = scraperSite(p)
	cfg.UserAgent = userAgent(g.env.Getenv("CAMPUSNEWS_CONTACT"))
	cfg.Delay = flags.pause()
	cfg.Log = g.log()
	cfg.Transport = web.transport
	return scraper.NewBrowser(cfg, r)
}
