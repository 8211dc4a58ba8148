package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"campusnews/archive"
	"campusnews/archive/export"
	"campusnews/archive/replica"
)

type fleetExportCommand struct{ nats *natsFlags }

func (c *fleetExportCommand) cobra(g *global) *cobra.Command {
	return &cobra.Command{
		Use:   "export DIR [SITE...]",
		Short: "Write the articles of all sites as one Parquet dataset",
		Long: `Export writes the newest version of every article, from the copies that the fleet keeps, into Parquet files below DIR, parted as
DuckDB, Spark, Trino and pandas know it: site=csu/year=2016/articles.parquet. Articles without a date are in year=__HIVE_DEFAULT_PARTITION__.

Into a DIR that has an earlier export, only sites whose copy has changed since are written again. A site's files are replaced together.`,
		Example: `  campusnews fleet export news
  duckdb -c "SELECT site, year, count(*) FROM read_parquet('news/*/*/*.parquet', hive_partitioning = true) GROUP BY ALL"`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.run(cmd.Context(), g, args[0], args[1:])
		},
	}
}

func (c *fleetExportCommand) run(ctx context.Context, g *global, dir string, sites []string) error {
	s, err := c.nats.open(ctx, g, "fleet export")
	if err != nil {
		return err
	}
	defer s.Close()
	if len(sites) == 0 {
		all, err := s.Sites(ctx)
		if err != nil {
			return err
		}
		for _, site := range all {
			sites = append(sites, site.ID)
		}
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	total, failed := 0, 0
	for _, site := range sites {
		n, err := exportSite(ctx, s, site, filepath.Join(dir, "site="+site))
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, replica.ErrNoCopy):
			fmt.Fprintf(g.env.Stderr, "%s: no copy yet\n", site)
		case errors.Is(err, errUnchanged):
			fmt.Fprintf(g.env.Stderr, "%s: as it was\n", site)
		case err != nil:
			failed++
			fmt.Fprintf(g.env.Stderr, "%s: %v\n", site, err)
		default:
			fmt.Fprintf(g.env.Stderr, "%s: %s\n", site, count(n, "article"))
		}
		total += n
	}
	if failed > 0 {
		fmt.Fprintf(g.env.Stderr, "%d of %s could not be written\n", failed, count(len(sites), "site"))
		return errPart
	}
	return nil
}

var errUnchanged = errors.New("the copy has not changed")

// stampName is a file that says which copy a site's files were made from. Engines pass over names that begin so.
const stampName = "_copy"

func exportSite(ctx context.Context, s *fleetSession, site, dir string) (n int, err error) {
	h, _, err := s.heads.Head(ctx, site)
	if err != nil {
		return 0, err
	}
	stamp := []byte(fmt.Sprintf("%d %s\n", h.Fence, h.Written.Format(time.RFC3339Nano)))
	if before, err := os.ReadFile(filepath.Join(dir, stampName)); err == nil && bytes.Equal(before, stamp) {
		return 0, errUnchanged
	}
	temporary, err := os.MkdirTemp(filepath.Dir(dir), ".restoring-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(temporary)
	copied := filepath.Join(temporary, "archive")
	if h, err = restoreCopy(ctx, s, site, copied); err != nil {
		return 0, err
	}
	stamp = []byte(fmt.Sprintf("%d %s\n", h.Fence, h.Written.Format(time.RFC3339Nano)))
	a, err := openCopy(ctx, copied)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	made := filepath.Join(temporary, "made")
	if n, err = exportYears(ctx, a, made); err != nil {
		return 0, err
	}
	if err := os.WriteFile(filepath.Join(made, stampName), stamp, 0o666); err != nil {
		return 0, err
	}
	aside := filepath.Join(temporary, "before")
	if err := os.Rename(dir, aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	return n, os.Rename(made, dir)
}

// openCopy opens a restored archive for reading, brought up to date first when it is of an older format.
func openCopy(ctx context.Context, dir string) (*archive.Archive, error) {
	a, err := archive.OpenReader(ctx, dir)
	if !errors.Is(err, archive.ErrOlder) {
		return a, err
	}
	if _, _, err := archive.Upgrade(ctx, dir); err != nil {
		return nil, err
	}
	return archive.OpenReader(ctx, dir)
}

// exportYears writes a file for each year.
func exportYears(ctx context.Context, a *archive.Archive, dir string) (n int, err error) {
	facets, err := a.Facets(ctx, archive.Query{})
	if err != nil {
		return 0, err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return 0, err
	}
	f, err := export.Find("parquet")
	if err != nil {
		return 0, err
	}
	for _, year := range facets.Years {
		filter, name := archive.Filter{From: year.Name, To: year.Name}, year.Name
		if name == "" {
			filter, name = archive.Filter{}, "__HIVE_DEFAULT_PARTITION__"
		}
		part := filepath.Join(dir, "year="+name)
		if err := os.MkdirAll(part, 0o777); err != nil {
			return n, err
		}
		err := newFile(filepath.Join(part, "articles.parquet"), nil, func(w io.Writer) error {
			x, err := f.New(w, export.Options{})
			if err != nil {
				return err
			}
			err = a.EachArticle(ctx, archive.Walk{Filter: filter}, func(r archive.Article) error {
				if year.Name == "" && r.Day != "" {
					return nil
				}
				n++
				return x.Write(r)
			})
			return errors.Join(err, x.Close())
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}
