package agendas

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels"
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
	DueOn       clock.Date // the day by which the agenda had to be out when this version was
	LateReason  string     // why the first version came after that day
	Content     Snapshot   `gorm:"serializer:json"`
}

// Late reports whether the agenda came out after its day. Later versions are changes, not late.
func (v Version) Late() bool {
	return v.Version == 1 && !v.DueOn.IsZero() && clock.DateOf(v.PublishedAt).After(v.DueOn)
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

	Tabling *SnapshotTabling `json:"tabling,omitempty"` // nil: it was not recorded who told them
}

// RuleVersion names a rule as it stood.
type RuleVersion struct {
	Key     string `json:"key"`
	Version int    `json:"version"`
}

// Seen is what somebody looked at before they published it.
type Seen struct {
	Mark       string // of the preview they saw
	LateReason string // why the agenda comes after its day; only the first version has one
}

// PublishAgenda numbers the items and publishes them as the next version. The numbers stay for ever;
// what came later has the number above it with a letter; what was pulled is "Taken off".
func (s Store) PublishAgenda(ctx context.Context, actor access.Actor, meetingID uuid.UUID) (version int, err error) {
	return s.publish(ctx, actor, meetingID, func(publication) error { return nil })
}

// PublishAsSeen is PublishAgenda for whoever has looked at the preview: what changed under their eyes is
// not published, and an agenda that is late says why.
func (s Store) PublishAsSeen(ctx context.Context, actor access.Actor, meetingID uuid.UUID, seen Seen) (version int, err error) {
	seen.LateReason = strings.TrimSpace(seen.LateReason)
	return s.publish(ctx, actor, meetingID, func(p publication) error {
		if seen.Mark != "" && seen.Mark != p.mark() {
			return fault.New(fault.Stale, "The agenda changed while you were looking at it. Look at what would be published now, then publish it.")
		}
		var form fault.Form
		form.Require(!p.next.Late() || seen.LateReason != "", "late_reason", "Enter why the agenda comes late")
		form.Require(len([]rune(seen.LateReason)) <= reasonLimit, "late_reason", "Shorten the reason to 500 characters or fewer")
		if p.next.Late() {
			p.next.LateReason = seen.LateReason
		}
		return form.Err()
	})
}

// publish publishes what accept does not refuse.
func (s Store) publish(ctx context.Context, actor access.Actor, meetingID uuid.UUID, accept func(publication) error) (version int, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		meeting, err := lockToBuild(tx, meetingID)
		if err != nil {
			return err
		}
		p, err := readPublication(tx, meeting)
		if err != nil {
			return err
		}
		if p.closed != nil {
			return p.closed
		}
		if err := accept(p); err != nil {
			return err
		}
		if err := rewrite(tx, p.numbered); err != nil {
			return err
		}
		if err := carryOver(tx, p.forMeeting, p.items); err != nil {
			return err
		}
		version = p.next.Version
		if err := tx.Create(p.next).Error; err != nil {
			return err
		}
		if err := db.RequireOne(tx.Exec(`update meeting set agenda_version = ?, version = version + 1 where id = ? and version = ?`,
			version, meetingID, meeting.Version)); err != nil {
			return err
		}
		if err := record(tx, "agenda.published", meetingID.String(), meeting.ForumID, nil, map[string]int{"version": version, "items": len(p.next.Content.Items)}); err != nil {
			return err
		}
		return tx.Enqueue(db.Job{Args: Published{MeetingID: meetingID, Version: version}})
	})
	return version, err
}

// publication is what publishing now would bring out.
type publication struct {
	forMeeting
	items    []Item
	numbered []Item   // those of them that get their number by it
	last     *Version // what is out; nil before the first
	next     *Version
	closed   error // why it cannot be published
}

// mark tells one preview from another.
func (p publication) mark() string {
	content, err := json.Marshal(p.next.Content)
	if err != nil {
		panic(err) // a snapshot is made of what JSON can say
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:8])
}

// readPublication reads what publishing a meeting's agenda now would bring out.
func readPublication(tx db.Tx, meeting panels.Meeting) (p publication, err error) {
	if p.forMeeting, err = readForMeeting(tx, meeting); err != nil {
		return p, err
	}
	items, err := Items(tx, meeting.ID)
	if err != nil {
		return p, err
	}
	p.items = number(items)
	for i := range items {
		if p.items[i].Number != items[i].Number {
			p.numbered = append(p.numbered, p.items[i])
		}
	}
	content, err := snapshotOf(tx, p.forMeeting, p.items)
	if err != nil {
		return p, err
	}
	p.next = &Version{
		ID: newID(), MeetingID: meeting.ID, Version: meeting.AgendaVersion + 1, PublishedAt: tx.Now, PublishedBy: tx.Actor.PersonID,
		DueOn: meeting.AgendaOutOn, Content: content,
	}
	if meeting.AgendaVersion > 0 {
		p.last = &Version{}
		if err := tx.Where("meeting_id = ? and version = ?", meeting.ID, meeting.AgendaVersion).Take(p.last).Error; err != nil {
			return p, err
		}
	}
	p.closed, err = somethingToPublish(tx, p.forMeeting, content)
	return p, err
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
	heard, err := tracker.LastHeard(tx, casesIn(items))
	if err != nil {
		return snapshot, err
	}
	var told map[uuid.UUID]Tabling
	if !m.forum.Board {
		if told, err = tablingsOf(tx, m.ID); err != nil {
			return snapshot, err
		}
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
			line.Case, line.ViewsOn = cases[*item.CaseID].Reference(), heard[*item.CaseID]
			if recorded, known := told[*item.CaseID]; known {
				line.Tabling = recorded.snapshot()
			}
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
func somethingToPublish(tx db.Tx, m forMeeting, snapshot Snapshot) (refusal, err error) {
	if !slices.ContainsFunc(snapshot.Items, func(item SnapshotItem) bool { return item.State == Listed }) {
		return fault.New(fault.Conflict, "This agenda is empty. Build it, or add an item, before publishing it."), nil
	}
	if m.AgendaVersion == 0 {
		return nil, nil
	}
	content, err := json.Marshal(snapshot)
	if err != nil {
		return nil, err
	}
	var same bool
	err = tx.Raw(`select content = ?::jsonb from agenda_version where meeting_id = ? and version = ?`, string(content), m.ID, m.AgendaVersion).Scan(&same).Error
	if err == nil && same {
		return fault.New(fault.Conflict, "Nothing has changed since version %d was published.", m.AgendaVersion), nil
	}
	return nil, err
}

// casesIn are the cases that items are about.
func casesIn(items []Item) (ids []uuid.UUID) {
	for _, item := range items {
		if item.CaseID != nil {
			ids = append(ids, *item.CaseID)
		}
	}
	return ids
}

// casesOf reads the cases that items are about.
func casesOf(tx db.Tx, items []Item) (map[uuid.UUID]tracker.Case, error) {
	var cases []tracker.Case
	err := tx.Raw(`select * from cases where id in ?`, append(casesIn(items), uuid.Nil)).Scan(&cases).Error
	byID := make(map[uuid.UUID]tracker.Case, len(cases))
	for _, c := range cases {
		byID[c.ID] = c
	}
	return byID, err
}
