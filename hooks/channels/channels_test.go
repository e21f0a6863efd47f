package channels_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"recado/hooks/channels"
)

type probe struct {
	name string
	fail error
	log  *[]string
}

func (p probe) Start(context.Context) error {
	*p.log = append(*p.log, "start "+p.name)
	return p.fail
}

func (p probe) Stop(context.Context) error {
	*p.log = append(*p.log, "stop "+p.name)
	return nil
}

func (p probe) Send(context.Context, channels.Outgoing) (string, error) { return p.name, nil }

func (p probe) Capabilities() channels.Capabilities { return channels.Capabilities{} }

func TestRegistryStartsEveryKindEvenWhenOneFails(t *testing.T) {
	var log []string
	broken := errors.New("no network")
	var r channels.Registry
	r.Add("webchat", probe{name: "webchat", fail: broken, log: &log})
	r.Add("whatsapp", probe{name: "whatsapp", log: &log})

	if err := r.Start(t.Context()); !errors.Is(err, broken) {
		t.Fatalf("Start hid the failure: %v", err)
	}
	if err := r.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}

	want := []string{"start webchat", "start whatsapp", "stop webchat", "stop whatsapp"}
	if !slices.Equal(log, want) {
		t.Fatalf("got %v, want %v", log, want)
	}
}

func TestRegistryHasOneAdapterPerKind(t *testing.T) {
	var log []string
	var r channels.Registry
	if _, ok := r.Of("webchat"); ok {
		t.Fatal("an empty registry knows no kind")
	}
	r.Add("webchat", probe{name: "first", log: &log})
	r.Add("webchat", probe{name: "second", log: &log})

	c, _ := r.Of("webchat")
	if id, _ := c.Send(t.Context(), channels.Outgoing{}); id != "second" {
		t.Fatalf("got %q, want the replacement", id)
	}
	if err := r.Start(t.Context()); err != nil || len(log) != 1 {
		t.Fatalf("started %v (%v), want the replacement once", log, err)
	}
}

func TestPermanentSurvivesWrapping(t *testing.T) {
	cause := errors.New("blocked")
	err := fmt.Errorf("send: %w", channels.Permanent(cause))
	if !channels.IsPermanent(err) || !errors.Is(err, cause) {
		t.Fatalf("%v lost its mark or its cause", err)
	}
	if channels.IsPermanent(cause) || channels.Permanent(nil) != nil {
		t.Fatal("marked without being asked")
	}
}
