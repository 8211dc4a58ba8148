package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"
)

// A Reply is what one worker answers to a question put to all.
type Reply struct {
	Worker string          `json:"worker"`
	Sites  []string        `json:"sites"` // ids of those whose archives it answers for
	Answer json.RawMessage `json:"answer,omitempty"`
	Error  string          `json:"error,omitempty"`
}

func (f *Fleet) questionSubject(kind string) string { return f.Name + ".question." + kind }

// maxQuestions is how many questions a worker answers at the same time; further ones wait their turn, or for nobody any more.
const maxQuestions = 2

// Answer lets a worker answer questions of a kind, as a micro service of NATS that the nats command can list, until ctx ends.
// answer gets the question and gives the answer, to be made JSON, with the sites it speaks for; its context ends when nobody waits any more.
func (f *Fleet) Answer(ctx context.Context, worker, version, kind string, answer func(ctx context.Context, question []byte) (any, []string, error)) error {
	places := make(chan struct{}, maxQuestions)
	s, err := micro.AddService(f.nc, micro.Config{
		Name: f.Name + "-" + kind, Version: "1.0.0", Description: "answers for the archives of one worker",
		Metadata:           map[string]string{"worker": worker, "program": version},
		QueueGroupDisabled: true, // every worker answers, not one of them
	})
	if err != nil {
		return fmt.Errorf("answer questions of %s: %w", kind, err)
	}
	err = s.AddEndpoint(kind, micro.HandlerFunc(func(r micro.Request) {
		go func() {
			wait, cancel := context.WithTimeout(ctx, questionTime)
			defer cancel()
			select {
			case places <- struct{}{}:
			case <-wait.Done():
				return
			}
			defer func() { <-places }()
			reply := Reply{Worker: worker}
			a, sites, err := answer(wait, r.Data())
			reply.Sites = sites
			if err == nil {
				reply.Answer, err = json.Marshal(a)
			}
			if most := f.nc.MaxPayload(); err == nil && int64(len(reply.Answer))+answerRest > most {
				err = fmt.Errorf("the answer has %d bytes, and NATS takes %d: ask for less, or raise max_payload", len(reply.Answer), most)
			}
			if err != nil {
				reply.Error, reply.Answer = err.Error(), nil
			}
			_ = r.RespondJSON(reply) // who asked may have gone
		}()
	}), micro.WithEndpointSubject(f.questionSubject(kind)))
	if err != nil {
		return errors.Join(fmt.Errorf("answer questions of %s: %w", kind, err), s.Stop())
	}
	context.AfterFunc(ctx, func() { _ = s.Stop() })
	return nil
}

// answerRest is what a reply has beside its answer, bytes.
const answerRest = 64 << 10

// questionTime is how long a worker tries to answer.
const questionTime = 30 * time.Second

// Ask puts a question to all workers and gathers what they answer until every one that is alive has, or
// wait is over. Who has not answered in time is in silent, by name.
func (f *Fleet) Ask(ctx context.Context, kind string, question any, wait time.Duration) (replies []Reply, silent []string, err error) {
	data, err := json.Marshal(question)
	if err != nil {
		return nil, nil, err
	}
	crew, err := f.Crew(ctx)
	if err != nil {
		return nil, nil, err
	}
	missing := map[string]bool{}
	for _, m := range crew {
		missing[m.ID] = true
	}
	inbox := f.nc.NewInbox()
	sub, err := f.nc.SubscribeSync(inbox)
	if err != nil {
		return nil, nil, fmt.Errorf("ask: %w", err)
	}
	defer sub.Unsubscribe()
	if err := f.nc.PublishRequest(f.questionSubject(kind), inbox, data); err != nil {
		return nil, nil, fmt.Errorf("ask: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	for len(missing) > 0 {
		m, err := sub.NextMsgWithContext(ctx)
		switch {
		case errors.Is(err, nats.ErrNoResponders):
			for _, w := range crew {
				silent = append(silent, w.ID)
			}
			return nil, silent, nil
		case err != nil && ctx.Err() != nil:
			for _, w := range crew {
				if missing[w.ID] {
					silent = append(silent, w.ID)
				}
			}
			return replies, silent, nil
		case err != nil:
			return nil, nil, fmt.Errorf("ask: %w", err)
		}
		var r Reply
		if err := json.Unmarshal(m.Data, &r); err != nil {
			continue // not of ours
		}
		replies = append(replies, r)
		delete(missing, r.Worker)
	}
	return replies, nil, nil
}
