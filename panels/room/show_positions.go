package room

import (
	"time"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// WrittenPosition is a position that somebody wrote down for the reader.
type WrittenPosition struct {
	BallotID   uuid.UUID
	MeetingID  uuid.UUID
	ItemID     uuid.UUID
	Forum      string
	StartsAt   time.Time // of the meeting
	Number     string    // of the item
	Reference  string    // of its case; "" without one, and on a board
	Proposal   string    // what it was a position on
	For        string    // the agency, or the reader's own name
	Position   Position
	Condition  string
	Reason     string
	By         string // who wrote it down
	WrittenAt  time.Time
	AnswerBy   clock.Date
	AnsweredAt *time.Time
	Disputed   bool
	Said       string // disputed: what the reader says that they said
	Open       bool   // it may still be answered, or answered anew
}

// Waits reports whether the reader has still to answer.
func (w WrittenPosition) Waits() bool { return w.AnsweredAt == nil }

// Words is the position as people say it.
func (w WrittenPosition) Words() string { return w.Position.given(w.Condition).Words() }

// answeredLately is how many days what somebody answered stays on their page.
const answeredLately = 30

// ShowPositions lists what was written down for the actor: what they may still confirm or dispute, and what
// they answered lately; latest first. Whoever has left for an item is shown nothing of it.
func ShowPositions(tx db.Tx) (positions []WrittenPosition, err error) {
	var rows []struct {
		WrittenPosition
		Board      bool
		CaseNumber int64
		Outcome    Outcome
		StartOn    clock.Date
		EndOn      clock.Date
		Weekly     int64
		OneOff     int64
	}
	err = tx.Raw(`
		select w.ballot_id, w.meeting_id, w.item_id, f.name as forum, f.board, m.starts_at, i.number, coalesce(c.number, 0) as case_number,
			v.outcome, v.start_on, v.end_on, x.weekly, x.one_off, coalesce(a.name, p.name, '') as for, b.position, b.condition, b.reason,
			r.name as by, w.cast_at as written_at, w.answer_by, w.answered_at, coalesce(w.disputed, false) as disputed, w.text as said, w.answer_by >= @today as open
		from written_position w
		join ballot b on b.id = w.ballot_id join vote v on v.id = w.vote_id
		join agenda_item i on i.id = w.item_id join meeting m on m.id = w.meeting_id join forum f on f.id = m.forum_id
		join person r on r.id = w.recorded_by
		left join cases c on c.id = i.case_id
		left join agency a on a.id = b.votes_for left join person p on p.id = b.votes_for
		cross join lateral (select coalesce(sum(weekly_pence), 0)::bigint as weekly, coalesce(sum(one_off_pence), 0)::bigint as one_off from vote_share where vote_id = v.id) x
		where w.person_id = @me and (w.answer_by >= @today or w.answered_at >= @since) and m.status <> 'cancelled'
			and not exists (select from left_item l where l.item_id = w.item_id and l.person_id = @me)
		order by w.answered_at is not null, w.cast_at desc, w.ballot_id limit 100`,
		map[string]any{"me": tx.Actor.PersonID, "today": tx.Today(), "since": tx.Now.AddDate(0, 0, -answeredLately)}).Scan(&rows).Error
	for _, row := range rows {
		if row.CaseNumber != 0 && !row.Board {
			row.Reference = tracker.CaseReference(row.CaseNumber)
		}
		row.Proposal = proposalWords(row.Outcome, row.Weekly, row.OneOff, row.StartOn, row.EndOn)
		positions = append(positions, row.WrittenPosition)
	}
	return positions, err
}

// WaitingPositions is how many positions of one meeting wait for the reader to confirm or dispute them.
type WaitingPositions struct {
	ForumName string
	StartsAt  time.Time
	Waiting   int
	AnswerBy  clock.Date // the first of them
}

// PositionsWaiting counts, for each meeting, what was written down for the actor and not answered yet.
func PositionsWaiting(tx db.Tx) (waiting []WaitingPositions, err error) {
	err = tx.Raw(`
		select f.name as forum_name, m.starts_at, count(*) as waiting, min(w.answer_by) as answer_by
		from written_position w join meeting m on m.id = w.meeting_id join forum f on f.id = m.forum_id
		where w.person_id = @me and w.answered_at is null and w.answer_by >= @today and m.status <> 'cancelled'
			and not exists (select from left_item l where l.item_id = w.item_id and l.person_id = @me)
		group by m.id, f.name, m.starts_at order by m.starts_at limit 20`,
		map[string]any{"me": tx.Actor.PersonID, "today": tx.Today()}).Scan(&waiting).Error
	return waiting, err
}

// DisputedPosition is a position that was disputed, for those who keep the record.
type DisputedPosition struct {
	MeetingID  uuid.UUID
	DecisionID *uuid.UUID
	ForumName  string
	Item       string // its number
	StartsAt   time.Time
}

// disputedLately is how many days a dispute is shown to those who keep the record, at most.
const disputedLately = 60

// PositionsDisputed lists the disputes at the forums that the actor chairs or is the clerk of, until the
// minutes of the meeting are final.
func PositionsDisputed(tx db.Tx) (disputed []DisputedPosition, err error) {
	forums := []uuid.UUID{uuid.Nil}
	for _, seat := range tx.Actor.Seats {
		if tx.Actor.May(access.RecordMeeting, seat.ForumID) {
			forums = append(forums, seat.ForumID)
		}
	}
	if len(forums) == 1 {
		return nil, nil
	}
	err = tx.Raw(`
		select distinct w.meeting_id, d.id as decision_id, f.name as forum_name, i.number as item, m.starts_at
		from position_answer p
		join written_position w on w.ballot_id = p.ballot_id and w.disputed
		join agenda_item i on i.id = w.item_id join meeting m on m.id = w.meeting_id join forum f on f.id = m.forum_id
		left join decision d on d.item_id = w.item_id
		left join minutes x on x.meeting_id = w.meeting_id
		where p.disputed and p.answered_at >= @since and m.forum_id in @forums and w.person_id <> @me and coalesce(x.state, 'draft') in ('draft', 'for_comment')
			and not exists (select from left_item l where l.item_id = w.item_id and l.person_id = @me)
		order by m.starts_at, i.number limit 20`, map[string]any{"forums": forums, "me": tx.Actor.PersonID, "since": tx.Now.AddDate(0, 0, -disputedLately)}).Scan(&disputed).Error
	return disputed, err
}
