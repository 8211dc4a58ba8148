package fleet

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"campusnews/scraper/schedule"
)

// A Rhythm says when a site is crawled: each so often, or at the times of a cron expression.
type Rhythm struct {
	Every time.Duration `json:"every,omitempty"`
	Cron  string        `json:"cron,omitempty"` // five fields as in crontab(5)
	Zone  string        `json:"zone,omitempty"` // of Cron, a name of the tz database; "" = UTC
}

// Validate says what is wrong with a rhythm.
func (r Rhythm) Validate() error {
	switch {
	case (r.Every == 0) == (r.Cron == ""):
		return errors.New("a site is crawled either every so often or at the times of a cron expression")
	case r.Cron == "" && r.Every < time.Second:
		return fmt.Errorf("every %s: want a second at least", r.Every)
	case r.Cron == "":
		return nil
	}
	zone, err := time.LoadLocation(r.Zone)
	if err != nil {
		return fmt.Errorf("time zone %q is not in the tz database; write it as Asia/Shanghai or UTC", r.Zone)
	}
	_, err = schedule.ParseCron(r.Cron, zone)
	return err
}

// String is for people: "every 6h0m0s", "0 */6 * * * Asia/Shanghai".
func (r Rhythm) String() string {
	if r.Cron == "" {
		return "every " + r.Every.String()
	}
	return strings.TrimSpace(r.Cron + " " + r.Zone)
}

// second is the second of its minute at which a site with a cron rhythm begins, so that a
// hundred sites of one expression do not begin in the same one. It is always the same for the same id.
func second(id string) int {
	h := 0
	for _, c := range []byte(id) {
		h = (h*31 + int(c)) % 60
	}
	return h
}

// plan gives the server the site's schedule, in place of the one it has.
func (f *Fleet) plan(ctx context.Context, s Site) error {
	when := []jetstream.PublishOpt{jetstream.WithScheduleTarget(f.dueSubject(s.Needs.pool(), s.ID))}
	if s.Rhythm.Cron == "" {
		when = append(when, jetstream.WithScheduleEvery(s.Rhythm.Every))
	} else {
		when = append(when, jetstream.WithScheduleCron(fmt.Sprintf("%d %s", second(s.ID), s.Rhythm.Cron)))
		if s.Rhythm.Zone != "" {
			when = append(when, jetstream.WithScheduleTimeZone(s.Rhythm.Zone))
		}
	}
	if _, err := f.js.Publish(ctx, f.planSubject(s.ID), []byte(s.ID), when...); err != nil {
		return fmt.Errorf("schedule site %s: %w", s.ID, err)
	}
	return nil
}

// withdraw takes the site's schedule and its run that waits out of the stream.
func (f *Fleet) withdraw(ctx context.Context, s Site) error {
	for _, subject := range []string{f.planSubject(s.ID), f.dueSubject(s.Needs.pool(), s.ID)} {
		if err := f.runs.Purge(ctx, jetstream.WithPurgeSubject(subject)); err != nil {
			return fmt.Errorf("unschedule site %s: %w", s.ID, err)
		}
	}
	return nil
}

// RunNow makes the site due at once, beside its schedule. A run that waits already is taken to be it.
func (f *Fleet) RunNow(ctx context.Context, id string) error {
	s, err := f.Site(ctx, id)
	if err != nil {
		return err
	}
	if s.Paused {
		return fmt.Errorf("site %s is paused; resume it first", id)
	}
	if _, err := f.js.Publish(ctx, f.dueSubject(s.Needs.pool(), id), []byte(id)); err != nil {
		return fmt.Errorf("run site %s: %w", id, err)
	}
	return nil
}

// makePool makes the queue of the sites that need these labels.
func (f *Fleet) makePool(ctx context.Context, needs Labels) error {
	pool := needs.pool()
	_, err := f.runs.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
		Durable:       pool,
		Description:   "runs that are due at sites that need: " + needs.String(),
		FilterSubject: f.dueSubject(pool, "*"),
		AckPolicy:     jetstream.AckExplicitPolicy,
		// A worker says every third of this that it is still at a run.
		AckWait:       f.LeaseTTL,
		MaxAckPending: -1,
		MaxDeliver:    -1,
		Metadata:      map[string]string{poolLabels: needs.String()},
	})
	if err != nil {
		return fmt.Errorf("make queue %s: %w", pool, err)
	}
	return nil
}

// poolLabels is where a queue says which labels its sites need.
const poolLabels = "campusnews.needs"
