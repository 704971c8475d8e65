package room

import (
	"time"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/clock"
)

// A View is the meeting as one viewer may see it, in sections. Project makes it, and nothing else
// decides who sees what. The JSON names stand here because the pages without script, the frames of
// server/live and the long poll all show exactly this: a second set of shapes would only repeat it.
//
// Every section but Me is the same for all viewers of one audience (Viewer.Audience), so it can be
// prepared once for them.
type View struct {
	Seq int64 `json:"-"` // the number of the last event in it; not a section

	Meeting  MeetingView   `json:"meeting"`
	Chair    *ChairView    `json:"chair"` // what running the meeting takes; null for all but its chairs
	People   []PersonView  `json:"people"`
	Quorum   QuorumView    `json:"quorum"`
	Items    []ItemLine    `json:"items"`
	Item     *ItemView     `json:"item"`     // the open item; null when none is open
	Vote     *VoteView     `json:"vote"`     // the open item's latest vote; null before the first, or where the viewer may not see it
	Consent  *ConsentView  `json:"consent"`  // at the table: the items that are decided together; null while there are none and none could be
	Decision *DecisionView `json:"decision"` // the open item's decision, once it binds
	Awaiting *AwaitingView `json:"awaiting"` // the open item's decision while it waits for the other chair; null otherwise, and where the viewer sees no vote
	Notes    []NoteView    `json:"notes"`    // clerk and chair: of every item; others: of the open item
	Writing  []PenView     `json:"writing"`  // clerk and chair: who writes the notes of each item; others: none
	Actions  []ActionView  `json:"actions"`  // raised in this meeting
	Arising  []ArisingView `json:"arising"`  // at the table: actions of earlier meetings, to walk through
	List     []ListRow     `json:"list"`     // in list mode: the names to walk down; otherwise empty
	Choices  ChoicesView   `json:"choices"`  // what the forms offer: agencies, owners, forums, next meetings
	Me       MeView        `json:"me"`
}

// MeetingView is the meeting itself.
type MeetingView struct {
	ID          uuid.UUID            `json:"id"`
	Kind        panels.MeetingKind   `json:"-"` // nobody is in the live room of what is decided between meetings
	ForumID     uuid.UUID            `json:"forum_id"`
	ForumSlug   string               `json:"forum_slug"`
	Forum       string               `json:"forum"`
	StartsAt    time.Time            `json:"starts_at"`
	EndsAt      time.Time            `json:"ends_at"`
	When        string               `json:"when"` // "Thursday 26 November 2026, 12:30pm"
	Venue       string               `json:"venue"`
	JoiningLink string               `json:"joining_link"`
	Status      panels.MeetingStatus `json:"status"`
	StatusWords string               `json:"status_words"`
	Method      panels.VotingMethod  `json:"method"`
	Rule        panels.VotingRule    `json:"rule"`
	RuleWords   string               `json:"rule_words"`
	CastingVote bool                 `json:"casting_vote"`
	Decides     bool                 `json:"decides"`
	ListMode    bool                 `json:"list_mode"`
	Private     bool                 `json:"private_deliberation"`
	Chair       string               `json:"chair"`        // who is in the chair: "Ada Byron"; "Ada Byron and Ben Carr" where two chair together
	OtherChair  string               `json:"other_chair"`  // where two take turns: the other; "" elsewhere
	BothConfirm bool                 `json:"both_confirm"` // a decision binds once each of two chairs has confirmed it
	PausedAt    *time.Time           `json:"paused_at"`    // null unless it is paused
	PausedText  string               `json:"paused_text"`  // what everybody was told: "Back at 11am"
	FirstOn     string               `json:"first_on"`     // adjourned to another day: when it first sat, "24 November 2026"; "" elsewhere
}

// ChairView is for whoever may be in the chair.
type ChairView struct {
	Pace   PaceView `json:"pace"`
	HandTo []Choice `json:"hand_to"` // who may be given the chair now
	AtUsed string   `json:"at_used"` // when the forum's meetings usually begin: "9:30am"
	Lasts  int      `json:"lasts"`   // and how many minutes they last
}

