package panels

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// ReplyToMeetings takes the actor's own answers about several meetings, all of them or none. What is
// wrong with one is said beside it, under "answer-" and the meeting's id.
func (s Store) ReplyToMeetings(ctx context.Context, actor access.Actor, said []NewReply) (given int, err error) {
	said = slices.Clone(said)
	slices.SortFunc(said, func(a, b NewReply) int { return slices.Compare(a.MeetingID[:], b.MeetingID[:]) }) // everybody locks in one order
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		given = 0
		var form fault.Form
		for _, one := range said {
			one.PersonID = uuid.Nil
			meeting, err := LockMeeting(tx, one.MeetingID)
			if err != nil {
				return err
			}
			reply, err := answer(tx, meeting, one)
			switch problem := fault.As(err); {
			case problem != nil && problem.Kind != fault.Denied && problem.Kind != fault.NotFound:
				form.Add("answer-"+meeting.ID.String(), "%s: %s", clock.Moment(meeting.StartsAt), problem.Sentence)
			case err != nil:
				return err
			case reply.AnsweredAt.Equal(tx.Now):
				given++
			}
		}
		return form.Err()
	})
	return given, err
}

// ShowMyReplies is what the actor is asked about each meeting within four weeks, soonest first,
// answered or not. It asks as often for one meeting as for many.
func ShowMyReplies(tx db.Tx) ([]ReplyPage, error) {
	rows, asked, err := askedAhead(tx)
	if err != nil {
		return nil, err
	}
	var pages []ReplyPage
	for _, row := range rows {
		for _, a := range asked[row.ID] {
			if a.PersonID == tx.Actor.PersonID {
				pages = append(pages, ReplyPage{Meeting: row.Meeting, Forum: Forum{ID: row.ForumID, Name: row.ForumName, Slug: row.ForumSlug}, Attendee: a})
			}
		}
	}
	return pages, nil
}
