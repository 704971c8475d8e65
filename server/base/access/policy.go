package access

import (
	"github.com/google/uuid"

	"quorate/server/base/fault"
)

// Role is a way of being allowed something. A person has several at once.
type Role string

// The roles. Those of a forum hold only on that forum; AnySeat means any seat on it.
const (
	Everyone      Role = "everyone"       // signed out too
	SignedIn      Role = "signed in"      // any person with an account
	Partner       Role = "partner"        // any of them but those whose only part is as a guest from outside
	Administrator Role = "administrator"  // runs the set-up; sees no case content
	Auditor       Role = "auditor"        // reads the trail; sees no case content
	ForumChair    Role = "chair"          // chair or deputy chair of the forum
	ForumClerk    Role = "clerk"          // clerk of the forum
	ForumMember   Role = "member"         // deciding seat on the forum
	ForumAdviser  Role = "adviser"        // advisory or in-attendance seat on the forum
	BoardMember   Role = "board member"   // a member’s seat on a strategic board
	BoardClerk    Role = "board clerk"    // clerk of a strategic board: prepares its papers, answers nothing
	BoardDelegate Role = "board delegate" // answers in the name of a member of a board, for a time
	Presenter     Role = "presenter"      // brings cases and requests
	GuestFunder   Role = "guest funder"   // speaks for an agency from outside, in one item of the forum
	YoungPerson   Role = "young person"   // a young person at their own item of the forum, or who supports them
	Officer       Role = "officer"        // authorises for an agency what its voters may not commit alone
)

// Action is one thing the product can be asked to do.
type Action string

// The actions, in the order of the product's sentence: a panel meets; a meeting has an agenda …
const (
	UseProduct      Action = "use the product"
	ReadForums      Action = "read forums and their terms of reference"
	ChangeForums    Action = "create forums and change terms of reference"
	FillSeats       Action = "fill seats and name deputies"
	Schedule        Action = "schedule, move and cancel meetings"
	RecordAbsences  Action = "record when a forum's people are away"
	ReadMeeting     Action = "read a meeting's date and place"
	ChangeHolidays  Action = "change the bank holidays"
	RecordReplies   Action = "see who is coming, record replies and chase them"
	ImportTracker   Action = "import the tracker"
	ReadCases       Action = "read cases"
	RecordOfCase    Action = "record a young person’s views and capacity"
	RecordTabling   Action = "record who told a young person that a meeting discusses them"
	ReadAgenda      Action = "read a published agenda"
	BuildAgenda     Action = "build and publish an agenda"
	ReadRules       Action = "read agenda rules"
	SetRules        Action = "switch agenda rules on and off and set their days and ages"
	ChangeRules     Action = "write agenda rules"
	MakeRequest     Action = "submit a funding request"
	ReadRequest     Action = "read a funding request"
	TableRequest    Action = "table a funding request"
	ReadPapers      Action = "open and attach papers"
	EnterRoom       Action = "enter the meeting room"
	RunMeeting      Action = "run the meeting as chair"
	RecordMeeting   Action = "record attendance, notes and actions"
	ShowScreen      Action = "put the meeting on the big screen"
	TakePart        Action = "declare interests and confirm positions"
	Vote            Action = "vote for an agency"
	ReadDecisions   Action = "read decisions and minutes"
	ReadDecision    Action = "read a decision they have a part in"
	AnswerDecision  Action = "endorse or authorise a decision"
	ShowConditions  Action = "record and accept evidence for conditions"
	WriteLetters    Action = "write, approve and send letters, and keep authorisations and recharges"
	ReadPayments    Action = "read their own agency’s letters, authorisations and recharges"
	RaiseBlocker    Action = "raise and move blockers"
	ReadBlockers    Action = "read the forum's blockers"
	StatePosition   Action = "state an agency’s position in a dispute"
	ReadBoard       Action = "read escalations without identities"
	AnswerBoard     Action = "answer an escalation"
	NameDelegate    Action = "name who may answer in their name"
	KeepBoard       Action = "keep a board’s recommendations, plans and yearly report"
	ReadMeasures    Action = "read the measures"
	SendDigest      Action = "send the board its digest"
	BringHistory    Action = "bring history from before Quorate"
	BringDecisions  Action = "bring a forum’s past decisions and actions"
	ReadAudit       Action = "read the audit trail"
	ChangeTemplates Action = "write letter templates"
	ManagePeople    Action = "manage people and agencies"
	MakeTokens      Action = "let other systems read and reply"
	MakeCaseTokens  Action = "let a case-management system send case records"
	ReadOperations  Action = "see jobs, mail and the state of the system"
	ManageMail      Action = "hold mail, and mend and re-send what could not be delivered"
)

