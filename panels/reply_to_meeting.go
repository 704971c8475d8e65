package panels

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// NewReply is what somebody says of coming to a meeting.
type NewReply struct {
	MeetingID uuid.UUID
	PersonID  uuid.UUID // who answers; uuid.Nil: the actor
	Answer    Answer
	DeputyID  *uuid.UUID // who comes instead; with SendingDeputy alone
	Via       Via
	Sequence  int        // of the meeting as they were shown it
	Follows   *uuid.UUID // the reply it is to follow, uuid.Nil for none: another in between makes it stale; nil: whichever
}

// ReplyToMeeting takes somebody's answer: their own, one that the clerk or chair records for them, or
// one that a job of the product brings, such as a calendar's. It takes the place of the answer before,
// which stays on record; the same answer again changes nothing. A deputy who is sent is told, and told
// when no longer needed.
//
// An answer about a time the meeting has moved from is refused as stale, and so is every answer to a
// meeting that is cancelled or over. For whoever is neither asked to come nor may know of the meeting,
// there is no such meeting.
func (s Store) ReplyToMeeting(ctx context.Context, actor access.Actor, said NewReply) (reply Reply, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		reply, err = ReplyToMeeting(tx, said)
		return err
	})
	return reply, err
}

// ReplyToMeeting is Store.ReplyToMeeting as part of another change.
func ReplyToMeeting(tx db.Tx, said NewReply) (Reply, error) {
	meeting, err := LockMeeting(tx, said.MeetingID)
	if err != nil {
		return Reply{}, err
	}
	return answer(tx, meeting, said)
}

// answer records an answer about a meeting that is locked.
func answer(tx db.Tx, meeting Meeting, said NewReply) (Reply, error) {
	var recordedBy *uuid.UUID
	if said.PersonID == uuid.Nil {
		said.PersonID = tx.Actor.PersonID
	}
	if tx.Actor.System == "" && said.PersonID != tx.Actor.PersonID {
		if err := mayRecordReplies(tx, meeting); err != nil {
			return Reply{}, err
		}
		recordedBy = &tx.Actor.PersonID
		if said.Via == ByPage {
			said.Via = ByClerk
		}
	}
	asked, err := askedTo(tx, meeting, said.PersonID)
	if err != nil {
		return Reply{}, err
	}
	if err := meeting.takesReplies(tx); err != nil {
		return Reply{}, err
	}
	if said.Sequence < meeting.TimedAtSequence {
		return Reply{}, fault.New(fault.Stale, "The meeting has been moved. It is now on %s. Check that day, then reply again.", clock.Moment(meeting.StartsAt))
	}
	if err := asked.check(tx, meeting, said); err != nil {
		return Reply{}, err
	}
	before := asked.Reply
	if before != nil && before.Answer == said.Answer && sameID(before.DeputyID, said.DeputyID) {
		return *before, nil
	}
	if said.Follows != nil && *said.Follows != replyID(before) {
		return Reply{}, fault.New(fault.Stale, "They have replied since you looked. Look at what is there now, then send the reply again.")
	}
	reply := Reply{
		ID: newID(), MeetingID: meeting.ID, PersonID: said.PersonID, Answer: said.Answer, DeputyID: said.DeputyID,
		Via: said.Via, RecordedBy: recordedBy, Sequence: meeting.Sequence, AnsweredAt: tx.Now, Current: true,
	}
	err = tx.Exec(`update reply set current = false where meeting_id = ? and person_id = ? and current`, meeting.ID, said.PersonID).Error
	if err != nil {
		return Reply{}, err
	}
	if err := tx.Create(&reply).Error; err != nil {
		return Reply{}, err
	}
	if err := record(tx, "reply.given", reply.ID, meeting.ForumID, before, reply); err != nil {
		return Reply{}, err
	}
	return reply, tellOfReply(tx, meeting, asked, reply)
}

// mayRecordReplies: only those who run the forum answer for others. For those who may not know of the
// meeting, there is none.
func mayRecordReplies(tx db.Tx, meeting Meeting) error {
	if !tx.Actor.May(access.ReadMeeting, meeting.ForumID) {
		return noSuchMeeting()
	}
	return tx.Actor.Check(access.RecordReplies, meeting.ForumID)
}

func noSuchMeeting() error { return fault.New(fault.NotFound, "There is no such meeting.") }

