package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/spf13/cobra"

	"campusnews/archive/replica"
	"campusnews/scraper/fleet"
)

// fleetCommand holds what is done with a fleet from one's desk. Its sub-commands share the way to NATS.
type fleetCommand struct {
	nats natsFlags
}

func (c *fleetCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "fleet",
		Short: "Crawl many sites with workers on many machines",
		Long: `A fleet is a list of sites, each with its times, kept by NATS JetStream (nats-server 2.14 or newer), and workers that crawl
them: "campusnews worker", on as many machines as one likes. At any moment one worker at most has a site; its archive lies in
that worker's folder, and a copy of it in NATS. When a worker is lost, another one takes the copy and goes on.

Without a fleet nothing of this is needed: "campusnews crawl --every" crawls hundreds of sites from one machine.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	for _, sub := range []command{
		&fleetInitCommand{nats: &c.nats}, &fleetAddCommand{nats: &c.nats}, &fleetListCommand{nats: &c.nats},
		&fleetStatusCommand{nats: &c.nats}, &fleetRestoreCommand{nats: &c.nats}, &fleetVerifyCommand{nats: &c.nats}, &fleetSweepCommand{nats: &c.nats}, &fleetSearchCommand{nats: &c.nats}, &fleetExportCommand{nats: &c.nats},
		&fleetSiteCommand{nats: &c.nats, use: "remove", short: "Take sites out of a fleet; their archives and copies stay",
			long: `Remove takes sites and their times out of the fleet. A run under way goes on to its end. The archive stays at its worker and the copy in NATS, from
which "fleet restore" makes an archive and with which a site that is added again goes on.`, do: (*fleet.Fleet).RemoveSite, done: "removed"},
		&fleetSiteCommand{nats: &c.nats, use: "pause", short: "Do not crawl sites until they are resumed",
			long: `Pause keeps sites from being crawled. A run under way goes on to its end.`, do: (*fleet.Fleet).Pause, done: "paused"},
		&fleetSiteCommand{nats: &c.nats, use: "resume", short: "Crawl sites again that were paused or set aside",
			long: `Resume gives sites their times back, and forgets the failures of one that was set aside.`, do: (*fleet.Fleet).Resume, done: "resumed"},
		&fleetSiteCommand{nats: &c.nats, use: "run", short: "Crawl sites now, beside their times",
			long: `Run makes sites due at once; a worker that may crawl them takes them as soon as it has a slot free. "fleet status" shows how it goes.`, do: (*fleet.Fleet).RunNow, done: "due"},
	} {
		s := sub.cobra(g)
		c.nats.register(s.Flags())
		cmd.AddCommand(s)
	}
	return cmd
}

type fleetInitCommand struct {
	nats     *natsFlags
	replicas int
	lease    time.Duration
}

func (c *fleetInitCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Make a fleet, or change how NATS keeps it",
		Long: `Init makes the streams and buckets of a fleet on NATS. On a cluster of three servers --replicas 3 keeps them through the loss of
one. Of a fleet that is there only what is said is changed, and its sites stay; its workers learn of another --lease when they are started again.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.run(cmd.Context(), g, cmd.Flags().Changed)
		},
	}
	cmd.Flags().IntVar(&c.replicas, "replicas", 1, "servers of the NATS cluster that keep each thing, `N` = 1, 3 or 5")
	timeVar(cmd.Flags(), &c.lease, "lease", 30*time.Second, "`TIME` after which a worker that is not heard of has lost its sites to others")
	return cmd
}

func (c *fleetInitCommand) run(ctx context.Context, g *global, said func(flag string) bool) error {
	if c.replicas < 1 || c.replicas > 5 || c.lease < time.Second {
		return usagef("fleet init: want --replicas from 1 to 5 and --lease of a second or more")
	}
	nc, err := c.nats.connect(g, "fleet init")
	if err != nil {
		return err
	}
	defer nc.Close()
	before, err := fleet.Open(ctx, nc, c.nats.fleet)
	switch {
	case err == nil && !said("replicas"):
		c.replicas = before.Replicas
	case err != nil && !errors.Is(err, fleet.ErrNoFleet) && !errors.Is(err, jetstream.ErrBucketNotFound):
		return advised(err)
	}
	if err == nil && !said("lease") {
		c.lease = before.LeaseTTL
	}
	f, err := fleet.Init(ctx, nc, fleet.Settings{Name: c.nats.fleet, Replicas: c.replicas, LeaseTTL: c.lease})
	if err != nil {
		return advised(err)
	}
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	if err := replica.MakeBuckets(ctx, js, f.Name, f.Replicas); err != nil {
		return err
	}
	fmt.Fprintf(g.env.Stderr, "fleet %s on %s: everything kept %s, leases of %s\n", f.Name, nc.ConnectedUrlRedacted(), times(f.Replicas), f.LeaseTTL)
	return nil
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
