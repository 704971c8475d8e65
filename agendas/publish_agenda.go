package agendas

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Published is the event that a version of an agenda is out.
type Published struct {
	MeetingID uuid.UUID `json:"meeting_id"`
	Version   int       `json:"version"`
}

// Kind names the event for good.
func (Published) Kind() string { return "agenda.published" }

// Version is one published agenda. Its content never changes; a later publication is the next version.
type Version struct {
	ID          uuid.UUID
	MeetingID   uuid.UUID
	Version     int
	PublishedAt time.Time
	PublishedBy uuid.UUID
	Content     Snapshot `gorm:"serializer:json"`
}

// TableName is agenda_version.
func (Version) TableName() string { return "agenda_version" }

// Snapshot is an agenda as it was published. It holds case numbers and reasons but no names: those
// come from the case when the agenda is read, so that erasing a person needs no change here.
type Snapshot struct {
	ForumID   uuid.UUID      `json:"forum_id"`
	ForumName string         `json:"forum_name"`
	StartsAt  time.Time      `json:"starts_at"`
	EndsAt    time.Time      `json:"ends_at"`
	Venue     string         `json:"venue"`
	Terms     int            `json:"terms"`     // the number of the terms of reference in force
	Available int            `json:"available"` // minutes the meeting lasts
	Items     []SnapshotItem `json:"items"`
	Rules     []RuleVersion  `json:"rules"` // what the forum's rules said that day
}

// SnapshotItem is one line of a published agenda.
type SnapshotItem struct {
	ID            uuid.UUID  `json:"id"`
	Number        string     `json:"number"`
	Kind          ItemKind   `json:"kind"`
	Title         string     `json:"title,omitempty"`
	CaseID        *uuid.UUID `json:"case_id,omitempty"`
	Case          string     `json:"case,omitempty"` // "Q1042"
	RequestID     *uuid.UUID `json:"request_id,omitempty"`
	EscalationID  *uuid.UUID `json:"escalation_id,omitempty"`
	PresenterID   *uuid.UUID `json:"presenter_id,omitempty"`
	Minutes       int        `json:"minutes"`
	State         ItemState  `json:"state"`
	RemovedReason string     `json:"removed_reason,omitempty"`
	LateReason    string     `json:"late_reason,omitempty"`
	Reasons       []Reason   `json:"reasons,omitempty"`
	ViewsOn       clock.Date `json:"views_on"` // the young person's own views; "" shows as the gap it is
}

// RuleVersion names a rule as it stood.
type RuleVersion struct {
	Key     string `json:"key"`
	Version int    `json:"version"`
}

// PublishAgenda numbers the items and publishes them as the next version. The numbers stay for ever;
// what came later has the number above it with a letter; what was pulled is "Taken off".
func (s Store) PublishAgenda(ctx context.Context, actor access.Actor, meetingID uuid.UUID) (version int, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		meeting, err := lockToBuild(tx, meetingID)
		if err != nil {
			return err
		}
		m, err := readForMeeting(tx, meeting)
		if err != nil {
			return err
		}
		items, err := Items(tx, meetingID)
		if err != nil {
			return err
		}
		if items, err = publishNumbers(tx, items); err != nil {
			return err
		}
		snapshot, err := snapshotOf(tx, m, items)
		if err != nil {
			return err
		}
		if err := somethingToPublish(tx, m, snapshot); err != nil {
			return err
		}
		if err := carryOver(tx, m, items); err != nil {
			return err
		}
		version = meeting.AgendaVersion + 1
		published := Version{ID: newID(), MeetingID: meetingID, Version: version, PublishedAt: tx.Now, PublishedBy: actor.PersonID, Content: snapshot}
		if err := tx.Create(&published).Error; err != nil {
			return err
		}
		if err := db.RequireOne(tx.Exec(`update meeting set agenda_version = ?, version = version + 1 where id = ? and version = ?`,
			version, meetingID, meeting.Version)); err != nil {
			return err
		}
		if err := record(tx, "agenda.published", meetingID.String(), meeting.ForumID, nil, map[string]int{"version": version, "items": len(snapshot.Items)}); err != nil {
			return err
		}
		return tx.Enqueue(db.Job{Args: Published{MeetingID: meetingID, Version: version}})
	})
	return version, err
}

