package room

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/notify"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// The kinds of notice about positions that somebody wrote down for somebody else. They name a forum and
// an item's number, and never what was said.
const (
	NoticePositionsWritten notify.Kind = "positions_written" // to the person, once the meeting is over: those of a meeting that votes aloud
	NoticeVotedFor         notify.Kind = "voted_for"         // to a member whose line is down, at once
	NoticePositionDisputed notify.Kind = "position_disputed" // to the chair and the clerk
)

func registerPositions(post *notify.Store) {
	post.Register(NoticePositionsWritten, notify.Nature{Group: notify.Votes, Words: "Your positions were written down for you", Fixed: "What was written down stands unless you dispute it by a set day."}, writePositionsWritten)
	post.Register(NoticeVotedFor, notify.Nature{Group: notify.Votes, Words: "Your vote was recorded for you", Urgent: true, Fixed: "You can change it while the vote is open, and dispute it by a set day."}, writeVotedFor)
	post.Register(NoticePositionDisputed, notify.Nature{Group: notify.Votes, Words: "A position recorded at a meeting you run is disputed", Fixed: "The record is yours to put right."}, writePositionDisputed)
}

// afterMeeting is how long after the planned end of a meeting its members are asked for what they have
// not answered in the room.
const afterMeeting = 10 * time.Minute

// tellOfPositions tells each person for whom a position was written down in a vote, after the meeting
// and in one message, what they have not answered by then.
func (s *sitting) tellOfPositions(vote Vote) error {
	wait := max(0, s.meeting.EndsAt.Sub(s.Now)) + afterMeeting
	var notices []notify.Notice
	for _, ballot := range vote.Ballots {
		if !ballot.AnswerBy.IsZero() && ballot.AnsweredAt == nil {
			notices = append(notices, notify.Notice{Kind: NoticePositionsWritten, IDs: notify.IDs{"meeting": s.meeting.ID}, To: ballot.PersonID, Wait: wait})
		}
	}
	return notify.Send(s.Tx, notices...)
}

// tellOfPosition tells a member at once that their vote was recorded for them.
func (s *sitting) tellOfPosition(ballotID, personID uuid.UUID) error {
	return notify.Send(s.Tx, notify.Notice{Kind: NoticeVotedFor, IDs: notify.IDs{"ballot": ballotID}, To: personID})
}

// tellOfDispute tells the chair and the clerk, but for those who have left for the item.
func (s *sitting) tellOfDispute(ballotID, itemID uuid.UUID) error {
	var people []uuid.UUID
	err := s.Raw(`
		select distinct h.person_id
		from seat t join seat_holding h on h.seat_id = t.id and h.deputy_order = 0 and h.from_date <= @today and (h.to_date is null or h.to_date >= @today)
		join person p on p.id = h.person_id and p.ended_on is null
		where t.forum_id = @forum and t.office in ('chair', 'clerk') and p.id <> @me
			and not exists (select from left_item n where n.item_id = @item and n.person_id = h.person_id)
		order by h.person_id`, map[string]any{"forum": s.forum.ID, "item": itemID, "today": s.Today(), "me": s.Actor.PersonID}).Scan(&people).Error
	if err != nil {
		return err
	}
	notices := make([]notify.Notice, len(people))
	for i, person := range people {
		notices[i] = notify.Notice{Kind: NoticePositionDisputed, IDs: notify.IDs{"ballot": ballotID}, To: person}
	}
	return notify.Send(s.Tx, notices...)
}

// positionsLink leads to what was written down for the reader.
var positionsLink = notify.Link{Text: "Confirm or dispute it", Path: "/positions"}

// writePositionsWritten says nothing once everything of the meeting is answered, or may be no longer.
func writePositionsWritten(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	var f struct {
		Forum    string
		StartsAt time.Time
		Waiting  int
		By       clock.Date
	}
	err := tx.Raw(`
		select f.name as forum, m.starts_at, count(w.ballot_id) as waiting, min(w.answer_by) as by
		from meeting m join forum f on f.id = m.forum_id
		left join written_position w on w.meeting_id = m.id and w.person_id = @to and w.answered_at is null and w.answer_by >= @today
			and not exists (select from left_item l where l.item_id = w.item_id and l.person_id = @to)
		where m.id = @meeting group by f.name, m.starts_at`,
		map[string]any{"meeting": n.IDs["meeting"], "to": n.To, "today": tx.Today()}).Take(&f).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return notify.Mail{}, false, nil
	}
	what := "Your position was written down on 1 item"
	if f.Waiting > 1 {
		what = fmt.Sprintf("Your positions were written down on %d items", f.Waiting)
	}
	return notify.Mail{
		Subject: fmt.Sprintf("Is this what you said? %s, %s.", f.Forum, clock.DateOf(f.StartsAt).LongWithWeekday()),
		Lines: []string{
			fmt.Sprintf("%s of the meeting of %s on %s.", what, f.Forum, clock.Moment(f.StartsAt)),
			fmt.Sprintf("Confirm what is right, or dispute what is not, by %s. A dispute is shown in the record. It does not reopen what was decided.", f.By.LongWithWeekday()),
		},
		Link: positionsLink,
		Why:  fmt.Sprintf("You gave a position at this meeting of %s.", f.Forum),
	}, f.Waiting > 0, err
}

