package room

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"github.com/google/uuid"

	"quorate/server/base/clock"
	"quorate/server/base/fault"
)

// A Command asks the room for one change. Its id is made where the person acts and is unique in the
// meeting: sent again, it gets the same reply and changes nothing.
type Command struct {
	ID     uuid.UUID
	Change Change
}

// A Reply acknowledges a command: the change is durable, and is the meeting's event number Seq.
type Reply struct {
	ID  uuid.UUID `json:"id"`
	Seq int64     `json:"seq"`
}

// A Change is what one command carries; its use case is its perform method, in the file of its verb.
//
// The JSON names stand here, not in server/live, because three readers share them: the socket, the
// form post and the meeting's own event log, which must read the same for as long as records are kept.
type Change interface {
	Type() string
	perform(*sitting) (happened, error)
}

// StartMeeting opens the room's business. Chair or deputy chair.
type StartMeeting struct{}

// PauseMeeting stops the business for a while: everybody stays in the room. Chair.
type PauseMeeting struct {
	Text string `json:"text"` // what everybody is told: "Back at 11am"
}

// ResumeMeeting goes on after a pause. Chair.
type ResumeMeeting struct{}

// AdjournMeeting stops the business, to go on another day or hour, with what was not reached. Chair.
type AdjournMeeting struct {
	Reason  string     `json:"reason"`
	On      clock.Date `json:"on"`      // Not known: the day is not fixed yet
	At      string     `json:"at"`      // "9:30am"
	Minutes int        `json:"minutes"` // how long it then lasts; 0: as the terms of reference say
}

// CloseMeeting ends it. Chair.
type CloseMeeting struct{}

// RecordAttendance says that a person arrived (or came back) or left. The clerk or chair for anyone;
// each person for themselves.
type RecordAttendance struct {
	PersonID uuid.UUID  `json:"person_id"`         // nil: the person acting
	Present  bool       `json:"present"`           // false: has left
	Remote   bool       `json:"remote"`            // joined by video or telephone
	SeatID   *uuid.UUID `json:"seat_id,omitempty"` // only in this seat; absent: in every seat they hold or deputise for
}

// DeclareInterest takes a person out of an item. The person themselves, or the clerk or chair for them.
type DeclareInterest struct {
	ItemID   uuid.UUID    `json:"item_id"`
	PersonID uuid.UUID    `json:"person_id"` // nil: the person acting
	Kind     InterestKind `json:"kind"`
	Reason   string       `json:"reason"`
}

// WithdrawInterest puts right a declaration made in error. Chair.
type WithdrawInterest struct {
	InterestID uuid.UUID `json:"interest_id"`
	Reason     string    `json:"reason"`
}

// AnswerInterest accepts a declared interest, or gives a dispensation with its reason and extent. Chair.
type AnswerInterest struct {
	InterestID uuid.UUID `json:"interest_id"`
	Extent     Extent    `json:"extent"`
	Reason     string    `json:"reason"` // of a dispensation
}

// NameAuthoriser gives a funder whose own members have all left for an item somebody to speak for it there.
// The funder's authorising officer, the clerk or the chair.
type NameAuthoriser struct {
	ItemID   uuid.UUID `json:"item_id"`
	AgencyID uuid.UUID `json:"agency_id"`
	PersonID uuid.UUID `json:"person_id"`
}

// OpenItem turns to an item, in any order; the item open before it is finished. Chair.
type OpenItem struct {
	ItemID uuid.UUID `json:"item_id"`
}

// MoveStage takes the open item from presenting to questions to deliberation, or back. Chair.
type MoveStage struct {
	ItemID uuid.UUID `json:"item_id"`
	Stage  Stage     `json:"stage"`
}

// FinishItem ends the open item without turning to another. Chair.
type FinishItem struct {
	ItemID uuid.UUID `json:"item_id"`
}

