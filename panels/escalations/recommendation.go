package escalations

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// Source is where a recommendation comes from.
type Source string

// The sources of a recommendation.
const (
	FromBoard      Source = "board" // an answer of this board
	FromReview     Source = "review"
	FromInspection Source = "inspection"
	FromAudit      Source = "audit"
	FromElsewhere  Source = "other"
)

// Sources are the sources in the order a form offers them.
var Sources = []Source{FromBoard, FromReview, FromInspection, FromAudit, FromElsewhere}

var sourceWords = map[Source]string{
	FromBoard: "The board’s answer", FromReview: "A review", FromInspection: "An inspection", FromAudit: "An audit", FromElsewhere: "Somewhere else",
}

// Words is the source as people say it, "" for one that does not exist.
func (s Source) Words() string { return sourceWords[s] }

// Response is what those to whom a recommendation is made say of it.
type Response string

// The responses.
const (
	Accepted    Response = "accepted"
	Partly      Response = "partly"
	NotAccepted Response = "not_accepted"
)

// Responses are the responses in the order a form offers them.
var Responses = []Response{Accepted, Partly, NotAccepted}

// Words is the response as people say it, "" before there is one.
func (r Response) Words() string {
	return map[Response]string{Accepted: "Accepted", Partly: "Accepted in part", NotAccepted: "Not accepted"}[r]
}

// Recommendation is what a board or a review recommended, and how far it has got. It names no young person.
type Recommendation struct {
	ID          uuid.UUID
	Number      int64 `gorm:"->"` // "R3"
	BoardID     uuid.UUID
	AnswerID    *uuid.UUID // of the board, where it comes from one
	Source      Source
	SourceName  string // "Safeguarding practice review, March 2026"
	Text        string
	MadeOn      clock.Date
	MadeTo      string // who is to respond: an agency, a forum, a service
	LeadID      uuid.UUID
	ResponseDue clock.Date
	Response    Response
	Reason      string // of accepting it in part, or not
	RespondedOn clock.Date
	DueOn       clock.Date // when what is accepted is to be done
	DoneOn      clock.Date
	Evidence    string
	ChasedOn    clock.Date
	AddedBy     uuid.UUID
	AddedAt     time.Time
	Version     int
}

// TableName is recommendation.
func (Recommendation) TableName() string { return "recommendation" }

// Reference is the recommendation's number as people see it, "R3".
func (r Recommendation) Reference() string { return fmt.Sprintf("R%d", r.Number) }

// RecommendationState is how a recommendation stands on a day.
type RecommendationState string

// The states of a recommendation.
const (
	AwaitsResponse RecommendationState = "response_due"
	ResponseLate   RecommendationState = "response_late"
	ToBeDone       RecommendationState = "to_do"
	Late           RecommendationState = "late"
	Finished       RecommendationState = "done"
	Refused        RecommendationState = "not_accepted"
)

// RecommendationStates are the states in the order a filter offers them.
var RecommendationStates = []RecommendationState{ResponseLate, AwaitsResponse, Late, ToBeDone, Finished, Refused}

// Words is the state as people say it, "" for one that does not exist.
func (s RecommendationState) Words() string {
	return map[RecommendationState]string{
		AwaitsResponse: "Response due", ResponseLate: "Response overdue", ToBeDone: "To be done", Late: "Overdue", Finished: "Done", Refused: "Not accepted",
	}[s]
}

// recommendationState is the state of recommendation r on @today; a list, its filter and its counts ask it.
const recommendationState = `case
	when r.done_on is not null then 'done'
	when r.response = 'not_accepted' then 'not_accepted'
	when r.response = '' and r.response_due < @today then 'response_late'
	when r.response = '' then 'response_due'
	when r.due_on < @today then 'late'
	else 'to_do' end`

// NextDate is the day something is due by next: the response, or what was accepted. Not known once it has ended.
func (r Recommendation) NextDate() clock.Date {
	switch {
	case !r.DoneOn.IsZero(), r.Response == NotAccepted:
		return clock.Date{}
	case r.Response == "":
		return r.ResponseDue
	}
	return r.DueOn
}

// RecommendationStep is one thing that happened to a recommendation. It is never changed.
type RecommendationStep struct {
	ID               uuid.UUID
	RecommendationID uuid.UUID
	Kind             string // "made", "responded", "progress", "done", "lead" or "chased"
	Words            string
	At               time.Time
	ByPerson         *uuid.UUID
}

// TableName is recommendation_step.
func (RecommendationStep) TableName() string { return "recommendation_step" }

func addRecommendationStep(tx db.Tx, id uuid.UUID, kind, words string) error {
	step := RecommendationStep{ID: newID(), RecommendationID: id, Kind: kind, Words: words, At: tx.Now}
	if tx.Actor.IsPerson() {
		step.ByPerson = &tx.Actor.PersonID
	}
	return tx.Create(&step).Error
}

// RecommendationCounts is how many recommendations stand how, for figures about the boards named.
type RecommendationCounts struct {
	Made, Accepted, Partly, NotAccepted int // by what was responded
	AwaitResponse, ResponseLate         int
	ToDo, Late, Done                    int // of those accepted, in whole or in part
}

// CountRecommendations counts the recommendations in the registers of boards, as they stand on a day. A
// recommendation is about no one young person, so no count is held back.
func CountRecommendations(tx db.Tx, boards []uuid.UUID, asAt clock.Date) (counts RecommendationCounts, err error) {
	if len(boards) == 0 {
		return counts, nil
	}
	err = tx.Raw(`
		select count(*) as made,
			count(*) filter (where x.response = 'accepted') as accepted, count(*) filter (where x.response = 'partly') as partly,
			count(*) filter (where x.response = 'not_accepted') as not_accepted,
			count(*) filter (where x.state = 'response_due') as await_response, count(*) filter (where x.state = 'response_late') as response_late,
			count(*) filter (where x.state = 'to_do') as to_do, count(*) filter (where x.state = 'late') as late, count(*) filter (where x.state = 'done') as done
		from (select r.response, `+recommendationState+` as state from recommendation r where r.board_id in @boards and r.made_on <= @today) x`,
		map[string]any{"boards": boards, "today": asAt}).Scan(&counts).Error
	return counts, err
}
