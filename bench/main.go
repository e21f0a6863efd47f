// Command bench measures Recado against the barest thing that does the same
// work and writes docs/benchmarks.md. `make bench` runs it.
//
// A figure is a ratio. The benchmarks stand beside the code they measure; here
// is the list of which is compared with which. Both sides run in alternating
// rounds on the same machine, so a slow or busy one slows both.
package main

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

const rounds = 3

// comparison is one line of the report: a benchmark's metric beside another's.
// Without base the figure itself is compared with the goal.
type comparison struct {
	what          string
	pkg           string
	subject, base string // benchmark names without the Benchmark prefix and the -N suffix
	unit          string // metric of the benchmark: ns/op, cpu-ns/op, …
	goal          float64
	rate          bool // the goal is a lowest ratio of rates, not a highest one of costs
}

var comparisons = []comparison{
	{"ingest, one message a transaction", "./hooks/inbox", "IngestOne", "RawCommit", "ns/op", 0.2, true},
	{"ingest, group commit (64 senders)", "./hooks/inbox", "IngestGroup", "RawCommit", "ns/op", 0.5, true},
	{"ingest with 1,000 live clients of 50 companies, to none", "./hooks/inbox", "IngestLive/clients=1000", "IngestLive/clients=0", "ns/op", 0.7, true},
	{"server CPU for one delivered live event, beyond the ingest", "./hooks/inbox", "IngestLive/clients=1000", "", "µs-cpu/event", 30, false},
	{"save with 1,000 anonymous realtime subscribers, to none", "./hooks/live", "Saves/anonymous=1000", "Saves/clients=0", "ns/op", 0.7, true},
	{"widget message over HTTP, to a raw insert, CPU", "./hooks/channels/webchat", "WidgetMessage", "RawInsert", "cpu-ns/op", 7, false},
	{"list-30 by its rule, to rule \"\", CPU", "./collections", "List/rule", "List/open", "cpu-ns/op", 1.6, false},
	{"list-30 as a member signed in, to the same without looking at sign-ins, keys and the log, CPU", "./hooks/access", "Admitted/list", "Admitted/list-bare", "cpu-ns/op", 1.25, false},
	{"view of one contact, to the same", "./hooks/access", "Admitted/view", "Admitted/view-bare", "cpu-ns/op", 1.25, false},
	{"list-30 of 200,000 contacts (50 companies) by who sees only their own, to rule \"\", CPU", "./collections", "Reach/own/rule", "Reach/own/open", "cpu-ns/op", 2.6, false},
	{"the same by who also sees a team's", "./collections", "Reach/team/rule", "Reach/team/open", "cpu-ns/op", 2, false},
	{"list-30 of a 10-row company beside 1,000,000 rows, to those 10 alone, CPU", "./collections", "Neighbour/crowded", "Neighbour/alone", "cpu-ns/op", 1.5, false},
	{"contacts list of 1,000,000 (50 companies): page p95, to a 1,000-row company's", "./collections", "ContactsPage/million", "ContactsPage/thousand", "p95-ns", 2, false},
	{"search of a missing word in 20,000 contacts, to a list-30, CPU", "./collections", "ContactsSearch/missing", "ContactsSearch/list", "cpu-ns/op", 60, false},
	{"search of a rare word in 20,000 contacts, to a list-30, CPU", "./collections", "ContactsSearch/rare", "ContactsSearch/list", "cpu-ns/op", 5, false},
	{"import of 100,000 contacts, to the bare insert of the same rows", "./hooks/contacts", "Import/recado", "Import/raw", "ns/row", 0.5, true},
	{"the same, to app.Save of each", "./hooks/contacts", "Import/recado", "Import/save", "ns/row", 0, true},
	{"memory of a Recado that imports them, at most (RSS)", "./hooks/contacts", "Import/recado", "", "MB", 150, false},
	{"list p95 while they are imported, to the idle one's", "./hooks/contacts", "Import/recado", "", "busy/idle", 2.5, false},
	{"search of 500,000 messages: p95, to a list-30", "./hooks/search", "Search/words", "Search/list", "p95-ns", 30, false},
	{"knowledge of 1,000 pages: lookup, to a list-30, CPU", "./hooks/knowledge", "Lookup/words", "Lookup/list", "cpu-ns/op", 15, false},
	{"the same, also by meaning (768 numbers a piece)", "./hooks/knowledge", "Lookup/meaning", "Lookup/list", "cpu-ns/op", 15, false},
	{"answer of an agent: Recado's own share for each round of tools, to an ingest, CPU", "./hooks/agents", "Run/round", "Run/ingest", "cpu-ns/op", 10, false},
	{"100 conversations answered at once by a model that takes 1 s a question, to the slowest alone", "./hooks/agents", "AtOnce/hundred", "AtOnce/one", "ns/op", 1.5, false},
	{"memory for each conversation whose agent waits for its model", "./hooks/agents", "Waiting", "", "KB/run", 200, false},
	{"ingest, group commit, while the search index is fed, to without", "./hooks/inbox", "IngestIndexed", "IngestGroup", "ns/op", 0.7, true},
	{"slots of 31 days, 400 appointments, to the bare range count, CPU", "./hooks/agenda", "Slots/in-process", "Slots/bare-count", "cpu-ns/op", 25, false},
	{"the same over HTTP, to the bare range count, CPU", "./hooks/agenda", "Slots/http", "Slots/bare-count", "cpu-ns/op", 0, false},
	{"inbox report of a month, 100,000 conversations a year, to a list-30, CPU", "./hooks/reports", "Inbox/month", "Inbox/list", "cpu-ns/op", 30, false},
	{"the same of the whole year, CPU", "./hooks/reports", "Inbox/year", "Inbox/list", "cpu-ns/op", 0, false},
	{"booking page with a month of free times, to the slots call, CPU", "./hooks/book", "Page/page", "Page/slots", "cpu-ns/op", 5, false},
	{"ingest p95 at 50 messages/s while 1 GB is backed up, to ingest alone", "./hooks/backup", "IngestMeanwhile/copying", "IngestMeanwhile/idle", "p95-ns", 3, false},
	{"WhatsApp, receive: decrypted, stored, routed, live, to a bare whatsmeow with the same database and options", "./hooks/channels/whatsapp", "Receive/recado", "Receive/bare", "ns/op", 0.3, true},
	{"WhatsApp, send, to the same", "./hooks/channels/whatsapp", "Send/recado", "Send/bare", "ns/op", 0.3, true},
	{"WhatsApp, memory for each linked idle number, to the same", "./hooks/channels/whatsapp", "Memory/recado", "Memory/bare", "KB/number", 3, false},
	{"WhatsApp, memory of a Recado with 50 linked numbers (RSS)", "./hooks/channels/whatsapp", "Memory/recado", "", "MB", 0, false},
	{"WhatsApp, kill -9 to the first message with 20 numbers, to a start without numbers", "./hooks/channels/whatsapp", "Restart/linked", "Restart/bare", "ns/op", 3, false},
	{"booking page over the wire: page, style and script", "./hooks/book", "Page/page", "", "KB", 40, false},
}

