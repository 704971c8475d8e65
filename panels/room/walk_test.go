package room_test

import (
	"flag"
	"maps"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"quorate/panels"
	"quorate/panels/room"
)

// Meetings that nobody thought of: random people ask for random things, sensible and not, through the
// real use cases on a real Postgres. After each step what must always hold is asked of the rows and
// compared with a model that knows only what was acknowledged (walk_model_test.go), and everybody's screen
// with a reading of everything (walk_replay_test.go). rapid shrinks a failure to the fewest steps and
// prints the seed that repeats it: go test ./panels/room -run RandomMeetings -rapid.seed=N.
//
// QUORATE_WALKS is how many meetings, 42 if it is not set; QUORATE_STEPS how long they are, about 80. Without
// it the meetings are always the same ones, and more follow while a command of the room was accepted in none,
// so that what they reach is certain: every command.
func TestRandomMeetings(t *testing.T) {
	many, always := os.LookupEnv("QUORATE_WALKS")
	walks, seed := 42, "20261126"
	if n, err := strconv.Atoi(many); always && err == nil && n > 0 {
		walks, seed = n, flag.Lookup("rapid.seed").Value.String()
	}
	steps := "80"
	if n, err := strconv.Atoi(os.Getenv("QUORATE_STEPS")); err == nil && n > 0 {
		steps = strconv.Itoa(n)
	}
	if flag.Lookup("rapid.seed").Value.String() != "0" {
		seed = flag.Lookup("rapid.seed").Value.String()
	}
	for name, value := range map[string]string{"rapid.checks": strconv.Itoa(max(1, walks/len(occasions))), "rapid.steps": steps, "rapid.seed": seed, "rapid.nofailfile": "true"} {
		was := flag.Lookup(name).Value.String()
		if err := flag.Set(name, value); err != nil {
			t.Fatal(err)
		}
		defer flag.Set(name, was)
	}
	all := tally{accepted: map[string]int{}}
	for round := 1; round == 1 || round <= mostRounds && !always && !t.Failed() && !testing.Short() && len(all.missing()) > 0; round++ {
		t.Run("meetings", func(t *testing.T) {
			for _, occasion := range occasions {
				t.Run(occasion.name, func(t *testing.T) {
					t.Parallel()
					rapid.Check(t, func(rt *rapid.T) {
						once := &once{TB: t, rt: rt}
						defer once.end()
						w := newWalk(once, occasion)
						rt.Repeat(w.steps())
						w.finishes()
						all.add(&w.tally)
					})
				})
			}
		})
		next, _ := strconv.ParseUint(flag.Lookup("rapid.seed").Value.String(), 10, 64) // rapid reads it so
		if err := flag.Set("rapid.seed", strconv.FormatUint(next+1000, 10)); err != nil {
			t.Fatal(err)
		}
	}
	t.Log(all.words())
	if t.Failed() || testing.Short() || always && walks < reachesAll {
		return
	}
	for _, command := range all.missing() {
		t.Errorf("in no meeting was %s accepted, so nothing is known of it", command)
	}
	if all.refusals == 0 || all.decisions == 0 || all.consents == 0 || all.provisionals == 0 {
		t.Error("the meetings came to nothing")
	}
}

// mostRounds bounds how many more meetings are held while a command is in none of them.
const mostRounds = 3

// missing lists the commands that were accepted in no meeting.
func (t *tally) missing() []string {
	return slices.DeleteFunc(room.CommandTypes(), func(command string) bool { return t.accepted[command] > 0 })
}

// wild: meetings that were asked for, and not the ordinary ones. More comes between in them, and so each
// reaches less.
func wild() bool { return os.Getenv("QUORATE_WALKS") != "" }

// reachesAll is in how many meetings every command must have been accepted.
const reachesAll = 42

// occasion is a kind of meeting that random things happen in.
type occasion struct {
	name   string
	terms  func(*panels.Terms)
	begins func(*walk)
	meets  bool // or nobody does
}

var occasions = []occasion{
	{"on devices", func(*panels.Terms) {}, (*walk).withDeputy, true},
	{"aloud", spoken, (*walk).withDeputy, true},
	{"under two chairs", bothConfirm, (*walk).underTwoChairs, true},
	{"with guests", func(*panels.Terms) {}, (*walk).joinedByGuests, true},
	{"in writing", func(*panels.Terms) {}, (*walk).askedInWriting, false},
	{"by the chair alone", func(*panels.Terms) {}, (*walk).leftToTheChair, false},
}

// once is one walk's part of the test: it fails as rapid fails, and its database goes when it ends.
type once struct {
	testing.TB
	rt   *rapid.T
	done []func()
}

func (o *once) Helper()                           {}
func (o *once) Cleanup(fn func())                 { o.done = append(o.done, fn) }
func (o *once) Fatal(args ...any)                 { o.rt.Fatal(args...) }
func (o *once) Fatalf(format string, args ...any) { o.rt.Fatalf(format, args...) }
func (o *once) Error(args ...any)                 { o.rt.Error(args...) }
func (o *once) Errorf(format string, args ...any) { o.rt.Errorf(format, args...) }

func (o *once) end() {
	for _, fn := range slices.Backward(o.done) {
		fn()
	}
}

// tally says what walks came to.
type tally struct {
	mu       sync.Mutex
	accepted map[string]int // commands, by type; protected by mu where walks are added up

	meetings, refusals, votes, decisions, provisionals, consents int
}

func (t *tally) add(o *tally) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.meetings++
	for command, n := range o.accepted {
		t.accepted[command] += n
	}
	t.refusals, t.votes, t.decisions = t.refusals+o.refusals, t.votes+o.votes, t.decisions+o.decisions
	t.provisionals, t.consents = t.provisionals+o.provisionals, t.consents+o.consents
}

func (t *tally) words() string {
	words := strconv.Itoa(t.meetings) + " meetings, " + strconv.Itoa(t.refusals) + " commands refused, " + strconv.Itoa(t.votes) + " votes closed, " +
		strconv.Itoa(t.decisions) + " decisions, " + strconv.Itoa(t.provisionals) + " of them provisional, " + strconv.Itoa(t.consents) + " consents to pay; accepted:"
	for _, command := range slices.Sorted(maps.Keys(t.accepted)) {
		words += " " + command + " " + strconv.Itoa(t.accepted[command])
	}
	return words
}