// PersonView is somebody with a part in the meeting: at the table, or presenting.
type PersonView struct {
	PersonID uuid.UUID  `json:"person_id"`
	Name     string     `json:"name"`
	Seats    []SeatView `json:"seats"` // empty for a presenter
	Present  bool       `json:"present"`
	Remote   bool       `json:"remote"`
	Since    *time.Time `json:"since"`     // of arriving or leaving; null when neither has happened
	LeftItem bool       `json:"left_item"` // has left for the open item: an interest
	Voteless bool       `json:"voteless"`  // may speak on the open item, by a dispensation, and not vote
	Out      bool       `json:"out"`       // here, and out while the panel deliberates in private
}

// guestStanding is the standing of somebody who has no seat and joins one item.
const guestStanding = "guest"

// SeatView is a seat a person holds or deputises for.
type SeatView struct {
	SeatID   uuid.UUID `json:"seat_id"`
	Name     string    `json:"name"`
	Agency   string    `json:"agency"` // "" for an independent chair
	Office   string    `json:"office"`
	Standing string    `json:"standing"`
	Deputy   bool      `json:"deputy"`
	For      string    `json:"for"`     // a deputy: whose; "" where nobody holds the seat
	Sitting  bool      `json:"sitting"` // is in the seat now: present, and for a deputy the holder is absent
}

// QuorumView is whether the meeting can decide the open item (or, with none open, anything) now.
type QuorumView struct {
	Quorate bool     `json:"quorate"`
	Counted int      `json:"counted"` // deciding members present and not withdrawn
	Needed  int      `json:"needed"`
	Missing []string `json:"missing"` // in words: "Health is not here", "1 more member is needed"
	Words   string   `json:"words"`   // "Quorate: 5 of the 4 members needed"

	MeetingQuorate bool     `json:"meeting_quorate"` // whatever item is open
	MeetingMissing []string `json:"meeting_missing"`
	MeetingWords   string   `json:"meeting_words"`
}

// ItemLine is one line of the agenda. Where the viewer may not see an item's content only the id,
// number and Hidden's words are there.
type ItemLine struct {
	ID        uuid.UUID `json:"id"`
	Number    string    `json:"number"`
	Kind      string    `json:"kind"`
	Title     string    `json:"title"` // the name of a young person, or their alias on a board
	Reference string    `json:"reference"`
	Minutes   int       `json:"minutes"`
	Progress  Progress  `json:"progress"`
	Outcome   string    `json:"outcome"` // in words, once decided
	TakenOff  bool      `json:"taken_off"`
	Hidden    string    `json:"hidden"` // why the content is not shown: "You have left for this item"
}

// ItemView is the open item.
type ItemView struct {
	ItemLine
	Stage          Stage            `json:"stage"`
	OpenedAt       *time.Time       `json:"opened_at"`     // null while the meeting is paused
	SpentSince     int              `json:"spent_seconds"` // before it was opened this time
	Reasons        []ReasonView     `json:"reasons"`
	CaseID         *uuid.UUID       `json:"case_id"`
	AgeWords       string           `json:"age"`       // "17 years 8 months, 18 on 4 March 2027"
	Views          string           `json:"views"`     // "" when the young person's own views are on record, else what is missing
	Objection      string           `json:"objection"` // what the young person, or who represents them, says against being discussed
	Presenter      string           `json:"presenter"`
	LedBy          string           `json:"led_by"`   // the young person who chairs it, or who supports them
	NotOurs        []string         `json:"not_ours"` // another council or integrated care board that is responsible
	Request        *RequestView     `json:"request"`
	Papers         []PaperView      `json:"papers"`
	Interests      []InterestView   `json:"interests"`
	Law            []string         `json:"law"`             // what the law says of it, before anybody votes
	EarlierMinutes []EarlierMinutes `json:"earlier_minutes"` // under the item about them: those that wait for approval or were approved here
	Conflicted     []Choice         `json:"conflicted"`      // chair and clerk: funders whose members have all left for it and for whom nobody else speaks yet
	Replaceable    []Choice         `json:"replaceable"`     // chair: decisions about the same young person that this one may replace
	Outcomes       []OutcomeChoice  `json:"outcomes"`        // chair: what may be confirmed now, and why the rest may not
	Asked          *AskedView       `json:"asked"`           // what it asks of the board; null elsewhere
	Ratifies       *RatifiesView    `json:"ratifies"`        // the decision taken between meetings that it puts before this one; null elsewhere
}

