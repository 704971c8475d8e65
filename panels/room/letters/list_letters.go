package letters

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Line is a letter in a list.
type Line struct {
	ID         uuid.UUID
	DecisionID uuid.UUID
	ForumName  string
	MeetingAt  time.Time
	ItemNumber string
	CaseNumber int64
	Outcome    room.Outcome
	Audience   Audience
	Recipient  string
	Number     int
	State      State
	DueOn      clock.Date
	SentOn     clock.Date
	SentHow    SentHow
	Held       bool
	Unwell     bool   `gorm:"-"` // it is late
	Standing   string `gorm:"-"` // "2 working days late", "Sent 3 March 2027, by post"
}

// Case is the case's number as people see it; "" for none.
func (l Line) Case() string {
	if l.CaseNumber == 0 {
		return ""
	}
	return tracker.CaseReference(l.CaseNumber)
}

// Filter narrows the list of letters. Zero values leave it as it is.
type Filter struct {
	Forum    string // a slug
	State    State
	Audience Audience
	Late     bool
	Held     bool
	All      bool // those sent and set aside too
	Page     int  // from 1
}

// Listing is a page of letters, the earliest due first, and those sent last.
type Listing struct {
	Forums []panels.Forum // whose letters the reader keeps
	Lines  []Line
	Total  int
	Late   int // of all that wait in those forums
	Waits  int
}

// PerPage is how many letters a page of the list holds.
const PerPage = 50

const lineColumns = `
	l.id, l.decision_id, f.name as forum_name, m.starts_at as meeting_at, i.number as item_number, coalesce(c.number, 0) as case_number, b.outcome,
	l.audience, l.recipient, l.number, l.state, l.due_on, l.sent_on, l.sent_how,
	l.state in ('draft', 'approved') and ` + heldNow + ` as held`

const lineJoins = `
	from letter l
	join decision d on d.id = l.decision_id
	left join binding_decision b on b.decision_id = d.id
	join forum f on f.id = l.forum_id
	join meeting m on m.id = d.meeting_id
	join agenda_item i on i.id = d.item_id
	left join cases c on c.id = standing_case(d.case_id)
	left join lateral (select w.barred from letter_wish w where w.case_id in (select id from same_case(d.case_id)) order by w.id desc limit 1) wish on true`

// heldNow is StillHeld in SQL, which a test holds to it.
const heldNow = `(
	(coalesce(c.protected_address, false) and (l.released_at is null or not jsonb_exists(l.held, 'address_protected')))
	or (coalesce(wish.barred, '') <> '' and (l.released_at is null or not jsonb_exists(l.held, 'contact_barred')))
	or (c.died_on is not null and (l.released_at is null or not jsonb_exists(l.held, 'died'))))`

// ListLetters lists the letters of the forums whose clerk or chair the actor is, without those about items
// they left.
func ListLetters(tx db.Tx, filter Filter) (list Listing, err error) {
	if len(forumsWhere(tx.Actor, access.WriteLetters)) == 1 { // a board’s seats keep no letters
		return list, fault.New(fault.Denied, "Letters are kept by a forum’s clerk and chair.")
	}
	if err := tx.Raw(`select * from forum where id in ? and not board order by name`, forumsWhere(tx.Actor, access.WriteLetters)).Scan(&list.Forums).Error; err != nil {
		return list, err
	}
	forums := []uuid.UUID{uuid.Nil}
	for _, forum := range list.Forums {
		if filter.Forum == "" || forum.Slug == filter.Forum {
			forums = append(forums, forum.ID)
		}
	}
	if filter.Forum != "" && len(forums) == 1 {
		return list, fault.New(fault.NotFound, "There is no such forum, or its letters are not yours to keep.")
	}
	states := []State{Draft, Approved}
	switch {
	case slices.Contains(States, filter.State):
		states = []State{filter.State}
	case filter.All:
		states = States
	}
	named := map[string]any{
		"forums": forums, "states": states, "audience": filter.Audience, "late": filter.Late, "held": filter.Held, "today": tx.Today(), "me": tx.Actor.PersonID,
		"limit": PerPage, "offset": (max(filter.Page, 1) - 1) * PerPage,
	}
	where := `
		where l.forum_id in @forums and not ` + left + ` and l.state in @states and (@audience = '' or l.audience = @audience)
			and (not @late or l.state in ('draft', 'approved') and l.due_on < @today) and (not @held or l.state in ('draft', 'approved') and ` + heldNow + `)`
	if err := tx.Raw(`select count(*) `+lineJoins+where, named).Scan(&list.Total).Error; err != nil {
		return list, err
	}
	err = tx.Raw(`select `+lineColumns+lineJoins+where+` order by l.state in ('sent', 'set_aside'), case when l.state in ('draft', 'approved') then l.due_on end, l.settled_at desc nulls last, l.id limit @limit offset @offset`, named).Scan(&list.Lines).Error
	if err != nil {
		return list, err
	}
	err = tx.Raw(`
		select count(*) as waits, count(*) filter (where l.due_on < @today) as late from letter l join decision d on d.id = l.decision_id
		where l.forum_id in @forums and l.state in ('draft', 'approved') and not `+left, named).Row().Scan(&list.Waits, &list.Late)
	if err != nil {
		return list, err
	}
	return list, stand(tx, list.Lines)
}

