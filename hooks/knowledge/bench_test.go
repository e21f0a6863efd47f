package knowledge_test

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"recado/collections"
	"recado/hooks/recadotest/modeltest"
)

// BenchmarkLookup looks questions up in a company's knowledge of 1,000 pages, 3,000
// pieces of 100 words, beside one of the same size, and lists thirty messages.
func BenchmarkLookup(b *testing.B) {
	d := newDesk(b)
	random := rand.New(rand.NewPCG(1, 2))
	word := func() string { return fmt.Sprintf("palavra%d", random.IntN(20)*random.IntN(150)) }
	stranger := d.Company()
	for n := range 1_000 {
		var text strings.Builder
		for part := range 3 {
			fmt.Fprintf(&text, "# Parte %d\n\n", part)
			for range 100 {
				text.WriteString(word() + " ")
			}
			fmt.Fprintf(&text, "agulha%d\n\n", n)
		}
		for _, id := range []string{d.company.Id, stranger.Id} {
			d.Create(collections.Knowledge, map[string]any{"company": id, "kind": "page", "title": fmt.Sprintf("Página %d %s", n, word()), "text": text.String()})
		}
	}
	d.work()
	conversation := d.company.Conversation(d.company.Webchat())
	for n := range 40 {
		d.company.Create(collections.Messages, map[string]any{
			"conversation": conversation.Id, "contact": conversation.GetString("contact"), "channel": conversation.GetString("channel"),
			"direction": "in", "kind": "text", "text": "bom dia", "status": "received", "external_id": fmt.Sprint(n), "at": d.clock.Now(),
		})
	}
	if n := d.rows("knowledge_pieces"); n != 6_000 {
		b.Fatalf("%d pieces", n)
	}
	questions := []string{"quanto custa palavra14 palavra77 e agulha400", "agulha7", "palavra0 palavra2 palavra6", "onde fica a zebra", "palavra100 com palavra120?"}
	asked := 0
	look := func() {
		asked++
		question := questions[asked%len(questions)]
		d.Do(http.MethodGet, d.company.URL("/api/recado/knowledge/find?q="+url.QueryEscape(question)), d.owner.Token, nil).Must(b, http.StatusOK)
	}

	b.Run("list", func(b *testing.B) {
		cpu(b, func() {
			d.Do(http.MethodGet, d.company.Records(collections.Messages)+"&perPage=30&skipTotal=1&sort=-at,-id", d.owner.Token, nil).Must(b, http.StatusOK)
		})
	})
	b.Run("words", func(b *testing.B) { cpu(b, look) })

	server := modeltest.New(b)
	server.Embed = func(text string) []float32 {
		hash := fnv.New64()
		_, _ = hash.Write([]byte(text))
		random := rand.New(rand.NewPCG(hash.Sum64(), 1))
		vector := make([]float32, 768)
		for i := range vector {
			vector[i] = float32(random.NormFloat64())
		}

		return vector
	}
	d.company.Create(collections.AIKeys, map[string]any{"name": "Key", "base_url": server.URL, "key": "sk-0123456789abcdef", "embedding_model": "small"})
	d.work()
	if n := d.rows("knowledge_vectors"); n != 3_000 {
		b.Fatalf("%d vectors", n)
	}
	b.Run("meaning", func(b *testing.B) { cpu(b, look) })
}

// cpu runs fn b.N times and reports the processor time of one.
func cpu(b *testing.B, fn func()) {
	used := func() time.Duration {
		var usage syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
			b.Fatal(err)
		}

		return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	}
	b.ResetTimer()
	before, runs := used(), 0
	for b.Loop() {
		fn()
		runs++
	}
	b.ReportMetric(float64(used()-before)/float64(runs), "cpu-ns/op")
}