// EarlierMinutes are the minutes of an earlier meeting, read at /meetings/{meeting_id}/minutes.
type EarlierMinutes struct {
	MeetingID uuid.UUID `json:"meeting_id"`
	On        string    `json:"on"`    // "24 November 2026"
	State     string    `json:"state"` // draft, for_comment, final, approved
	Words     string    `json:"words"` // of the state
}

// ReasonView is why the item is on the agenda.
type ReasonView struct {
	Text     string     `json:"text"`
	On       clock.Date `json:"on"`
	DaysLeft int        `json:"days_left"`
	Law      string     `json:"law"`
}

// RequestView is the funding request in front of the meeting.
type RequestView struct {
	ID           uuid.UUID   `json:"id"`
	Need         string      `json:"need"`
	Owed         string      `json:"owed"` // what is already owed in law; the panel decides how, never whether
	StartOn      clock.Date  `json:"start_on"`
	Split        []ShareView `json:"split"`
	WeeklyPence  int64       `json:"weekly_pence"`
	OneOffPence  int64       `json:"one_off_pence"`
	AnnualPence  int64       `json:"annual_pence"`
	ExposureText string      `json:"exposure"` // "£62,400 a year; £187,200 to the 21st birthday"
	EndOn        clock.Date  `json:"end_on"`
	LifeOn       clock.Date  `json:"life_on"` // to which day its whole life is reckoned where it has no end: the last before the 25th birthday
	Weeks        int         `json:"weeks_thousandths"`
	Presets      []Preset    `json:"presets"` // chair: usual ways to share what is asked for
	Year         YearView    `json:"year"`
}

// Preset is one usual way to share what is asked for, to the penny.
type Preset struct {
	Name  string  `json:"name"` // asked, health, equal, now
	Text  string  `json:"text"`
	Split []Share `json:"split"`
}

// YearView is the financial year of the meeting, with what the panel's decisions commit in it. For those
// at the table.
type YearView struct {
	Words       string           `json:"words"` // "2026 to 2027"
	FirstOn     clock.Date       `json:"first_on"`
	LastOn      clock.Date       `json:"last_on"`
	Commitments []CommitmentView `json:"commitments"`
}

// CommitmentView is what one agency is to pay in the financial year by the panel's decisions that bind.
type CommitmentView struct {
	AgencyID uuid.UUID `json:"agency_id"`
	Pence    int64     `json:"pence"`
	OwnPence int64     `json:"own_pence"` // of it, for this young person
}

// ShareView is one agency's share.
type ShareView struct {
	AgencyID    uuid.UUID `json:"agency_id"`
	Agency      string    `json:"agency"`
	WeeklyPence int64     `json:"weekly_pence"`
	OneOffPence int64     `json:"one_off_pence"`
	AnnualPence int64     `json:"annual_pence"`
	Words       string    `json:"words"` // "£1,204.50 a week and £300 once"

	WithoutPrejudice bool `json:"without_prejudice"` // in the interim while a dispute runs, to be reclaimed
}

// Payer is who pays the share, and that they do so without prejudice.
func (s ShareView) Payer() string {
	if s.WithoutPrejudice {
		return s.Agency + " (without prejudice)"
	}
	return s.Agency
}

// PaperView is a paper of the item, opened at /papers/{id}.
type PaperView struct {
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name"`
	Late string    `json:"late"` // why it came after papers were due; "" when it came in time
}