// PassItem leaves an item for now or for good. Chair.
type PassItem struct {
	ItemID uuid.UUID `json:"item_id"`
	Reason string    `json:"reason"`
}

// Share is what one agency would pay.
type Share struct {
	AgencyID         uuid.UUID `json:"agency_id"`
	WeeklyPence      int64     `json:"weekly_pence"`
	OneOffPence      int64     `json:"one_off_pence"`
	WithoutPrejudice bool      `json:"without_prejudice,omitempty"` // in the interim while a dispute runs, to be reclaimed
}

// OpenVote puts a proposal. For a funding request an empty split means the split of the request. Chair.
type OpenVote struct {
	ItemID      uuid.UUID  `json:"item_id"`
	Outcome     Outcome    `json:"outcome"`
	Text        string     `json:"text"`
	Split       []Share    `json:"split"`
	StartOn     clock.Date `json:"start_on"`
	EndOn       clock.Date `json:"end_on"` // Not known: the end that is asked for
	ReviewOn    clock.Date `json:"review_on"`
	Provisional bool       `json:"provisional"` // go on without quorum: binds nobody until endorsed
}

// PutOnConsentList puts an item that nobody contests on the list that is decided together. Chair.
type PutOnConsentList struct {
	ItemID  uuid.UUID `json:"item_id"`
	Reasons string    `json:"reasons"` // why it is agreed; where nobody is asked to pay, what is
}

// ObjectToConsent takes an item off the consent list: it is taken like any other. Whoever votes, and the chair.
type ObjectToConsent struct {
	ItemID uuid.UUID `json:"item_id"`
	Reason string    `json:"reason"`
}

// AgreeToConsent gives a funder's one position for the whole consent list, or takes it back. Members, on
// devices; the clerk, where the forum votes aloud.
type AgreeToConsent struct {
	SeatID uuid.UUID `json:"seat_id"`
	Agreed bool      `json:"agreed"`
}

// DecideConsent agrees everything that is on the consent list, each item with its own vote and decision. Chair.
type DecideConsent struct{}

// CastBallot gives the position of a seat's agency, by the person sitting in it. Members, on devices.
type CastBallot struct {
	VoteID    uuid.UUID `json:"vote_id"`
	SeatID    uuid.UUID `json:"seat_id"`
	Position  Position  `json:"position"`
	Condition string    `json:"condition"`
	Reason    string    `json:"reason"` // for everything but agreement without conditions
}

// RecordPosition writes down a position spoken in the room. Clerk, where the forum votes aloud.
type RecordPosition struct {
	VoteID    uuid.UUID `json:"vote_id"`
	SeatID    uuid.UUID `json:"seat_id"`
	Position  Position  `json:"position"`
	Condition string    `json:"condition"`
	Reason    string    `json:"reason"` // for everything but agreement without conditions
}

// ConfirmPosition says whether a recorded position is what the person said. The person it stands for.
type ConfirmPosition struct {
	BallotID uuid.UUID `json:"ballot_id"`
	Disputed bool      `json:"disputed"`
	Text     string    `json:"text"`
}

// CloseVote ends the voting and shows everyone who voted how. Chair.
type CloseVote struct {
	VoteID uuid.UUID `json:"vote_id"`
}

// Condition is what must be shown after a decision, by whom and by when.
type Condition struct {
	Text        string     `json:"text"`
	EvidenceDue clock.Date `json:"evidence_due"`
	OwnerID     uuid.UUID  `json:"owner_id"`
	AskedByID   *uuid.UUID `json:"asked_by_id,omitempty"` // the funder whose condition it is
}

