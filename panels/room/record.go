package room

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/clock"
)

// What an event puts on the record. Each is written with its event, in words and with the names of that
// moment, and is part of what the event's digest is over: an agency that is renamed, or a row that is
// altered in the database, alters nothing of it. SEALED-RECORD.md describes the shapes for readers outside.

// recordKind tells the shapes apart.
type recordKind string

const (
	ofMeeting           recordKind = "meeting"
	ofDecision          recordKind = "decision"
	ofCorrection        recordKind = "correction"
	ofAnswer            recordKind = "answer"
	ofMinutes           recordKind = "minutes"
	ofMinute            recordKind = "minute"
	ofMinutesCorrection recordKind = "minutes_correction"
	ofApproval          recordKind = "approval"
	ofRatification      recordKind = "ratification"
	ofEnding            recordKind = "ending"
)

// several is what an event puts on the record when it is more than one thing: the decisions of a consent list,
// or a decision that ends what was decided between meetings. They stand in the order of the record's sections.
type several []any

// recordText is a record as it is kept, "" for none.
func recordText(record any) (string, error) {
	if list, is := record.(several); is {
		switch len(list) {
		case 0:
			record = nil
		case 1:
			record = list[0]
		}
	}
	if record == nil {
		return "", nil
	}
	text, err := canonical(record)
	if err != nil {
		return "", fmt.Errorf("room: a record cannot be written: %w", err)
	}
	return string(text), nil
}

// recordsIn are the things that one event put on the record, each as canonical JSON.
func recordsIn(text string) []json.RawMessage {
	if !strings.HasPrefix(text, "[") {
		if text == "" {
			return nil
		}
		return []json.RawMessage{json.RawMessage(text)}
	}
	var list []json.RawMessage
	_ = json.Unmarshal([]byte(text), &list) // it was written by recordText
	return list
}

// together is recordsIn the other way round.
func together(records []string) string {
	if len(records) == 1 {
		return records[0]
	}
	return "[" + strings.Join(records, ",") + "]"
}

// meetingRecord is what a meeting was, when it closed.
type meetingRecord struct {
	Kind        recordKind         `json:"kind"`
	MeetingKind panels.MeetingKind `json:"meeting_kind"` // held, or what stood for a meeting between two
	Why         string             `json:"why"`          // between two: why it could not wait
	Forum       string             `json:"forum"`
	StartsAt    time.Time          `json:"starts_at"`
	ClosedAt    time.Time          `json:"closed_at"`
	Venue       string             `json:"venue"`
	Items       []numberedItem     `json:"items"`  // the events name items by id
	People      []namedPerson      `json:"people"` // and people
}

type numberedItem struct {
	ID     uuid.UUID `json:"id"`
	Number string    `json:"number"`
}

type namedPerson struct {
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name"`
}

// meetingRecord puts together what closes with the meeting. It names nobody but those who acted.
func (s *sitting) meetingRecord() (meetingRecord, error) {
	record := meetingRecord{
		Kind: ofMeeting, MeetingKind: s.meeting.Kind, Forum: s.forum.Name, StartsAt: s.meeting.StartsAt.UTC(), ClosedAt: s.Now, Venue: s.meeting.Venue,
		Items: []numberedItem{}, People: []namedPerson{},
	}
	if s.meeting.Between() {
		urgent, err := s.urgent()
		if err != nil {
			return record, err
		}
		record.Why = urgent.Why
	}
	err := s.Raw(`select id, number from agenda_item where meeting_id = ? and state in ('listed', 'taken_off') order by position, id`, s.meeting.ID).Scan(&record.Items).Error
	if err != nil {
		return record, err
	}
	err = s.Raw(`select id, name from person
		where id = @chair or id in (select person_id from room_event where meeting_id = @meeting) order by name, id`,
		map[string]any{"meeting": s.meeting.ID, "chair": s.Actor.PersonID}).Scan(&record.People).Error
	return record, err
}

// decisionRecord is a decision as it was confirmed.
type decisionRecord struct {
	Kind             recordKind         `json:"kind"`
	ID               uuid.UUID          `json:"id"`
	Taken            panels.MeetingKind `json:"taken"` // held: at a meeting; else how it was taken between two
	ItemID           uuid.UUID          `json:"item_id"`
	Item             string             `json:"item"` // its number on the agenda
	Case             string             `json:"case"` // "Q1042"; "" where it is about nobody, and on a board
	VoteID           *uuid.UUID         `json:"vote_id"`
	Positions        []recordPosition   `json:"positions"` // in that vote
	ReplacesID       *uuid.UUID         `json:"replaces_id"`
	Outcome          Outcome            `json:"outcome"`
	OutcomeWords     string             `json:"outcome_words"`
	Standing         Standing           `json:"standing"`
	Reasons          string             `json:"reasons"`
	Shares           []recordShare      `json:"shares"`
	Conditions       []recordCondition  `json:"conditions"`
	Needs            []recordNeed       `json:"needs"` // whose yes it waits for before it binds
	StartOn          clock.Date         `json:"start_on"`
	EndOn            clock.Date         `json:"end_on"`
	ReviewOn         clock.Date         `json:"review_on"`
	WithoutPrejudice bool               `json:"without_prejudice"`
	Meanwhile        string             `json:"meanwhile"`
	Challenge        string             `json:"challenge"` // in words
	Missing          string             `json:"missing"`
	NextForum        string             `json:"next_forum"`
	NextMeetingAt    *time.Time         `json:"next_meeting_at"`
	WhatNext         string             `json:"what_next"`
	CastingVote      Position           `json:"casting_vote"`
	AssessorPresent  bool               `json:"assessor_present"`
	Direction        string             `json:"direction,omitempty"` // a board's answer, with who does it and by when
	Owner            string             `json:"owner,omitempty"`
	ActBy            clock.Date         `json:"act_by,omitzero"`
	Quorum           string             `json:"quorum"` // in words, when it was taken
	ConfirmedBy      string             `json:"confirmed_by"`
	ConfirmedAt      time.Time          `json:"confirmed_at"`
}

