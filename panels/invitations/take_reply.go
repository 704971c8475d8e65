package invitations

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

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
// given before one already taken, from a calendar or any other way, changes nothing.
func (s Store) TakeReply(ctx context.Context, address string, reply calendar.Reply) error {
	return s.DB.Write(ctx, fromCalendar, func(tx db.Tx) error {
		invitation, err := invitationAt(tx, address)
		if err != nil {
			return err
		}
		if _, err := panels.LockMeeting(tx, invitation.MeetingID); err != nil {
			return err
		}
		if invitation, err = invitationAt(tx, address); err != nil { // now that no other reply is being taken
			return err
		}
		if err := invitation.takes(tx, reply); err != nil {
			return err
		}
		answer, err := answerOf(reply.Says)
		if err != nil {
			return err
		}
		if reply.Stamp.After(tx.Now) { // a calendar whose clock is fast must not outdate what it says later
			reply.Stamp = tx.Now
		}
		standing, err := invitation.standing(tx)
		if err != nil || invitation.overtook(reply, standing) {
			return err
		}
		if standing.Answer != panels.SendingDeputy || answer != panels.Apologies { // who sends a deputy has said already that they do not come
			_, err := panels.ReplyToMeeting(tx, panels.NewReply{
				MeetingID: invitation.MeetingID, PersonID: invitation.PersonID, Answer: answer, Via: panels.ByCalendar, Sequence: invitation.MeetingSequence,
			})
			if err != nil {
				return err
			}
		}
		return tx.Exec(`update invitation set reply_stamp = ? where id = ?`, reply.Stamp, invitation.ID).Error
	})
}

// standing is what the person has answered about the meeting as it is timed; zero when nothing.
func (i Invitation) standing(tx db.Tx) (reply panels.Reply, err error) {
	err = tx.Raw(`
		select r.* from reply r join meeting m on m.id = r.meeting_id
		where r.meeting_id = ? and r.person_id = ? and r.current and r.sequence >= m.timed_at_sequence`,
		i.MeetingID, i.PersonID).Scan(&reply).Error
	return reply, err
}

// overtook reports whether something was answered after this reply was given: it was held up on the
// way. A calendar's own time is in whole seconds.
func (i Invitation) overtook(reply calendar.Reply, standing panels.Reply) bool {
	if i.ReplyStamp != nil && reply.Stamp.Before(*i.ReplyStamp) {
		return true
	}
	otherwise := standing.Via != "" && standing.Via != panels.ByCalendar
	return otherwise && reply.Stamp.Before(standing.AnsweredAt.Truncate(time.Second))
}

// invitationAt finds the invitation an address was made for.
func invitationAt(tx db.Tx, address string) (i Invitation, err error) {
	if strings.ContainsRune(address, 0) || !utf8.ValidString(address) { // Postgres takes neither: the sender would be told to try again for ever
		return i, fault.New(fault.NotFound, "No such address here.")
	}
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
