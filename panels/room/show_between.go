package room

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// BetweenPage is what is decided between meetings, as one reader may see it: the room's own view of its
// one item, and what the room of a meeting has no word for.
type BetweenPage struct {
	View     View
	Kind     panels.MeetingKind
	Urgent   Urgent
	ClosesAt time.Time     // a vote by correspondence
	Line     ItemLine      // the item, also once all is over
	Decision *DecisionView // once confirmed
	Ending   *Ending       // it ended without a decision
	Answers  []AnswerLine  // chair and clerk: who is asked, who has opened it, who has answered; never how
	MayRead  bool          // the reader gives no position and may say that they have read it
	HasRead  bool          // they have said so
	MayClose bool          // the chair, now: every answer that is needed is in
	MayStop  bool          // the chair
	Next     *panels.MeetingRow
	Seal     *Seal // chair and clerk, once it is over: how far its log goes
}

// AnswerLine is somebody of whom an answer is asked.
type AnswerLine struct {
	Name     string
	For      string // the agency whose position they give; "" for whoever only says that they have read it
	OpenedAt *time.Time
	Answered bool
	Left     bool // for the item
	Reminded int  // times
}

// Between is what is decided between meetings, for whoever has a part in it.
func (s *Store) Between(ctx context.Context, actor access.Actor, meetingID uuid.UUID) (page BetweenPage, err error) {
	err = s.DB.Read(ctx, actor, func(tx db.Tx) error {
		p, err := project(tx, meetingID)
		if err != nil {
			return err
		}
		if !p.Meeting.Between() || len(p.Items) == 0 {
			return fault.New(fault.NotFound, "Nothing is decided between meetings here.")
		}
		page, err = p.between(tx)
		return err
	})
	return page, err
}

func (p projector) between(tx db.Tx) (page BetweenPage, err error) {
	item := p.Items[0]
	page = BetweenPage{View: Project(p.State, p.viewer), Kind: p.Meeting.Kind, ClosesAt: p.Meeting.EndsAt, Line: p.line(item)}
	if p.viewer.omits(item) {
		return page, fault.New(fault.NotFound, "There is no such meeting.")
	}
	if page.Urgent, err = urgentOf(tx, p.Meeting.ID); err != nil {
		return page, err
	}
	if p.Meeting.Status == panels.Closed && (p.viewer.Chair || p.viewer.Clerk) {
		if page.Seal, err = sealOf(tx, p.Meeting); err != nil {
			return page, err
		}
	}
	var endings []Ending
	if err := tx.Where("meeting_id = ?", p.Meeting.ID).Find(&endings).Error; err != nil {
		return page, err
	}
	if len(endings) > 0 {
		page.Ending = &endings[0]
	}
	if page.Line.Hidden != "" {
		page.Urgent.Why = ""
		if page.Ending != nil {
			page.Ending.Reason = ""
		}
		return page, nil
	}
	if decision, found := p.State.decision(item.ID); found {
		shown := p.decision(decision)
		page.Decision = &shown
	}
	next, err := panels.NextMeetings(tx, p.Forum.ID, 1)
	if err != nil {
		return page, err
	}
	if len(next) > 0 {
		page.Next = &next[0]
	}
	running := p.Meeting.Status == panels.InSession
	page.MayStop = p.viewer.Chair && running && page.Decision == nil && page.View.Awaiting == nil
	if p.Meeting.Kind != panels.Correspondence {
		return page, nil
	}
	return page, p.answers(tx, item, &page)
}

