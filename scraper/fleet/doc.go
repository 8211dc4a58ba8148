// Package fleet spreads the runs of many sites over workers on many machines.
//
// The unit that is spread is the site: at any moment one worker at most holds it,
// and that worker's folder is where its archive grows. NATS JetStream does what is
// distributed, nothing of that is written here:
//
//   - when a run is due: the server keeps a schedule for each site (ADR-51) and puts a
//     message into a work queue at its times (plan.go);
//   - who gets it: a pull consumer for each set of labels (worker.go), with the worker that has
//     the site's archive asked first (handover.go);
//   - who has a site: a lease in a key-value bucket that forgets what is not renewed
//     (lease.go). Its revision is the fencing number that goes with every write of the run;
//   - who is alive: a bucket of beats (crew.go);
//   - how each site stands: a bucket that only the holder of the lease writes to (state.go).
//
// The package knows NATS and times. It refuses to know what a run does: that is a
// Runner, and where copies of archives are kept: that is the Runner's.
package fleet

import (
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// The names of what a fleet keeps on the server, below its own name.
const (
	streamRuns   = "runs"    // schedules, and the runs that are due
	bucketSites  = "sites"   // what is to be crawled, how and when
	bucketLeases = "leases"  // who has a site or an address
	bucketCrew   = "workers" // who is alive
	bucketStates = "states"  // how each site's latest run went
)

// DefaultName is the fleet that commands mean when none is named.
const DefaultName = "campusnews"

// Settings are a fleet's own, set when it is made. The zero value of a field means its default.
type Settings struct {
	Name     string        // begins the names of streams, buckets and subjects; letters, digits, - and _; "" = DefaultName
	Replicas int           // copies that the NATS cluster keeps of each stream; 0 = 1, three for a cluster of three
	LeaseTTL time.Duration // how long a worker that is not heard of keeps its sites; 0 = 30 s, at least 1 s
}

// defaultLeaseTTL is long enough for the election of a new NATS leader, a few seconds, and short against a run.
const defaultLeaseTTL = 30 * time.Second

func (s Settings) withDefaults() (Settings, error) {
	if s.Name == "" {
		s.Name = DefaultName
	}
	if s.Replicas == 0 {
		s.Replicas = 1
	}
	if s.LeaseTTL == 0 {
		s.LeaseTTL = defaultLeaseTTL
	}
	switch {
	case !isToken(s.Name):
		return s, fmt.Errorf("fleet name %q: want letters, digits, - and _", s.Name)
	case s.Replicas < 1 || s.Replicas > 5:
		return s, fmt.Errorf("%d replicas: NATS keeps 1 to 5", s.Replicas)
	case s.LeaseTTL < time.Second:
		return s, fmt.Errorf("leases of %s: want a second at least", s.LeaseTTL)
	}
	return s, nil
}

// isToken says whether s may stand as a part of the name of a stream, bucket or subject.
func isToken(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == ""
}

// token makes an id one part of a subject, where dots part the parts and * and > stand for others.
// Ids are those of profiles: lower case letters, digits, dots, - and _.
func token(id string) string { return strings.ReplaceAll(id, ".", "=") }

// bucketConfig is that of a bucket of the fleet.
func (s Settings) bucket(name string, ttl time.Duration) jetstream.KeyValueConfig {
	return jetstream.KeyValueConfig{Bucket: s.Name + "_" + name, History: 1, TTL: ttl, Replicas: s.Replicas, Storage: jetstream.FileStorage}
}

func (s Settings) stream() string { return s.Name + "_" + streamRuns }

// planSubject holds the schedule of a site; dueSubject the run that is due, in the queue of its pool.
func (s Settings) planSubject(site string) string { return s.Name + ".plan." + token(site) }
func (s Settings) dueSubject(pool, site string) string {
	return s.Name + ".due." + pool + "." + token(site)
}
