package main

import (
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
	"campusnews/archive/replica"
)

type fleetRestoreCommand struct{ nats *natsFlags }

func (c *fleetRestoreCommand) cobra(g *global) *cobra.Command {
	return &cobra.Command{
		Use:   "restore SITE DIR",
		Short: "Make an archive of a site's copy",
		Long: `Restore makes an archive in the folder DIR, which must not be there, of the copy that the fleet keeps of a site's. Every byte is
held to its digest. The site may be being crawled: the archive is as it was when the copy was last written.`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.run(cmd.Context(), g, args[0], args[1])
		},
	}
}

func (c *fleetRestoreCommand) run(ctx context.Context, g *global, site, dir string) error {
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, fmt.Errorf("fleet restore: %s is there already", dir))
	}
	s, err := c.nats.open(ctx, g, "fleet restore")
	if err != nil {
		return err
	}
	defer s.Close()
	begin := time.Now()
	h, err := restoreCopy(ctx, s, site, dir)
	if err != nil {
		return err
	}
	fmt.Fprintf(g.env.Stderr, "%s: the archive of %s as of %s, %s in %s\n", dir, site, h.Written.Format(time.RFC3339), size(h.Size()), duration(time.Since(begin)))
	return nil
}

// restoreCopy makes an archive of a site's copy. While the site is crawled, objects are replaced: then the copy is read anew.
func restoreCopy(ctx context.Context, s *fleetSession, site, dir string) (replica.Head, error) {
	for try := 0; ; try++ {
		h, revision, err := s.heads.Head(ctx, site)
		if err != nil {
			return h, err
		}
		if len(h.Pages) == 0 {
			// A site that was taken out of the fleet has its copy still.
			if _, err := s.Site(ctx, site); err != nil {
				return h, err
			}
			return h, fmt.Errorf("%s: %w yet: no run of it has come so far", site, replica.ErrNoCopy)
		}
		err = replica.Restore(ctx, dir, s.copies, h)
		if err == nil || try == 2 {
			return h, err
		}
		if _, now, herr := s.heads.Head(ctx, site); herr != nil || now == revision {
			return h, errors.Join(err, herr)
		}
	}
}

type fleetVerifyCommand struct {
	nats *natsFlags
	deep bool
}

func (c *fleetVerifyCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify [SITE...]",
		Short: "Read the copies of archives again and name every fault",
		Long: `Verify reads every object of the copies and holds it to its digest; without SITE those of all sites. With --deep each copy is
made an archive in a temporary folder, and that is verified as "campusnews verify" does.

Exit status: 1 when a fault was found.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.run(cmd.Context(), cmd.OutOrStdout(), g, args)
		},
	}
	cmd.Flags().BoolVar(&c.deep, "deep", false, "make an archive of each copy and verify that, too")
	return cmd
}

func (c *fleetVerifyCommand) run(ctx context.Context, w io.Writer, g *global, sites []string) error {
	s, err := c.nats.open(ctx, g, "fleet verify")
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
	faults := 0
	for _, site := range sites {
		h, _, err := s.heads.Head(ctx, site)
		if err != nil {
			return err
		}
		if h.Archive == "" || len(h.Pages) == 0 {
			fmt.Fprintf(g.env.Stderr, "%s: no copy yet\n", site)
			continue
		}
		n, bytes, err := replica.Verify(ctx, s.copies, h, func(err error) {
			faults++
			fmt.Fprintf(w, "%s: %v\n", site, err)
		})
		if err != nil {
			return err
		}
		if c.deep {
			if err := c.verifyDeep(ctx, s, site, func(fault string) {
				faults++
				fmt.Fprintf(w, "%s: %s\n", site, fault)
			}); err != nil {
				return err
			}
		}
		fmt.Fprintf(g.env.Stderr, "%s: %s, %s read\n", site, count(n, "object"), size(bytes))
	}
	if faults > 0 {
		return fmt.Errorf("fleet verify: %s", count(faults, "fault"))
	}
	return nil
}

func (c *fleetVerifyCommand) verifyDeep(ctx context.Context, s *fleetSession, site string, report func(string)) error {
	temporary, err := os.MkdirTemp("", "campusnews-verify-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temporary)
	dir := filepath.Join(temporary, "archive")
	if _, err := restoreCopy(ctx, s, site, dir); err != nil {
		report(err.Error())
		return nil
	}
	_, err = archive.Verify(ctx, dir, archive.VerifyOptions{}, report)
	return err
}

type fleetSweepCommand struct {
	nats *natsFlags
	age  time.Duration
}

func (c *fleetSweepCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sweep",
		Short: "Delete what runs that lost their worker have left among the copies",
		Long: `Sweep deletes objects that no copy names: what a run has sent whose worker died, or lost its site, before the copy was told. Once a month is
enough.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.run(cmd.Context(), g)
		},
	}
	timeVar(cmd.Flags(), &c.age, "age", 24*time.Hour, "only objects older than this `TIME`; a run under way must not be as old")
	return cmd
}

func (c *fleetSweepCommand) run(ctx context.Context, g *global) error {
	if c.age < time.Hour {
		return usagef("fleet sweep: --age %s: a run under way may be as old; want an hour or more", c.age)
	}
	s, err := c.nats.open(ctx, g, "fleet sweep")
	if err != nil {
		return err
	}
	defer s.Close()
	n, bytes, err := replica.Sweep(ctx, s.copies, s.heads, c.age)
	fmt.Fprintf(g.env.Stderr, "%s deleted, %s\n", count(n, "object"), size(bytes))
	return err
}