// ConfirmDecision makes an item's outcome final. Chair.
type ConfirmDecision struct {
	ItemID     uuid.UUID   `json:"item_id"`
	VoteID     *uuid.UUID  `json:"vote_id,omitempty"` // the vote it rests on; absent where the outcome agrees to nothing
	Outcome    Outcome     `json:"outcome"`
	Reasons    string      `json:"reasons"`
	Conditions []Condition `json:"conditions"`
	Split      []Share     `json:"split"` // empty: as voted
	StartOn    clock.Date  `json:"start_on"`
	EndOn      clock.Date  `json:"end_on"`
	ReviewOn   clock.Date  `json:"review_on"` // Not known: the forum's first review months after the start

	Meanwhile string         `json:"meanwhile"` // not agreed: how need is met meanwhile
	Challenge ChallengeRoute `json:"challenge"` // not agreed: how to challenge
	Missing   string         `json:"missing"`   // defer: what is missing

	Direction string     `json:"direction"`          // a board's answer: what is to be done
	OwnerID   *uuid.UUID `json:"owner_id,omitempty"` // who does it
	ActBy     clock.Date `json:"act_by"`             // by when

	NextForumID   *uuid.UUID `json:"next_forum_id,omitempty"`   // refer: to which forum; defer: absent is this forum
	NextMeetingID *uuid.UUID `json:"next_meeting_id,omitempty"` // defer: to which meeting
	WhatNext      string     `json:"what_next"`                 // not eligible, escalate, withdrawn: what happens now

	CastingVote     Position   `json:"casting_vote"`             // only on a tie, only where the terms allow it
	EndorsedByID    *uuid.UUID `json:"endorsed_by_id,omitempty"` // provisional: the agency that must endorse
	AssessorPresent bool       `json:"assessor_present"`         // someone with the assessor's expertise took part
	ReplacesID      *uuid.UUID `json:"replaces_id,omitempty"`    // the earlier decision this varies or replaces
}

// SecondDecision confirms, as the other chair, the very words that the first confirmed: it binds from then on.
type SecondDecision struct {
	DecisionID uuid.UUID `json:"decision_id"`
}

// SendBackDecision takes a decision that waits for the other chair back to the panel. Either chair.
type SendBackDecision struct {
	DecisionID uuid.UUID `json:"decision_id"`
	Reason     string    `json:"reason"`
}

// TakeChair takes the meeting over from whoever is in the chair. The deputy, or the other of two who take turns.
type TakeChair struct{}

// HandChair gives the meeting to the deputy, or back to the chair. Whoever is in the chair.
type HandChair struct {
	PersonID uuid.UUID `json:"person_id"`
}

// StopBetween ends what is decided between meetings without a decision: it goes to the next meeting. Chair.
type StopBetween struct {
	Reason string `json:"reason"`
}

// RatifyDecision says whether a meeting ratifies what was decided between meetings. Chair.
type RatifyDecision struct {
	ItemID     uuid.UUID `json:"item_id"`
	DecisionID uuid.UUID `json:"decision_id"`
	Ratified   bool      `json:"ratified"`
	Reason     string    `json:"reason"` // needed where it is not ratified
}

// CorrectDecision mends the record of a decision and keeps the original beside it. Chair.
type CorrectDecision struct {
	DecisionID uuid.UUID `json:"decision_id"`
	Wrong      string    `json:"wrong"`  // what the record says
	Right      string    `json:"right"`  // what it should say
	Reason     string    `json:"reason"` // how the mistake came about
}

// EndorseDecision answers for an agency that was not there when a decision was concluded provisionally.
// Its authorising officer, or a deciding member of its who was not there.
type EndorseDecision struct {
	DecisionID uuid.UUID `json:"decision_id"`
	AgencyID   uuid.UUID `json:"agency_id"`
	Agreed     bool      `json:"agreed"`
	Reason     string    `json:"reason"` // needed to refuse
}

// AuthoriseDecision answers for an agency what its voter could only recommend. Its authorising officer.
type AuthoriseDecision struct {
	DecisionID uuid.UUID `json:"decision_id"`
	AgencyID   uuid.UUID `json:"agency_id"`
	Agreed     bool      `json:"agreed"`
	Reason     string    `json:"reason"` // needed to refuse
}

