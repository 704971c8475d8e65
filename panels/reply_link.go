package panels

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
	"quorate/server/base/token"
)

// A link in an email answers for at most this long, and never after the meeting.
const replyLinkLasts = 7 * 24 * time.Hour

// replyLink is what is kept of a link: never the link itself.
type replyLink struct {
	Digest    []byte
	MeetingID uuid.UUID
	PersonID  uuid.UUID
	Sequence  int
	MadeAt    time.Time
	ExpiresAt time.Time
	UsedAt    *time.Time
}

func (replyLink) TableName() string { return "reply_link" }

// ReplyLink makes the path of a page on which one person answers about one meeting without signing in.
// It is meant for the email being written in tx: it answers once, within seven days, and about the
// meeting as it is now.
func ReplyLink(tx db.Tx, meeting Meeting, person uuid.UUID) (path string, err error) {
	text, digest := token.New()
	expires := tx.Now.Add(replyLinkLasts)
	if meeting.EndsAt.Before(expires) {
		expires = meeting.EndsAt
	}
	link := replyLink{Digest: digest, MeetingID: meeting.ID, PersonID: person, Sequence: meeting.Sequence, MadeAt: tx.Now, ExpiresAt: expires}
	if err := tx.Create(&link).Error; err != nil {
		return "", err
	}
	return "/reply/" + text, nil
}

// AskedByLink is what whoever opens a reply link is shown.
type AskedByLink struct {
	Meeting  Meeting
	Forum    Forum
	Attendee Attendee
	Used     bool // it has done its work: the fault says so
}

// ReadReplyLink finds what a link asks. Reading changes nothing: mail programs open every link. When
// the link cannot be used any more the fault says why, and Meeting is there to lead to its page.
func ReadReplyLink(tx db.Tx, text string) (AskedByLink, error) {
	var asked AskedByLink
	link, err := replyLinkFor(tx, text)
	if err != nil {
		return asked, err
	}
	if asked.Meeting, err = MeetingByID(tx, link.MeetingID); err != nil {
		return asked, err
	}
	if asked.Forum, err = ForumByID(tx, asked.Meeting.ForumID); err != nil {
		return asked, err
	}
	asked.Attendee, err = link.open(tx, asked.Meeting)
	asked.Used = errors.Is(err, errLinkUsed)
	return asked, err
}

var errLinkUsed = fault.New(fault.Conflict, "You have already replied by email. To change your reply, sign in and reply again.")

// ReplyByLink answers for the person a link was made for, and uses up every link they have to that
// meeting. An answer that wants mending uses nothing up.
func (s Store) ReplyByLink(ctx context.Context, text string, said Answer, deputy *uuid.UUID) (reply Reply, err error) {
	err = s.DB.Write(ctx, access.System("reply link"), func(tx db.Tx) error {
		link, err := replyLinkFor(tx, text)
		if err != nil {
			return err
		}
		meeting, err := LockMeeting(tx, link.MeetingID)
		if err != nil {
			return err
		}
		if link, err = replyLinkFor(tx, text); err != nil { // now that nobody else can use it
			return err
		}
		if _, err := link.open(tx, meeting); err != nil {
			return err
		}
		reply, err = answer(tx, meeting, NewReply{
			MeetingID: meeting.ID, PersonID: link.PersonID, Answer: said, DeputyID: deputy, Via: ByLink, Sequence: link.Sequence,
		})
		if err != nil {
			return err
		}
		return tx.Exec(`update reply_link set used_at = ? where meeting_id = ? and person_id = ? and used_at is null`,
			tx.Now, meeting.ID, link.PersonID).Error
	})
	return reply, err
}

// ForgetReplyLinks deletes what is kept of links a month past their use: until then whoever opens one
// is told what became of it.
func (s Store) ForgetReplyLinks(ctx context.Context) error {
	return s.DB.Write(ctx, access.System("reply link"), func(tx db.Tx) error {
		return tx.Exec(`delete from reply_link where expires_at < ?`, tx.Now.AddDate(0, -1, 0)).Error
	})
}

func replyLinkFor(tx db.Tx, text string) (link replyLink, err error) {
	err = tx.Where("digest = ?", token.Digest(text)).Take(&link).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		err = fault.New(fault.NotFound, "This link is not complete, or it is too old to be known. Copy the whole link from your email, or sign in and reply there.")
	}
	return link, err
}

// open says who may answer by the link, or why nobody can any more.
func (l replyLink) open(tx db.Tx, meeting Meeting) (Attendee, error) {
	if err := meeting.takesReplies(tx); err != nil {
		return Attendee{}, err
	}
	switch {
	case l.UsedAt != nil:
		return Attendee{}, errLinkUsed
	case l.Sequence != meeting.Sequence:
		return Attendee{}, fault.New(fault.Conflict, "The meeting has changed since this email was sent. It is now on %s. Sign in and reply, or use the link in a newer email.", clock.Moment(meeting.StartsAt))
	case !tx.Now.Before(l.ExpiresAt):
		return Attendee{}, fault.New(fault.Conflict, "This link has expired: links in emails work for 7 days. Sign in and reply, or use the link in a newer email.")
	}
	attendee, err := askedTo(tx, meeting, l.PersonID)
	if fault.Is(err, fault.Conflict) {
		err = fault.New(fault.Conflict, "You are no longer asked to come to this meeting, so there is no need to reply.")
	}
	return attendee, err
}
