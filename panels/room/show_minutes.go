package room

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Minutes are the record of a meeting, as one viewer may see it: who was there and what became of each
// item put themselves together, and the wording is the clerk's.
type Minutes struct {
	Meeting       MeetingView
	Reader        string
	State         MinutesState
	Begun         bool       // the meeting is closed and its items have their numbers
	SentAt        *time.Time // for comment; nil: not yet
	CommentsUntil clock.Date
	FinalAt       *time.Time
	Approval      *MinutesApproval
	Ended         time.Time // when the meeting was closed; zero while it is not
	There         WhoWasThere
	Arising       []ArisingView // actions of earlier meetings that this one came to; for those at the table
	Items         []MinuteItem
	Comments      []MinutesComment    // on the whole
	Corrections   []MinutesCorrection // beside the whole
	OnlyOwn       bool                // the reader brought items, and sees those alone

	// What this reader may do now.
	MayWord    bool
	MaySend    bool // for comment, or until another day
	MayFinish  bool
	MayComment bool
	MayCorrect bool
	MayAnswer  bool
	MayExtract bool // prepare one young person's part

	Seal *Seal // how the meeting's log ends; for those who may take the sealed record
}

// MinutesApproval is when minutes were approved as a correct record, and where.
type MinutesApproval struct {
	At        time.Time
	By        string
	MeetingID uuid.UUID
	MeetingOn clock.Date
}

// MinuteItem is one item of the minutes.
type MinuteItem struct {
	ItemLine
	Label string // its running number: "20/26"; "" until the minutes are begun
	MinuteFacts
	Wording     string        // the discussion; for those at the table
	Awaiting    *AwaitingView // confirmed by one chair of two; for those at the table
	Comments    []MinutesComment
	Corrections []MinutesCorrection
	Extract     bool // one young person's part of it can be taken out
}

// MinuteFacts are what puts itself together of an item. Nobody edits them; what is wrong is put right
// beside them.
type MinuteFacts struct {
	Interests []MinuteInterest `json:"interests"` // declared in the item
	Vote      *VoteView        `json:"vote"`      // who voted how, with the earlier runs; for those at the table
	Decision  *DecisionView    `json:"decision"`
	Ratifies  *RatifiesView    `json:"ratifies,omitempty"` // the decision taken between meetings that it put before this one
	Actions   []ActionView     `json:"actions"`            // for those at the table
	Referred  []string         `json:"referred"`           // to which forums
	NextStep  string           `json:"next_step"`
	Passed    bool             `json:"passed"`
}

// MinuteInterest is an interest that somebody declared in an item, and how the chair answered it.
type MinuteInterest struct {
	PersonID uuid.UUID `json:"person_id"`
	Name     string    `json:"name"`
	Extent   Extent    `json:"extent"`
	Answer   string    `json:"answer"` // the reason of a dispensation: rule 7
}

// Sentence is the interest as minutes say it.
func (i MinuteInterest) Sentence() string {
	words := i.Name + " " + map[Extent]string{
		"":            "declared an interest and left for this item. The chair gave no answer to it",
		StaysOut:      "declared an interest, which the chair accepted, and left for this item",
		MaySpeak:      "declared an interest. The chair gave a dispensation to speak on this item and not vote",
		MaySpeakVotes: "declared an interest. The chair gave a dispensation to speak and vote on this item",
	}[i.Extent]
	if i.Answer != "" {
		words += ", because: " + strings.TrimSuffix(i.Answer, ".")
	}
	return words + "."
}

