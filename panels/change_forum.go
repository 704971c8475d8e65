package panels

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// ChangeForum changes the name, mailbox, locality and the forum above of the forum of that id and
// version. Its address, its template and whether it is a board stay: links, rules and who may read
// cases hang on them.
func (s Store) ChangeForum(ctx context.Context, actor access.Actor, forum Forum) (Forum, error) {
	forum.Name, forum.Locality = strings.TrimSpace(forum.Name), strings.TrimSpace(forum.Locality)
	forum.MailboxEmail = strings.ToLower(strings.TrimSpace(forum.MailboxEmail))
	err := s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if err := actor.Check(access.ChangeForums, forum.ID); err != nil {
			return err
		}
		// One change at a time among all forums: two at once could each escalate to the other.
		if err := tx.Exec(`select pg_advisory_xact_lock(hashtext('forum_ladder'))`).Error; err != nil {
			return err
		}
		forums, err := Forums(tx)
		if err != nil {
			return err
		}
		before, err := ForumByID(tx, forum.ID)
		if err != nil {
			return err
		}
		if err := forum.checkChange(before, forums); err != nil {
			return err
		}
		err = db.RequireOne(tx.Model(&Forum{}).Where("id = ? and version = ?", forum.ID, forum.Version).Updates(map[string]any{
			"name": forum.Name, "locality": forum.Locality, "mailbox_email": forum.MailboxEmail, "escalates_to": forum.EscalatesTo,
			"version": forum.Version + 1,
		}))
		if err != nil {
			return err
		}
		after, err := ForumByID(tx, forum.ID)
		if err != nil {
			return err
		}
		forum = after
		if forum.Name != before.Name {
			if err := retitleMeetings(tx, forum.ID); err != nil {
				return err
			}
		}
		return record(tx, "forum.changed", forum.ID, forum.ID, before, after)
	})
	return forum, err
}

// retitleMeetings announces a forum's meetings to come: its name is what people's calendars call them.
// Their sequence stays, so whoever has a link to reply by keeps it.
func retitleMeetings(tx db.Tx, forum uuid.UUID) error {
	var meetings []uuid.UUID
	err := tx.Raw(`update meeting set changed_at = @now where forum_id = @forum and status = 'scheduled' and ends_at > @now returning id`,
		map[string]any{"forum": forum, "now": tx.Now}).Scan(&meetings).Error
	if err != nil {
		return err
	}
	return announce(tx, meetings...)
}

func (f Forum) checkChange(before Forum, forums []Forum) error {
	var form fault.Form
	form.Require(f.Name != "", "name", "Enter the forum’s name")
	form.Require(len(f.Name) <= 200, "name", "Shorten the name to 200 characters or fewer")
	form.Require(len(f.Locality) <= 100, "locality", "Shorten the locality to 100 characters or fewer")
	form.Require(f.MailboxEmail == "" || looksLikeEmail(f.MailboxEmail), "mailbox_email", "Enter an email address, like mapac@example.org")
	if template, known := TemplateByKey(before.Template); known && template.PerLocality {
		form.Require(f.Locality != "", "locality", "Enter the locality this forum covers, like North")
	}
	byID := make(map[uuid.UUID]Forum, len(forums))
	for _, other := range forums {
		byID[other.ID] = other
		form.Require(other.ID == f.ID || !strings.EqualFold(other.Name, f.Name), "name", "There is already a forum called "+other.Name+". Enter another name")
	}
	if f.EscalatesTo == nil {
		return form.Err()
	}
	above, known := byID[*f.EscalatesTo]
	form.Require(known, "escalates_to", "Choose the forum that takes what is stuck")
	for steps := 0; known && steps <= len(forums); steps++ {
		if above.ID == f.ID {
			form.Add("escalates_to", "%s already takes what is stuck there, directly or through others, so it would go round for ever. Choose a forum above it", before.Name)
			break
		}
		if above.EscalatesTo == nil {
			break
		}
		above, known = byID[*above.EscalatesTo]
	}
	return form.Err()
}