// stand says of each letter in words how it stands.
func stand(tx db.Tx, lines []Line) error {
	days, err := panels.WorkingDays(tx)
	for i := range lines {
		l := &lines[i]
		switch l.State {
		case Sent:
			l.Standing = "Sent " + l.SentOn.Long() + ", " + lowerFirst(l.SentHow.Words())
		case SetAside:
			l.Standing = "Not to be sent"
		default:
			l.Standing, l.Unwell = Lateness(l.DueOn, tx.Today(), days)
		}
	}
	return err
}

// LettersOf lists a decision's letters, for its forum's clerk and chair.
func LettersOf(tx db.Tx, decisionID uuid.UUID) (lines []Line, err error) {
	if err := tx.Raw(`select `+lineColumns+lineJoins+` where l.decision_id = @decision order by l.number, l.id limit 200`, map[string]any{"decision": decisionID}).Scan(&lines).Error; err != nil {
		return nil, err
	}
	return lines, stand(tx, lines)
}

// Count is what waits in the letters of one forum.
type Count struct {
	ForumName, ForumSlug string
	Approve, Send, Late  int
	Issue                int // authorisations that are not issued
}

// LettersWaiting counts, for each forum whose clerk the actor is, the letters that wait. A chair is told where
// the chair alone approves.
func LettersWaiting(tx db.Tx) (counts []Count, err error) {
	if !tx.Actor.MayAnywhere(access.WriteLetters) {
		return nil, nil
	}
	var clerk, chair = []uuid.UUID{uuid.Nil}, []uuid.UUID{uuid.Nil}
	for _, seat := range tx.Actor.Seats {
		switch {
		case seat.Board:
		case seat.Office == access.Clerk:
			clerk = append(clerk, seat.ForumID)
		case tx.Actor.May(access.RunMeeting, seat.ForumID):
			terms, err := panels.TermsInForce(tx, seat.ForumID, tx.Today())
			if err != nil && !fault.Is(err, fault.NotFound) {
				return nil, err
			}
			if terms.LetterApproval == panels.ChairApproves {
				chair = append(chair, seat.ForumID)
			}
		}
	}
	err = tx.Raw(`
		select f.name as forum_name, f.slug as forum_slug, w.approve, case when f.id in @clerk then w.send else 0 end as send, w.late, case when f.id in @clerk then a.issue else 0 end as issue
		from forum f
		cross join lateral (
			select count(*) filter (where l.state = 'draft') as approve, count(*) filter (where l.state = 'approved') as send, count(*) filter (where l.due_on < @today) as late
			from letter l join decision d on d.id = l.decision_id where l.forum_id = f.id and l.state in ('draft', 'approved') and not `+left+`) w
		cross join lateral (
			select count(*) as issue from funding_authorisation x join decision d on d.id = x.decision_id where x.forum_id = f.id and x.issued_at is null and not `+left+`) a
		where f.id in @forums and (w.approve + case when f.id in @clerk then w.send + a.issue else 0 end) > 0
		order by f.name`, map[string]any{"clerk": clerk, "forums": append(chair, clerk...), "today": tx.Today(), "me": tx.Actor.PersonID}).Scan(&counts).Error
	return counts, err
}
