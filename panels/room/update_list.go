package room

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/agendas/tracker"
	"quorate/server/base/fault"
)

// perform is one stop in a walk down many names. What was said of the worker and the rating goes onto
// the case at once, and the case's history says which meeting said it.
func (c UpdateList) perform(s *sitting) (happened, error) {
	if err := s.records(); err != nil {
		return happened{}, err
	}
	if err := s.inSession(); err != nil {
		return happened{}, err
	}
	item, err := s.itemOf(c.ItemID)
	if err != nil {
		return happened{}, err
	}
	if item.Kind != agendas.CaseItem || item.CaseID == nil {
		return happened{}, fault.New(fault.Conflict, "Item %s is not about a young person.", item.Number)
	}
	if s.table.Left(s.Actor.PersonID, item.ID) {
		return happened{}, fault.New(fault.Denied, "You have left for item %s, so you cannot write on it.", item.Number)
	}
	if c.RAG != nil && !slices.Contains([]string{"Red", "Amber", "Green", ""}, *c.RAG) {
		var form fault.Form
		form.Add("rag", "Select red, amber, green or not rated")
		return happened{}, form.Err()
	}
	if err := s.sayOfCase(item, c); err != nil {
		return happened{}, err
	}
	nextStep, discussed := item.NextStep, item.Discussed || c.Discussed
	if c.NextStep != nil {
		nextStep = strings.TrimSpace(*c.NextStep)
	}
	err = s.Exec(`insert into list_entry (item_id, meeting_id, next_step, discussed) values (?, ?, ?, ?)
		on conflict (item_id) do update set next_step = excluded.next_step, discussed = excluded.discussed`,
		item.ID, s.meeting.ID, nextStep, discussed).Error
	if err != nil {
		return happened{}, err
	}
	if c.Action != nil {
		raised := *c.Action
		raised.ItemID = &item.ID
		if _, _, err := s.raise(raised); err != nil {
			return happened{}, err
		}
	}
	if c.Refer != nil {
		if err := s.refer(item, *c.Refer); err != nil {
			return happened{}, err
		}
	}
	what := happened{itemID: &item.ID, kind: "agenda_item", object: item.ID,
		before: map[string]any{"worker": item.AllocatedWorker, "rag": item.RAG, "next_step": item.NextStep, "discussed": item.Discussed}}
	if discussed && !item.Discussed {
		what.says = "Item " + item.Number + " was discussed"
		if err := agendas.MarkHeard(s.Tx, item.Item, s.forum.ID, s.meeting.On()); err != nil {
			return happened{}, err
		}
	}
	if !c.Next {
		return what, nil
	}
	next, err := s.nextName(item)
	if err != nil || next == nil {
		return what, err
	}
	turned, err := s.turnTo(*next)
	what.says, what.itemID = turned.says, turned.itemID
	return what, err
}

// sayOfCase writes the worker and the rating onto the case when they are new. They are kept against the
// next import, until the tracker says the same.
func (s *sitting) sayOfCase(item Item, c UpdateList) error {
	said := map[tracker.Field]any{}
	if c.Worker != nil {
		said[tracker.AllocatedWorker] = strings.TrimSpace(*c.Worker)
	}
	if c.RAG != nil {
		said[tracker.RAG] = *c.RAG
	}
	return tracker.SetInMeeting(s.Tx, *item.CaseID, s.meeting.ID, said)
}

// refer sends a case to another forum, whose next agenda lists it with the reason.
func (s *sitting) refer(item Item, to ReferTo) error {
	reason := strings.TrimSpace(to.Reason)
	var form fault.Form
	var forum []struct{ Board bool }
	if err := s.Raw(`select board from forum where id = ?`, to.ForumID).Scan(&forum).Error; err != nil {
		return err
	}
	form.Require(len(forum) == 1 && !forum[0].Board && to.ForumID != s.forum.ID, "refer", "Select the panel to refer to")
	form.Require(reason != "", "refer_reason", "Enter why it is referred")
	if err := form.Err(); err != nil {
		return err
	}
	var already int64
	if err := s.Raw(`select count(*) from referral where item_id = ? and to_forum_id = ?`, item.ID, to.ForumID).Scan(&already).Error; err != nil {
		return err
	}
	if already > 0 {
		form.Add("refer", "Item %s was already referred there in this meeting", item.Number)
		return form.Err()
	}
	day := s.Today()
	referral := Referral{
		ID: newID(), MeetingID: s.meeting.ID, ItemID: item.ID, CaseID: *item.CaseID, ToForumID: to.ForumID,
		Reason: reason, ReferredBy: s.Actor.PersonID, ReferredAt: s.Now,
	}
	if err := s.Create(&referral).Error; err != nil {
		return err
	}
	return agendas.PutDue(s.Tx, agendas.Due{
		ForumID: to.ForumID, Kind: "referred", SourceID: referral.ID, CaseID: item.CaseID, DueOn: day,
		Text: "Referred by " + s.forum.Name + " on " + day.Long() + ": " + reason,
	})
}

// nextName is the next young person on the list who has not been reached, or nil at its end.
func (s *sitting) nextName(after Item) (*Item, error) {
	var ids []uuid.UUID
	err := s.Raw(`select i.id from agenda_item i
		left join item_progress g on g.item_id = i.id
		left join list_entry l on l.item_id = i.id
		where i.meeting_id = ? and i.kind = 'case' and i.state = 'listed' and (i.position, i.id) > (?, ?)
			and g.item_id is null and not coalesce(l.discussed, false)
		order by i.position, i.id limit 1`, s.meeting.ID, after.Position, after.ID).Scan(&ids).Error
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	item, err := s.itemOf(ids[0])
	return &item, err
}