// RecordEvidence says what shows that a condition is met. Its owner, the clerk or the chair.
type RecordEvidence struct {
	ConditionID uuid.UUID  `json:"condition_id"`
	Text        string     `json:"text"`
	PaperID     *uuid.UUID `json:"paper_id,omitempty"` // one of the item's papers
}

// JudgeEvidence accepts the evidence for a condition, or asks again. Chair, clerk, or the funder who asked.
type JudgeEvidence struct {
	ConditionID uuid.UUID  `json:"condition_id"`
	EvidenceID  uuid.UUID  `json:"evidence_id"`
	Accepted    bool       `json:"accepted"`
	Reason      string     `json:"reason"` // asking again: what is still missing
	DueOn       clock.Date `json:"due_on"` // asking again: by when
}

// WriteNote adds a note to an item, or a newer version of one. Clerk or chair.
type WriteNote struct {
	NoteID      uuid.UUID `json:"note_id"` // made where it is typed
	ItemID      uuid.UUID `json:"item_id"`
	BaseVersion int       `json:"base_version"` // the version being edited; 0 for a new note
	Text        string    `json:"text"`
	ByForm      bool      `json:"by_form,omitempty"` // sent without script, where nobody can ask for the pen
}

// TakePen takes over writing an item's notes, or asks whoever is writing. Clerk or chair.
type TakePen struct {
	ItemID uuid.UUID `json:"item_id"`
}

// HandOverPen lets whoever asked write the notes. Whoever is writing.
type HandOverPen struct {
	ItemID uuid.UUID `json:"item_id"`
}

// ApproveMinutes approves the minutes of an earlier meeting as a correct record, under the item about them. Chair.
type ApproveMinutes struct {
	ItemID      uuid.UUID `json:"item_id"`
	MinutesOf   uuid.UUID `json:"minutes_of"`  // the earlier meeting
	Corrections string    `json:"corrections"` // what the meeting puts right in them; "" for nothing
}

// RaiseAction gives one or more people something to do by a day. Clerk or chair.
type RaiseAction struct {
	ItemID   *uuid.UUID  `json:"item_id,omitempty"`
	OwnerID  uuid.UUID   `json:"owner_id"`
	AlsoIDs  []uuid.UUID `json:"also_ids,omitempty"`  // who does it with them
	AgencyID *uuid.UUID  `json:"agency_id,omitempty"` // absent: the first owner's agency
	DueOn    clock.Date  `json:"due_on"`
	Text     string      `json:"text"`
}

// What follows may be about an action raised in this meeting or at an earlier one of the forum.

// CompleteAction says that it is done. Its owners, the clerk or the chair.
type CompleteAction struct {
	ActionID uuid.UUID `json:"action_id"`
	Text     string    `json:"text"` // what was done
}

// NoteProgress says how it goes. Its owners, the clerk or the chair.
type NoteProgress struct {
	ActionID uuid.UUID `json:"action_id"`
	Text     string    `json:"text"`
}

// CarryAction says that the meeting came to it and it is not done: it returns at the next. Clerk or chair.
type CarryAction struct {
	ActionID uuid.UUID `json:"action_id"`
	Text     string    `json:"text"` // why not
}

// ExtendAction gives it another day. Clerk or chair; its owners cannot.
type ExtendAction struct {
	ActionID uuid.UUID  `json:"action_id"`
	DueOn    clock.Date `json:"due_on"`
	Text     string     `json:"text"` // why
}

// ReopenAction opens one that was done, with another day. Clerk or chair.
type ReopenAction struct {
	ActionID uuid.UUID  `json:"action_id"`
	DueOn    clock.Date `json:"due_on"`
	Text     string     `json:"text"` // why
}

