package main

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/spf13/pflag"

	"campusnews/archive/replica"
	"campusnews/scraper/fleet"
)

// natsFlags say where a fleet's NATS is and who one is there. The environment variables are those of the nats command.
type natsFlags struct {
	url     string
	context string
	creds   string
	nkey    string
	ca      string
	cert    string
	key     string
	fleet   string
}

func (f *natsFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.url, "nats", "", "`URL` of the NATS servers, several with commas between; NATS_URL is its default, else "+nats.DefaultURL)
	flags.StringVar(&f.context, "context", "", "`NAME` of a context of the nats command that says all this, or its file; NATS_CONTEXT is its default")
	flags.StringVar(&f.creds, "creds", "", "credentials `FILE` for NATS; NATS_CREDS is its default")
	flags.StringVar(&f.nkey, "nkey", "", "seed `FILE` of an nkey for NATS; NATS_NKEY is its default")
	flags.StringVar(&f.ca, "tls-ca", "", "`FILE` with the certificates of authorities that NATS is trusted by; NATS_CA is its default")
	flags.StringVar(&f.cert, "tls-cert", "", "`FILE` with one's own certificate for NATS; NATS_CERT is its default")
	flags.StringVar(&f.key, "tls-key", "", "`FILE` with the key of --tls-cert; NATS_KEY is its default")
	flags.StringVar(&f.fleet, "fleet", fleet.DefaultName, "`NAME` of the fleet, if NATS keeps several")
}

// connect connects to NATS, and does so again whenever the connection is lost.
func (f *natsFlags) connect(g *global, name string) (*nats.Conn, error) {
	login, err := f.login(g.env.Getenv)
	if err != nil {
		return nil, err
	}
	own, err := login.options(g.env.Getenv)
	if err != nil {
		return nil, err
	}
	opts := []nats.Option{
		nats.Name("campusnews " + name), nats.MaxReconnects(-1), nats.ReconnectWait(500 * time.Millisecond), nats.PingInterval(10 * time.Second),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				g.log().Warn("connection to NATS lost", "err", err)
			}
		}),
		// Credentials that have ended may be replaced in their file, which is read again each time.
		nats.IgnoreAuthErrorAbort(),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { g.log().Warn("NATS complains", "err", err) }),
		nats.ReconnectHandler(func(nc *nats.Conn) { g.log().Info("connected to NATS again", "url", nc.ConnectedUrlRedacted()) }),
	}
	nc, err := nats.Connect(login["url"].value, append(opts, own...)...)
	if err != nil {
		return nil, login.refused(err)
	}
	return nc, nil
}

// A fleetSession is an open fleet with the buckets of its copies.
type fleetSession struct {
	*fleet.Fleet
	nc     *nats.Conn
	copies replica.Bucket
	heads  replica.HeadBucket
}

func (s *fleetSession) Close() { s.nc.Close() }

// openPatiently is open for one who is to stay: while NATS cannot be reached, or has no leader, it is tried again. A worker that is
// started with its machine, before the network is up, or while NATS is brought up to date, is no worker lost.
func (f *natsFlags) openPatiently(ctx context.Context, g *global, name string) (*fleetSession, error) {
	for pause := 500 * time.Millisecond; ; pause = min(2*pause, 15*time.Second) {
		try, cancel := context.WithTimeout(ctx, 10*time.Second)
		s, err := f.open(try, g, name)
		cancel()
		_, usage := errors.AsType[usageError](err)
		_, login := errors.AsType[loginError](err)
		if err == nil || ctx.Err() != nil || usage || login || errors.Is(err, fleet.ErrNoFleet) {
			return s, err
		}
		g.log().Warn("NATS does not answer; trying again", "in", pause, "err", err)
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
		}
	}
}

// open opens the fleet.
func (f *natsFlags) open(ctx context.Context, g *global, name string) (_ *fleetSession, err error) {
	nc, err := f.connect(g, name)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			nc.Close()
		}
	}()
	s := &fleetSession{nc: nc}
	if s.Fleet, err = fleet.Open(ctx, nc, f.fleet); err != nil {
		return nil, advised(err)
	}
	js, err := jetstream.New(nc)
	if err != nil {
		return nil, err
	}
	if s.copies, s.heads, err = replica.OpenBuckets(ctx, js, s.Name); err != nil {
		return nil, advised(err)
	}
	return s, nil
}

// codeReplicas is what NATS says when it has fewer servers than replicas are asked for (JSStreamReplicasNotSupportedErr).
const codeReplicas jetstream.ErrorCode = 10074

func isAPI(err error, code jetstream.ErrorCode) bool {
	api, ok := errors.AsType[*jetstream.APIError](err)
	return ok && api.ErrorCode == code
}

// advised says what may be done about an error of JetStream.
func advised(err error) error {
	switch {
	case errors.Is(err, fleet.ErrNoFleet):
		return hint(err, "campusnews fleet init makes one")
	case errors.Is(err, jetstream.ErrBucketNotFound):
		return hint(err, "campusnews fleet init makes what is missing again")
	case isAPI(err, codeReplicas):
		return hint(err, "--replicas 3 wants a NATS cluster of three servers")
	case errors.Is(err, jetstream.ErrJetStreamNotEnabled), errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount):
		return hint(err, "nats-server -js starts NATS with JetStream; where there are accounts, yours must be allowed to use it")
	}
	return err
}
