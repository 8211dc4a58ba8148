package fleet

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// ErrNoFleet says that the server keeps no fleet of this name.
var ErrNoFleet = errors.New("no such fleet")

// A Fleet is an open one. Its methods may be called from several goroutines.
type Fleet struct {
	Settings
	nc     *nats.Conn
	js     jetstream.JetStream
	runs   jetstream.Stream
	sites  jetstream.KeyValue
	leases jetstream.KeyValue
	crew   jetstream.KeyValue
	states jetstream.KeyValue
}

// maxWaiting is how many messages of one site wait at most.
const maxWaiting = 100

// minServer is the first nats-server that keeps repeating schedules (nats-server#7504, #7688).
const minServer = "2.14.0"

// Init makes a fleet on the server, or brings the one there to these settings. Sites and
// states stay.
func Init(ctx context.Context, nc *nats.Conn, s Settings) (*Fleet, error) {
	s, err := s.withDefaults()
	if err != nil {
		return nil, err
	}
	js, err := jetstream.New(nc)
	if err != nil {
		return nil, err
	}
	if old(nc.ConnectedServerVersion()) {
		return nil, fmt.Errorf("nats-server %s keeps no repeating schedules: %s or newer is wanted", nc.ConnectedServerVersion(), minServer)
	}
	_, err = js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name:        s.stream(),
		Description: "campusnews: schedules of sites, and runs that are due",
		Subjects:    []string{s.Name + ".plan.*", s.Name + ".due.*.*"},
		Retention:   jetstream.WorkQueuePolicy,
		// A site's runs that come due while an earlier one waits are all made by that one (State.Upto). They must not take its place,
		// at the end of the queue: where more comes due than can be crawled, the same sites would wait for ever. Schedules replace
		// each other whatever stands here.
		MaxMsgsPerSubject: maxWaiting,
		AllowMsgSchedules: true,
		AllowMsgTTL:       true,
		AllowDirect:       true,
		Replicas:          s.Replicas,
		Storage:           jetstream.FileStorage,
	})
	if err != nil {
		return nil, fmt.Errorf("make stream %s: %w", s.stream(), err)
	}
	for _, b := range []struct {
		name string
		ttl  time.Duration
	}{{bucketSites, 0}, {bucketLeases, s.LeaseTTL}, {bucketCrew, s.LeaseTTL}, {bucketStates, 0}} {
		if _, err := js.CreateOrUpdateKeyValue(ctx, s.bucket(b.name, b.ttl)); err != nil {
			return nil, fmt.Errorf("make bucket %s_%s: %w", s.Name, b.name, err)
		}
	}
	f, err := Open(ctx, nc, s.Name)
	if err != nil {
		return nil, err
	}
	return f, f.replan(ctx)
}

// replan has queues wait for signs of life as long as leases last, and makes again what somebody has taken out of the stream, or it whole: queues and
// schedules of the sites.
func (f *Fleet) replan(ctx context.Context) error {
	sites, err := f.Sites(ctx)
	if err != nil {
		return err
	}
	made := map[string]bool{}
	for _, site := range sites {
		if pool := site.Needs.pool(); !made[pool] {
			made[pool] = true
			if err := f.makePool(ctx, site.Needs); err != nil {
				return err
			}
		}
		if site.Paused {
			continue
		}
		_, err := f.runs.GetLastMsgForSubject(ctx, f.planSubject(site.ID))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			err = f.plan(ctx, site)
		}
		if err != nil {
			return fmt.Errorf("schedule of site %s: %w", site.ID, err)
		}
	}
	return nil
}

// Open finds the fleet of this name. The error wraps ErrNoFleet when there is none.
func Open(ctx context.Context, nc *nats.Conn, name string) (*Fleet, error) {
	s, err := Settings{Name: name}.withDefaults()
	if err != nil {
		return nil, err
	}
	js, err := jetstream.New(nc)
	if err != nil {
		return nil, err
	}
	f := &Fleet{Settings: s, nc: nc, js: js}
	if f.runs, err = js.Stream(ctx, s.stream()); err != nil {
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			return nil, fmt.Errorf("fleet %q on %s: %w", s.Name, nc.ConnectedUrlRedacted(), ErrNoFleet)
		}
		return nil, fmt.Errorf("open fleet %q: %w", s.Name, err)
	}
	for _, b := range []struct {
		name string
		to   *jetstream.KeyValue
	}{{bucketSites, &f.sites}, {bucketLeases, &f.leases}, {bucketCrew, &f.crew}, {bucketStates, &f.states}} {
		if *b.to, err = js.KeyValue(ctx, s.Name+"_"+b.name); err != nil {
			return nil, fmt.Errorf("open fleet %q: bucket %s_%s: %w", s.Name, s.Name, b.name, err)
		}
	}
	// How long leases last is what their bucket says, whatever this program's default.
	status, err := f.leases.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("open fleet %q: %w", s.Name, err)
	}
	f.LeaseTTL = status.TTL()
	f.Replicas = f.runs.CachedInfo().Config.Replicas
	return f, nil
}

// old says whether a server of this version is too old.
func old(version string) bool {
	var major, minor int
	if _, err := fmt.Sscanf(version, "%d.%d", &major, &minor); err != nil {
		return false // a build without a version: its answers will tell
	}
	return major < 2 || major == 2 && minor < 14
}
