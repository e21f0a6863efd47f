package agents_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"

	"recado/collections"
	"recado/hooks/channels"
	"recado/hooks/recadotest/modeltest"
)

// speaks lets a voice note in, first the message, then its sound.
func (s *shop) speaks() (message *core.Record, arrive func()) {
	s.T.Helper()
	s.messages++
	in := channels.Inbound{
		Company: s.company.Id, Channel: s.channel.Id, IdentityKind: "visitor", IdentityValue: "customer Maria Silva", Name: "Maria Silva",
		Locale: "pt-BR", ExternalID: fmt.Sprint("m", s.messages), Kind: "audio", Data: map[string]any{"voice": true, "file": "waiting"},
	}
	result, err := s.Inbox.Ingest(context.Background(), in)
	if err != nil {
		s.T.Fatal(err)
	}
	s.settle()

	return result.Message, func() {
		s.T.Helper()
		sound, err := filesystem.NewFileFromBytes([]byte("OggS, or so"), "voice.ogg")
		if err != nil {
			s.T.Fatal(err)
		}
		file := s.company.Create(collections.Files, map[string]any{
			"conversation": result.Conversation, "file": sound, "voice": true, "transcribe_due": s.clock.Now(),
		})
		err = s.Inbox.Amend(context.Background(), channels.Amendment{
			Company: in.Company, Channel: in.Channel, ExternalID: in.ExternalID, Attachments: []string{file.Id}, Data: map[string]any{"voice": true},
		})
		if err != nil {
			s.T.Fatal(err)
		}
		if err := s.Agents.Drain(context.Background()); err != nil {
			s.T.Fatal(err)
		}
		s.settle()
	}
}

// A voice note is written down where a key names a model for it, and answered as
// what it says.
//
// Parity: WT-media, WT-ai.
func TestAVoiceNoteIsAnsweredAsWhatItSays(t *testing.T) {
	s := newShop(t)
	s.change(s.key, map[string]any{"transcribe_model": "whisper-1"})
	s.model.Decide(func(r modeltest.Request) modeltest.Answer {
		if r.File != "" {
			return modeltest.Say("Quero marcar um corte")
		}

		return s.good(r)
	})
	message, arrive := s.speaks()
	s.runs()
	if len(s.line.sent) != 0 {
		t.Fatalf("answered before it was heard: %v", s.line.sent)
	}
	arrive()
	heard := s.model.Requests()[0]
	if heard.Path != "/v1/audio/transcriptions" || heard.Model != "whisper-1" || !strings.HasSuffix(heard.File, ".ogg") || heard.Key == "" || string(heard.Sound) != "OggS, or so" {
		t.Errorf("asked for %s of %s, %s", heard.Path, heard.Model, heard.File)
	}
	if stored := s.Reload(message); !strings.Contains(stored.GetString("data"), "Quero marcar um corte") || stored.GetString("text") != "" || stored.GetString("kind") != "audio" {
		t.Errorf("kept as %v", stored.PublicExport())
	}
	s.runs()
	if len(s.line.sent) == 0 || len(s.line.sent[len(s.line.sent)-1].Options) == 0 {
		t.Fatalf("nothing was offered: %v\n%s", s.line.sent, s.lastRun())
	}
}

// An endpoint that fails is asked again; in the end the voice note is answered
// unheard, and never with silence.
func TestAVoiceNoteThatNobodyHearsIsAnsweredAllTheSame(t *testing.T) {
	s := newShop(t)
	s.change(s.key, map[string]any{"transcribe_model": "whisper-1"})
	asked := 0
	s.model.Decide(func(r modeltest.Request) modeltest.Answer {
		if r.File != "" {
			asked++

			return modeltest.Answer{Status: 503}
		}
		if !strings.Contains(r.Last("user").Content, "you cannot hear it") {
			t.Errorf("the model is told %q", r.Last("user").Content)
		}

		return modeltest.Say("Pode escrever, por favor?")
	})
	message, arrive := s.speaks()
	arrive()
	for range 3 {
		s.clock.Advance(30 * time.Second)
		if err := s.Agents.Drain(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	s.settle()
	s.runs()
	if asked != 3 || !strings.Contains(s.Reload(message).GetString("data"), `"unheard":true`) || len(s.line.sent) != 1 {
		t.Errorf("asked %d times; %s; %v", asked, s.Reload(message).GetString("data"), s.line.sent)
	}

	// A sound that never comes is not waited for.
	before := len(s.line.sent)
	s.speaks()
	s.clock.Advance(2 * time.Minute)
	s.settle()
	s.runs()
	s.runs() // the quiet time begins when it is not waited for any more
	if len(s.line.sent) != before+1 {
		t.Errorf("%d answers", len(s.line.sent)-before)
	}
}

// Without a model for it nothing is sent anywhere.
func TestVoiceNotesStayHereWithoutAModelForThem(t *testing.T) {
	s := newShop(t)
	s.model.Decide(func(r modeltest.Request) modeltest.Answer {
		if r.File != "" {
			t.Error("a voice note left")
		}

		return modeltest.Say("Pode escrever?")
	})
	_, arrive := s.speaks()
	arrive()
	s.runs()
	s.runs()
	if len(s.line.sent) != 1 {
		t.Errorf("answered by %v", s.line.sent)
	}
	if n, err := s.CountRecords(collections.Files); err != nil || n != 1 {
		t.Error(n, err)
	}
}