// Permission is one row of the policy table.
type Permission struct {
	Action  Action
	Roles   []Role
	OnForum bool // the forum's roles must be held on the forum in question, not on just any
}

// Policy is the whole table. What is not in it is denied. The administrator's "Who may do what"
// page prints it; the access test compares every route and live command with a list written by hand.
var Policy = []Permission{
	{Action: UseProduct, Roles: []Role{SignedIn}},
	{Action: ReadForums, Roles: []Role{Partner}},
	{Action: ChangeForums, Roles: []Role{Administrator}},
	{Action: FillSeats, OnForum: true, Roles: []Role{Administrator, ForumClerk}},
	{Action: Schedule, OnForum: true, Roles: []Role{Administrator, ForumClerk, ForumChair}},
	{Action: RecordAbsences, OnForum: true, Roles: []Role{ForumClerk, ForumChair}},
	{Action: ReadMeeting, OnForum: true, Roles: []Role{Administrator, ForumClerk, ForumChair, ForumMember, ForumAdviser}},
	{Action: RecordReplies, OnForum: true, Roles: []Role{ForumClerk, ForumChair}},
	{Action: ChangeHolidays, Roles: []Role{Administrator}},
	{Action: ImportTracker, Roles: []Role{ForumClerk}},
	{Action: ReadCases, Roles: []Role{ForumClerk, ForumChair, ForumMember, ForumAdviser, Presenter}},
	{Action: RecordOfCase, Roles: []Role{ForumClerk, ForumChair, Presenter}},
	{Action: RecordTabling, OnForum: true, Roles: []Role{ForumClerk, ForumChair, Presenter}},
	{Action: ReadAgenda, OnForum: true, Roles: []Role{ForumClerk, ForumChair, ForumMember, ForumAdviser}},
	{Action: BuildAgenda, OnForum: true, Roles: []Role{ForumClerk, ForumChair}},
	{Action: ReadRules, Roles: []Role{Administrator, ForumClerk, ForumChair, ForumMember, ForumAdviser}},
	{Action: SetRules, Roles: []Role{Administrator, ForumClerk}},
	{Action: ChangeRules, Roles: []Role{Administrator}},
	{Action: MakeRequest, Roles: []Role{Presenter}},
	{Action: ReadRequest, Roles: []Role{Presenter, ForumClerk, ForumChair, ForumMember, ForumAdviser, GuestFunder}},
	{Action: ReadPapers, OnForum: true, Roles: []Role{Presenter, ForumClerk, ForumChair, ForumMember, ForumAdviser, GuestFunder}},
	{Action: TableRequest, OnForum: true, Roles: []Role{ForumClerk, ForumChair}},
	{Action: EnterRoom, OnForum: true, Roles: []Role{ForumClerk, ForumChair, ForumMember, ForumAdviser, Presenter, GuestFunder, YoungPerson}},
	{Action: RunMeeting, OnForum: true, Roles: []Role{ForumChair}},
	{Action: RecordMeeting, OnForum: true, Roles: []Role{ForumClerk, ForumChair}},
	{Action: ShowScreen, OnForum: true, Roles: []Role{ForumClerk, ForumChair}},
	{Action: TakePart, OnForum: true, Roles: []Role{ForumChair, ForumMember, ForumAdviser, GuestFunder}},
	{Action: Vote, OnForum: true, Roles: []Role{ForumMember, GuestFunder}},
	{Action: ReadDecisions, OnForum: true, Roles: []Role{ForumClerk, ForumChair, ForumMember, ForumAdviser}},
	{Action: WriteLetters, OnForum: true, Roles: []Role{ForumClerk, ForumChair}},
	{Action: ReadPayments, OnForum: true, Roles: []Role{ForumClerk, ForumChair, ForumMember}},
	{Action: ReadDecision, OnForum: true, Roles: []Role{ForumClerk, ForumChair, ForumMember, ForumAdviser, Presenter, GuestFunder, Officer}},
	{Action: AnswerDecision, OnForum: true, Roles: []Role{ForumMember, Officer}},
	{Action: ShowConditions, OnForum: true, Roles: []Role{ForumClerk, ForumChair, ForumMember, ForumAdviser, Presenter}},
	{Action: RaiseBlocker, OnForum: true, Roles: []Role{ForumChair, ForumClerk}},
	{Action: ReadBlockers, OnForum: true, Roles: []Role{ForumClerk, ForumChair, ForumMember, ForumAdviser}},
	{Action: StatePosition, OnForum: true, Roles: []Role{ForumClerk, ForumChair, ForumMember, ForumAdviser}},
	{Action: ReadBoard, OnForum: true, Roles: []Role{BoardMember, BoardClerk, BoardDelegate}},
	{Action: AnswerBoard, OnForum: true, Roles: []Role{BoardMember, BoardDelegate}},
	{Action: NameDelegate, OnForum: true, Roles: []Role{BoardMember}},
	{Action: KeepBoard, OnForum: true, Roles: []Role{BoardClerk}},
	{Action: ReadMeasures, OnForum: true, Roles: []Role{ForumClerk, ForumChair, ForumMember, ForumAdviser, BoardMember, BoardClerk}},
	{Action: SendDigest, OnForum: true, Roles: []Role{BoardClerk, Administrator}},
	{Action: BringHistory, Roles: []Role{Administrator, ForumClerk}},
	{Action: BringDecisions, OnForum: true, Roles: []Role{ForumClerk}},
	{Action: ReadAudit, Roles: []Role{Auditor}},
	{Action: ChangeTemplates, Roles: []Role{Administrator}},
	{Action: ManagePeople, Roles: []Role{Administrator}},
	{Action: MakeTokens, OnForum: true, Roles: []Role{Administrator, ForumClerk}},
	{Action: MakeCaseTokens, Roles: []Role{Administrator, ForumClerk}},
	{Action: ReadOperations, Roles: []Role{Administrator}},
	{Action: ManageMail, Roles: []Role{Administrator}},
}

