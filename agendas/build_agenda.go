package agendas

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"quorate/agendas/requests"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// Built says what building an agenda did.
type Built struct {
	Added, Changed, Dropped int
	Unjudged                []Unjudged
	Gone                    []string // case numbers with something due whose person has died or moved away
}

// lateByRule is why an item that a rule found after publication came late.
const lateByRule = "Listed by a rule or came due after the agenda was published"

// BuildAgenda puts on a meeting's draft agenda what its forum's terms, its due list and its rules
// want there. Building again keeps what people decided: pins, removals, places, minutes, and what
// was added by hand. What has been published is never dropped.
func (s Store) BuildAgenda(ctx context.Context, actor access.Actor, meetingID uuid.UUID) (built Built, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		meeting, err := lockToBuild(tx, meetingID)
		if err != nil {
			return err
		}
		m, err := readForMeeting(tx, meeting)
		if err != nil {
			return err
		}
		wanted, err := gather(tx, m)
		if err != nil {
			return err
		}
		existing, err := Items(tx, meetingID)
		if err != nil {
			return err
		}
		wishes, err := asOnAgenda(tx, wanted.wishes, existing)
		if err != nil {
			return err
		}
		p := rebuild(meetingID, existing, wishes, int(meeting.Duration().Minutes()), newID)
		for i := range p.add {
			p.add[i].CreatedAt = tx.Now
			if meeting.AgendaVersion > 0 {
				p.add[i].LateReason = lateByRule
			}
		}
		if err := p.carryOut(tx); err != nil {
			return err
		}
		if err := tabled(tx, meetingID, p.add); err != nil {
			return err
		}
		built = Built{Added: len(p.add), Changed: len(p.change), Dropped: len(p.drop), Unjudged: wanted.unjudged, Gone: wanted.gone}
		return record(tx, "agenda.built", meetingID.String(), meeting.ForumID, nil, map[string]int{
			"added": built.Added, "changed": built.Changed, "dropped": built.Dropped,
		})
	})
	return built, err
}

// tabled marks the funding requests that came on with a build, a deferred one for instance.
func tabled(tx db.Tx, meetingID uuid.UUID, added []Item) error {
	var ids []uuid.UUID
	for _, item := range added {
		if item.RequestID != nil {
			ids = append(ids, *item.RequestID)
		}
	}
	_, err := requests.MarkTabled(tx, meetingID, ids...)
	return err
}

// carryOut makes the changes of a plan, each kind in one statement.
func (p plan) carryOut(tx db.Tx) error {
	if len(p.drop) > 0 {
		ids := make([]uuid.UUID, len(p.drop))
		for i, item := range p.drop {
			ids[i] = item.ID
		}
		if err := db.RequireRows(tx.Exec(`delete from agenda_item where id in ?`, ids), int64(len(ids))); err != nil {
			return err
		}
	}
	if err := add(tx, p.add); err != nil {
		return err
	}
	return rewrite(tx, p.change)
}

// add puts new items on, by COPY: one by one they were the dearest part of a build.
func add(tx db.Tx, items []Item) error {
	if len(items) == 0 {
		return nil
	}
	columns := []string{"id", "meeting_id", "number", "position", "kind", "title", "case_id", "request_id", "escalation_id", "ratifies_id", "presenter_id",
		"minutes", "minutes_set", "moved", "state", "removed_reason", "late_reason", "pinned", "urgency", "reasons", "created_at", "version"}
	return tx.Copy("agenda_item", columns, func(yield func([]any, error) bool) {
		for _, i := range items {
			if i.Reasons == nil {
				i.Reasons = []Reason{}
			}
			reasons, err := json.Marshal(i.Reasons)
			row := []any{i.ID, i.MeetingID, i.Number, i.Position, i.Kind, i.Title, i.CaseID, i.RequestID, i.EscalationID, i.RatifiesID, i.PresenterID,
				i.Minutes, i.MinutesSet, i.Moved, i.State, i.RemovedReason, i.LateReason, i.Pinned, i.Urgency, reasons, i.CreatedAt, i.Version}
			if !yield(row, err) {
				return
			}
		}
	})
}

// rewrite stores what a rebuild or a publication changed of items, in one statement.
func rewrite(tx db.Tx, items []Item) error {
	if len(items) == 0 {
		return nil
	}
	type row struct {
		ID           uuid.UUID  `json:"id"`
		Number       string     `json:"number"`
		State        ItemState  `json:"state"`
		Position     int        `json:"position"`
		Title        string     `json:"title"`
		Minutes      int        `json:"minutes"`
		Urgency      int        `json:"urgency"`
		PresenterID  *uuid.UUID `json:"presenter_id"`
		EscalationID *uuid.UUID `json:"escalation_id"`
		Reasons      []Reason   `json:"reasons"`
		Version      int        `json:"version"`
	}
	rows := make([]row, len(items))
	for i, item := range items {
		rows[i] = row{item.ID, item.Number, item.State, item.Position, item.Title, item.Minutes, item.Urgency, item.PresenterID, item.EscalationID, item.Reasons, item.Version}
		if rows[i].Reasons == nil {
			rows[i].Reasons = []Reason{}
		}
	}
	content, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	return db.RequireRows(tx.Exec(`
		update agenda_item i
		set number = n.number, state = n.state, position = n.position, title = n.title, minutes = n.minutes, urgency = n.urgency,
			presenter_id = n.presenter_id, escalation_id = n.escalation_id, reasons = n.reasons, version = i.version + 1
		from jsonb_to_recordset(?::jsonb) as n(id uuid, number text, state text, position integer, title text, minutes integer, urgency integer,
			presenter_id uuid, escalation_id uuid, reasons jsonb, version integer)
		where i.id = n.id and i.version = n.version`, string(content)), int64(len(items)))
}