// figure is a finished line.
type figure struct {
	what, subject, base, ratio, goal, verdict string
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	only := flag.String("only", "", "a regular expression: measure the lines that match, leave the others as they are")
	flag.Parse()
	wanted, err := regexp.Compile(*only)
	if err != nil {
		return err
	}

	figures, err := compare(slices.DeleteFunc(slices.Clone(comparisons), func(c comparison) bool { return !wanted.MatchString(c.what) }))
	if err != nil {
		return err
	}
	if slices.ContainsFunc(processLines, wanted.MatchString) {
		process, err := measureProcess()
		if err != nil {
			return err
		}
		figures = append(figures, process...)
	}

	return write(figures)
}

// compare runs the benchmarks of these lines, round by round.
func compare(comparisons []comparison) ([]figure, error) {
	byPackage := map[string][]string{}
	var packages []string
	for _, c := range comparisons {
		if byPackage[c.pkg] == nil {
			packages = append(packages, c.pkg)
		}
		for _, name := range []string{c.subject, c.base} {
			name, _, _ = strings.Cut(name, "/")
			if name != "" && !slices.Contains(byPackage[c.pkg], name) {
				byPackage[c.pkg] = append(byPackage[c.pkg], name)
			}
		}
	}

	kept, err := os.MkdirTemp("", "recado-bench-kept-") // what takes long to fill, for all rounds
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(kept)

	results := make([]map[string]map[string]float64, rounds) // round, package/benchmark, unit
	for round := range rounds {
		results[round] = map[string]map[string]float64{}
		for _, pkg := range packages {
			if err := runBenchmarks(pkg, byPackage[pkg], kept, results[round]); err != nil {
				return nil, err
			}
		}
	}

	var figures []figure
	for _, c := range comparisons {
		figures = append(figures, c.judge(results))
	}

	return figures, nil
}

func runBenchmarks(pkg string, names []string, kept string, into map[string]map[string]float64) error {
	command := exec.Command("go", "test", "-run", "^$", "-timeout", "30m", "-benchtime", "2s", "-bench", "^Benchmark("+strings.Join(names, "|")+")$", pkg)
	command.Env = append(os.Environ(), "RECADO_BENCH_DIR="+kept)
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, os.Stderr
	if err := command.Run(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(command.Args, " "), err, output.String())
	}

	for lines := bufio.NewScanner(&output); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		fmt.Println(lines.Text())
		name := strings.TrimPrefix(fields[0], "Benchmark")
		name = strings.TrimSuffix(name, "-"+strconv.Itoa(runtime.GOMAXPROCS(0)))
		metrics := map[string]float64{}
		for i := 2; i+1 < len(fields); i += 2 {
			value, err := strconv.ParseFloat(fields[i], 64)
			if err != nil {
				return fmt.Errorf("unreadable line %q: %w", lines.Text(), err)
			}
			metrics[fields[i+1]] = value
		}
		into[pkg+" "+name] = metrics
	}

	return nil
}