// UpdateList is one stop in a walk down many names: every part is optional, all happen together. Clerk or chair.
type UpdateList struct {
	ItemID    uuid.UUID    `json:"item_id"`
	Worker    *string      `json:"worker,omitempty"`
	RAG       *string      `json:"rag,omitempty"` // "Red", "Amber", "Green" or ""
	NextStep  *string      `json:"next_step,omitempty"`
	Discussed bool         `json:"discussed"`
	Action    *RaiseAction `json:"action,omitempty"` // its item is this one
	Refer     *ReferTo     `json:"refer,omitempty"`
	Next      bool         `json:"next"` // then turn to the next name
}

// ReferTo sends a case to another forum's next agenda.
type ReferTo struct {
	ForumID uuid.UUID `json:"forum_id"`
	Reason  string    `json:"reason"`
}

// Type names each change on the wire and in the event log: noun, then what happens to it.

func (StartMeeting) Type() string      { return "meeting.start" }
func (PauseMeeting) Type() string      { return "meeting.pause" }
func (ResumeMeeting) Type() string     { return "meeting.resume" }
func (AdjournMeeting) Type() string    { return "meeting.adjourn" }
func (CloseMeeting) Type() string      { return "meeting.close" }
func (RecordAttendance) Type() string  { return "attendance.record" }
func (DeclareInterest) Type() string   { return "interest.declare" }
func (WithdrawInterest) Type() string  { return "interest.withdraw" }
func (AnswerInterest) Type() string    { return "interest.answer" }
func (NameAuthoriser) Type() string    { return "authoriser.name" }
func (OpenItem) Type() string          { return "item.open" }
func (MoveStage) Type() string         { return "item.stage" }
func (FinishItem) Type() string        { return "item.finish" }
func (PassItem) Type() string          { return "item.pass" }
func (OpenVote) Type() string          { return "vote.open" }
func (PutOnConsentList) Type() string  { return "consent.put" }
func (ObjectToConsent) Type() string   { return "consent.object" }
func (AgreeToConsent) Type() string    { return "consent.agree" }
func (DecideConsent) Type() string     { return "consent.decide" }
func (CastBallot) Type() string        { return "ballot.cast" }
func (RecordPosition) Type() string    { return "position.record" }
func (ConfirmPosition) Type() string   { return "position.confirm" }
func (CloseVote) Type() string         { return "vote.close" }
func (ConfirmDecision) Type() string   { return "decision.confirm" }
func (SecondDecision) Type() string    { return "decision.second" }
func (SendBackDecision) Type() string  { return "decision.return" }
func (TakeChair) Type() string         { return "chair.take" }
func (HandChair) Type() string         { return "chair.hand" }
func (StopBetween) Type() string       { return "between.stop" }
func (RatifyDecision) Type() string    { return "decision.ratify" }
func (CorrectDecision) Type() string   { return "decision.correct" }
func (EndorseDecision) Type() string   { return "decision.endorse" }
func (AuthoriseDecision) Type() string { return "decision.authorise" }
func (RecordEvidence) Type() string    { return "condition.show" }
func (JudgeEvidence) Type() string     { return "condition.judge" }
func (WriteNote) Type() string         { return "note.write" }
func (TakePen) Type() string           { return "note.take" }
func (HandOverPen) Type() string       { return "note.handover" }
func (ApproveMinutes) Type() string    { return "minutes.approve" }
func (RaiseAction) Type() string       { return "action.raise" }
func (CompleteAction) Type() string    { return "action.complete" }
func (NoteProgress) Type() string      { return "action.note" }
func (CarryAction) Type() string       { return "action.carry" }
func (ExtendAction) Type() string      { return "action.extend" }
func (ReopenAction) Type() string      { return "action.reopen" }
func (UpdateList) Type() string        { return "list.update" }

func reads[C Change](raw json.RawMessage) (Change, error) {
	var change C
	if len(raw) == 0 {
		return change, nil
	}
	strict := json.NewDecoder(bytes.NewReader(raw))
	strict.DisallowUnknownFields()
	err := strict.Decode(&change)
	return change, err
}