// ShowMinutes is the record of a meeting as it stands. Whoever only brought an item sees that item.
func ShowMinutes(tx db.Tx, meetingID uuid.UUID) (Minutes, error) {
	p, err := project(tx, meetingID)
	if err != nil {
		return Minutes{}, err
	}
	if p.Meeting.Between() {
		return Minutes{}, fault.New(fault.NotFound, "There are no minutes of what is decided between meetings. Its record is the decision.")
	}
	reads := tx.Actor.May(access.ReadDecisions, p.Forum.ID)
	if !reads && len(p.viewer.Presents) == 0 {
		return Minutes{}, fault.New(fault.NotFound, "There is no such meeting.")
	}
	row, err := minutesOf(tx, meetingID)
	if err != nil {
		return Minutes{}, err
	}
	minutes := Minutes{
		Meeting: p.meeting(), Reader: p.viewer.Name, State: row.State, Begun: row.MeetingID == meetingID, SentAt: row.SentAt,
		CommentsUntil: row.CommentsUntil, FinalAt: row.FinalAt, OnlyOwn: !reads,
	}
	minutes.allow(p, row, tx)
	if tx.Actor.May(access.RecordMeeting, p.Forum.ID) && p.Meeting.Status == panels.Closed && !p.Meeting.Brought {
		if minutes.Seal, err = sealOf(tx, p.Meeting); err != nil {
			return Minutes{}, err
		}
	}
	if row.State == Approved {
		minutes.Approval, err = approvalOf(tx, row)
		if err != nil {
			return Minutes{}, err
		}
	}
	if minutes.Ended, err = closedAt(tx, meetingID); err != nil {
		return Minutes{}, err
	}
	if reads {
		if minutes.There, err = p.attendanceOf(tx, row); err != nil {
			return Minutes{}, err
		}
	}
	for _, action := range p.arising() {
		if action.Heard != "" {
			minutes.Arising = append(minutes.Arising, action)
		}
	}
	comments, err := p.comments(tx)
	if err != nil {
		return Minutes{}, err
	}
	corrections, err := p.minutesCorrections(tx)
	if err != nil {
		return Minutes{}, err
	}
	rows, err := minuteRows(tx, meetingID)
	if err != nil {
		return Minutes{}, err
	}
	for _, item := range p.Items {
		if p.viewer.omits(item) {
			continue
		}
		shown, err := p.minuteItem(item, rows)
		if err != nil {
			return Minutes{}, err
		}
		shown.Extract = minutes.MayExtract && shown.Hidden == "" && item.CaseID != nil && !p.Forum.Board && !shown.TakenOff
		for _, comment := range comments {
			if comment.ItemID != nil && *comment.ItemID == item.ID {
				shown.Comments = append(shown.Comments, comment)
			}
		}
		for _, correction := range corrections {
			if correction.ItemID != nil && *correction.ItemID == item.ID {
				shown.Corrections = append(shown.Corrections, correction)
			}
		}
		minutes.Items = append(minutes.Items, shown)
	}
	for _, comment := range comments {
		if comment.ItemID == nil {
			minutes.Comments = append(minutes.Comments, comment)
		}
	}
	if reads {
		for _, correction := range corrections {
			if correction.ItemID == nil {
				minutes.Corrections = append(minutes.Corrections, correction)
			}
		}
	}
	return minutes, nil
}

// allow says what the reader may do with the minutes now.
func (m *Minutes) allow(p projector, row minutesRow, tx db.Tx) {
	records := tx.Actor.May(access.RecordMeeting, p.Forum.ID) && p.Meeting.Status == panels.Closed
	drafted := row.State == Drafted || row.State == ForComment
	m.MayWord, m.MaySend, m.MayFinish = records && drafted, records && drafted, records && drafted
	m.MayAnswer, m.MayCorrect = records && row.State != Approved, records && row.State != Approved
	m.MayComment = tx.Actor.May(access.ReadDecisions, p.Forum.ID) && row.openForComment(tx.Today())
	m.MayExtract = p.viewer.AtTable && !drafted
}

func approvalOf(tx db.Tx, row minutesRow) (*MinutesApproval, error) {
	var found struct {
		Name     string
		StartsAt time.Time
	}
	err := tx.Raw(`select p.name, m.starts_at from person p, meeting m where p.id = ? and m.id = ?`, row.ApprovedBy, row.ApprovedMeetingID).Take(&found).Error
	return &MinutesApproval{At: *row.ApprovedAt, By: found.Name, MeetingID: *row.ApprovedMeetingID, MeetingOn: clock.DateOf(found.StartsAt)}, err
}

