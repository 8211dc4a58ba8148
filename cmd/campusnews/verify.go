package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"campusnews/archive"
)

type verifyCommand struct {
	archive string
	repair  bool
	json    bool
}

func (c *verifyCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Read all evidence and texts again and name every fault",
		Long: `Verify reads the whole archive again: each record of the WARC files with its digests, the bytes of each
capture as they were written and what its row says of them, each version of each article against its
digest, the search index against the texts, SQLite's own checks, and each page of archive.db against the
seal that the last writer left in archive.db.seal. Every fault is a line that names file and place. The
exit status is 0 only when there is none.

It may run while a crawl writes to the archive; archive.db has no seal then.

With --repair, what can be made again from something sound is: texts of articles, of each version, from
their captures, SQLite's indexes, the search index, what rows of captures say of their records, and rows
of captures that are gone, from their records. Pages of archive.db
that are not as they were sealed are named and sealed as they are. Then all is read once more. Where
SQLite cannot read the rows of a table any more, nothing is sealed, and the commands are named that make
archive.db again.`,
		Example: `  campusnews verify --archive /data/news
  campusnews verify --repair`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.run(cmd.Context(), cmd.OutOrStdout(), g)
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.archive, "archive", defaultArchive, "folder of the archive")
	f.BoolVar(&c.repair, "repair", false, "make again what can be made again, then verify")
	f.BoolVar(&c.json, "json", false, "print one JSON object a fault, and one of what was read at the end")
	return cmd
}

func (c *verifyCommand) run(ctx context.Context, out io.Writer, g *global) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	say := func(kind, text string) error {
		if c.json {
			return enc.Encode(map[string]string{kind: text})
		}
		text = printable(strings.ToValidUTF8(text, "�")) // a damaged row may say anything
		if kind == "repaired" {
			text = "repaired: " + text
		}
		_, err := fmt.Fprintln(out, text)
		return err
	}
	if c.repair {
		if err := c.mend(ctx, g, say); err != nil {
			return err
		}
	}
	var broken error // of out
	line := newStatusLine(g.env)
	opts := archive.VerifyOptions{Progress: func(p archive.VerifyProgress) { line.show(p.String) }}
	found := func(fault string) {
		line.clear()
		if broken == nil {
			broken = say("fault", fault)
		}
	}
	v, err := archive.Verify(ctx, c.archive, opts, found)
	if errors.Is(err, archive.ErrOlder) {
		if err := upToDate(ctx, g.env, c.archive); err != nil {
			return err
		}
		v, err = archive.Verify(ctx, c.archive, opts, found)
	}
	line.clear()
	if errors.Is(err, fs.ErrNotExist) && v.Files == 0 {
		return noArchive(c.archive)
	}
	if err := errors.Join(err, broken); err != nil {
		return err
	}
	if c.json {
		if err := enc.Encode(v); err != nil {
			return err
		}
	}
	notes := g.env.Stderr
	fmt.Fprintf(notes, "%s: %s of %s in %s, %s, %s\n", c.archive, count(v.Records, "record"), size(v.Bytes), count(v.Files, "file"),
		count(v.Captures, "capture"), count(v.Articles, "version"))
	if v.Orphans > 0 {
		fmt.Fprintf(notes, "%s that no capture names, as a killed run leaves them\n", count(v.Orphans, "record"))
	}
	if v.Behind > 0 {
		fmt.Fprintf(notes, "%s behind the last capture, not read: being written, or left by a killed run\n", size(v.Behind))
	}
	if v.Away > 0 {
		fmt.Fprintf(notes, "%s, %s, not read: here no more, only in the fleet's copy; campusnews fleet verify reads that\n", count(v.Away, "WARC file"), size(v.AwaySize))
	}
	if !v.Sealed {
		fmt.Fprintln(notes, "archive.db has no seal: it is being written to, or its last writer was killed")
	}
	if v.Faults > 0 {
		fmt.Fprintln(notes, count(v.Faults, "fault"))
		if !c.repair {
			fmt.Fprintln(notes, "hint: --repair makes texts, indexes and captures' rows again; with archive.db moved away, campusnews rebuild makes it again from the evidence; what a WARC file has lost, only a backup has")
		} else {
			fmt.Fprintln(notes, "hint: what is still named cannot be made again in place. archive.db: move it away, and campusnews rebuild makes it again from the evidence. WARC files: only a backup has what they lost")
		}
		return errDiffers
	}
	fmt.Fprintln(notes, "all is sound")
	return nil
}

// mend repairs what can be.
func (c *verifyCommand) mend(ctx context.Context, g *global, say func(kind, text string) error) (err error) {
	defer func() {
		if errors.Is(err, archive.ErrBeyondRepair) || archive.Corrupt(err) {
			err = comesBack(err, c.archive)
		}
	}()
	err = upToDate(ctx, g.env, c.archive) // so that no archive is made where there is none
	if errors.Is(err, archive.ErrNotArchive) {
		return hint(err, "move archive.db away; campusnews rebuild makes it again from the evidence")
	}
	if err != nil {
		return err
	}
	a, err := archive.Open(ctx, c.archive, archive.Options{Log: g.log(), Now: g.env.Now})
	if err != nil {
		return locked(err)
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	var broken error // of out
	repaired := func(what string) {
		if broken == nil {
			broken = say("repaired", what)
		}
	}
	err = a.RepairTexts(ctx, func(s archive.Site) (archive.Extractor, error) { return siteExtractor(s) }, repaired)
	if err == nil {
		err = a.Repair(ctx, repaired)
	}
	return errors.Join(err, broken)
}