var changes = map[string]func(json.RawMessage) (Change, error){
	StartMeeting{}.Type():      reads[StartMeeting],
	PauseMeeting{}.Type():      reads[PauseMeeting],
	ResumeMeeting{}.Type():     reads[ResumeMeeting],
	AdjournMeeting{}.Type():    reads[AdjournMeeting],
	CloseMeeting{}.Type():      reads[CloseMeeting],
	RecordAttendance{}.Type():  reads[RecordAttendance],
	DeclareInterest{}.Type():   reads[DeclareInterest],
	WithdrawInterest{}.Type():  reads[WithdrawInterest],
	AnswerInterest{}.Type():    reads[AnswerInterest],
	NameAuthoriser{}.Type():    reads[NameAuthoriser],
	OpenItem{}.Type():          reads[OpenItem],
	MoveStage{}.Type():         reads[MoveStage],
	FinishItem{}.Type():        reads[FinishItem],
	PassItem{}.Type():          reads[PassItem],
	OpenVote{}.Type():          reads[OpenVote],
	PutOnConsentList{}.Type():  reads[PutOnConsentList],
	ObjectToConsent{}.Type():   reads[ObjectToConsent],
	AgreeToConsent{}.Type():    reads[AgreeToConsent],
	DecideConsent{}.Type():     reads[DecideConsent],
	CastBallot{}.Type():        reads[CastBallot],
	RecordPosition{}.Type():    reads[RecordPosition],
	ConfirmPosition{}.Type():   reads[ConfirmPosition],
	CloseVote{}.Type():         reads[CloseVote],
	ConfirmDecision{}.Type():   reads[ConfirmDecision],
	SecondDecision{}.Type():    reads[SecondDecision],
	SendBackDecision{}.Type():  reads[SendBackDecision],
	TakeChair{}.Type():         reads[TakeChair],
	HandChair{}.Type():         reads[HandChair],
	StopBetween{}.Type():       reads[StopBetween],
	RatifyDecision{}.Type():    reads[RatifyDecision],
	CorrectDecision{}.Type():   reads[CorrectDecision],
	EndorseDecision{}.Type():   reads[EndorseDecision],
	AuthoriseDecision{}.Type(): reads[AuthoriseDecision],
	RecordEvidence{}.Type():    reads[RecordEvidence],
	JudgeEvidence{}.Type():     reads[JudgeEvidence],
	WriteNote{}.Type():         reads[WriteNote],
	TakePen{}.Type():           reads[TakePen],
	HandOverPen{}.Type():       reads[HandOverPen],
	ApproveMinutes{}.Type():    reads[ApproveMinutes],
	RaiseAction{}.Type():       reads[RaiseAction],
	CompleteAction{}.Type():    reads[CompleteAction],
	NoteProgress{}.Type():      reads[NoteProgress],
	CarryAction{}.Type():       reads[CarryAction],
	ExtendAction{}.Type():      reads[ExtendAction],
	ReopenAction{}.Type():      reads[ReopenAction],
	UpdateList{}.Type():        reads[UpdateList],
}

// CommandTypes lists every command the room understands, in order of name.
func CommandTypes() []string { return slices.Sorted(maps.Keys(changes)) }

// ReadChange reads a change from the wire. A key it does not know is refused, so that a client never
// believes something was recorded that was not.
func ReadChange(commandType string, data json.RawMessage) (Change, error) {
	read, known := changes[commandType]
	if !known {
		return nil, fault.New(fault.Invalid, "This page asked for something Quorate does not know. Refresh the page and try again.")
	}
	change, err := read(data)
	if err != nil {
		return nil, fault.New(fault.Invalid, "Quorate could not read what was entered. Check dates and amounts, then try again.").Because(err)
	}
	return change, nil
}
