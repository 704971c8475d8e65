package tracker

import (
	"slices"
	"time"

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
	Unknown   Progress = "unknown" // it was expected by now, and nothing here can say whether it was done
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
	Happens  bool  // by itself, on On
}

// A Limit is by what age, in months, or how many days after what it follows, a step is expected, and
// the law or policy that says so. The rules in force hold it. The zero Limit is no step.
type Limit struct {
	Count int
	Law   string
}

// Limits are what the rules in force expect of every case.
type Limits struct {
	Referral, Worker, Checklist, CHCDecision, PathwayPlan, Capacity, Assessment, SupportPlan, Safeguarding Limit
	Protection                                                                                             bool // the case is one the safeguarding rule concerns
}

// steps gathers a person's milestones.
type steps struct {
	Case
	supplied SuppliedFields
	today    clock.Date
	list     []Milestone
}

// Milestones lists a person's steps to eighteen and beyond in the order of their dates. A person who
// has died or moved away has none. What does not apply to the person is left out.
func Milestones(c Case, supplied SuppliedFields, limits Limits, today clock.Date) []Milestone {
	if HasLeft(c, today) {
		return nil
	}
	s := steps{Case: c, supplied: supplied, today: today}
	s.earlyYears(limits)
	s.toAdultTeam(limits)
	s.health(limits)
	s.protection(limits)
	s.education()
	s.care(limits)
	s.toTwentyFive()
	if !c.PlacementEndsOn.IsZero() {
		s.event("Placement ends", c.PlacementEndsOn, "")
	}
	if !c.CourtDateOn.IsZero() {
		s.event("Court or tribunal", c.CourtDateOn, "")
	}
	slices.SortStableFunc(s.list, func(a, b Milestone) int { return b.On.DaysUntil(a.On) })
	return s.list
}

func (s *steps) at(years, months int) clock.Date {
	return calendar.DateAtAge(s.DateOfBirth, years, months)
}

func (s *steps) atMonths(months int) clock.Date { return s.at(months/12, months%12) }

// task is a step somebody does. field is the tracker's column that says when.
func (s *steps) task(text string, by, done clock.Date, field Field, law string) *Milestone {
	m := Milestone{Text: text, On: by, DoneOn: done, Law: law}
	switch {
	case !done.IsZero() && !done.After(s.today):
		m.Progress = Completed
	case !done.IsZero():
		m.Progress, m.Booked = Due, true
	case !s.supplied[field]:
		m.Progress, m.Unjudged = Unknown, field
	case by.Before(s.today):
		m.Progress = Overdue
	default:
		m.Progress = Due
	}
	s.list = append(s.list, m)
	return &s.list[len(s.list)-1]
}

// untold is a step that no tracker has a column for: once its day is past nobody here knows whether
// it was done.
func (s *steps) untold(text string, by clock.Date, law string) *Milestone {
	m := Milestone{Text: text, On: by, Law: law, Progress: Due}
	if by.Before(s.today) {
		m.Progress = Unknown
	}
	s.list = append(s.list, m)
	return &s.list[len(s.list)-1]
}

// event happens by itself.
func (s *steps) event(text string, on clock.Date, law string) {
	progress := Due
	if !on.After(s.today) {
		progress = Completed
	}
	s.list = append(s.list, Milestone{Text: text, On: on, Progress: progress, Law: law, Happens: true})
}

// unlessRefused: nobody is late with what was offered and refused.
func (s *steps) unlessRefused(m *Milestone) {
	if m.Progress == Overdue && s.ConsentRefused != nil && *s.ConsentRefused {
		m.Progress, m.Refused = Due, true
	}
}

func (s *steps) has(flag *bool) bool { return flag != nil && *flag }

func (s *steps) healthPays() bool {
	return s.HealthWeeklyPence != nil && *s.HealthWeeklyPence > 0 || !s.CHCChecklistOn.IsZero() || s.CHCDecision != ""
}

func (s *steps) earlyYears(limits Limits) {
	if s.has(s.EHCP) {
		s.untold("First preparing-for-adulthood review of the EHCP", clock.NewDate(calendar.EndOfSchoolAge(s.DateOfBirth).Year-2, time.August, 31), "SEND Code of Practice: in Year 9")
	}
	if s.healthPays() {
		s.untold("Children’s health services tell the adult continuing healthcare team", s.at(14, 0), "National Framework for NHS Continuing Healthcare")
	}
	if LookedAfter(s.Case) && limits.PathwayPlan.Count > 0 {
		begun := s.untold("Preparing the pathway plan begins", s.at(15, 9), "Local practice: from 15¾")
		if !s.PathwayPlanOn.IsZero() && !s.PathwayPlanOn.After(s.today) {
			begun.Progress = Completed
		}
	}
	s.event("16th birthday: they make their own decisions unless they cannot make one", s.at(16, 0), "Mental Capacity Act 2005")
}

