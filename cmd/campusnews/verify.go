package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

type verifyCommand struct {
	archive string
	json    bool
}

func (c *verifyCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Read all evidence and texts again and name every fault",
		Long: `Verify reads the whole archive again: each record of the WARC files with its digests, the bytes of each
capture as they were written, each version of each article against its digest, and SQLite's own checks.
Every fault is a line that names file and place. The exit status is 0 only when there is none.

It may run while a crawl writes to the archive.`,
		Example: `  campusnews verify --archive /data/news`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.run(cmd.Context(), cmd.OutOrStdout(), g.env.Stderr)
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.archive, "archive", defaultArchive, "folder of the archive")
	f.BoolVar(&c.json, "json", false, "print one JSON object a fault")
	return cmd
}

func (c *verifyCommand) run(ctx context.Context, out, notes io.Writer) (err error) {
	a, err := openReader(ctx, c.archive)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	var broken error // of out
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	v, err := a.Verify(ctx, func(fault string) {
		if broken != nil {
			return
		}
		if c.json {
			broken = enc.Encode(map[string]string{"fault": fault})
		} else {
			_, broken = fmt.Fprintln(out, fault)
		}
	})
	if err := errors.Join(err, broken); err != nil {
		return err
	}
	fmt.Fprintf(notes, "%s: %s of %s in %s, %s, %s\n", a.Dir(), count(v.Records, "record"), size(v.Bytes), count(v.Files, "file"),
		count(v.Captures, "capture"), count(v.Articles, "version"))
	if v.Faults > 0 {
		fmt.Fprintln(notes, count(v.Faults, "fault"))
		return errDiffers
	}
	fmt.Fprintln(notes, "all is sound")
	return nil
}