type recordShare struct {
	AgencyID    uuid.UUID `json:"agency_id"`
	Agency      string    `json:"agency"`
	WeeklyPence int64     `json:"weekly_pence"`
	OneOffPence int64     `json:"one_off_pence"`
}

// recordPosition is what one funder or member said, as it stood when the vote closed.
type recordPosition struct {
	For       string   `json:"for"`
	By        string   `json:"by"`
	Deputy    bool     `json:"deputy"`
	Position  Position `json:"position"` // "" for none
	Condition string   `json:"condition"`
	Reason    string   `json:"reason"`
}

type recordCondition struct {
	Text        string     `json:"text"`
	EvidenceDue clock.Date `json:"evidence_due"`
	Owner       string     `json:"owner"`
	AskedBy     string     `json:"asked_by"` // the funder whose condition it is; "": the panel's
}

type recordNeed struct {
	Kind   NeedKind `json:"kind"`
	Agency string   `json:"agency"`
	Why    string   `json:"why"`
}

// decisionRecord reads a decision that was just kept, with the names of its ids.
func (s *sitting) decisionRecord(id uuid.UUID, item Item) (decisionRecord, error) {
	found, err := decisionsWhere(s.Tx, `d.id = ?`, id)
	if err != nil {
		return decisionRecord{}, err
	}
	if len(found) != 1 {
		return decisionRecord{}, fmt.Errorf("room: decision %s was not kept", id)
	}
	d := found[0]
	record := decisionRecord{
		Kind: ofDecision, ID: d.ID, Taken: s.meeting.Kind, Positions: []recordPosition{}, ItemID: d.ItemID, Item: item.Number, Case: item.Reference(), VoteID: d.VoteID, ReplacesID: d.ReplacesID,
		Outcome: d.Outcome, OutcomeWords: d.Outcome.Words(), Standing: d.Standing, Reasons: d.Reasons,
		Shares: []recordShare{}, Conditions: []recordCondition{}, Needs: []recordNeed{},
		StartOn: d.StartOn, EndOn: d.EndOn, ReviewOn: d.ReviewOn, WithoutPrejudice: d.WithoutPrejudice,
		Meanwhile: d.Meanwhile, Challenge: d.Challenge.Words(), Missing: d.Missing, NextForum: d.Names.NextForum, NextMeetingAt: utc(d.Names.NextMeetingAt),
		WhatNext: d.WhatNext, CastingVote: d.CastingVote, AssessorPresent: d.AssessorPresent, Direction: d.Direction, Owner: d.Names.Owner, ActBy: d.ActBy, Quorum: d.Quorum,
		ConfirmedBy: d.Names.ConfirmedBy, ConfirmedAt: d.ConfirmedAt.UTC(),
	}
	if d.VoteID != nil {
		if record.Positions, err = s.positionsOf(*d.VoteID); err != nil {
			return record, err
		}
	}
	for _, share := range d.Shares {
		agency, _ := agencyIn(s.agencies, share.AgencyID)
		record.Shares = append(record.Shares, recordShare{AgencyID: share.AgencyID, Agency: agency.Name, WeeklyPence: share.WeeklyPence, OneOffPence: share.OneOffPence})
	}
	for _, condition := range d.Conditions {
		record.Conditions = append(record.Conditions, recordCondition{Text: condition.Text, EvidenceDue: condition.EvidenceDue, Owner: condition.Now.Owner, AskedBy: condition.Now.AskedBy})
	}
	for _, need := range d.Needs {
		record.Needs = append(record.Needs, recordNeed{Kind: need.Kind, Agency: need.Agency, Why: need.Why})
	}
	return record, nil
}

// positionsOf lists who was asked in a closed vote and what each said.
func (s *sitting) positionsOf(voteID uuid.UUID) ([]recordPosition, error) {
	votes, err := votesWhere(s.Tx, `id = ?`, voteID)
	if err != nil {
		return nil, err
	}
	positions := []recordPosition{}
	for _, vote := range votes {
		for _, voter := range vote.Voters {
			given, _ := vote.standing(voter.For)
			positions = append(positions, recordPosition{For: voter.Name, By: voter.Person, Deputy: given.Deputy, Position: given.Position, Condition: given.Condition, Reason: given.Reason})
		}
	}
	return positions, nil
}

