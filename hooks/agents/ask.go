package agents

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/tools/routine"

	"recado/collections"
	"recado/hooks/agents/model"
)

// ask puts the question to the model: by the agent's key, else by its other one.
func (x *run) ask(ctx context.Context) (model.Reply, error) {
	var last error
	for _, way := range [][2]string{{"ai_key", "model"}, {"fallback_key", "fallback_model"}} {
		id, name := x.agent.GetString(way[0]), x.agent.GetString(way[1])
		if id == "" || last != nil && x.age() > failBy {
			continue
		}
		if name == "" {
			name = x.agent.GetString("model")
		}
		reply, err := x.askBy(ctx, id, name)
		if err == nil {
			return reply, nil
		}
		if errors.Is(err, errBudget) || errors.Is(err, context.Canceled) || errors.Is(err, errLost) {
			return model.Reply{}, err
		}
		last = err
	}
	if last == nil {
		last = fmt.Errorf("agent %s has no key", x.agent.Id)
	}

	return model.Reply{}, last
}

// shortWait is how long an endpoint's wish to wait is followed before another is asked.
const shortWait = 5 * time.Second

func (x *run) askBy(ctx context.Context, key, name string) (model.Reply, error) {
	endpoint, err := x.endpoint(key)
	if err != nil {
		return model.Reply{}, err
	}
	request := model.Request{
		Model: name, Messages: x.messages, Tools: x.toolsFor(), Temperature: x.agent.GetFloat("temperature"), MaxTokens: x.agent.GetInt("max_tokens"),
	}
	if request.MaxTokens == 0 {
		request.MaxTokens = 1_500
	}

	for attempt := 0; ; attempt++ {
		booked, err := x.reserve(request)
		if err != nil {
			return model.Reply{}, err
		}
		began := time.Now()
		reply, err := x.wait(ctx, endpoint, request)
		x.reconcile(booked, reply, err)
		line := step{Kind: "model", Name: name, Text: clip(reply.Text, 4_000), In: reply.TokensIn, Out: reply.TokensOut, MS: time.Since(began).Milliseconds()}
		if err != nil {
			line.Problem = string(model.ProblemOf(err))
		}
		x.steps = append(x.steps, line)
		if err == nil {
			x.heard = true

			return reply, nil
		}
		if errors.Is(ctx.Err(), context.Canceled) {
			return model.Reply{}, context.Canceled
		}

		var known *model.Error
		if attempt > 0 || !errors.As(err, &known) || known.Problem != model.RateLimited || known.After == 0 || known.After > shortWait {
			return model.Reply{}, err
		}
		select {
		case <-ctx.Done():
			return model.Reply{}, err
		case <-time.After(x.room.lasts(known.After)):
		}
	}
}

// wait asks, and tells the customer meanwhile that it takes a moment.
func (x *run) wait(ctx context.Context, endpoint model.Endpoint, request model.Request) (reply model.Reply, err error) {
	ctx, cancel := context.WithTimeout(ctx, x.room.lasts(patienceFor(span(x.limits.CallSeconds), x.age(), x.heard)))
	defer cancel()
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		err = routine.SafeWrap(func() (failed error) {
			reply, failed = endpoint.Chat(ctx, request)

			return failed
		})()
	}()
	select {
	case <-x.moment:
		x.sayMoment()
		<-answered
	case <-answered:
	}

	return reply, err
}

// patienceFor is how long a question may take, a while after the run began. Until the
// model was heard once all of it must be over by [failBy], so that a customer whose
// model is down hears so in time; afterwards they are told that it takes a moment.
func patienceFor(call, sinceBegan time.Duration, heard bool) time.Duration {
	if heard {
		return call
	}

	return min(call, max(time.Second, failBy-sinceBegan))
}

// age is how long the run has waited and worked.
func (x *run) age() time.Duration {
	return time.Duration(float64(time.Since(x.began)) * float64(time.Second) / float64(x.room.second))
}

// endpoint opens a key, once for the run.
func (x *run) endpoint(key string) (model.Endpoint, error) {
	if known, ok := x.endpoints[key]; ok {
		return known, nil
	}
	record, err := x.room.app.FindRecordById(collections.AIKeys, key)
	if err != nil {
		return model.Endpoint{}, err
	}
	endpoint, err := x.room.endpoint(record)
	if err == nil {
		x.endpoints[key] = endpoint
	}

	return endpoint, err
}

func (x *run) toolsFor() []model.Tool {
	var list []model.Tool
	for _, t := range x.tools {
		list = append(list, model.Tool{Name: t.Name, Description: t.Description, Parameters: json.RawMessage(t.Parameters)})
	}

	return list
}