// askedTo finds somebody among those asked to come.
func askedTo(tx db.Tx, meeting Meeting, person uuid.UUID) (Attendee, error) {
	if meeting.Status == Draft {
		return Attendee{}, noSuchMeeting()
	}
	attendees, err := Attendees(tx, meeting)
	if err != nil {
		return Attendee{}, err
	}
	at := slices.IndexFunc(attendees, func(a Attendee) bool { return a.PersonID == person })
	switch {
	case at >= 0:
		return attendees[at], nil
	case person != tx.Actor.PersonID:
		return Attendee{}, fault.New(fault.Conflict, "That person is not asked to come to this meeting.")
	case tx.Actor.May(access.ReadMeeting, meeting.ForumID):
		return Attendee{}, fault.New(fault.Denied, "You are not asked to come to this meeting, so there is nothing to reply to. If you should be, ask the forum’s clerk.")
	default:
		return Attendee{}, noSuchMeeting()
	}
}

// takesReplies says why nobody can answer any more.
func (m Meeting) takesReplies(tx db.Tx) error {
	switch {
	case m.Status == Cancelled:
		return fault.New(fault.Conflict, "This meeting is cancelled, so there is no need to reply.")
	case m.Status == Closed || !tx.Now.Before(m.EndsAt):
		return fault.New(fault.Conflict, "This meeting is over, so it is too late to reply.")
	default:
		return nil
	}
}

// check says what is wrong with an answer. Deputies are sent by those whose seat names them, not by
// deputies or guests.
func (a Attendee) check(tx db.Tx, meeting Meeting, said NewReply) error {
	var form fault.Form
	switch said.Answer {
	case Attending, Tentative, Apologies:
		form.Require(said.DeputyID == nil, "deputy", "Choose a deputy only when you send one")
	case SendingDeputy:
		deputies := a.MaySend()
		switch {
		case len(deputies) == 0:
			form.Add("answer", "There is no named deputy to send on that day. Send apologies, and ask the clerk to name a deputy")
		case said.DeputyID == nil || !slices.ContainsFunc(deputies, func(h Holder) bool { return h.PersonID == *said.DeputyID }):
			form.Add("deputy", "Choose which deputy comes, or say that none can")
		default:
			deputy, err := PersonByID(tx, *said.DeputyID)
			if err != nil {
				return err
			}
			form.Require(!deputy.HasLeft(meeting.On()), "deputy", deputy.Name+" has left. Choose somebody else")
		}
	default:
		form.Add("answer", "Choose whether you will come")
	}
	return form.Err()
}

// MaySend lists the named deputies whom the attendee can send in their place, in order, each once.
func (a Attendee) MaySend() []Holder {
	if a.DeputyFor != uuid.Nil {
		return nil
	}
	var deputies []Holder
	for _, seat := range a.Seats {
		for _, holder := range seat.Holders {
			known := func(h Holder) bool { return h.PersonID == holder.PersonID }
			if holder.PersonID != a.PersonID && holder.DeputyOrder > 0 && !slices.ContainsFunc(deputies, known) {
				deputies = append(deputies, holder)
			}
		}
	}
	return deputies
}

// tellOfReply tells a deputy who is sent, one who is no longer, and whoever sent one who cannot come.
func tellOfReply(tx db.Tx, meeting Meeting, asked Attendee, reply Reply) error {
	days, err := WorkingDays(tx)
	if err != nil {
		return err
	}
	about, soon := notify.IDs{"meeting": meeting.ID}, StartsSoon(meeting.StartsAt, tx.Today(), days)
	var notices []notify.Notice
	var changed bool
	if before := asked.Reply; before != nil && before.DeputyID != nil {
		changed = true
		notices = append(notices, notify.Notice{Kind: NoticeDeputyReleased, IDs: about, To: *before.DeputyID, Urgent: soon})
	}
	if reply.DeputyID != nil {
		changed = true
		notices = append(notices, notify.Notice{Kind: NoticeDeputySent, IDs: about, To: *reply.DeputyID, Urgent: soon})
	}
	if asked.DeputyFor != uuid.Nil && reply.Answer == Apologies {
		notices = append(notices, notify.Notice{Kind: NoticeDeputyCannotCome, IDs: about, To: asked.DeputyFor, Urgent: soon})
	}
	if err := notify.Send(tx, notices...); err != nil || !changed {
		return err
	}
	return announce(tx, meeting.ID)
}

func sameID(a, b *uuid.UUID) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

// replyID is the reply's id; uuid.Nil for none.
func replyID(r *Reply) uuid.UUID {
	if r == nil {
		return uuid.Nil
	}
	return r.ID
}
