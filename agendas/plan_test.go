package agendas

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"quorate/panels"
	"quorate/server/base/clock"
)

var meetingForPlans = uuid.MustParse("00000000-0000-7000-8000-000000000001")

func ids() func() uuid.UUID {
	n := 0
	return func() uuid.UUID { n++; return uuid.MustParse(fmt.Sprintf("00000000-0000-7000-9000-%012d", n)) }
}

func caseID(n int) *uuid.UUID {
	id := uuid.MustParse(fmt.Sprintf("00000000-0000-7000-a000-%012d", n))
	return &id
}

func caseWish(n, urgency int) wish {
	return wish{kind: CaseItem, caseID: caseID(n), minutes: 3, urgency: urgency, reasons: []Reason{{Rule: "no_referral", Text: fmt.Sprint(n)}}}
}

// apply does to a draft what a plan says, as the database will.
func apply(existing []Item, p plan) []Item {
	byID := map[uuid.UUID]Item{}
	for _, item := range existing {
		byID[item.ID] = item
	}
	for _, item := range p.drop {
		delete(byID, item.ID)
	}
	for _, item := range append(slices.Clone(p.add), p.change...) {
		byID[item.ID] = item
	}
	var items []Item
	for _, item := range byID {
		items = append(items, item)
	}
	slices.SortFunc(items, func(a, b Item) int { return a.Position - b.Position })
	return items
}

// A case that falls off for want of time without anybody choosing so must be the least urgent there is.
func TestPackingPutsOverTheLeastUrgentAndUndoesNoDecision(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		available := rapid.IntRange(0, 120).Draw(t, "available")
		var items []Item
		for n := range rapid.IntRange(0, 20).Draw(t, "items") {
			item := Item{
				ID: *caseID(n), Kind: rapid.SampledFrom([]ItemKind{CaseItem, CaseItem, CaseItem, StandingItem, RequestItem}).Draw(t, "kind"), State: Listed,
				Minutes: rapid.IntRange(0, 20).Draw(t, "minutes"), Urgency: rapid.IntRange(0, 500).Draw(t, "urgency"),
				Pinned: rapid.Bool().Draw(t, "pinned"), Moved: rapid.Bool().Draw(t, "moved"), Number: rapid.SampledFrom([]string{"", "", "7"}).Draw(t, "number"),
			}
			if rapid.Bool().Draw(t, "by hand") {
				item.Reasons = []Reason{{Rule: ByHand}}
			}
			items = append(items, item)
		}
		packed := pack(items, available)
		mayGo := func(i Item) bool {
			return i.Kind == CaseItem && i.Number == "" && !i.Pinned && !i.Moved && !i.byHand()
		}
		gone, spare := 0, 0
		for _, item := range packed {
			switch {
			case item.State == PutOver && !mayGo(item):
				t.Fatalf("put over against a decision: %+v", item)
			case item.State == PutOver:
				gone += item.Minutes
			case mayGo(item):
				spare++
			}
		}
		over := fit(items, available).Over()
		if len(packed) != len(items) || over <= 0 && gone > 0 || gone < over && spare > 0 {
			t.Fatalf("%d minutes over, %d put over, %d more could go", over, gone, spare)
		}
		for _, stays := range packed {
			for _, goes := range packed {
				if stays.State == Listed && mayGo(stays) && goes.State == PutOver && stays.Urgency < goes.Urgency {
					t.Fatalf("%d stays and %d goes", stays.Urgency, goes.Urgency)
				}
			}
		}
		if again := pack(asListed(packed), available); fit(again, available) != fit(packed, available) {
			t.Fatal("packing again packs otherwise")
		}
	})
}

func titles(items []Item) []string {
	var list []string
	for _, item := range items {
		if item.CaseID != nil {
			list = append(list, "case "+item.CaseID.String()[34:])
		} else {
			list = append(list, item.Title)
		}
	}
	return list
}

