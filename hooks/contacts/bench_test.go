package contacts_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/config"
	"recado/hooks/recadotest"
)

// Rows of an import, and of the saves beside it, which take ten times as long.
const (
	benchRows  = 100_000
	benchSaves = 3_000
)

// benchAlone makes the benchmark itself the process that imports: its memory is
// that of one Recado then.
const benchAlone = "RECADO_BENCH_ALONE"

func benchPerson(i int) (name, phone, email, notes string) {
	return fmt.Sprintf("Joana Ávila %d", i), fmt.Sprintf("+5511%09d", 900_000_000+i), fmt.Sprintf("joana%d@example.com", i), "prefers the afternoon"
}

// BenchmarkImport takes 100,000 contacts over, beside the bare insert of the same
// rows into the same table and app.Save of some of them. ns/row is wall time.
func BenchmarkImport(b *testing.B) {
	b.Run("recado", func(b *testing.B) {
		for b.Loop() {
			if os.Getenv(benchAlone) != "" {
				importHere(b)
			} else {
				importAlone(b)
			}
		}
	})
	b.Run("raw", func(b *testing.B) {
		for b.Loop() {
			rawInserts(b)
		}
	})
	b.Run("save", func(b *testing.B) {
		for b.Loop() {
			saves(b)
		}
	})
}

// importAlone runs the import in a process of its own and reports its figures.
func importAlone(b *testing.B) {
	child := exec.Command(os.Args[0], "-test.run", "^$", "-test.bench", "^BenchmarkImport$/^recado$", "-test.benchtime", "1x")
	child.Env = append(os.Environ(), benchAlone+"=1")
	out, err := child.Output()
	if err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "BenchmarkImport/recado") {
			continue
		}
		for i := 2; i+1 < len(fields); i += 2 {
			if value, err := strconv.ParseFloat(fields[i], 64); err == nil && fields[i+1] != "ns/op" {
				b.ReportMetric(value, fields[i+1])
			}
		}
	}
}

// importHere imports, while someone pages through the list of contacts.
func importHere(b *testing.B) {
	app := recadotest.New(b, nil)
	company := app.Company()
	manager := company.Member("manager")
	for range 1_000 {
		company.Contact()
	}
	list := func() time.Duration {
		began := time.Now()
		app.Do(http.MethodGet, company.Records(collections.Contacts)+"&perPage=30&skipTotal=1&sort=-created,-id&filter="+url.QueryEscape("deleted = ''"), manager.Token, nil).Must(b, http.StatusOK)

		return time.Since(began)
	}
	var idle, meanwhile []time.Duration
	for range 200 {
		idle = append(idle, list())
	}

	body, contentType := uploadOf(benchRows)
	request := httptest.NewRequest(http.MethodPost, company.URL("/api/recado/contacts/import"), body)
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("Authorization", manager.Token)
	forgetPeak(b)
	draft := app.Send(request).Must(b, http.StatusOK).JSON["import"].(map[string]any)
	app.Contacts.Stop() // the benchmark runs it
	start := company.URL("/api/recado/contacts/import/" + draft["id"].(string) + "/start")
	app.Do(http.MethodPost, start, manager.Token, map[string]any{"mapping": draft["mapping"], "mode": "update"}).Must(b, http.StatusOK)

	began := time.Now()
	ended := make(chan error, 1)
	go func() { ended <- app.Contacts.RunImports(b.Context()) }()
	for tick := time.NewTicker(50 * time.Millisecond); ; {
		select {
		case <-tick.C:
			meanwhile = append(meanwhile, list())

			continue
		case err := <-ended:
			tick.Stop()
			if err != nil {
				b.Fatal(err)
			}
		}

		break
	}
	b.ReportMetric(float64(time.Since(began).Nanoseconds())/benchRows, "ns/row")

	record, err := app.FindRecordById(collections.Imports, draft["id"].(string))
	if err != nil || record.GetInt("added") != benchRows {
		b.Fatalf("the import ended as %v, %v", record.PublicExport(), err)
	}
	b.ReportMetric(float64(p95(idle).Nanoseconds()), "idle-p95-ns")
	b.ReportMetric(float64(p95(meanwhile).Nanoseconds()), "busy-p95-ns")
	b.ReportMetric(float64(p95(meanwhile))/float64(p95(idle)), "busy/idle")
	b.ReportMetric(peakMB(b), "MB")
}

func p95(times []time.Duration) time.Duration {
	slices.Sort(times)

	return times[len(times)*95/100]
}

// uploadOf is the form that uploads a file of so many people, written as it is read.
func uploadOf(people int) (body io.Reader, contentType string) {
	body, w := io.Pipe()
	form := multipart.NewWriter(w)
	go func() {
		file, _ := form.CreateFormFile("file", "people.csv")
		out := bufio.NewWriter(file)
		fmt.Fprintln(out, "name,phone,email,notes")
		for i := range people {
			name, phone, email, notes := benchPerson(i)
			fmt.Fprintf(out, "%s,%s,%s,%s\n", name, phone, email, notes)
		}
		_ = out.Flush()
		_ = form.Close()
		_ = w.Close()
	}()

	return body, form.FormDataContentType()
}

// forgetPeak begins to watch the memory of the process anew: what the benchmark
// took to prepare itself is not Recado's.
func forgetPeak(b *testing.B) {
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		b.Fatal(err)
	}
}

// peakMB is the most memory the process has had since, resident, in megabytes.
func peakMB(b *testing.B) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kilobytes, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	if err != nil {
		b.Fatal(err)
	}

	return kilobytes / 1024
}

// rawInserts is the denominator: the same rows by one prepared statement, 500 a
// transaction, synchronous FULL.
func rawInserts(b *testing.B) {
	app := recadotest.New(b, nil)
	company := app.Company()
	db, err := config.DBConnect(filepath.Join(app.DataDir(), "data.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()

	began := time.Now()
	for first := 0; first < benchRows; first += 500 {
		tx, err := db.DB().Begin()
		if err != nil {
			b.Fatal(err)
		}
		statement, err := tx.Prepare(`INSERT INTO contacts (id, company, name, phone, email, lifecycle, tags, notes, custom, search, created, updated)
			VALUES (?, ?, ?, ?, ?, 'lead', '[]', ?, 'null', ?, ?, ?)`)
		if err != nil {
			b.Fatal(err)
		}
		for i := first; i < first+500; i++ {
			name, phone, email, notes := benchPerson(i)
			search := "joana avila " + strconv.Itoa(i) + " " + email + " " + phone[1:] + " " + notes
			_, err := statement.Exec(core.GenerateDefaultRandomId(), company.Id, name, phone, email, notes, search, "2026-01-01 00:00:00.000Z", "2026-01-01 00:00:00.000Z")
			if err != nil {
				b.Fatal(err)
			}
		}
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(time.Since(began).Nanoseconds())/benchRows, "ns/row")
}

func saves(b *testing.B) {
	app := recadotest.New(b, nil)
	company := app.Company()
	began := time.Now()
	for i := range benchSaves {
		name, phone, email, notes := benchPerson(i)
		company.Create(collections.Contacts, map[string]any{"name": name, "phone": phone, "email": email, "notes": notes})
	}
	b.ReportMetric(float64(time.Since(began).Nanoseconds())/benchSaves, "ns/row")
}
