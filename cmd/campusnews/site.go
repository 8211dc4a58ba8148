package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"campusnews/archive"
	"campusnews/extract"
	"campusnews/extract/profile"
	"campusnews/scraper"
)

// newExtractor gives the extractor for a site ("" = none, a built-in name or a profile file);
// generic turns the recognition of publishing systems off.
func newExtractor(site string, generic bool) (*extract.Extractor, error) {
	if site == "" {
		return extractorOf(nil, generic)
	}
	p, err := resolveProfile(site)
	if err != nil {
		return nil, err
	}
	return extractorOf(p, generic)
}

// siteTitle is what people call a site.
func siteTitle(p *profile.Profile) string {
	switch {
	case p.Title != "":
		return p.Title
	case p.Name != "":
		return p.Name
	}
	return p.ID
}

func scraperSite(p *profile.Profile) scraper.Site {
	s := scraper.Site{ID: p.ID, Name: siteTitle(p), Hosts: p.Hosts, PathPrefixes: p.Paths, Home: p.Home}
	s.Feeds = slices.Concat(p.Feeds, p.Sitemaps)
	for _, section := range p.Sections {
		s.Sections = append(s.Sections, scraper.Section{Name: section.Name, URL: section.URL})
	}
	return s
}

func archiveSite(p *profile.Profile) archive.Site {
	s := archive.Site{ID: p.ID, Name: siteTitle(p), URL: p.Home, System: p.System, Profile: string(profile.Format(p, nil))}
	for _, section := range p.Sections {
		s.Sections = append(s.Sections, archive.Section{Name: section.Name, URL: section.URL})
	}
	return s
}

// completeSite completes the names of built-in profiles.
func completeSite(_ *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
	var ids []string
	for _, id := range profile.IDs() {
		if strings.HasPrefix(id, prefix) {
			ids = append(ids, id)
		}
	}
	return ids, cobra.ShellCompDirectiveDefault
}

// extractorOf gives the extractor for a profile; nil is a site of which nothing is known.
func extractorOf(p *profile.Profile, generic bool) (*extract.Extractor, error) {
	var opts []extract.Option
	if generic {
		opts = append(opts, extract.GenericOnly())
	} else if p != nil {
		if p.System != "" {
			opts = append(opts, extract.WithSystem(p.System))
		}
		opts = append(opts, extract.WithRules(p.Overrides))
	}
	return extract.New(opts...), nil
}
