package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"github.com/spf13/cobra"
)

type replayCommand struct {
	update bool
	color  string
}

func (c *replayCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "replay DIR",
		Short: "Extract saved pages again and compare with what is wanted",
		Long: `Replay extracts every case below DIR and shows what differs from its want.json. It exits 1 if
anything differs, and also if DIR holds no case.

A case is a folder with source.html (the bytes as served), origin.json ({"url", "status",
"headers"}; or origin.txt with "url: …" lines) and want.json. "campusnews record" makes one.`,
		Example: `  campusnews replay testdata/cases
  campusnews replay --update testdata/cases && git diff`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := c.validate(); err != nil {
				return err
			}
			return c.run(cmd.Context(), cmd.OutOrStdout(), g.env, args[0])
		},
	}
	cmd.Flags().BoolVar(&c.update, "update", false, "write what came out into each want.json")
	cmd.Flags().StringVar(&c.color, "color", "auto", "colour the diff: auto, always or never")
	return cmd
}

func (c *replayCommand) validate() error {
	switch c.color {
	case "auto", "always", "never":
		return nil
	}
	return usagef("replay: --color is auto, always or never, not %q", c.color)
}

func (c *replayCommand) run(ctx context.Context, w io.Writer, env Env, dir string) error {
	cases, err := findCases(dir)
	if err != nil {
		return err
	}
	colour := env.colour(c.color, env.Stdout)
	differ, updated := 0, 0
	for _, tc := range cases {
		if err := ctx.Err(); err != nil {
			return err
		}
		got, want, err := tc.compare()
		if err != nil {
			return err
		}
		if got == want {
			continue
		}
		if c.update {
			if err := tc.update(); err != nil {
				return err
			}
			updated++
			fmt.Fprintf(w, "updated  %s\n", tc.name)
			continue
		}
		differ++
		diff := udiff.Unified(tc.name+" (wanted)", tc.name+" (extracted)", want, got)
		if colour {
			diff = colourDiff(diff)
		}
		if _, err := io.WriteString(w, diff); err != nil {
			return err
		}
	}
	switch {
	case c.update:
		fmt.Fprintf(w, "%s, %d updated\n", count(len(cases), "case"), updated)
	case differ > 0:
		fmt.Fprintf(w, "%s, %d not as wanted\n", count(len(cases), "case"), differ)
		return errDiffers
	default:
		fmt.Fprintf(w, "%s, as wanted\n", count(len(cases), "case"))
	}
	return nil
}

// compare gives what came out and what was wanted in readable form. A case without want.json wants "".
func (c testCase) compare() (got, want string, err error) {
	r, err := c.extract()
	if err != nil {
		return "", "", err
	}
	data, err := wantJSON(r)
	if err != nil {
		return "", "", err
	}
	if got, err = readable(data); err != nil {
		return "", "", err
	}
	path := filepath.Join(c.dir, "want.json")
	data, err = os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return got, "", nil
	}
	if err != nil {
		return "", "", err
	}
	if want, err = readable(data); err != nil {
		return "", "", fmt.Errorf("%s: %w", path, err)
	}
	return got, want, nil
}

// update writes what comes out of the case's page into its want.json.
func (c testCase) update() error {
	r, err := c.extract()
	if err != nil {
		return err
	}
	data, err := wantJSON(r)
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(c.dir, "want.json"), data)
}

const (
	red   = "\x1b[31m"
	green = "\x1b[32m"
	cyan  = "\x1b[36m"
	bold  = "\x1b[1m"
	plain = "\x1b[0m"
)

// colourDiff colours a unified diff: what was wanted red, what came out green. Where one line
// stands against one, the part that differs is bold, since a Chinese paragraph is one long line.
func colourDiff(diff string) string {
	var b strings.Builder
	lines := strings.SplitAfter(diff, "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		switch {
		case strings.HasPrefix(line, "--- "), strings.HasPrefix(line, "+++ "), strings.HasPrefix(line, "@@"):
			b.WriteString(cyan + strings.TrimSuffix(line, "\n") + plain + "\n")
		case strings.HasPrefix(line, "-") && i+1 < len(lines) && strings.HasPrefix(lines[i+1], "+") &&
			(i+2 >= len(lines) || !strings.HasPrefix(lines[i+2], "+")) && (i == 0 || !strings.HasPrefix(lines[i-1], "-")):
			old, new := markDifference(strings.TrimSuffix(line, "\n"), strings.TrimSuffix(lines[i+1], "\n"))
			b.WriteString(old + "\n" + new + "\n")
			i++
		case strings.HasPrefix(line, "-"):
			b.WriteString(red + strings.TrimSuffix(line, "\n") + plain + "\n")
		case strings.HasPrefix(line, "+"):
			b.WriteString(green + strings.TrimSuffix(line, "\n") + plain + "\n")
		default:
			b.WriteString(line)
		}
	}
	return b.String()
}

// markDifference colours two lines that replace each other, and what differs between them bold.
func markDifference(old, new string) (string, string) {
	a, b := []rune(old[1:]), []rune(new[1:])
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	mark := func(colour, sign string, r []rune) string {
		return colour + sign + string(r[:head]) + bold + string(r[head:len(r)-tail]) + plain + colour + string(r[len(r)-tail:]) + plain
	}
	return mark(red, "-", a), mark(green, "+", b)
}