func utc(at *time.Time) *time.Time {
	if at == nil {
		return nil
	}
	there := at.UTC()
	return &there
}

// correctionRecord stands beside a decision.
type correctionRecord struct {
	Kind       recordKind `json:"kind"`
	DecisionID uuid.UUID  `json:"decision_id"`
	Item       string     `json:"item"`
	Wrong      string     `json:"wrong"`
	Right      string     `json:"right"`
	Reason     string     `json:"reason"`
	By         string     `json:"by"`
	At         time.Time  `json:"at"`
}

// answerRecord is an agency's yes or no to a decision that waited for it.
type answerRecord struct {
	Kind       recordKind `json:"kind"`
	DecisionID uuid.UUID  `json:"decision_id"`
	Item       string     `json:"item"`
	Need       NeedKind   `json:"need"`
	Agency     string     `json:"agency"`
	Agreed     bool       `json:"agreed"`
	Reason     string     `json:"reason"`
	By         string     `json:"by"`
	Officer    bool       `json:"officer"` // as the agency's authorising officer
	At         time.Time  `json:"at"`
}

// ratificationRecord is what the next meeting said of a decision taken between two. It stands in that
// meeting's record, and in the record of what was decided.
type ratificationRecord struct {
	Kind       recordKind         `json:"kind"`
	DecisionID uuid.UUID          `json:"decision_id"`
	Item       string             `json:"item"` // under which the meeting said it
	Taken      panels.MeetingKind `json:"taken"`
	TakenOn    clock.Date         `json:"taken_on"`
	Ratified   bool               `json:"ratified"`
	Reason     string             `json:"reason"`
	Quorum     string             `json:"quorum"` // in words
	MeetingOn  clock.Date         `json:"meeting_on"`
	By         string             `json:"by"`
	At         time.Time          `json:"at"`
}

// endingRecord is how something between meetings ended without a decision.
type endingRecord struct {
	Kind   recordKind `json:"kind"`
	Item   string     `json:"item"`
	How    HowEnded   `json:"how"`
	Reason string     `json:"reason"`
	By     string     `json:"by"` // "": it closed at its time
	At     time.Time  `json:"at"`
}

// minutesRecord is who was there, as the minutes have it when they become final. The guests of one item
// are with its minute.
type minutesRecord struct {
	Kind recordKind `json:"kind"`
	WhoWasThere
	FinalAt time.Time `json:"final_at"`
}

// minuteRecord is one item's minute, as it became final.
type minuteRecord struct {
	Kind    recordKind      `json:"kind"`
	ItemID  uuid.UUID       `json:"item_id"`
	Item    string          `json:"item"`
	Label   string          `json:"label"` // "20/26"
	Title   string          `json:"title"` // on a board an alias
	Guests  []Presence      `json:"guests"`
	Facts   json.RawMessage `json:"facts"`   // what put itself together, as MinuteFacts
	Wording string          `json:"wording"` // the discussion
}

// minutesCorrectionRecord stands beside the minutes.
type minutesCorrectionRecord struct {
	Kind       recordKind `json:"kind"`
	Item       string     `json:"item"` // "": of the minutes as a whole
	Text       string     `json:"text"`
	By         string     `json:"by"`
	At         time.Time  `json:"at"`
	AtApproval bool       `json:"at_approval"`
}

// approvalRecord says when the minutes were approved as a correct record, and where.
type approvalRecord struct {
	Kind      recordKind `json:"kind"`
	MeetingOn clock.Date `json:"meeting_on"`
	By        string     `json:"by"`
	At        time.Time  `json:"at"`
}

// minuteRecords are what final minutes put on the record: first of the meeting, then item by item, so
// that each item's can be left out for whoever has left for it.
func (p projector) minuteRecords(there WhoWasThere, facts map[uuid.UUID]json.RawMessage, rows map[uuid.UUID]minute, at time.Time) []logEntry {
	guests := map[uuid.UUID][]Presence{}
	whole := minutesRecord{Kind: ofMinutes, WhoWasThere: WhoWasThere{Present: []Presence{}, Apologies: append([]Missing{}, there.Apologies...), Absent: append([]Missing{}, there.Absent...)}, FinalAt: at}
	for _, present := range there.Present {
		if present.ItemID != nil {
			guests[*present.ItemID] = append(guests[*present.ItemID], present)
		} else {
			whole.Present = append(whole.Present, present)
		}
	}
	entries := []logEntry{{kind: "minutes.final", says: "The minutes are final", record: whole}}
	for _, item := range p.Items {
		row, begun := rows[item.ID]
		if !begun {
			continue
		}
		wording := row.Text
		if row.Version == 0 {
			wording = p.noteText(item.ID)
		}
		entries = append(entries, logEntry{kind: "minute.final", itemID: &item.ID, record: minuteRecord{
			Kind: ofMinute, ItemID: item.ID, Item: item.Number, Label: row.label(), Title: p.title(item),
			Guests: append([]Presence{}, guests[item.ID]...), Facts: facts[item.ID], Wording: wording,
		}})
	}
	return entries
}
