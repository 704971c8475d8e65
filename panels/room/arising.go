package room

import (
	"time"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// Arising is an action of an earlier meeting of the forum, as a meeting takes it up.
type Arising struct {
	Action
	CaseNumber int64 // 0 without a case, and on a board
	ItemNumber string
	RaisedOn   time.Time // when the meeting that raised it began
	Latest     string    // what was last said of how it goes
	ShutTo     People    // who has left for what it is about, of those who sit on the forum

	// What this meeting said of it last; "" while it has not come to it.
	HeardKind StepKind
	HeardText string
	HeardDay  clock.Date
}

// arisingMost bounds what one meeting walks through; the action tracker has the rest.
const arisingMost = 100

// loadArising reads the open actions of the forum's earlier meetings, earliest due first, and those that
// this meeting has already come to. Of a meeting that has closed only what it came to is left.
func (s *State) loadArising(tx db.Tx) error {
	s.Arising = nil
	open := ""
	if s.Meeting.Status != panels.Closed && s.Meeting.Status != panels.Cancelled {
		open = `union all
			(select a.id from action a join meeting m on m.id = a.meeting_id
			where a.forum_id = @forum and a.done_at is null and a.meeting_id <> @meeting and m.starts_at < @starts
			order by a.due_on, a.id limit @most)`
	}
	return tx.Raw(`
		with sits as (
			select distinct h.person_id from seat_holding h join seat t on t.id = h.seat_id where t.forum_id = @forum and (h.to_date is null or h.to_date >= @day)
		), left_for as (
			select d.person_id, d.item_id, standing_case(coalesce(about.case_id, asked.case_id)) as case_id
			from interest d join sits using (person_id) join agenda_item about on about.id = d.item_id left join funding_request asked on asked.id = about.request_id
			where d.withdrawn_at is null
		), here as (
			select action_id as id from action_step where meeting_id = @meeting `+open+`
		)
		select a.*, `+ownerIDs+` as owner_ids, `+OwnersOf("a.id")+` as owner, coalesce(g.name, '') as agency, coalesce(i.number, '') as item_number, m.starts_at as raised_on,
			case when @board then 0 else coalesce(c.number, 0) end as case_number,
			coalesce((select t.text from action_step t where t.action_id = a.id and t.kind in ('progress', 'not_done') order by t.id desc limit 1), '') as latest,
			coalesce(heard.kind, '') as heard_kind, coalesce(heard.text, '') as heard_text, heard.due_on as heard_day,
			(select string_agg(distinct n.person_id::text, ',') from left_for n where n.item_id = a.item_id or n.case_id = standing_case(a.case_id)) as shut_to
		from action a join meeting m on m.id = a.meeting_id
		left join agency g on g.id = a.agency_id
		left join agenda_item i on i.id = a.item_id
		left join cases c on c.id = a.case_id
		left join lateral (select t.kind, t.text, t.due_on from action_step t where t.action_id = a.id and t.meeting_id = @meeting order by t.id desc limit 1) heard on true
		where a.id in (select id from here) and a.forum_id = @forum and a.meeting_id <> @meeting
		order by a.due_on, a.id`, map[string]any{
		"forum": s.Meeting.ForumID, "meeting": s.Meeting.ID, "starts": s.Meeting.StartsAt, "day": s.Meeting.On(), "board": s.Forum.Board, "most": arisingMost,
	}).Scan(&s.Arising).Error
}

// arising is what the viewer sees of them: rule 11.
func (p projector) arising() []ArisingView {
	list := []ArisingView{}
	if !p.viewer.AtTable {
		return list
	}
	for _, action := range p.Arising {
		if !p.viewer.isShut(action.ID) {
			list = append(list, action.view(p.Meeting.On()))
		}
	}
	return list
}

func (a Arising) view(on clock.Date) ArisingView {
	view := ArisingView{
		ID: a.ID, Owner: a.Owner, OwnerIDs: append([]uuid.UUID{}, a.OwnerIDs...), Agency: a.Agency, DueOn: a.DueOn, Late: max(0, a.DueOn.DaysUntil(on)),
		Text: a.Text, From: clock.DateOf(a.RaisedOn).Long(), Latest: a.Latest, Done: a.DoneAt != nil, Heard: a.heard(),
	}
	if a.CaseNumber != 0 {
		view.Reference = tracker.CaseReference(a.CaseNumber)
	}
	if a.ItemNumber != "" {
		view.From += ", item " + a.ItemNumber
	}
	return view
}

// heard is what the meeting said of it, in words.
func (a Arising) heard() string {
	switch a.HeardKind {
	case StepDone:
		return "Done: " + a.HeardText
	case StepNotDone:
		return "Not done: " + a.HeardText
	case StepMoved:
		return "Now due " + a.HeardDay.Long() + ": " + a.HeardText
	case StepReopened:
		return "Opened again, due " + a.HeardDay.Long() + ": " + a.HeardText
	case StepProgress:
		return a.HeardText
	default:
		return ""
	}
}
