package agendas

import (
	"cmp"
	"slices"

	"github.com/google/uuid"

	"quorate/agendas/requests"
	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// forMeeting is what an agenda is built by.
type forMeeting struct {
	panels.Meeting
	forum panels.Forum
	terms panels.Terms
}

func readForMeeting(tx db.Tx, meeting panels.Meeting) (forMeeting, error) {
	m := forMeeting{Meeting: meeting}
	var err error
	if m.forum, err = panels.ForumByID(tx, meeting.ForumID); err != nil {
		return m, err
	}
	m.terms, err = panels.TermsInForce(tx, meeting.ForumID, meeting.On())
	return m, err
}

// gathered is all that wants to be on an agenda.
type gathered struct {
	wishes   []wish
	unjudged []Unjudged
	gone     []string // case numbers with something due whose person has died or moved away
}

// gather asks the forum's terms, what is due to it and its rules. It makes the same handful of
// queries however many cases there are. A board's agenda is made of escalations alone: no query
// here reads a case for it.
func gather(tx db.Tx, m forMeeting) (gathered, error) {
	result := gathered{wishes: standingWishes(m.terms)}
	due, err := dueBy(tx, m.ForumID, m.On())
	if err != nil {
		return result, err
	}
	if m.forum.Board {
		result.wishes = append(result.wishes, boardWishes(due, m)...)
		return result, nil
	}

	judges, ages, err := judgesFor(tx, m.forum)
	if err != nil {
		return result, err
	}
	result.unjudged = judges.Unjudged
	cases, err := casesFor(tx, m, ages, due)
	if err != nil {
		return result, err
	}
	waiting, err := waitingRequests(tx, m.ID, due)
	if err != nil {
		return result, err
	}

	found := make(map[subject]*candidate)
	var order []subject
	note := func(w wish, findings ...Finding) {
		key := w.subject()
		if found[key] == nil {
			found[key] = &candidate{wish: w}
			order = append(order, key)
		}
		c := found[key]
		c.findings = append(c.findings, findings...)
		if c.escalationID == nil {
			c.escalationID = w.escalationID
		}
	}
	for _, d := range due {
		w, listed := dueWish(d, waiting)
		if !listed {
			continue
		}
		if d.CaseID != nil {
			if c, known := cases[*d.CaseID]; known && Gone(c, m.On()) {
				result.gone = append(result.gone, c.Reference())
				continue
			}
		}
		note(w, d.finding(m.On()))
	}
	for _, c := range inOrder(cases) {
		if !inForum(c, m.forum) {
			continue
		}
		findings, err := judges.Judge(c, m.On(), m.terms.WeeksPerYearThousandths)
		if err != nil {
			return result, err
		}
		if len(findings) > 0 {
			note(wish{kind: CaseItem, caseID: &c.ID}, findings...)
		}
	}
	for _, key := range order {
		c := found[key]
		var minutes int
		c.reasons, c.urgency, minutes = together(c.findings)
		c.minutes = max(minutes, m.terms.MinutesPerItem)
		result.wishes = append(result.wishes, c.wish)
	}
	slices.Sort(result.gone)
	result.gone = slices.Compact(result.gone)
	return result, nil
}

// candidate is a wish still gathering its reasons.
type candidate struct {
	wish
	findings []Finding
}

// dueWish is the line that something due asks for. An action that concerns no one young person is
// heard under the action tracker, so it asks for none.
func dueWish(d Due, waiting map[uuid.UUID]requests.Request) (wish, bool) {
	switch {
	case d.RequestID != nil:
		request, waits := waiting[*d.RequestID]
		return wish{kind: RequestItem, requestID: &request.ID, caseID: &request.CaseID, presenterID: &request.SubmittedBy}, waits
	case d.Kind == "escalation":
		return wish{kind: EscalationItem, title: d.Text, escalationID: &d.SourceID}, true
	case d.Kind == "answer" && d.CaseID == nil:
		return wish{kind: AnswerItem, title: d.Text, escalationID: &d.SourceID}, true
	case d.Kind == "answer":
		return wish{kind: CaseItem, caseID: d.CaseID, escalationID: &d.SourceID}, true
	case d.CaseID != nil:
		return wish{kind: CaseItem, caseID: d.CaseID}, true
	case d.Kind == "action":
		return wish{}, false
	default:
		return wish{kind: StandingItem, title: d.Text}, true
	}
}

// boardWishes are a board's lines: what is asked of it, in the words written for it.
func boardWishes(due []Due, m forMeeting) []wish {
	var wishes []wish
	for _, d := range due {
		kind := StandingItem
		var escalation *uuid.UUID
		switch d.Kind {
		case "escalation":
			kind, escalation = EscalationItem, &d.SourceID
		case "answer":
			kind, escalation = AnswerItem, &d.SourceID
		case "action":
			continue
		}
		reasons, urgency, _ := together([]Finding{d.finding(m.On())})
		wishes = append(wishes, wish{kind: kind, title: d.Text, escalationID: escalation, minutes: m.terms.MinutesPerItem, urgency: urgency, reasons: reasons})
	}
	return wishes
}

// ageRange is the youngest and the oldest any of a forum's rules look at; empty when it has none.
type ageRange struct {
	from, to int
	any      bool
}

func judgesFor(tx db.Tx, forum panels.Forum) (Judges, ageRange, error) {
	rules, err := RulesInForce(tx)
	if err != nil {
		return Judges{}, ageRange{}, err
	}
	rules = slices.DeleteFunc(rules, func(r Rule) bool { return !r.ServesForum(forum.Template) })
	supplied, err := tracker.Supplied(tx)
	if err != nil {
		return Judges{}, ageRange{}, err
	}
	judges, err := CompileRules(rules, supplied.Has)
	var ages ageRange
	for _, j := range judges.judges {
		if !ages.any {
			ages = ageRange{j.FromAge, j.ToAge, true}
		}
		ages.from, ages.to = min(ages.from, j.FromAge), max(ages.to, j.ToAge)
	}
	return judges, ages, err
}

// casesFor reads, once, the cases of the forum that its rules may list and those with something due.
func casesFor(tx db.Tx, m forMeeting, ages ageRange, due []Due) (map[uuid.UUID]tracker.Case, error) {
	ids := []uuid.UUID{}
	for _, d := range due {
		if d.CaseID != nil {
			ids = append(ids, *d.CaseID)
		}
	}
	on := m.On()
	var cases []tracker.Case
	// A day more at either end: the rules themselves say exactly who has which age.
	err := tx.Raw(`
		select * from cases
		where merged_into is null and ((@rules and date_of_birth between @oldest and @youngest and (@locality = '' or lower(locality) = lower(@locality)))
			or id in @due)`,
		map[string]any{
			"rules": ages.any, "locality": m.forum.Locality, "due": append(ids, uuid.Nil),
			"oldest":   clock.NewDate(on.Year-ages.to-1, on.Month, on.Day-1),
			"youngest": clock.NewDate(on.Year-ages.from, on.Month, on.Day+1),
		}).Scan(&cases).Error
	byID := make(map[uuid.UUID]tracker.Case, len(cases))
	for _, c := range cases {
		byID[c.ID] = c
	}
	return byID, err
}

func inOrder(cases map[uuid.UUID]tracker.Case) []tracker.Case {
	list := make([]tracker.Case, 0, len(cases))
	for _, c := range cases {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b tracker.Case) int { return cmp.Compare(a.Number, b.Number) })
	return list
}

// waitingRequests are the funding requests among what is due that wait to be tabled, or already are
// at this meeting; one that was returned or decided meanwhile has no business on the agenda.
func waitingRequests(tx db.Tx, meetingID uuid.UUID, due []Due) (map[uuid.UUID]requests.Request, error) {
	ids := []uuid.UUID{uuid.Nil}
	for _, d := range due {
		if d.RequestID != nil {
			ids = append(ids, *d.RequestID)
		}
	}
	var rows []requests.Request
	err := tx.Raw(`select * from funding_request where id in ? and (state = 'submitted' or state = 'tabled' and meeting_id = ?)`, ids, meetingID).Scan(&rows).Error
	waiting := make(map[uuid.UUID]requests.Request, len(rows))
	for _, row := range rows {
		waiting[row.ID] = row
	}
	return waiting, err
}