// publishNumbers gives numbers to the listed items that have none.
func publishNumbers(tx db.Tx, items []Item) ([]Item, error) {
	numbered := number(items)
	var changed []Item
	for i := range items {
		if numbered[i].Number != items[i].Number {
			changed = append(changed, numbered[i])
		}
	}
	return numbered, rewrite(tx, changed)
}

func snapshotOf(tx db.Tx, m forMeeting, items []Item) (Snapshot, error) {
	snapshot := Snapshot{
		ForumID: m.ForumID, ForumName: m.forum.Name, StartsAt: m.StartsAt, EndsAt: m.EndsAt, Venue: m.Venue,
		Terms: m.terms.Number, Available: int(m.Duration().Minutes()),
	}
	cases, err := casesOf(tx, items)
	if err != nil {
		return snapshot, err
	}
	for _, item := range items {
		if item.State == Removed || item.State == PutOver {
			continue // never published, so there is nothing to say of it
		}
		line := SnapshotItem{
			ID: item.ID, Number: item.Number, Kind: item.Kind, Title: item.Title, CaseID: item.CaseID, RequestID: item.RequestID,
			EscalationID: item.EscalationID, PresenterID: item.PresenterID, Minutes: item.Minutes, State: item.State,
			RemovedReason: item.RemovedReason, LateReason: item.LateReason, Reasons: item.Reasons,
		}
		if item.CaseID != nil {
			line.Case, line.ViewsOn = cases[*item.CaseID].Reference(), cases[*item.CaseID].ViewsRecordedOn
		}
		snapshot.Items = append(snapshot.Items, line)
	}
	rules, err := RulesInForce(tx)
	if err != nil {
		return snapshot, err
	}
	for _, rule := range rules {
		if rule.Enabled && !m.forum.Board && rule.ServesForum(m.forum.Template) {
			snapshot.Rules = append(snapshot.Rules, RuleVersion{rule.Key, rule.Version})
		}
	}
	return snapshot, nil
}

// somethingToPublish refuses an empty agenda, and a version that would say what the last one says.
func somethingToPublish(tx db.Tx, m forMeeting, snapshot Snapshot) error {
	listed := 0
	for _, item := range snapshot.Items {
		if item.State == Listed {
			listed++
		}
	}
	if listed == 0 {
		return fault.New(fault.Conflict, "This agenda is empty. Build it, or add an item, before publishing it.")
	}
	if m.AgendaVersion == 0 {
		return nil
	}
	content, err := json.Marshal(snapshot)
	if err != nil {
		return err
	}
	var same bool
	err = tx.Raw(`select content = ?::jsonb from agenda_version where meeting_id = ? and version = ?`, string(content), m.ID, m.AgendaVersion).Scan(&same).Error
	if err == nil && same {
		return fault.New(fault.Conflict, "Nothing has changed since version %d was published.", m.AgendaVersion)
	}
	return err
}

// casesOf reads the cases that items are about.
func casesOf(tx db.Tx, items []Item) (map[uuid.UUID]tracker.Case, error) {
	ids := []uuid.UUID{uuid.Nil}
	for _, item := range items {
		if item.CaseID != nil {
			ids = append(ids, *item.CaseID)
		}
	}
	var cases []tracker.Case
	err := tx.Raw(`select * from cases where id in ?`, ids).Scan(&cases).Error
	byID := make(map[uuid.UUID]tracker.Case, len(cases))
	for _, c := range cases {
		byID[c.ID] = c
	}
	return byID, err
}