// answers adds who is asked, and what the reader may do about their own answer.
func (p projector) answers(tx db.Tx, item Item, page *BetweenPage) error {
	runs := p.runs(item.ID)
	if len(runs) == 0 {
		return nil
	}
	vote := runs[len(runs)-1]
	var rows []struct {
		VotesFor uuid.UUID
		PersonID uuid.UUID
		Gives    bool
		Name     string
		OpenedAt *time.Time
		Waits    bool
		Left     bool
		Reminded int
	}
	err := tx.Raw(`
		select a.*, p.name, o.opened_at, `+notAnswered+` as waits,
			exists (select from left_item n where n.item_id = v.item_id and n.person_id = a.person_id) as left,
			(select count(*) from correspondence_reminder r where r.vote_id = a.vote_id and r.person_id = a.person_id) as reminded
		from correspondence_asked a join vote v on v.id = a.vote_id join person p on p.id = a.person_id
		left join correspondence_opened o on o.meeting_id = v.meeting_id and o.person_id = a.person_id
		where a.vote_id = ? order by a.gives desc, a.asked_at, p.name`, vote.ID).Scan(&rows).Error
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.PersonID == p.viewer.PersonID && !row.Gives {
			page.MayRead, page.HasRead = vote.IsOpen() && row.Waits, !row.Waits && !row.Left
		}
		if !p.viewer.Chair && !p.viewer.Clerk {
			continue
		}
		line := AnswerLine{Name: row.Name, OpenedAt: row.OpenedAt, Answered: !row.Waits && !row.Left, Left: row.Left, Reminded: row.Reminded}
		if row.Gives {
			if line.For = p.agency(row.VotesFor).Name; line.For == "" {
				line.For = row.Name
			}
		}
		page.Answers = append(page.Answers, line)
	}
	needed := func(row AnswerLine) bool {
		return !row.Answered && !row.Left && (row.For != "" || !page.View.Quorum.Quorate)
	}
	page.MayClose = p.viewer.Chair && vote.IsOpen() && !slices.ContainsFunc(page.Answers, needed)
	return nil
}

// WaitingCorrespondence is something decided between meetings that waits for the reader.
type WaitingCorrespondence struct {
	MeetingID uuid.UUID
	ForumName string
	ClosesAt  time.Time
	Gives     bool // their agency's position; else that they have read it
	Confirms  bool // as chair: voting has closed, or they took a chair's action, and nothing is confirmed yet
	Kind      panels.MeetingKind
}

// CorrespondenceWaiting lists what is decided between meetings and waits for the actor: an answer, the
// soonest to close first, or as chair the confirmation.
func CorrespondenceWaiting(tx db.Tx) (waiting []WaitingCorrespondence, err error) {
	chairs := []uuid.UUID{uuid.Nil}
	for _, seat := range tx.Actor.Seats {
		if seat.Office == access.Chair {
			chairs = append(chairs, seat.ForumID)
		}
	}
	err = tx.Raw(`
		select m.id as meeting_id, f.name as forum_name, m.ends_at as closes_at, m.kind, bool_or(a.gives) as gives, false as confirms
		from correspondence_asked a join vote v on v.id = a.vote_id join meeting m on m.id = v.meeting_id join forum f on f.id = m.forum_id
		where a.person_id = @me and v.closed_at is null and m.status = 'in_session' and m.ends_at > @now and `+notAnswered+`
		group by m.id, f.name
		union all
		select m.id, f.name, m.ends_at, m.kind, false, true
		from urgent_business u join meeting m on m.id = u.meeting_id join forum f on f.id = m.forum_id join agenda_item i on i.meeting_id = m.id
		where m.forum_id in @chairs and m.status = 'in_session'
			and not exists (select from vote v where v.meeting_id = m.id and v.closed_at is null)
			and not exists (select from decision_waiting w where w.meeting_id = m.id and w.settled_at is null)
			and not exists (select from left_item n where n.item_id = i.id and n.person_id = @me)
		order by closes_at limit 20`, map[string]any{"me": tx.Actor.PersonID, "now": tx.Now, "chairs": chairs}).Scan(&waiting).Error
	return waiting, err
}

// BetweenMeetings lists what a forum is deciding between meetings now, for those with a seat there.
func BetweenMeetings(tx db.Tx, forumID uuid.UUID) (rows []panels.MeetingRow, err error) {
	if len(tx.Actor.SeatsOn(forumID)) == 0 {
		return nil, nil
	}
	err = tx.Raw(`
		select m.*, f.name as forum_name, f.slug as forum_slug, f.board
		from urgent_business u join meeting m on m.id = u.meeting_id join forum f on f.id = m.forum_id
		where m.forum_id = ? and m.status = 'in_session' order by m.ends_at, m.id limit 20`, forumID).Scan(&rows).Error
	return rows, err
}
