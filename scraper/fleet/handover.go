package fleet

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
)

// An offer is a run that one worker passes on to another, with the address at which the queue
// waits for an answer: whoever takes it answers there.
type offer struct {
	Site      string    `json:"site"`
	Answer    string    `json:"answer"`
	Delivered uint64    `json:"delivered"`
	Due       time.Time `json:"due,omitzero"`   // by the server's clock
	Next      string    `json:"next,omitempty"` // when the schedule fires again
}

// offerWait is how long a worker that holds a site's archive has to take its run. One that is cut off or frozen costs
// so much once a run, not a site.
const offerWait = time.Second

func (f *Fleet) offerSubject(worker string) string { return f.Name + ".offer." + token(worker) }

// handOver passes a run on to the worker that holds the site's archive, if it is another one, is alive and
// has a free slot. It says whether that one took it.
func (w *Worker) handOver(ctx context.Context, j job, s State) bool {
	if s.Home == "" || s.Home == w.opts.ID || j.reply == "" || j.delivered > 1 {
		return false // of a run that was handed out before, its home has had its chance
	}
	m, alive := w.fleet.member(ctx, s.Home)
	if !alive || m.Draining || len(m.Busy) >= m.Slots {
		return false
	}
	data, err := json.Marshal(offer{Site: j.site, Answer: j.reply, Delivered: j.delivered, Next: j.next, Due: j.due})
	if err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, offerWait)
	defer cancel()
	reply, err := w.fleet.nc.RequestWithContext(ctx, w.fleet.offerSubject(s.Home), data)
	return err == nil && string(reply.Data) == "taken"
}

// listen takes runs that other workers pass on, while there are free slots. An offer that was
// taken and whose giver did not hear of it is done twice at worst one after the other: the lease sees to that.
func (w *Worker) listen(ctx context.Context) (*nats.Subscription, error) {
	sub, err := w.fleet.nc.Subscribe(w.fleet.offerSubject(w.opts.ID), func(m *nats.Msg) {
		var o offer
		if json.Unmarshal(m.Data, &o) != nil || o.Site == "" || ctx.Err() != nil {
			_ = m.Respond([]byte("no"))
			return
		}
		select {
		case <-w.slots:
		default:
			_ = m.Respond([]byte("no"))
			return
		}
		if m.Respond([]byte("taken")) != nil {
			w.slots <- struct{}{}
			return
		}
		w.running.Go(func() {
			defer func() { w.slots <- struct{}{} }()
			w.handle(ctx, w.fleet.job(o.Site, o.Answer, o.Delivered, o.Next, o.Due), false)
		})
	})
	if err != nil {
		return nil, fmt.Errorf("listen for runs that others pass on: %w", err)
	}
	return sub, nil
}