// judge takes the median over the rounds.
func (c comparison) judge(results []map[string]map[string]float64) figure {
	var subjects, bases, ratios []float64
	for _, round := range results {
		subject, ok := round[c.pkg+" "+c.subject][c.unit]
		if !ok {
			return figure{c.what, "not measured", "", "", "", "**missing**"}
		}
		base := 1.0
		if c.base != "" {
			base = round[c.pkg+" "+c.base][c.unit]
		}
		ratio := subject / base
		if c.rate {
			ratio = base / subject
		}
		subjects, bases, ratios = append(subjects, subject), append(bases, base), append(ratios, ratio)
	}

	f := figure{what: c.what, subject: amount(median(subjects), c.unit), base: amount(median(bases), c.unit)}
	ratio := median(ratios)
	f.ratio = fmt.Sprintf("%.2f ×", ratio)
	if c.base == "" {
		f.base, f.ratio = "", ""
	}
	switch {
	case c.goal == 0:
		f.goal, f.verdict = "none", ""
	case c.rate:
		f.goal, f.verdict = fmt.Sprintf("≥ %g ×", c.goal), verdict(ratio >= c.goal)
	case c.base == "":
		f.goal, f.verdict = "≤ "+amount(c.goal, c.unit), verdict(ratio <= c.goal)
	default:
		f.goal, f.verdict = fmt.Sprintf("≤ %g ×", c.goal), verdict(ratio <= c.goal)
	}

	return f
}

func verdict(met bool) string {
	if met {
		return "met"
	}

	return "**missed**"
}

func median(values []float64) float64 {
	values = slices.Sorted(slices.Values(values))

	return values[len(values)/2]
}

func amount(value float64, unit string) string {
	switch unit {
	case "ns/op", "cpu-ns/op", "p95-ns":
		return fmt.Sprintf("%.3g µs", value/1000)
	case "ns/row":
		return fmt.Sprintf("%.3g µs", value/1000)
	case "busy/idle":
		return fmt.Sprintf("%.2f ×", value)
	case "µs-cpu/event":
		return fmt.Sprintf("%.3g µs", value)
	default:
		return fmt.Sprintf("%.4g %s", value, unit)
	}
}

const (
	reportPath = "docs/benchmarks.md"
	beginMark  = "<!-- make bench writes from here -->"
	endMark    = "<!-- to here -->"
)

// lines are what the report has, in its order.
func lines() []string {
	var all []string
	for _, c := range comparisons {
		all = append(all, c.what)
	}

	return append(all, processLines...)
}

// write replaces the generated part of the report.
func write(figures []figure) error {
	page, err := os.ReadFile(reportPath)
	if err != nil {
		return err
	}
	before, rest, opened := strings.Cut(string(page), beginMark)
	_, after, closed := strings.Cut(rest, endMark)
	if !opened || !closed {
		return fmt.Errorf("%s lacks the marks of the generated part", reportPath)
	}

	today := time.Now().UTC().Format(time.DateOnly)
	rows := map[string]string{}
	for line := range strings.Lines(rest) {
		if cells := strings.Split(line, " | "); strings.HasPrefix(line, "| ") && len(cells) == 7 {
			rows[strings.TrimPrefix(cells[0], "| ")] = line
		}
	}
	for _, f := range figures {
		rows[f.what] = fmt.Sprintf("| %s | %s | %s | %s | %s | %s | %s, %s |\n", f.what, f.subject, f.base, f.ratio, f.goal, f.verdict, today, processor())
	}

	var table strings.Builder
	fmt.Fprintf(&table, "\nMeasured with `make bench`: %d cores, %s.\n\n", runtime.NumCPU(), runtime.Version())
	table.WriteString("| what | Recado | beside it | ratio | goal | | on |\n|---|---|---|---|---|---|---|\n")
	for _, what := range lines() {
		if row, measured := rows[what]; measured {
			table.WriteString(row)
		} else {
			fmt.Fprintf(&table, "| %s | not measured yet | | | | | |\n", what)
		}
	}
	table.WriteString("\n")
	fmt.Print(table.String())

	return os.WriteFile(reportPath, []byte(before+beginMark+table.String()+endMark+after), 0o644)
}

func processor() string {
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.NewReplacer("(R)", "", " Processor", "").Replace(strings.TrimSpace(strings.TrimLeft(name, "\t :")))
		}
	}

	return runtime.GOARCH
}