// InterestView is a declared interest. Kind and reason are for the chair, the clerk and the person alone.
type InterestView struct {
	ID       uuid.UUID `json:"id"`
	PersonID uuid.UUID `json:"person_id"`
	Name     string    `json:"name"`
	Kind     string    `json:"kind"`
	Reason   string    `json:"reason"`
	Extent   Extent    `json:"extent"` // what the chair answered; "" before
	Words    string    `json:"words"`  // "has left for this item"
	Answer   string    `json:"answer"` // the reason of a dispensation: as the kind and reason
}

// OutcomeChoice is one outcome the chair might confirm.
type OutcomeChoice struct {
	Outcome Outcome  `json:"outcome"`
	Words   string   `json:"words"`
	Barred  string   `json:"barred"` // "" when it may be confirmed, else why not
	Needs   []string `json:"needs"`  // what it would wait for before it binds
}

// VoteView is a vote, started or published. Positions are empty until the chair closes it.
type VoteView struct {
	ID          uuid.UUID   `json:"id"`
	ItemID      uuid.UUID   `json:"item_id"`
	Run         int         `json:"run"`
	Open        bool        `json:"open"`
	Proposal    string      `json:"proposal"` // in words
	Text        string      `json:"text"`
	Outcome     Outcome     `json:"outcome"`
	Rule        string      `json:"rule"` // in words
	Provisional bool        `json:"provisional"`
	Split       []ShareView `json:"split"`
	StartOn     clock.Date  `json:"start_on"`
	EndOn       clock.Date  `json:"end_on"`
	ReviewOn    clock.Date  `json:"review_on"`
	AnnualPence int64       `json:"annual_pence"`
	Exposure    string      `json:"exposure"` // "£62,400 a year, £187,200 to 3 March 2034"; "" where nobody pays
	OpenedAt    time.Time   `json:"opened_at"`
	ClosedAt    *time.Time  `json:"closed_at"`
	May         []Position  `json:"may"` // the positions it offers
	Voters      []VoterView `json:"voters"`
	Voted       int         `json:"voted"`
	Of          int         `json:"of"`
	Result      string      `json:"result"`  // once closed, in words
	Carried     bool        `json:"carried"` // once closed
	Tied        bool        `json:"tied"`    // once closed
	Earlier     []VoteView  `json:"earlier"` // earlier runs, all published
}

// VoterView is one position that is asked for.
type VoterView struct {
	SeatID         uuid.UUID `json:"seat_id"`
	BallotID       uuid.UUID `json:"ballot_id"` // nil before the close
	For            string    `json:"for"`       // the agency, or the member's name
	ForID          uuid.UUID `json:"for_id"`
	Name           string    `json:"name"` // who gives it; "" when nobody who may is here
	Deputy         bool      `json:"deputy"`
	Voted          bool      `json:"voted"`
	Position       Position  `json:"position"`     // once closed (spoken: at once)
	Words          string    `json:"words"`        // of the position
	Condition      string    `json:"condition"`    // once closed
	Reason         string    `json:"reason"`       // once closed
	CarriedFrom    int       `json:"carried_from"` // the run it was given in, where this funder's share has not changed; else 0
	Recommendation bool      `json:"recommendation"`
	Disputed       bool      `json:"disputed"` // written down for them by somebody else, and they say it is not so
	Record         string    `json:"record"`   // written down for them: by whom, and what they say of it
	Absent         string    `json:"absent"`   // why nobody can give it now
}

// ConsentView is the list of items nobody contests.
type ConsentView struct {
	Items  []ConsentLine  `json:"items"`
	Off    []ConsentOff   `json:"off"`
	Voters []ConsentVoter `json:"voters"` // one position a funder
	Agreed int            `json:"agreed"`
	Barred string         `json:"barred"`  // why it cannot be decided yet; "" when it can
	MayPut []Choice       `json:"may_put"` // chair: items that could be put on it
}

