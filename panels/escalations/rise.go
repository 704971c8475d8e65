package escalations

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"quorate/panels/calendar"
	"quorate/server/base/clock"
)

// Rule is what makes a blocker rise a level without the chair.
type Rule string

// The rules.
const (
	TimeUp       Rule = "time_up"  // unresolved for the days its level allows
	DeferredRule Rule = "deferred" // its case deferred twice
	BirthdayRule Rule = "birthday" // the 18th birthday within 56 days and still no support plan
	FundersRule  Rule = "funders"  // the funders did not agree on its request

	UndecidedRule Rule = "undecided" // its dispute was not decided by the day its level had
)

// Rules are the thresholds of the rules, as an administrator sets them; 0 switches a rule off.
type Rules struct {
	Deferrals     int // deferrals of the same case
	BirthdayDays  int // calendar days to the 18th birthday
	Disagreements int // decisions on the same request that the funders did not agree
}

// Event is a decision of a meeting that a rule looks at.
type Event struct {
	ID uuid.UUID
	On clock.Date
}

// Cause is one rule with what it acted on.
type Cause struct {
	Rule     Rule
	Evidence string // "stay 2", a decision's id, a case and its birthday
}

// Facts are what the rules look at: where a blocker stands, and what is known of its case.
type Facts struct {
	LevelName string
	Stay      int
	Since     clock.Date
	Days      int // calendar days it may stay at its level

	AcknowledgeBy  clock.Date // Not known where nobody is asked to
	AcknowledgedOn clock.Date
	SnoozedUntil   clock.Date // nothing moves it before

	Disputes []DisputeClock // that go on
	Young    []Young        // whom it names, by case number

	Acted map[Cause]bool // what has already made it rise
}

// Young is what the rules look at of one young person.
type Young struct {
	Case          string     // their number, "Q1042"
	Birthday18    clock.Date // Not known once the case has stopped: died, moved away
	SupportPlanOn clock.Date
	Deferrals     []Event // of their case at the forum, oldest first
	Disagreements []Event // of the funders on their request, oldest first
}

// Rise is a step up that is due: every cause of it, and why in words.
type Rise struct {
	Causes     []Cause
	Words      string // with the rule and the dates; the forum's eyes only
	BoardWords string // without a birthday
}

// LeavesOn is the day a blocker rises from a level it reached on since and may keep for days:
// periods are calendar days, and what falls due acts on the next working day.
func LeavesOn(since clock.Date, days int, work calendar.WorkingDays) clock.Date {
	return work.OnOrAfter(since.AddDays(days))
}

// Judge says whether a blocker rises today, and why. Each cause acts once: those that hold on the same
// day make one step together. Nothing rises on a weekend or a bank holiday; it rises on the next
// working day instead, and a day on which nobody looked is caught up on the next. What falls due during a snooze
// acts when that has ended.
func Judge(f Facts, rules Rules, today clock.Date, work calendar.WorkingDays) (Rise, bool) {
	if !work.IsWorkingDay(today) || today.Before(f.SnoozedUntil) && !f.SnoozedUntil.IsZero() {
		return Rise{}, false
	}
	var rise Rise
	var words, boardWords []string
	add := func(cause Cause, forForum, forBoard string) {
		if f.Acted[cause] {
			return
		}
		rise.Causes = append(rise.Causes, cause)
		words = append(words, forForum)
		if !slices.Contains(boardWords, forBoard) { // a board is not told of each of many
			boardWords = append(boardWords, forBoard)
		}
	}

	for _, d := range f.Disputes {
		if by := d.By(); today.After(by) {
			sentence := fmt.Sprintf("Not decided by %s: %s had %s, from %s, to decide what the agencies do not agree about (%s).",
				by.Long(), f.LevelName, count(d.Days, "day"), d.Since.Long(), d.Kind.Words())
			if acts := UndecidedOn(by, work); acts != by.AddDays(1) {
				sentence += fmt.Sprintf(" The next working day was %s.", acts.Long())
			}
			add(Cause{UndecidedRule, d.ID.String() + " since " + d.Since.String()}, sentence, sentence)
		}
	}
	if up := f.Since.AddDays(f.Days); !today.Before(up) {
		sentence := fmt.Sprintf("Unresolved for %s at %s: there since %s, time up on %s.",
			count(f.Days, "day"), f.LevelName, f.Since.Long(), up.Long())
		if acts := LeavesOn(f.Since, f.Days, work); acts != up {
			sentence += fmt.Sprintf(" That was not a working day, so it was due to rise on %s.", acts.Long())
		}
		switch {
		case !f.AcknowledgedOn.IsZero():
			sentence += fmt.Sprintf(" It was acknowledged there on %s, and is still stuck.", f.AcknowledgedOn.Long())
		case !f.AcknowledgeBy.IsZero():
			sentence += fmt.Sprintf(" Nobody acknowledged it there, which was due by %s.", f.AcknowledgeBy.Long())
		}
		add(Cause{TimeUp, fmt.Sprintf("stay %d", f.Stay)}, sentence, sentence)
	}
	for _, young := range f.Young {
		about := ""
		if len(f.Young) > 1 {
			about = "Case " + young.Case + ". "
		}
		if n := rules.Deferrals; n > 0 && len(young.Deferrals) >= n {
			sentence := fmt.Sprintf("Deferred %s: on %s.", times(len(young.Deferrals)), days(young.Deferrals))
			add(Cause{DeferredRule, young.Deferrals[n-1].ID.String()}, about+sentence, sentence)
		}
		if n := rules.Disagreements; n > 0 && len(young.Disagreements) >= n {
			sentence := fmt.Sprintf("The funders did not agree on the same request: on %s.", days(young.Disagreements))
			add(Cause{FundersRule, young.Disagreements[n-1].ID.String()}, about+sentence, sentence)
		}
		if n := rules.BirthdayDays; n > 0 && !young.Birthday18.IsZero() && young.SupportPlanOn.IsZero() && today.DaysUntil(young.Birthday18) <= n {
			when := fmt.Sprintf("The 18th birthday, %s, is within %d days", young.Birthday18.Long(), n)
			if !today.Before(young.Birthday18) {
				when = fmt.Sprintf("The 18th birthday, %s, has come", young.Birthday18.Long())
			}
			add(Cause{BirthdayRule, young.Case + " " + young.Birthday18.String()}, about+when+" and no support plan is on record.",
				fmt.Sprintf("The 18th birthday is within %d days, or past, and no support plan is on record.", n))
		}
	}
	if len(rise.Causes) == 0 {
		return Rise{}, false
	}
	rise.Words, rise.BoardWords = strings.Join(words, " "), strings.Join(boardWords, " ")
	return rise, true
}

func days(events []Event) string {
	var list []string
	for _, e := range events {
		list = append(list, e.On.Long())
	}
	return joinAnd(list)
}

func joinAnd(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	default:
		return fmt.Sprintf("%d times", n)
	}
}

func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