func TestFirstBuildPutsCasesBetweenTheStandingItemsMostUrgentFirst(t *testing.T) {
	t.Parallel()
	terms := panels.Terms{StandingItems: []panels.StandingItem{{Title: "Welcome"}, {Title: "Minutes"}, {Title: "Any other business", After: true}, {Title: "Next date", After: true}}}
	wanted := append(standingWishes(terms), caseWish(1, 100), caseWish(2, 300), wish{kind: RequestItem, requestID: caseID(90), title: "Request"})
	got := titles(apply(nil, rebuild(meetingForPlans, nil, wanted, 600, ids())))
	want := []string{"Welcome", "Minutes", "Request", "case 02", "case 01", "Any other business", "Next date"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// A clerk who removed a name with the family's reason must not find it back after pressing Rebuild.
func TestRebuildKeepsWhatPeopleDecided(t *testing.T) {
	t.Parallel()
	newID := ids()
	items := apply(nil, rebuild(meetingForPlans, nil, []wish{caseWish(1, 400), caseWish(2, 300), caseWish(3, 200), caseWish(4, 100)}, 600, newID))
	items[0].State, items[0].RemovedReason = Removed, "Seen last week"
	items[1].Pinned = true
	items[2].Minutes, items[2].MinutesSet = 15, true
	items[1].Position, items[2].Position = 3, 2
	items[1].Moved, items[2].Moved = true, true
	byHand := Item{ID: newID(), Kind: CaseItem, CaseID: caseID(9), State: Listed, Minutes: 3, Position: 5, Version: 1, Reasons: []Reason{{Rule: ByHand, Text: "Asked by school"}}}
	items = append(items, byHand)

	// Case 2 is no longer wanted, 4 neither, and 5 is new and the most urgent.
	again := apply(items, rebuild(meetingForPlans, items, []wish{caseWish(1, 400), caseWish(3, 200), caseWish(5, 900)}, 600, newID))
	if got, want := titles(again), []string{"case 05", "case 03", "case 02", "case 09", "case 01"}; !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	if again[1].Minutes != 15 || !again[2].Pinned || again[4].State != Removed || again[4].RemovedReason != "Seen last week" {
		t.Errorf("a decision was lost: %+v", again)
	}
	if len(again[2].Reasons) != 0 || len(again[3].Reasons) != 1 {
		t.Errorf("reasons: pinned %v, by hand %v", again[2].Reasons, again[3].Reasons)
	}
}

func TestRebuildTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		newID := ids()
		existing := apply(nil, rebuild(meetingForPlans, nil, drawWishes(t), 600, newID))
		for i := range existing {
			switch rapid.IntRange(0, 5).Draw(t, "decision") {
			case 0:
				existing[i].State = Removed
			case 1:
				existing[i].Pinned = true
			case 2:
				existing[i].Moved = true
			case 3:
				existing[i].MinutesSet, existing[i].Minutes = true, 42
			}
		}
		wanted := drawWishes(t)
		once := apply(existing, rebuild(meetingForPlans, existing, wanted, 600, newID))
		for i, item := range once {
			if item.Position != i+1 {
				t.Fatalf("positions are not 1, 2, 3: %d at %d", item.Position, i)
			}
		}
		for _, was := range existing {
			at := slices.IndexFunc(once, func(i Item) bool { return i.ID == was.ID })
			switch {
			case at < 0 && (was.Pinned || was.State == Removed):
				t.Fatalf("a pinned or removed item vanished: %+v", was)
			case at >= 0 && (once[at].State != was.State || once[at].Pinned != was.Pinned || (was.MinutesSet && once[at].Minutes != 42)):
				t.Fatalf("a decision changed: %+v to %+v", was, once[at])
			}
		}
		for _, w := range wanted {
			if !slices.ContainsFunc(once, func(i Item) bool { return i.subject() == w.subject() }) {
				t.Fatalf("a wanted item is not there: %+v", w)
			}
		}
		if p := rebuild(meetingForPlans, once, wanted, 600, newID); len(p.add)+len(p.change)+len(p.drop) > 0 {
			t.Fatalf("a second rebuild changed something: %+v", p)
		}
	})
}

func drawWishes(t *rapid.T) []wish {
	wanted := standingWishes(panels.Terms{})
	seen := map[int]bool{}
	for _, n := range rapid.SliceOfN(rapid.IntRange(1, 12), 0, 12).Draw(t, "cases") {
		if !seen[n] {
			seen[n] = true
			wanted = append(wanted, caseWish(n, rapid.IntRange(0, 700).Draw(t, "urgency")))
		}
	}
	return wanted
}