var rows = func() map[Action]Permission {
	m := make(map[Action]Permission, len(Policy))
	for _, p := range Policy {
		m[p.Action] = p
	}
	return m
}()

// May reports whether the actor may do action. For an action tied to a forum, forumID says which;
// uuid.Nil then asks "on any forum at all", which is enough to show a menu but not to act.
func (a Actor) May(action Action, forumID uuid.UUID) bool {
	p, listed := rows[action]
	if !listed {
		return false
	}
	for _, role := range p.Roles {
		if a.has(role, p.OnForum, forumID) {
			return true
		}
	}
	return false
}

// MayAnywhere reports whether the actor may do action on at least one forum.
func (a Actor) MayAnywhere(action Action) bool { return a.May(action, uuid.Nil) }

// Check is May as an error. A forum the actor has no part in is not found rather than denied only
// where the caller says so; here the sentence names no forum and no case.
func (a Actor) Check(action Action, forumID uuid.UUID) error {
	if a.May(action, forumID) {
		return nil
	}
	if !a.IsKnown() {
		return fault.New(fault.SignedOut, "Sign in to continue.")
	}
	return fault.New(fault.Denied, "You do not have permission to %s here. Ask the forum’s clerk or your administrator.", action)
}

// has: a forum's role holds on that forum only. A seat on a board is never a clerk's, chair's or
// member's seat for reading cases: board members see aliases and age bands, so those roles are
// given on a board only for actions tied to that forum.
func (a Actor) has(role Role, onForum bool, forumID uuid.UUID) bool {
	switch role {
	case Everyone:
		return true
	case SignedIn:
		return a.IsPerson()
	case Partner:
		return a.IsPerson() && (!a.Outside || len(a.Seats) > 0 || a.Administrator || a.Auditor || a.Presenter)
	case Administrator:
		return a.Administrator
	case Auditor:
		return a.Auditor
	case Presenter:
		return a.Presenter
	case Officer:
		return len(a.OfficerOf) > 0
	case BoardDelegate:
		for _, d := range a.Delegations {
			if forumID == uuid.Nil || d.BoardID == forumID {
				return true
			}
		}
		return false
	case GuestFunder, YoungPerson:
		for _, g := range a.Guests {
			if g.Family == (role == YoungPerson) && (!onForum || forumID == uuid.Nil || g.ForumID == forumID) {
				return true
			}
		}
		return false
	}
	for _, s := range a.Seats {
		if forumID != uuid.Nil && s.ForumID != forumID && onForum {
			continue
		}
		if s.Board && !onForum {
			continue
		}
		if s.fills(role) {
			return true
		}
	}
	return false
}

func (s Seat) fills(role Role) bool {
	switch role {
	case ForumChair:
		return s.Office == Chair || s.Office == DeputyChair
	case ForumClerk:
		return s.Office == Clerk
	case ForumMember:
		return s.Office != Clerk && s.Standing == Deciding
	case ForumAdviser:
		return s.Office != Clerk && s.Standing != Deciding
	case BoardMember:
		return s.Board && s.Office != Clerk
	case BoardClerk:
		return s.Board && s.Office == Clerk
	default:
		return false
	}
}