// writtenFacts are all a message may know of one position.
type writtenFacts struct {
	MeetingID  uuid.UUID
	Forum      string
	Number     string
	StartsAt   time.Time
	DecisionID *uuid.UUID
	VoteOpen   bool
	Answered   bool
	Disputed   bool
	Left       bool // the reader has left for the item
	AnswerBy   clock.Date
}

func (f writtenFacts) item() string { return itemFacts{Number: f.Number}.item() }

func writtenFactsOf(tx db.Tx, n notify.Notice) (f writtenFacts, found bool, err error) {
	err = tx.Raw(`
		select m.id as meeting_id, f.name as forum, i.number, m.starts_at, d.id as decision_id, w.closed_at is null as vote_open,
			w.answered_at is not null as answered, coalesce(w.disputed, false) as disputed, w.answer_by,
			exists (select from left_item l where l.item_id = w.item_id and l.person_id = @to) as left
		from written_position w
		join agenda_item i on i.id = w.item_id join meeting m on m.id = w.meeting_id join forum f on f.id = m.forum_id
		left join decision d on d.item_id = w.item_id
		where w.ballot_id = @ballot`, map[string]any{"ballot": n.IDs["ballot"], "to": n.To}).Take(&f).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return f, false, nil
	}
	return f, err == nil, err
}

// writeVotedFor says nothing once it is answered, or the member has voted on their own screen after all.
func writeVotedFor(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	f, found, err := writtenFactsOf(tx, n)
	if !found {
		return notify.Mail{}, false, err
	}
	mail := notify.Mail{
		Subject: fmt.Sprintf("Your vote was recorded for you: %s, %s.", f.Forum, f.item()),
		Lines: []string{
			fmt.Sprintf("The clerk of %s recorded the vote that you spoke on %s, at the meeting of %s.", f.Forum, f.item(), clock.Moment(f.StartsAt)),
			fmt.Sprintf("Confirm that it is what you said, or dispute it, by %s.", f.AnswerBy.LongWithWeekday()),
		},
		Link: positionsLink,
		Why:  fmt.Sprintf("You speak for your agency at %s.", f.Forum),
	}
	if f.VoteOpen {
		mail.Lines = append(mail.Lines, "While the vote is open you can also change it yourself, in the meeting room.")
	}
	return mail, !f.Answered && !f.Left, nil
}

// writePositionDisputed says nothing once the dispute is taken back.
func writePositionDisputed(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	f, found, err := writtenFactsOf(tx, n)
	if !found {
		return notify.Mail{}, false, err
	}
	mail := notify.Mail{
		Subject: fmt.Sprintf("A recorded position is disputed: %s, %s.", f.Forum, f.item()),
		Lines: []string{
			fmt.Sprintf("A member says that what was written down for them on %s, at the meeting of %s on %s, is not what they said.", f.item(), f.Forum, clock.DateOf(f.StartsAt).LongWithWeekday()),
			"Nothing is reopened by that. The dispute stands beside the position in the record. If the record is wrong, put a correction beside it.",
		},
		Link: notify.Link{Text: "Read what they say", Path: "/meetings/" + f.MeetingID.String() + "/minutes"},
		Why:  fmt.Sprintf("You chair %s or are its clerk.", f.Forum),
	}
	switch {
	case f.DecisionID != nil:
		mail.Link.Path = "/decisions/" + f.DecisionID.String()
	case f.VoteOpen:
		mail.Link.Path = "/meetings/" + f.MeetingID.String() + "/room"
		mail.Lines[1] = "The vote is still open: record what they say now."
	}
	return mail, f.Disputed && !f.Left, nil
}
