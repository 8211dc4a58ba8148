package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

type backupCommand struct {
	archive string
}

func (c *backupCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "backup DEST",
		Short: "Copy an archive, also while it is written to",
		Long: `Backup copies the archive into the folder DEST and checks the copy. Of an earlier backup there, only what has
been added to the WARC files is copied; the earlier backup stays whole until the new one is. The copy is an archive
like any other; campusnews restore copies it back.`,
		Example: `  campusnews backup /backup/news --archive /data/news`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.run(cmd.Context(), g.env, args[0])
		},
	}
	cmd.Flags().StringVar(&c.archive, "archive", defaultArchive, "folder of the archive")
	return cmd
}

func (c *backupCommand) run(ctx context.Context, env Env, dest string) (err error) {
	a, err := openReader(ctx, env, c.archive)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.Backup(ctx, dest); err != nil {
		return err
	}
	fmt.Fprintf(env.Stderr, "%s is a copy of %s, checked\n", dest, a.Dir())
	return nil
}