// attendanceOf is who was there: as it was kept when the minutes became final, else as it is recorded.
func (p projector) attendanceOf(tx db.Tx, row minutesRow) (WhoWasThere, error) {
	if len(row.Facts) == 0 {
		return p.whoWasThere(tx)
	}
	var kept WhoWasThere
	if err := json.Unmarshal(row.Facts, &kept); err != nil {
		return kept, fmt.Errorf("room: the minutes of meeting %s cannot be read: %w", p.Meeting.ID, err)
	}
	kept.Present = slices.DeleteFunc(kept.Present, func(present Presence) bool {
		if present.ItemID == nil {
			return false
		}
		item, found := p.State.item(*present.ItemID)
		return !found || p.viewer.hides(p.State, item) != ""
	})
	return kept, nil
}

// minuteItem is one item as the viewer may see it.
func (p projector) minuteItem(item Item, rows map[uuid.UUID]minute) (MinuteItem, error) {
	shown := MinuteItem{ItemLine: p.line(item)}
	row, begun := rows[item.ID]
	if begun {
		shown.Label = row.label()
	}
	if shown.Hidden != "" {
		return shown, nil
	}
	if len(row.Facts) == 0 {
		shown.MinuteFacts = projector{p.State, recorder}.itemFacts(item)
	} else if err := json.Unmarshal(row.Facts, &shown.MinuteFacts); err != nil {
		return shown, fmt.Errorf("room: the minute of item %s cannot be read: %w", item.ID, err)
	}
	for i, interest := range shown.Interests {
		if !p.viewer.Chair && !p.viewer.Clerk && interest.PersonID != p.viewer.PersonID {
			shown.Interests[i].Answer = "" // rule 7
		}
	}
	if decision, found := p.State.decision(item.ID); found && shown.Decision != nil {
		since := p.State.DecisionView(decision) // corrected or replaced since the minutes were final
		shown.Decision.Corrections, shown.Decision.ReplacedBy = since.Corrections, since.ReplacedBy
	}
	p.State.sinceFinal(shown.Vote)
	if !p.viewer.AtTable { // rule 6: of the outcome they see the decision, and nothing of how it came about
		shown.Vote, shown.Actions = nil, nil
		if shown.Decision != nil {
			shown.Decision.outcomeOnly()
		}
		return shown, nil
	}
	if waiting, found := p.State.awaiting(item.ID); found {
		view := p.AwaitingView(waiting)
		shown.Awaiting = &view
	}
	shown.Wording = row.Text
	if row.Version == 0 {
		shown.Wording = p.noteText(item.ID)
	}
	return shown, nil
}

// itemFacts puts together what became of an item, with nothing left out.
func (p projector) itemFacts(item Item) MinuteFacts {
	facts := MinuteFacts{NextStep: item.NextStep, Passed: item.Progress == PassedOver}
	for _, interest := range p.interestsIn(item) {
		facts.Interests = append(facts.Interests, MinuteInterest{PersonID: interest.PersonID, Name: interest.Name, Extent: interest.Extent, Answer: interest.Answer})
	}
	facts.Vote = p.vote(item)
	if decision, found := p.State.decision(item.ID); found {
		shown := p.State.DecisionView(decision)
		facts.Decision = &shown
	}
	facts.Ratifies = p.ratifies(item)
	for _, action := range p.actions() {
		if action.ItemID != nil && *action.ItemID == item.ID {
			facts.Actions = append(facts.Actions, action)
		}
	}
	for _, referral := range p.Referrals {
		if referral.ItemID == item.ID {
			facts.Referred = append(facts.Referred, referral.ToForum)
		}
	}
	if item.State == agendas.TakenOff {
		return MinuteFacts{}
	}
	return facts
}
