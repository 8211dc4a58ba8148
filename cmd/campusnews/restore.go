package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"campusnews/archive"
)

type restoreCommand struct {
	archive string
}

func (c *restoreCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "restore BACKUP",
		Short: "Make an archive from a backup",
		Long: `Restore copies the archive in the folder BACKUP to where --archive says, and reads the copy whole, as verify does.
There must be no archive yet: move a damaged one away first, its WARC files may hold more than the backup. The next
crawl goes on where the backup was made. A backup that has faults itself is restored as it is, they are named, and the exit status is 3.`,
		Example: `  mv /data/news /data/news.damaged
  campusnews restore /backup/news --archive /data/news`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.run(cmd.Context(), g.env.Stderr, args[0])
		},
	}
	cmd.Flags().StringVar(&c.archive, "archive", defaultArchive, "folder of the new archive")
	return cmd
}

func (c *restoreCommand) run(ctx context.Context, notes io.Writer, backup string) (err error) {
	if _, err := os.Stat(filepath.Join(backup, "archive.db")); errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("there is no archive in %s", backup)
	}
	if err := archive.Restore(ctx, backup, c.archive); errors.Is(err, archive.ErrNotEmpty) {
		return hint(err, "move it away, or name another folder with --archive")
	} else if err != nil {
		return err
	}
	v, err := archive.Verify(ctx, c.archive, archive.VerifyOptions{}, func(fault string) { fmt.Fprintln(notes, printable(fault)) })
	if err != nil {
		return err
	}
	if v.Faults > 0 {
		fmt.Fprintf(notes, "%s is as %s, with %s that the backup had\n", c.archive, backup, count(v.Faults, "fault"))
		return errPart
	}
	fmt.Fprintf(notes, "%s is as %s, read again whole: %s, %s, all is sound\n", c.archive, backup, count(v.Captures, "capture"), count(v.Articles, "version"))
	return nil
}