func (s *steps) toAdultTeam(limits Limits) {
	if limits.Referral.Count > 0 {
		s.unlessRefused(s.task("Referral to the adult team", s.atMonths(limits.Referral.Count), s.ReferredOn, Referred, limits.Referral.Law))
	}
	planned := !s.SupportPlanOn.IsZero() && !s.SupportPlanOn.After(s.today)
	if limits.Worker.Count > 0 && !s.ReferredOn.IsZero() && (!planned || s.AllocatedWorker != "" || !s.AllocatedOn.IsZero()) {
		named := s.task("A named worker", s.ReferredOn.AddDays(limits.Worker.Count), s.AllocatedOn, AllocatedWorker, limits.Worker.Law)
		if s.AllocatedWorker != "" && s.AllocatedOn.IsZero() {
			named.Progress, named.Unjudged = Completed, ""
		}
	}
	if limits.Assessment.Count > 0 {
		s.unlessRefused(s.task("Care Act assessment", s.atMonths(limits.Assessment.Count), s.CareActAssessedOn, CareActAssessed, limits.Assessment.Law))
	}
	if limits.SupportPlan.Count > 0 {
		s.unlessRefused(s.task("Support plan in force", s.atMonths(limits.SupportPlan.Count), s.SupportPlanOn, SupportPlan, limits.SupportPlan.Law))
	}
	s.event("18th birthday", s.at(18, 0), "Care Act 2014, section 66: children’s services continue until the adult decision")
}

func (s *steps) health(limits Limits) {
	if !s.healthPays() {
		return
	}
	if limits.Checklist.Count > 0 {
		s.task("CHC checklist", s.atMonths(limits.Checklist.Count), s.CHCChecklistOn, CHCChecklist, limits.Checklist.Law)
	}
	if limits.CHCDecision.Count > 0 {
		decision := s.task("CHC decision, in principle before 18", s.atMonths(limits.CHCDecision.Count), clock.Date{}, CHCDecision, limits.CHCDecision.Law)
		if s.CHCDecision != "" {
			decision.Progress, decision.Unjudged = Completed, ""
			decision.Text = "CHC decision: " + s.CHCDecision
		}
	}
}

// protection is for those children's services or a court protect, and for those deprived of their liberty.
func (s *steps) protection(limits Limits) {
	referred := !s.AdultSafeguardedOn.IsZero()
	if limits.Safeguarding.Count > 0 && (limits.Protection || referred) {
		s.task("Referral to adult safeguarding", s.atMonths(limits.Safeguarding.Count), s.AdultSafeguardedOn, AdultSafeguarded, limits.Safeguarding.Law)
	}
	if referred {
		s.untold("Safeguarding adults meeting held", s.at(17, 11), "Safeguarding procedure: at the latest a month before 18")
	}
	if s.has(s.LibertyAuthorised) {
		if limits.Capacity.Count > 0 {
			s.task("Mental capacity assessment", s.atMonths(limits.Capacity.Count), s.MentalCapacityOn, MentalCapacity, limits.Capacity.Law)
		}
		s.untold("Application to the Court of Protection, where restrictions continue", s.at(17, 6), "Mental Capacity Act 2005; local policy: from 17 to 17½")
	}
}

func (s *steps) education() {
	leaves := calendar.EndOfSchoolAge(s.DateOfBirth)
	if !s.has(s.EHCP) {
		s.event("School age ends", leaves, "Education Act 1996, section 8")
		return
	}
	s.untold("EHCP amended for the move to post-16", clock.NewDate(leaves.Year, time.March, 31), "SEND Regulations 2014: by 31 March of the transfer year")
	s.event("School age ends: EHCP rights pass to the young person, or to who represents them", leaves, "Children and Families Act 2014")
	if !s.EHCPReviewOn.IsZero() {
		review := Milestone{Text: "EHCP review", On: s.EHCPReviewOn, Progress: Due, Law: "Children and Families Act 2014, section 44"}
		if s.EHCPReviewOn.Before(s.today) {
			review.Progress = Overdue
		}
		s.list = append(s.list, review)
	}
}

func (s *steps) care(limits Limits) {
	if LookedAfter(s.Case) && limits.PathwayPlan.Count > 0 {
		s.task("Pathway plan", s.atMonths(limits.PathwayPlan.Count), s.PathwayPlanOn, PathwayPlan, limits.PathwayPlan.Law)
	}
}

func (s *steps) toTwentyFive() {
	if s.has(s.EHCP) {
		s.event("25th birthday: the EHCP may run until the school year ends", s.at(25, 0), "Children and Families Act 2014, section 46")
	}
	if LookedAfter(s.Case) {
		s.event("25th birthday: a personal adviser until now", s.at(25, 0), "Children and Social Work Act 2017, section 3")
	}
}

// HasLeft reports whether the person has died or moved away by a day: then nothing is due any more.
func HasLeft(c Case, on clock.Date) bool {
	gone := func(d clock.Date) bool { return !d.IsZero() && !d.After(on) }
	return gone(c.DiedOn) || gone(c.MovedAwayOn)
}

// LookedAfter reports whether the legal status is one under which the council looks after the person.
// A care leaver is looked after no more, but keeps a pathway plan.
func LookedAfter(c Case) bool {
	return SaysLookedAfter(c.LegalStatus) || says(c.LegalStatus, careLeaverWords)
}
