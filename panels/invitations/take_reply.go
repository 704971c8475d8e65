package invitations

import (
	"context"
	"errors"
	"strings"

	"gorm.io/gorm"

	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

var fromCalendar = access.System("calendar reply")

// Knows reports whether an address was made for somebody's invitation.
func (s Store) Knows(ctx context.Context, address string) (known bool, err error) {
	err = s.DB.Read(ctx, fromCalendar, func(tx db.Tx) error {
		_, err := invitationAt(tx, address)
		known = err == nil
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		return err
	})
	return known, err
}

// TakeReply records what somebody's calendar answered to the address made for their invitation. Only
// the person it was made for answers, and only about the meeting as they were last told of it; an answer
// given before one already taken changes nothing.
func (s Store) TakeReply(ctx context.Context, address string, reply calendar.Reply) error {
	var invitation Invitation
	var sendsDeputy bool
	err := s.DB.Read(ctx, fromCalendar, func(tx db.Tx) (err error) {
		if invitation, err = invitationAt(tx, address); err != nil {
			return err
		}
		if err := invitation.takes(tx, reply); err != nil {
			return err
		}
		return tx.Raw(`
			select exists (select from reply r join meeting m on m.id = r.meeting_id
				where r.meeting_id = ? and r.person_id = ? and r.current and r.answer = 'deputy' and r.sequence >= m.timed_at_sequence)`,
			invitation.MeetingID, invitation.PersonID).Row().Scan(&sendsDeputy)
	})
	if err != nil {
		return err
	}
	if invitation.ReplyStamp != nil && reply.Stamp.Before(*invitation.ReplyStamp) {
		return nil // overtaken on the way
	}
	answer, err := answerOf(reply.Says)
	if err != nil {
		return err
	}
	if !sendsDeputy || answer != panels.Apologies { // who sends a deputy has said already that they do not come
		_, err = panels.Store{DB: s.DB}.ReplyToMeeting(ctx, fromCalendar, panels.NewReply{
			MeetingID: invitation.MeetingID, PersonID: invitation.PersonID, Answer: answer, Via: panels.ByCalendar, Sequence: invitation.MeetingSequence,
		})
		if err != nil {
			return err
		}
	}
	return s.DB.Write(ctx, fromCalendar, func(tx db.Tx) error {
		return tx.Exec(`update invitation set reply_stamp = greatest(reply_stamp, ?) where id = ?`, reply.Stamp, invitation.ID).Error
	})
}

// invitationAt finds the invitation an address was made for.
func invitationAt(tx db.Tx, address string) (i Invitation, err error) {
	err = tx.Raw(`select * from invitation where organiser_email = ? and tokenised`, strings.ToLower(address)).Take(&i).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		err = fault.New(fault.NotFound, "No such address here.")
	}
	return i, err
}

// takes says why an answer is not one to this invitation.
func (i Invitation) takes(tx db.Tx, reply calendar.Reply) error {
	var email string
	if err := tx.Raw(`select email from person where id = ?`, i.PersonID).Row().Scan(&email); err != nil {
		return err
	}
	switch {
	case reply.Attendee != strings.ToLower(i.AttendeeEmail) && reply.Attendee != email:
		return fault.New(fault.Denied, "Only the person invited can answer this invitation.")
	case reply.UID != UID(i.MeetingID) || reply.Sequence > i.Sequence:
		return fault.New(fault.Invalid, "This answers another invitation than the one sent from this address.")
	case i.Cancelled:
		return fault.New(fault.Conflict, "This meeting is cancelled for you, so there is no need to reply.")
	case reply.Sequence < i.TimedAtSequence:
		return fault.New(fault.Stale, "The meeting has been moved since. Answer the newer invitation.")
	default:
		return nil
	}
}

// answerOf is what a calendar's word means here.
func answerOf(says calendar.Participation) (panels.Answer, error) {
	switch says {
	case calendar.Accepted:
		return panels.Attending, nil
	case calendar.TentativelyAccepted:
		return panels.Tentative, nil
	case calendar.Declined:
		return panels.Apologies, nil
	case calendar.DelegatedToSomebody:
		return "", fault.New(fault.Invalid, "To send a deputy, follow the link in the invitation.")
	default:
		return "", fault.New(fault.Invalid, "The reply says neither yes, no nor maybe.")
	}
}