// A number in someone's papers must mean the same item for ever.
func TestNumbersAreKeptAndNeverUsedTwice(t *testing.T) {
	t.Parallel()
	listed := func(number string) Item { return Item{Number: number, State: Listed} }
	first := number([]Item{listed(""), {State: Removed}, listed(""), listed("")})
	if got := numbersOf(first); !slices.Equal(got, []string{"1", "", "2", "3"}) {
		t.Errorf("first publication: %v", got)
	}
	later := number([]Item{listed(""), listed("1"), listed(""), listed("3"), listed("2"), listed(""), listed("2a"), {Number: "2b", State: TakenOff}, listed("")})
	if got, want := numbersOf(later), []string{"1a", "1", "1b", "3", "2", "2c", "2a", "2b", "2d"}; !slices.Equal(got, want) {
		t.Errorf("later publication: %v, want %v", got, want)
	}
}

func TestNumbersAreUnique(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var items []Item
		for range 3 {
			for range rapid.IntRange(0, 40).Draw(t, "added") {
				at := rapid.IntRange(0, len(items)).Draw(t, "at")
				items = slices.Insert(items, at, Item{State: Listed})
			}
			before := numbersOf(items)
			items = number(items)
			seen := map[string]bool{}
			for i, item := range items {
				if item.Number == "" || seen[item.Number] || (before[i] != "" && before[i] != item.Number) {
					t.Fatalf("number %q at %d is missing, used twice or changed from %q", item.Number, i, before[i])
				}
				seen[item.Number] = true
			}
		}
	})
}

func numbersOf(items []Item) []string {
	var list []string
	for _, item := range items {
		list = append(list, item.Number)
	}
	return list
}

func TestUrgencyNeverFallsAsDaysRunOutOrWeightGrows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := Finding{Reason: Reason{On: clock.MustDate("2027-03-04"), DaysLeft: rapid.IntRange(-365, 4000).Draw(t, "days")}, Weight: rapid.IntRange(0, 99).Draw(t, "weight")}
		sooner, heavier := f, f
		sooner.DaysLeft = max(sooner.DaysLeft-rapid.IntRange(1, 400).Draw(t, "sooner"), -365)
		heavier.Weight++
		if sooner.Urgency() < f.Urgency() || heavier.Urgency() <= f.Urgency() {
			t.Fatalf("%+v: %d, sooner %d, heavier %d", f, f.Urgency(), sooner.Urgency(), heavier.Urgency())
		}
	})
}

// A gap six years old must not stand above a birthday that can still be met.
func TestLongStandingGapStandsBelowABirthdayInThreeWeeks(t *testing.T) {
	t.Parallel()
	plan := func(days int) int {
		return Finding{Reason: Reason{On: clock.MustDate("2027-03-04"), DaysLeft: days}, Weight: 90}.Urgency()
	}
	if plan(-366) >= plan(21) || plan(-365) <= plan(21) || plan(-3000) != plan(-366) {
		t.Errorf("366 days past %d, a year past %d, three weeks ahead %d", plan(-366), plan(-365), plan(21))
	}
}

func TestAFurtherReasonNeverLowersACase(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var findings []Finding
		last := 0
		for range rapid.IntRange(1, 6).Draw(t, "reasons") {
			findings = append(findings, Finding{
				Reason: Reason{On: clock.MustDate("2027-03-04"), DaysLeft: rapid.IntRange(-400, 400).Draw(t, "days")},
				Weight: rapid.IntRange(0, 100).Draw(t, "weight"),
			})
			reasons, urgency, _ := together(findings)
			if urgency <= last && len(findings) > 1 || len(reasons) != len(findings) {
				t.Fatalf("%d reasons weigh %d, one fewer weighed %d", len(reasons), urgency, last)
			}
			last = urgency
		}
	})
}

func TestFitSaysWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	items := []Item{
		{Kind: StandingItem, Minutes: 10, State: Listed}, {Kind: CaseItem, Minutes: 60, State: Listed}, {Kind: CaseItem, Minutes: 60, State: Listed},
		{Kind: CaseItem, Minutes: 60, State: Removed}, {Kind: CaseItem, Minutes: 20, State: Listed}, {Kind: StandingItem, Minutes: 10, State: Listed},
	}
	if got, want := fit(items, 160), (Fit{Minutes: 160, Available: 160}); got != want {
		t.Errorf("exactly full: %+v", got)
	}
	if got, want := fit(items, 139), (Fit{Minutes: 160, Available: 139, NotFitted: 2}); got != want {
		t.Errorf("21 minutes over: %+v, want %+v", got, want)
	}
}