// ConsentLine is an item on the list.
type ConsentLine struct {
	ItemID    uuid.UUID `json:"item_id"`
	Number    string    `json:"number"`
	Title     string    `json:"title"`
	Reference string    `json:"reference"`
	Proposal  string    `json:"proposal"` // "£1,204.50 a week from 4 January 2027"; "" where nobody is asked to pay
	Shares    string    `json:"shares"`   // "Adult social care £602.25 a week; Health £602.25 a week"
	Reasons   string    `json:"reasons"`
}

// ConsentOff is an item that was taken off the list.
type ConsentOff struct {
	ItemID uuid.UUID `json:"item_id"`
	Number string    `json:"number"`
	By     string    `json:"by"`
	Reason string    `json:"reason"`
}

// ConsentVoter is one funder's position on the whole list.
type ConsentVoter struct {
	For    string    `json:"for"`
	ForID  uuid.UUID `json:"for_id"`
	SeatID uuid.UUID `json:"seat_id"`
	Name   string    `json:"name"` // who gives it
	Deputy bool      `json:"deputy"`
	Share  string    `json:"share"` // of every item together
	Agreed bool      `json:"agreed"`
	Absent string    `json:"absent"`
}

// MyConsent is one position on the whole list that the viewer gives.
type MyConsent struct {
	SeatID uuid.UUID `json:"seat_id"`
	For    string    `json:"for"`
	Share  string    `json:"share"`
	Agreed bool      `json:"agreed"`
	Barred string    `json:"barred"`
}

// DecisionView is a confirmed decision.
type DecisionView struct {
	ID          uuid.UUID       `json:"id"`
	ItemID      uuid.UUID       `json:"item_id"`
	Outcome     Outcome         `json:"outcome"`
	Words       string          `json:"words"`
	Standing    string          `json:"standing"` // "Decided", "Recommended to …", "Binds nobody until … endorses it"
	Reasons     string          `json:"reasons"`
	Split       []ShareView     `json:"split"`
	Conditions  []ConditionView `json:"conditions"`
	StartOn     clock.Date      `json:"start_on"`
	ReviewOn    clock.Date      `json:"review_on"`
	Facts       []Fact          `json:"facts"` // meanwhile, challenge, missing, where next: what the outcome called for
	ConfirmedBy string          `json:"confirmed_by"`
	ConfirmedAt time.Time       `json:"confirmed_at"`
	Corrections []Correction    `json:"corrections"`
	Needs       []NeedView      `json:"needs"`    // whose yes it waits for, or waited for
	BoundAt     *time.Time      `json:"bound_at"` // since when it binds; null while it does not
	Replaces    *OtherDecision  `json:"replaces"`
	ReplacedBy  *OtherDecision  `json:"replaced_by"`
}

// AwaitingView is a decision that one chair has confirmed, in the words that would bind: confirmed_by and
// confirmed_at are the first chair's.
type AwaitingView struct {
	DecisionView
	WaitsFor string `json:"waits_for"` // "Ben Carr"
}

// ConditionView is one condition of a decision.
type ConditionView struct {
	ID          uuid.UUID      `json:"id"`
	Text        string         `json:"text"`
	EvidenceDue clock.Date     `json:"evidence_due"` // as it was confirmed
	Owner       string         `json:"owner"`        // who shows it
	AskedBy     string         `json:"asked_by"`     // the funder whose condition it is; "": the panel's
	State       ConditionState `json:"state"`
	Words       string         `json:"words"` // "Met: accepted by Ann Chair on 4 March 2027"
	Evidence    []EvidenceView `json:"evidence"`
}

// EvidenceView is what was recorded to show that a condition is met, and what was said of it.
type EvidenceView struct {
	ID        uuid.UUID  `json:"id"`
	Text      string     `json:"text"`
	PaperID   *uuid.UUID `json:"paper_id"`
	Paper     string     `json:"paper"` // its name
	By        string     `json:"by"`
	At        time.Time  `json:"at"`
	Judgement string     `json:"judgement"` // "Accepted by …", "Asked again by …: …"; "" before
}

