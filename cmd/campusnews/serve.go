package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	readingroom "campusnews/archive/web"
)

type serveCommand struct {
	archive string
	listen  string
	token   string
	open    bool
	cors    string
	nats    natsFlags // of a fleet, whose archives are opened instead
	fleet   bool
}

func (c *serveCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Open the archive to a browser: search, read, look after",
		Long: `Serve opens the reading room: pages to search and read the archive, to see what it holds and how its crawls
fare, and a read-only JSON interface below /api/v1. It only reads; a crawl may write at the same time. It asks
no other host for anything.

With --nats it is one room over all archives of a fleet: what is searched is put to every worker, and the pages of a site's
archive come from the worker that holds it. Archives that do not answer are named.

By default it answers this machine alone. On another address it wants a --token, which a browser asks for as a
password (with any name) and programs send as "Authorization: Bearer TOKEN"; --open goes without.`,
		Example: `  campusnews serve
  CAMPUSNEWS_TOKEN=… campusnews serve --listen 0.0.0.0:8080
  campusnews serve --nats nats://10.0.0.5:4222`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if c.token == "" {
				c.token = g.env.Getenv("CAMPUSNEWS_TOKEN")
			}
			c.fleet = slices.ContainsFunc([]string{"nats", "context", "fleet", "creds", "nkey"}, cmd.Flags().Changed)
			if c.fleet && cmd.Flags().Changed("archive") {
				return usagef("serve: --archive is one archive, --nats those of a fleet")
			}
			if c.fleet && c.cors != "" {
				return usagef("serve: /api/v1 is each archive's own; --cors goes with --archive")
			}
			if err := c.validate(); err != nil {
				return err
			}
			return c.run(cmd.Context(), g)
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.archive, "archive", defaultArchive, "folder of the archive")
	f.StringVar(&c.listen, "listen", "127.0.0.1:8420", "answer at this `ADDRESS`; port 0 = any free one")
	f.StringVar(&c.token, "token", "", "ask every visitor for this `TOKEN`; CAMPUSNEWS_TOKEN names it where no list of processes shows it")
	f.BoolVar(&c.open, "open", false, "answer everybody who can reach the address, without a token")
	f.StringVar(&c.cors, "cors", "", "let scripts of this `ORIGIN` (https://example.org, or * for all) read /api/v1")
	c.nats.register(f)
	return cmd
}

func (c *serveCommand) validate() error {
	host, _, err := net.SplitHostPort(c.listen)
	if err != nil {
		return usagef("serve: --listen %q is no address; write it as 127.0.0.1:8420", c.listen)
	}
	if c.token != "" && c.open {
		return usagef("serve: --open means without a token, and one is given")
	}
	if c.token != "" && len(c.token) < 12 {
		return usagef("serve: the token has %d characters; with fewer than 12 it is soon guessed", len(c.token))
	}
	if !onLoopback(host) && c.token == "" && !c.open {
		return hint(usagef("serve: on %s others can reach the archive", c.listen), "--token asks them for a token, --open lets everybody in")
	}
	if u, err := url.Parse(c.cors); c.cors != "" && c.cors != "*" && (err != nil || u.Host == "" || u.Scheme+"://"+u.Host != c.cors) {
		return usagef("serve: --cors %q is no origin; write it as https://example.org, or *", c.cors)
	}
	return nil
}

// onLoopback says whether only this machine reaches the host.
func onLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback()
}

func (c *serveCommand) run(ctx context.Context, g *global) error {
	if c.fleet {
		return c.runFleet(ctx, g)
	}
	return c.runArchive(ctx, g)
}

// runFleet opens the archives of a fleet.
func (c *serveCommand) runFleet(ctx context.Context, g *global) error {
	s, err := c.nats.open(ctx, g, "serve")
	if err != nil {
		return err
	}
	defer s.Close()
	room, err := readingroom.NewHall(c.options(g), fleetArchives{s})
	if err != nil {
		return err
	}
	return c.answer(ctx, g, room, "fleet "+s.Name)
}

func (c *serveCommand) options(g *global) readingroom.Options {
	return readingroom.Options{Version: version(), Token: c.token, AnyHost: c.token != "" || c.open, CORS: c.cors, Now: g.env.Now, Log: g.log()}
}

func (c *serveCommand) runArchive(ctx context.Context, g *global) (err error) {
	a, err := openReader(ctx, g.env, c.archive)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	o := c.options(g)
	o.Archive = a
	room, err := readingroom.New(o)
	if err != nil {
		return err
	}
	return c.answer(ctx, g, room, "archive "+c.archive)
}

func (c *serveCommand) answer(ctx context.Context, g *global, room *readingroom.Room, what string) error {
	defer room.Close()
	l, err := net.Listen("tcp", c.listen)
	if err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	fmt.Fprintf(g.env.Stderr, "the %s is open at http://%s/\n", what, l.Addr())
	if host, _, _ := net.SplitHostPort(l.Addr().String()); c.token == "" && !onLoopback(host) {
		fmt.Fprintln(g.env.Stderr, "everybody who can reach this address can read all of it")
	}
	return serveUntil(ctx, l, room, visitors)
}

// Patience with visitors and, at the end, with answers under way.
type patience struct{ head, answer, idle, end time.Duration }

var visitors = patience{
	head:   5 * time.Second,
	answer: 2 * time.Minute, // a large attachment over a slow line
	idle:   2 * time.Minute,
	end:    5 * time.Second,
}

// serveUntil answers until the context ends, then lets answers under way come to their end.
func serveUntil(ctx context.Context, l net.Listener, room *readingroom.Room, p patience) error {
	s := &http.Server{
		Handler: room, ReadHeaderTimeout: p.head, ReadTimeout: 2 * p.head, WriteTimeout: p.answer, IdleTimeout: p.idle,
		MaxHeaderBytes: 32 << 10,
	}
	s.RegisterOnShutdown(room.Close)
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.end)
	defer cancel()
	err := s.Shutdown(last)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.Close()
	}
	<-ended
	return err
}
