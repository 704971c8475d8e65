// Package main measures how fast the product is beside the least that the same work can cost on the same machine at the same moment.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"
)

// figure is one measure: what the product took and what the bare work took, moment by moment.
type figure struct {
	name   string
	target float64 // the ratio it must not exceed
	product,
	bare, // the least the same work can cost
	again []time.Duration // the bare work once more: beside bare it says how much the machine's noise is worth
}

// print writes the figure's line, and on stderr what is needed to believe it.
func (f figure) print() {
	line{name: f.name, target: f.target, product: milliseconds(median(f.product)), bare: milliseconds(median(f.bare)), unit: "ms"}.print()
	fmt.Fprintf(os.Stderr, "%s: %d times each; product p95 %.2f ms, bare p95 %.2f ms; control, the bare work against itself: %.2f\n",
		f.name, len(f.product), milliseconds(p95(f.product)), milliseconds(p95(f.bare)), median(f.again).Seconds()/median(f.bare).Seconds())
}

// line is a figure that is not a time taken turn by turn.
type line struct {
	name          string
	target        float64
	product, bare float64
	unit          string
	rate          bool // more is better: the ratio is the limit's over the product's
}

func (l line) print() {
	ratio := l.product / l.bare
	if l.rate {
		ratio = l.bare / l.product
	}
	fmt.Printf("bench %s ratio=%.2f target=%.2f product=%.2f bare=%.2f unit=%s\n", l.name, ratio, l.target, l.product, l.bare, l.unit)
}

// printer is anything that prints its lines.
type printer interface{ print() }

// lines are several figures taken at once.
type lines []line

func (l lines) print() {
	for _, line := range l {
		line.print()
	}
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func median(times []time.Duration) time.Duration { return percentile(times, 50) }
func p95(times []time.Duration) time.Duration    { return percentile(times, 95) }

func percentile(times []time.Duration, percent int) time.Duration {
	if len(times) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(times))
	return sorted[(len(sorted)-1)*percent/100]
}

// allowed is how long all figures may take together.
const allowed = 25 * time.Minute

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	program := flag.String("program", "bin/quorate", "the built product to measure")
	bare := flag.String("bare", "", "be the bare limit of the room, on this database (the benchmark starts itself so)")
	only := flag.String("only", "", "take this figure alone, such as import-385")
	flag.Parse()
	err := func() error {
		if *bare != "" {
			return serveBare(ctx, *bare)
		}
		ctx, cancel := context.WithTimeout(ctx, allowed)
		defer cancel()
		return measure(ctx, *program, *only)
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench: "+err.Error())
		os.Exit(1)
	}
}

// figures are taken in this order. The last two fill the tracker, so that nothing else meets 100,000 people.
var figures = []struct {
	name string
	take func(context.Context, *house) (printer, error)
}{
	{"room-200", roomOf(200)},
	{"room-1000", roomOf(1000)},
	{"rooms-200x12", rooms200x12},
	{"ballots-8", ballotsOf(8)},
	{"ballots-32", ballotsOf(32)},
	{"ballot-growth", ballotGrowth},
	{"idle-socket", idleSocket},
	{"slow-readers", slowReaders},
	{"join-5000", join5000},
	{"agenda-385", timed(agenda385)},
	{"import-385", timed(import385)},
	{"import-100k-csv", timed(import100kCSV)},
	{"import-100k-xlsx", timed(import100kXLSX)},
	{"pack-60", timed(pack60)},
	{"agenda-100k", timed(agenda100k)},
	{"rules-100k", timed(rules100k)},
}

func timed(take func(context.Context, *house) (figure, error)) func(context.Context, *house) (printer, error) {
	return func(ctx context.Context, h *house) (printer, error) { return take(ctx, h) }
}

// measure takes each figure in turn, on one scratch database with the settings people get.
func measure(ctx context.Context, program, only string) (err error) {
	h, err := open(ctx, program)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	var failed []error // one figure that cannot be taken leaves the others
	for _, figure := range figures {
		if only != "" && figure.name != only {
			continue
		}
		f, err := figure.take(ctx, h)
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", figure.name, err))
			continue
		}
		f.print()
	}
	return errors.Join(failed...)
}