// NeedView is one agency's yes that a decision waits for, or got.
type NeedView struct {
	Kind     NeedKind  `json:"kind"`
	AgencyID uuid.UUID `json:"agency_id"`
	Agency   string    `json:"agency"`
	Why      string    `json:"why"`   // why it is needed, in words
	Words    string    `json:"words"` // how it stands, in words
	Answered bool      `json:"answered"`
	Agreed   bool      `json:"agreed"`
	Nobody   bool      `json:"nobody"` // it waits, and nobody can answer
}

// OtherDecision is a decision that this one replaces, or that replaces it.
type OtherDecision struct {
	ID    uuid.UUID `json:"id"`
	Words string    `json:"words"` // "MAPaC, 4 March 2027"
	Bound bool      `json:"bound"`
}

// Fact is a heading and what stands under it.
type Fact struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Correction mends the record of a decision, beside the original.
type Correction struct {
	Wrong  string    `json:"wrong"`
	Right  string    `json:"right"`
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// NoteView is the newest version of a note.
type NoteView struct {
	ID      uuid.UUID `json:"id"`
	ItemID  uuid.UUID `json:"item_id"`
	Version int       `json:"version"`
	Text    string    `json:"text"`
	Author  string    `json:"author"`
	At      time.Time `json:"at"`
}

// PenView is who writes the notes of an item.
type PenView struct {
	ItemID   uuid.UUID  `json:"item_id"`
	PersonID uuid.UUID  `json:"person_id"`
	Name     string     `json:"name"`
	AskedBy  *uuid.UUID `json:"asked_by"`  // who has asked to take over; null: nobody
	Asker    string     `json:"asker"`     // their name
	RestsAt  time.Time  `json:"rests_at"`  // when anybody who records may take it, if nothing more is written
	PassesAt time.Time  `json:"passes_at"` // when whoever asked may
}

// ActionView is an action raised in this meeting.
type ActionView struct {
	ID       uuid.UUID   `json:"id"`
	ItemID   *uuid.UUID  `json:"item_id"`
	Owner    string      `json:"owner"`     // who took it on: "Ann Bell, Ben Dale"
	OwnerIDs []uuid.UUID `json:"owner_ids"` // whose it is now
	Agency   string      `json:"agency"`
	DueOn    clock.Date  `json:"due_on"`
	Text     string      `json:"text"`
	Done     bool        `json:"done"`
	DoneText string      `json:"done_text"` // what was done
}

// ArisingView is an action of an earlier meeting, as this one takes it up.
type ArisingView struct {
	ID        uuid.UUID   `json:"id"`
	Owner     string      `json:"owner"`
	OwnerIDs  []uuid.UUID `json:"owner_ids"`
	Agency    string      `json:"agency"`
	DueOn     clock.Date  `json:"due_on"`
	Late      int         `json:"late"` // days past its day on the day of the meeting; 0: none
	Text      string      `json:"text"`
	Reference string      `json:"reference"` // the case's number; "" without one, and on a board
	From      string      `json:"from"`      // "26 November 2026, item 4"
	Latest    string      `json:"latest"`    // what was last said of how it goes
	Done      bool        `json:"done"`
	Heard     string      `json:"heard"` // what this meeting said of it, in words; "": not come to yet
}

// ListRow is one name in a meeting that runs down a list.
type ListRow struct {
	ItemID    uuid.UUID    `json:"item_id"`
	Number    string       `json:"number"`
	Name      string       `json:"name"`
	Reference string       `json:"reference"`
	Age       string       `json:"age"`
	Reasons   []ReasonView `json:"reasons"`
	Worker    string       `json:"worker"`
	RAG       string       `json:"rag"`
	NextStep  string       `json:"next_step"`
	Discussed bool         `json:"discussed"`
	Open      bool         `json:"open"`
	Referred  []string     `json:"referred"` // names of forums
	Actions   int          `json:"actions"`
	Views     string       `json:"views"`
	Hidden    string       `json:"hidden"`
}

// ChoicesView is what the forms offer. Clerk and chair; empty for others.
type ChoicesView struct {
	Agencies      []Choice    `json:"agencies"`       // funders first
	Funders       []Choice    `json:"funders"`        // those who may be asked to pay
	Owners        []Choice    `json:"owners"`         // who may be given an action
	People        []Choice    `json:"people"`         // whom a board may direct; empty elsewhere
	Forums        []Choice    `json:"forums"`         // where a case may be referred
	Meetings      []Choice    `json:"meetings"`       // this forum's next meetings, for a deferral
	CannotEndorse []uuid.UUID `json:"cannot_endorse"` // agencies for which nobody could endorse the open item
}

// Choice is one line of a select.
type Choice struct {
	ID   uuid.UUID `json:"id"`
	Text string    `json:"text"`
}

// MeView is what is this viewer's alone.
type MeView struct {
	PersonID  uuid.UUID      `json:"person_id"`
	Name      string         `json:"name"`
	Chair     bool           `json:"chair"`     // may run the meeting
	Clerk     bool           `json:"clerk"`     // may record it
	Observing bool           `json:"observing"` // no controls: an observer or a presenter
	Present   bool           `json:"present"`
	Remote    bool           `json:"remote"`
	Positions []MyPosition   `json:"positions"`  // one for each position of the open vote that is mine to give, or would be
	Interests []InterestView `json:"interests"`  // mine, in any item
	Presents  []uuid.UUID    `json:"presents"`   // items I bring
	InChair   bool           `json:"in_chair"`   // the chair's next step is mine: false for a chair whose turn it is not, and for one who handed over
	Next      *NextView      `json:"next"`       // the chair's one next step; null unless it is mine
	Family    bool           `json:"family"`     // here for an item about me, or about whom I support
	Leads     bool           `json:"leads"`      // and I chair the open one
	Guest     bool           `json:"guest"`      // here for one item, for an agency from outside
	Answers   []ToAnswer     `json:"answers"`    // chair: declared interests that wait for my answer, in any item
	Objects   bool           `json:"objects"`    // I may take an item off the consent list
	Consents  []MyConsent    `json:"consents"`   // positions on the whole consent list that are mine to give
	Confirms  bool           `json:"confirms"`   // I may confirm the decision that waits, as the other chair
	SendsBack bool           `json:"sends_back"` // I may send it back
	Written   []WrittenView  `json:"written"`    // positions that somebody wrote down for me, on any item, and that I have not answered
}

// WrittenView is a position that somebody wrote down for the viewer, to be confirmed or disputed.
type WrittenView struct {
	BallotID  uuid.UUID  `json:"ballot_id"`
	ItemID    uuid.UUID  `json:"item_id"`
	Number    string     `json:"number"` // of the item
	For       string     `json:"for"`
	Words     string     `json:"words"` // of the position
	Condition string     `json:"condition"`
	Reason    string     `json:"reason"`
	By        string     `json:"by"` // who wrote it down
	At        time.Time  `json:"at"`
	Until     clock.Date `json:"until"` // the last day to answer
}

// ToAnswer is a declared interest that waits for the chair's answer.
type ToAnswer struct {
	InterestView
	Item string `json:"item"` // its number
}

// MyPosition is one position the viewer gives in the open vote.
type MyPosition struct {
	VoteID         uuid.UUID  `json:"vote_id"`
	SeatID         uuid.UUID  `json:"seat_id"`
	For            string     `json:"for"`
	Share          *ShareView `json:"share"`
	Effect         string     `json:"effect"` // on what the agency is committed to this year, in words
	May            []Position `json:"may"`    // positions to choose from; empty when barred
	Barred         string     `json:"barred"` // why I cannot give it: "You have left for this item"
	BallotID       uuid.UUID  `json:"ballot_id"`
	Position       Position   `json:"position"` // mine as recorded; "" before
	Condition      string     `json:"condition"`
	Reason         string     `json:"reason"`
	RecordedAt     *time.Time `json:"recorded_at"`
	Recommendation bool       `json:"recommendation"` // above the delegated limit
	LimitWords     string     `json:"limit"`          // "Your limit is £20,000 a year; this share is £41,600"
	By             string     `json:"by"`             // who wrote it down, when it was not I
}
