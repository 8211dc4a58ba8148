package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"campusnews/extract/profile"
)

type sitesCommand struct{}

func (c *sitesCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sites",
		Short: "Find, show, make and check site profiles",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	for _, sub := range []command{&sitesListCommand{}, &sitesShowCommand{}, &sitesProbeCommand{}, &sitesCheckCommand{}, &sitesSchemaCommand{}} {
		cmd.AddCommand(sub.cobra(g))
	}
	return cmd
}

type sitesListCommand struct{ json bool }

func (c *sitesListCommand) cobra(*global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list [WORD...]",
		Short: "List the built-in profiles",
		Long: `List shows the built-in profiles that hold every WORD: in their name, place, host, publishing system
or a section's name. "verified" says that some rule of the profile was checked on a saved page of the
site; the others rest on what public sources say of it.`,
		Example: `  campusnews sites list 湖南
  campusnews sites list webplus 上海`,
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd.OutOrStdout(), args) },
	}
	cmd.Flags().BoolVar(&c.json, "json", false, "print one JSON object a line")
	return cmd
}

// siteJSON is a profile as sites list --json shows it.
type siteJSON struct {
	ID       string            `json:"id"`
	Name     string            `json:"name"`
	Title    string            `json:"title"`
	Province string            `json:"province"`
	City     string            `json:"city"`
	Home     string            `json:"home"`
	Hosts    []string          `json:"hosts"`
	System   string            `json:"system"`
	Sections map[string]string `json:"sections"` // name → list address
	Verified bool              `json:"verified"`
}

func (c *sitesListCommand) run(w io.Writer, words []string) error {
	found := profile.Search(words...)
	if len(found) == 0 {
		return hint(fmt.Errorf("no built-in profile holds %q", words), "campusnews crawl takes the address of any home page, too")
	}
	if c.json {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		for _, p := range found {
			sections := map[string]string{}
			for _, s := range p.Sections {
				sections[s.Name] = s.URL
			}
			if err := enc.Encode(siteJSON{p.ID, p.Name, p.Title, p.Province, p.City, p.Home, p.Hosts, p.System, sections, p.Verified}); err != nil {
				return err
			}
		}
		return nil
	}
	t := newTable(w, "id", "site", "place", "system", "sections", "verified", "home")
	numbers(t, "sections")
	for _, p := range found {
		place := p.Province
		if p.City != "" && p.City != p.Province {
			place += " " + p.City
		}
		verified := ""
		if p.Verified {
			verified = "yes"
		}
		t.AppendRow(table.Row{p.ID, siteTitle(p), place, p.System, len(p.Sections), verified, p.Home})
	}
	t.Render()
	return nil
}

type sitesShowCommand struct{}

func (c *sitesShowCommand) cobra(*global) *cobra.Command {
	return &cobra.Command{
		Use:     "show ID",
		Short:   "Print a built-in profile, as a start for one's own",
		Example: `  campusnews sites show csu > my-csu.yaml`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, ok := profile.Source(args[0])
			if !ok {
				return usageError{hint(fmt.Errorf("no built-in profile is called %q", args[0]), "campusnews sites list shows them")}
			}
			_, err := cmd.OutOrStdout().Write(text)
			return err
		},
		ValidArgsFunction: completeSite,
	}
}
