package agendas

import (
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
	due, err := dueBy(tx, m.ForumID, m.On())
	result := gathered{wishes: withMinutes(standingWishes(m.terms), due, m.On())}
	if err != nil {
		return result, err
	}
	if m.forum.Board {
		result.wishes = append(result.wishes, boardWishes(due, m)...)
		return result, nil
	}

	if err := holdFindings(tx); err != nil {
		return result, err
	}
	ask, unjudged, err := selectionFor(tx, m)
	if err != nil {
		return result, err
	}
	result.unjudged = unjudged
	listings, err := ask.listings(tx)
	if err != nil {
		return result, err
	}
	cases, err := casesDue(tx, due)
	if err != nil {
		return result, err
	}
	waiting, err := waitingRequests(tx, m.Meeting, due)
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
		if d.CaseID != nil && w.kind != RatifyItem { // what was decided is ratified all the same
			if c, known := cases[*d.CaseID]; known && Gone(c, m.On()) {
				result.gone = append(result.gone, c.Reference())
				continue
			}
		}
		note(w, d.finding(m.On()))
	}
	for _, l := range listings {
		note(wish{kind: CaseItem, caseID: &l.ID}, l.findings...)
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
	case d.Kind == MinutesDue:
		return wish{}, false // the standing item about them has it
	case d.Title != "":
		return wish{kind: RatifyItem, title: d.Title, caseID: d.CaseID, ratifiesID: &d.SourceID}, true
	case d.RequestID != nil:
		request, waits := waiting[*d.RequestID]
		return wish{kind: RequestItem, title: request.Title(), requestID: &request.ID, caseID: request.CaseID, presenterID: &request.SubmittedBy}, waits
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

// withMinutes says under the standing item about the minutes which of them wait to be approved. A forum
// whose agenda has no such item gets one for as long as any do.
func withMinutes(wishes []wish, due []Due, on clock.Date) []wish {
	var reasons []Reason
	for _, d := range due {
		if d.Kind == MinutesDue {
			reasons = append(reasons, d.finding(on).Reason)
		}
	}
	if len(reasons) == 0 {
		return wishes
	}
	for i, w := range wishes {
		if mentionsMinutes(w.title) {
			wishes[i].reasons = reasons
			return wishes
		}
	}
	return append(wishes, wish{kind: StandingItem, title: "Minutes of the last meeting", minutes: 3, reasons: reasons})
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
		case "action", MinutesDue:
			continue
		}
		reasons, urgency, _ := together([]Finding{d.finding(m.On())})
		wishes = append(wishes, wish{kind: kind, title: d.Text, escalationID: escalation, minutes: m.terms.MinutesPerItem, urgency: urgency, reasons: reasons})
	}
	return wishes
}

// unplannedDays is how far ahead a forum looks for what must be discussed before its date while its next
// meeting is not called: as far as anybody knows, there is none before then.
const unplannedDays = 183

// selectionFor asks the enabled rules of a meeting's forum about its cases, and names those that the
// tracker's columns do not let anyone judge.
func selectionFor(tx db.Tx, m forMeeting) (selection, []Unjudged, error) {
	ask := selection{locality: m.forum.Locality, on: m.On(), weeks: m.terms.WeeksPerYearThousandths}
	next, err := nextMeeting(tx, m.Meeting)
	if err != nil {
		return ask, nil, err
	}
	ask.next = m.On().AddDays(unplannedDays)
	if next != nil {
		ask.next = next.On()
	}
	rules, err := rulesKept(tx)
	if err != nil {
		return ask, nil, err
	}
	supplied, err := tracker.Supplied(tx)
	if err != nil {
		return ask, nil, err
	}
	var unjudged []Unjudged
	for _, rule := range rules {
		if !rule.Enabled || !rule.ServesForum(m.forum.Template) {
			continue
		}
		if cannot := rule.unjudged(supplied); cannot != nil {
			unjudged = append(unjudged, *cannot)
			continue
		}
		ask.rules = append(ask.rules, rule)
	}
	return ask, unjudged, nil
}

// casesDue reads the cases that something is due for.
func casesDue(tx db.Tx, due []Due) (map[uuid.UUID]tracker.Case, error) {
	var ids []uuid.UUID
	for _, d := range due {
		if d.CaseID != nil {
			ids = append(ids, *d.CaseID)
		}
	}
	byID := make(map[uuid.UUID]tracker.Case, len(ids))
	if len(ids) == 0 {
		return byID, nil
	}
	var cases []tracker.Case
	err := tx.Raw(`select id, number, died_on, moved_away_on from cases where id in ?`, ids).Scan(&cases).Error
	for _, c := range cases {
		byID[c.ID] = c
	}
	return byID, err
}

// waitingRequests are the funding requests among what is due that wait to be tabled, or already are
// at this meeting; one that was returned, decided or put to another panel meanwhile has no business on the
// agenda, nor one that was sent in again too late for this meeting, unless its clerk accepts it.
func waitingRequests(tx db.Tx, meeting panels.Meeting, due []Due) (map[uuid.UUID]requests.Request, error) {
	ids := []uuid.UUID{uuid.Nil}
	for _, d := range due {
		if d.RequestID != nil {
			ids = append(ids, *d.RequestID)
		}
	}
	var rows []requests.Request
	err := tx.Raw(`
		select * from funding_request
		where id in @ids and forum_id = @forum and (state = 'tabled' and meeting_id = @meeting
			or state = 'submitted' and (late_meeting_id is distinct from @meeting or late_answer = 'accepted'))`,
		map[string]any{"ids": ids, "forum": meeting.ForumID, "meeting": meeting.ID}).Scan(&rows).Error
	waiting := make(map[uuid.UUID]requests.Request, len(rows))
	for _, row := range rows {
		waiting[row.ID] = row
	}
	return waiting, err
}
