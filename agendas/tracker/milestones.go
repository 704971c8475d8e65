package tracker

import (
	"slices"
	"strings"

	"quorate/panels/calendar"
	"quorate/server/base/clock"
)

// Progress is how a milestone stands.
type Progress string

// The ways a milestone may stand.
const (
	Completed Progress = "completed"
	Due       Progress = "due"
	Overdue   Progress = "overdue"
)

// A Milestone is a step on a person's way to adulthood: what, by when, and by which law or policy.
type Milestone struct {
	Text     string
	On       clock.Date // by when; when it happens, for what happens by itself
	DoneOn   clock.Date // when it was done; zero when not, or when the tracker does not say
	Progress Progress
	Law      string
	Unjudged Field // set when the trackers have no column for it: nobody can say whether it was done
	Refused  bool  // the person has refused consent: it is not overdue
	Booked   bool  // DoneOn is a day to come
}

// Milestones lists a person's steps to eighteen and beyond in the order of their dates. A person who
// has died or moved away has none. What does not apply to the person is left out.
func Milestones(c Case, supplied SuppliedFields, today clock.Date) []Milestone {
	if HasLeft(c, today) {
		return nil
	}
	at := func(years, months int) clock.Date { return calendar.DateAtAge(c.DateOfBirth, years, months) }
	health := c.HealthWeeklyPence != nil && *c.HealthWeeklyPence > 0
	refused := c.ConsentRefused != nil && *c.ConsentRefused

	var steps []Milestone
	task := func(text string, by, done clock.Date, field Field, law string) *Milestone {
		m := Milestone{Text: text, On: by, DoneOn: done, Law: law}
		switch {
		case !done.IsZero() && !done.After(today):
			m.Progress = Completed
		case !done.IsZero():
			m.Progress, m.Booked = Due, true
		case !supplied[field]:
			m.Progress, m.Unjudged = Due, field
		case by.Before(today):
			m.Progress = Overdue
		default:
			m.Progress = Due
		}
		steps = append(steps, m)
		return &steps[len(steps)-1]
	}
	event := func(text string, on clock.Date, law string) {
		progress := Due
		if !on.After(today) {
			progress = Completed
		}
		steps = append(steps, Milestone{Text: text, On: on, Progress: progress, Law: law})
	}
	unlessRefused := func(m *Milestone) {
		if refused && m.Progress == Overdue {
			m.Progress, m.Refused = Due, true
		}
	}

	unlessRefused(task("Referral to the adult team", at(16, 6), c.ReferredOn, Referred, "Local protocol: referral from 16"))
	if planned := !c.SupportPlanOn.IsZero() && !c.SupportPlanOn.After(today); !c.ReferredOn.IsZero() && (!planned || c.AllocatedWorker != "" || !c.AllocatedOn.IsZero()) {
		named := task("A named worker", c.ReferredOn.AddDays(28), c.AllocatedOn, AllocatedWorker, "Local protocol: within 28 days of the referral")
		if c.AllocatedWorker != "" && c.AllocatedOn.IsZero() {
			named.Progress, named.Unjudged = Completed, ""
		}
	}
	if health || !c.CHCChecklistOn.IsZero() {
		task("CHC checklist", at(16, 6), c.CHCChecklistOn, CHCChecklist, "National Framework for NHS Continuing Healthcare: screening from 16")
	}
	if LookedAfter(c) {
		task("Pathway plan", at(16, 3), c.PathwayPlanOn, PathwayPlan, "Care Planning, Placement and Case Review (England) Regulations 2010, regulation 42")
	}
	if c.EHCP != nil && *c.EHCP {
		event("EHCP rights pass to the young person", calendar.EndOfSchoolAge(c.DateOfBirth), "Children and Families Act 2014")
		if !c.EHCPReviewOn.IsZero() {
			review := Milestone{Text: "EHCP review", On: c.EHCPReviewOn, Progress: Due, Law: "Children and Families Act 2014, section 44"}
			if c.EHCPReviewOn.Before(today) {
				review.Progress = Overdue
			}
			steps = append(steps, review)
		}
	}
	if c.LibertyAuthorised != nil && *c.LibertyAuthorised {
		task("Mental capacity assessment", at(17, 0), c.MentalCapacityOn, MentalCapacity, "Mental Capacity Act 2005")
	}
	if health || c.CHCDecision != "" {
		decision := task("CHC decision", at(17, 6), clock.Date{}, CHCDecision, "National Framework: eligibility in principle from 17")
		if c.CHCDecision != "" {
			decision.Progress, decision.Unjudged = Completed, ""
			decision.Text += ": " + c.CHCDecision
		}
	}
	unlessRefused(task("Care Act assessment", at(17, 6), c.CareActAssessedOn, CareActAssessed, "Care Act 2014, section 58; complete by 17½ is local policy"))
	unlessRefused(task("Support plan in force", at(18, 0), c.SupportPlanOn, SupportPlan, "Local policy: by the 18th birthday; Care Act 2014, section 66"))
	event("18th birthday", at(18, 0), "Care Act 2014: children’s services continue until the adult decision")
	if !c.PlacementEndsOn.IsZero() {
		event("Placement ends", c.PlacementEndsOn, "")
	}
	if !c.CourtDateOn.IsZero() {
		event("Court or tribunal", c.CourtDateOn, "")
	}
	slices.SortStableFunc(steps, func(a, b Milestone) int { return b.On.DaysUntil(a.On) })
	return steps
}

// HasLeft reports whether the person has died or moved away by a day: then nothing is due any more.
func HasLeft(c Case, on clock.Date) bool {
	gone := func(d clock.Date) bool { return !d.IsZero() && !d.After(on) }
	return gone(c.DiedOn) || gone(c.MovedAwayOn)
}

// LookedAfter reports whether the legal status is one under which the council looks after the person.
// A care leaver is looked after no more, but keeps a pathway plan.
func LookedAfter(c Case) bool {
	status := " " + heading(c.LegalStatus) + " "
	for _, phrase := range []string{" section 20 ", " s20 ", " s 20 ", " section 31 ", " s31 ", " s 31 ", " section 38 ", " s38 ", " looked after ", " lac ", " cla ", " care order ", " accommodated ", " care leaver "} {
		if strings.Contains(status, phrase) {
			return true
		}
	}
	return false
}
