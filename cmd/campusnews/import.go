package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"campusnews/archive"
	"campusnews/archive/warc"
	"campusnews/extract/profile"
	"campusnews/scraper"
)

type importCommand struct{}

func (c *importCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import",
		Short: "Take in what other tools have captured",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand((&importWARCCommand{}).cobra(g))
	return cmd
}

type importWARCCommand struct {
	archive string
	site    string
	json    bool
}

func (c *importWARCCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "warc FILE...",
		Short: "Take the pages of WARC files into an archive",
		Long: `Import warc takes the responses in WARC files, of wget, Heritrix, warcio and others, packed with gzip or
not, into an archive: each becomes a capture with the time at which it was made, and is read as a
crawl reads it. Only addresses on the site's hosts are taken. A page that is older than what the archive
has of its article is kept as evidence and changes nothing else; what is imported twice is known the
second time. Records that stand for responses in other files (revisits) are counted and left out.

Damage in a file is reported and what is readable behind it is taken: the exit status is 3 then.`,
		Example: `  wget --recursive --warc-file=news https://news.csu.edu.cn/
  campusnews import warc news.warc.gz --site csu`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if c.site == "" {
				return usagef("import warc: --site names the site that the pages are of")
			}
			return c.run(cmd.Context(), cmd.OutOrStdout(), g, args)
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.archive, "archive", defaultArchive, "folder of the archive; made if it is not there")
	f.StringVar(&c.site, "site", "", "the site: name of a built-in profile, profile file or address of a home page")
	f.BoolVar(&c.json, "json", false, "print one JSON object a file")
	return cmd
}

func (c *importWARCCommand) run(ctx context.Context, out io.Writer, g *global, files []string) (err error) {
	p, err := resolveProfile(c.site)
	if err != nil {
		return err
	}
	reader, err := extractorOf(p, false)
	if err != nil {
		return err
	}
	for _, file := range files { // before an archive is made
		if _, err := os.Stat(file); err != nil {
			return err
		}
	}
	a, err := archive.Open(ctx, c.archive, archive.Options{
		Log: g.log(), Now: g.env.Now,
		WARC: warc.Options{Info: warc.Info{Software: "campusnews/" + version(), Description: "imported from " + strings.Join(files, " ")}},
	})
	if err != nil {
		return locked(err)
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	run, err := a.Begin(ctx, archive.CrawlInfo{Sites: []archive.Site{archiveSite(p)}, Program: "campusnews " + version(), Command: strings.Join(os.Args, " ")})
	if err != nil {
		return err
	}
	ending := archive.Ending{Status: archive.StatusDone}
	faults := 0
	for _, file := range files {
		done, stopped := c.file(ctx, g, run, p, reader, file)
		faults += done.Faults
		ending.Counts.New += int64(done.Articles)
		ending.Counts.Changed += int64(done.Changed)
		if err = stopped; err != nil {
			break
		}
		if c.json {
			enc := json.NewEncoder(out)
			enc.SetEscapeHTML(false)
			err = enc.Encode(struct {
				File string `json:"file"`
				archive.Import
			}{file, done})
		} else {
			_, err = fmt.Fprintf(out, "%s: %s taken, %s, %d changed; %d older than the archive's, %d known already, %d of other sites, %d revisits left out\n",
				printable(file), count(done.Taken, "response"), count(done.Articles, "new article"), done.Changed, done.Older, done.Known, done.Outside, done.Skipped)
		}
		if err != nil {
			break
		}
		if done.Taken == 0 && done.Outside > 0 {
			fmt.Fprintf(g.env.Stderr, "hint: no response in %s is of %s, whose pages --site asks for\n", printable(file), strings.Join(p.Hosts, ", "))
		}
	}
	switch {
	case ctx.Err() != nil:
		ending.Status = archive.StatusInterrupted
	case err != nil:
		ending.Status, ending.Error = archive.StatusFailed, err.Error()
	case faults > 0:
		ending.Status, err = archive.StatusPart, errPart
	}
	return errors.Join(err, run.End(context.WithoutCancel(ctx), ending))
}

func (c *importWARCCommand) file(ctx context.Context, g *global, run *archive.Crawl, p *profile.Profile, reader scraper.Reader, file string) (archive.Import, error) {
	line := newStatusLine(g.env)
	defer line.clear()
	return run.ImportWARC(ctx, file, archive.ImportOptions{
		Site: p.ID, Reader: reader,
		InScope: func(address string) bool {
			u, err := url.Parse(address)
			return err == nil && p.HasHost(strings.ToLower(u.Host))
		},
		Progress: func(done, total int64) {
			line.show(func() string { return fmt.Sprintf("reading %s, %d%%", printable(file), done*100/max(total, 1)) })
		},
	}, func(fault string) {
		line.clear()
		fmt.Fprintln(g.env.Stderr, fault)
	})
}
