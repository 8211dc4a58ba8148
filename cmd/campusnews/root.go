package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"
)

// A command is one file's worth of the command line.
type command interface {
	// cobra gives the command with its flags; its RunE calls the work.
	cobra(g *global) *cobra.Command
}

// global holds what every command shares.
type global struct {
	env     Env
	verbose bool
	logJSON bool
}

// log gives the run's log: warnings and errors, with -v all that happens.
func (g *global) log() *slog.Logger {
	level := slog.LevelWarn
	if g.verbose {
		level = slog.LevelInfo
	}
	opts := &slog.HandlerOptions{Level: level}
	if g.logJSON {
		return slog.New(slog.NewJSONHandler(g.env.Stderr, opts))
	}
	return slog.New(slog.NewTextHandler(g.env.Stderr, opts))
}

const rootLong = `campusnews archives university news sites: it crawls a site politely and incrementally,
cuts the article out of each page, and keeps both the article and the bytes it came from.

Results go to standard output, everything else to standard error.

Exit status: 0 done, 1 failed, 2 usage, 3 done in part, 130 interrupted.`

// newRoot builds the whole command line.
func newRoot(env Env) *cobra.Command {
	g := &global{env: env}
	root := &cobra.Command{
		Use:           "campusnews",
		Short:         "Archive university news sites",
		Long:          rootLong,
		Version:       version(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return cmd.Help()
		},
	}
	root.SetVersionTemplate("campusnews {{.Version}}\n")
	root.SetIn(env.Stdin)
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	flags := root.PersistentFlags()
	flags.BoolVarP(&g.verbose, "verbose", "v", false, "log what happens to standard error")
	flags.BoolVar(&g.logJSON, "log-json", false, "write the log as JSON lines")
	for _, c := range commands() {
		root.AddCommand(c.cobra(g))
	}
	wrapArgs(root)
	return root
}

// wrapArgs makes a wrong number of arguments a usage error everywhere.
func wrapArgs(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return wrongArgs(cmd, args, err)
			}
			return nil
		}
	}
	for _, sub := range cmd.Commands() {
		wrapArgs(sub)
	}
}

// wrongArgs says what is wrong with the arguments of a command, and how they are written.
func wrongArgs(cmd *cobra.Command, args []string, err error) error {
	if !cmd.HasSubCommands() || len(args) == 0 {
		return usagef("%w; it is written %s", err, cmd.UseLine())
	}
	cmd.SuggestionsMinimumDistance = 2 // what cobra itself takes
	like := cmd.SuggestionsFor(args[0])
	if len(like) == 0 {
		return usagef("unknown command %q", args[0])
	}
	return usagef("unknown command %q; is %s meant?", args[0], strings.Join(like, " or "))
}

// Main runs the command line args and gives the exit status.
func Main(ctx context.Context, args []string, env Env) int {
	root := newRoot(env)
	root.SetArgs(args)
	out := &stickyWriter{w: env.Stdout}
	root.SetOut(out)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil && out.err != nil {
		err = fmt.Errorf("write results: %w", out.err)
	}
	return status(ctx, env.Stderr, cmd.CommandPath(), err)
}

// A stickyWriter remembers the first error, so that a full disk or a closed
// pipe behind standard output is never taken for success.
type stickyWriter struct {
	w   io.Writer
	err error
}

func (s *stickyWriter) Write(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.w.Write(p)
	s.err = err
	return n, err
}
